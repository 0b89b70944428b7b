//! Whether a one-time code covers all that stands in a request's way.
//!
//! INVARIANT: a code lets go only what would go, or go with advice, if what it names were not there: it never lifts a
//! fault, nor a policy that errs, nor what it does not name. One that covers a part is refused, and stays good.

use host_journal::Judged;
use host_policy::grant::{Grant, GrantError, GrantFor};
use host_policy::{Decision, Facts, Granted};
use shared_protocol::{Action, CodeFault, Edit, Reading, Text};

use super::numbering::values;
use super::{Asked, Snapshot};

/// What the card says of a code that was not read.
pub(crate) fn fault_of(error: GrantError) -> CodeFault {
    match error {
        GrantError::Malformed | GrantError::BadSignature => CodeFault::Unreadable,
        GrantError::UnknownKey => CodeFault::NotSigned,
        GrantError::Person => CodeFault::OtherPerson,
        GrantError::Expired => CodeFault::Expired,
        GrantError::TooLong => CodeFault::Other,
    }
}

/// The name of what a grant is for, for the record: never a value.
pub(crate) fn matter(what: &GrantFor) -> String {
    match what {
        GrantFor::Topic(topic) => format!("topic {}", String::from(topic.clone())),
        GrantFor::Policy(id) => format!("policy {id}"),
        GrantFor::Value(_) => "value".to_owned(),
    }
}

impl Snapshot {
    /// Whether `grant` covers the verdict that is on record. `ask`: the request itself, while it is at hand; only it
    /// tells whether an exact value is in it.
    pub(crate) fn covers(&self, judged: &Judged, ask: Option<&Asked<'_>>, grant: &Grant) -> bool {
        if judged.fault.is_some() {
            return false;
        }
        let mut granted = Granted { id: grant.id.clone(), ..Granted::default() };
        let mut has_value = false;
        for what in &grant.what {
            match what {
                GrantFor::Policy(id) => drop(granted.policies.insert(id.clone())),
                GrantFor::Topic(topic) => drop(granted.topics.insert(topic.clone())),
                GrantFor::Value(_) => has_value = true,
            }
        }
        let facts = match has_value {
            true => ask.and_then(|ask| self.without_values(ask, grant)),
            false => judged.facts.as_ref().and_then(|facts| Facts::from_bytes(facts.as_bytes()).ok()),
        };
        facts.is_some_and(|facts| goes(&self.policy.decide_granted(&facts, &[granted])))
    }

    /// The facts of the request without the values that are granted; `None` when none of them is in it.
    fn without_values(&self, ask: &Asked<'_>, grant: &Grant) -> Option<Facts> {
        let Reading::Prompt(prompt) = &ask.judge.reading else { return None };
        let whole = ask.files.appended(prompt);
        let (_, found) = self.facts(ask, &whole, &|| false);
        let mut edits: Vec<Edit> = Vec::new();
        // Wiped once they are looked at.
        let values = values(prompt, &found.findings).into_iter().map(Text::from);
        for (one, value) in found.findings.iter().zip(values) {
            let is_it = !value.is_empty() && grant.covers_value(value.expose());
            let overlaps = edits.last().is_some_and(|edit| edit.part == one.part && edit.end > one.start);
            // Nothing is taken out of a file.
            if is_it && !overlaps && one.part < whole.own {
                let replacement = self.engine.replacement(&one.label, 1);
                edits.push(Edit { part: one.part, start: one.start, end: one.end, replacement });
            }
        }
        if edits.is_empty() {
            return None;
        }
        let (facts, _) = self.facts(ask, &ask.files.appended(&prompt.edited(&edits)), &|| false);
        Some(facts)
    }
}

fn goes(decision: &Decision) -> bool {
    decision.action <= Action::Coach
}
