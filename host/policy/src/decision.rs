//! What was decided, and why.

use serde::{Deserialize, Serialize};
use shared_protocol::{Action, Capture, Label, Mode, Obligation, Severity, Topic};

use crate::RedactTarget;

/// A policy that matched.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Determining {
    /// Its `@id`.
    pub id: String,
    /// What it adds to the decision here.
    pub action: Action,
    /// What its `@action` says; another than `action` where the operation does not permit it or where there was
    /// nothing to redact.
    pub written: Action,
    /// Whether `@fallback` stands in for redact.
    pub fallback: bool,
    /// Whether it counts or is only written down.
    pub mode: Mode,
    /// Its `@message`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// Its `@link`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    /// Its `@severity`.
    pub severity: Severity,
    /// Its `@capture`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub capture: Option<Capture>,
    /// Whether its condition could not be evaluated, so that it counts as matched.
    pub erred: bool,
}

/// A policy that matched and that an exception or a grant takes away here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Excepted {
    /// The policy's `@id`.
    pub policy: String,
    /// The exception's id, or the grant's.
    pub by: String,
    /// The policy's `@capture`: it still limits what is kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub capture: Option<Capture>,
}

/// What went wrong while deciding. It has tightened the decision already.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "fault", rename_all = "kebab-case")]
pub enum Fault {
    /// The condition of this policy could not be evaluated.
    Policy {
        /// Its `@id`.
        id: String,
    },
    /// The facts could not be put before the policies: all of them count as matched.
    Request,
}

/// A decision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// Its label: block, or the highest obligation, or allow.
    pub action: Action,
    /// What is owed, mildest first. Empty for allow and block.
    pub obligations: Vec<Obligation>,
    /// The policies that matched, loudest first, those that only watch included.
    pub policies: Vec<Determining>,
    /// Policies that matched and do not hold here, sorted by policy.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub excepted: Vec<Excepted>,
    /// What redaction takes out, sorted. Empty without the obligation.
    pub redact: Vec<RedactTarget>,
    /// The label it would have if the policies that only watch counted; absent when none of them matched.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub would: Option<Action>,
    /// The mode of the whole policy.
    pub mode: Mode,
    /// Faults.
    pub faults: Vec<Fault>,
}

impl Decision {
    /// The action to report and whether it is carried out: a stricter would-be action is reported as such.
    #[must_use]
    pub fn reported(&self) -> (Action, Mode) {
        match self.would {
            Some(would) if would > self.action => (would, Mode::Monitor),
            _ => (self.action, self.mode),
        }
    }

    /// What is kept of the text: what the policies that matched say, else the `setting`. Those that only watch count,
    /// since keeping stops nobody. Where they differ, what all of them permit; one that erred, or that does not hold
    /// here, never adds.
    #[must_use]
    pub fn capture(&self, setting: Capture) -> Capture {
        let (erred, matched): (Vec<_>, Vec<_>) = self.policies.iter().partition(|policy| policy.erred);
        let said = matched.iter().filter_map(|policy| policy.capture).reduce(Capture::both);
        let limits = erred.iter().map(|policy| policy.capture);
        let limits = limits.chain(self.excepted.iter().map(|one| one.capture)).flatten();
        limits.fold(said.unwrap_or(setting), Capture::both)
    }

    /// Whether redaction takes out a finding of this label, evidence for these topics.
    #[must_use]
    pub fn redacts(&self, label: &Label, topics: &[Topic]) -> bool {
        self.redact.iter().any(|target| target.covers(label, topics))
    }

    /// What stands once the redacted text was decided `again`.
    ///
    /// Redact stays, since the text as it was is still not sent; of the others those stand that the redacted text
    /// is due. A redacted text that is to be blocked, or to be redacted once more, is blocked.
    #[must_use]
    pub fn after_redaction(self, again: Self) -> Self {
        if !self.obligations.contains(&Obligation::Redact) {
            return self;
        }
        let left = again.action == Action::Block || again.obligations.contains(&Obligation::Redact);
        let mut decision = self;
        decision.policies.retain(|mine| mine.action == Action::Redact || mine.mode == Mode::Monitor);
        for policy in again.policies {
            if !decision.policies.iter().any(|mine| mine.id == policy.id) {
                decision.policies.push(policy);
            }
        }
        for fault in again.faults {
            if !decision.faults.contains(&fault) {
                decision.faults.push(fault);
            }
        }
        for one in again.excepted {
            if !decision.excepted.contains(&one) {
                decision.excepted.push(one);
            }
        }
        decision.obligations = again.obligations;
        decision.obligations.push(Obligation::Redact);
        if left {
            decision.action = Action::Block;
            decision.obligations.clear();
            decision.redact.clear();
        }
        sort(&mut decision.policies);
        decision.excepted.sort_by(|one, other| one.policy.cmp(&other.policy));
        decision
    }
}

/// Loudest first.
pub(crate) fn sort(policies: &mut [Determining]) {
    policies.sort_by(|one, other| {
        let loud = |policy: &Determining| (policy.mode == Mode::Enforce, policy.action, policy.severity);
        loud(other).cmp(&loud(one)).then_with(|| one.id.cmp(&other.id))
    });
}

#[cfg(test)]
mod tests {
    use shared_protocol::{Action, App, Capture, Label, Mode, Operation, Topic};

    use crate::{Decision, Facts, Place, Policy};

    fn decide(labels: &[&str]) -> Decision {
        let mut facts = Facts::new(Operation::SendPrompt, App::new("claude"));
        for label in labels {
            facts.found(&Label::try_from((*label).to_owned()).unwrap(), [Topic::ContentPii], Place::Text);
        }
        Policy::builtin(Mode::Enforce).decide(&facts)
    }

    fn actions(decision: &Decision) -> Vec<Action> {
        decision.obligations.iter().map(|obligation| obligation.action()).collect()
    }

    #[test]
    fn what_redaction_removed_falls_away_and_the_rest_stands() {
        let first = decide(&["pii.payment-card", "pii.phone", "pii.email"]);
        let settled = first.after_redaction(decide(&["pii.phone"]));
        assert_eq!(settled.action, Action::Redact);
        assert_eq!(actions(&settled), [Action::Warn, Action::Redact]);
        let ids: Vec<&str> = settled.policies.iter().map(|policy| policy.id.as_str()).collect();
        assert_eq!(ids, ["card-or-social-security-redacted", "phone-warned"]);
        assert!(!settled.redact.is_empty());
    }

    #[test]
    fn a_redacted_text_that_still_needs_it_is_blocked() {
        for left in ["pii.us-ssn", "secret.jwt"] {
            let settled = decide(&["pii.payment-card"]).after_redaction(decide(&[left]));
            assert_eq!(settled.action, Action::Block);
            assert!(settled.obligations.is_empty() && settled.redact.is_empty());
        }
    }

    #[test]
    fn a_policy_that_erred_keeps_less_and_never_more() {
        let policy = |id: &str, capture: &str, condition: &str| {
            format!(
                "@id(\"{id}\") @action(\"warn\") @message(\"m\") @capture(\"{capture}\") \
                 forbid (principal, action, resource) when {{ {condition} }};"
            )
        };
        let errs = "context.text_bytes * 9223372036854775807 > 100";
        let mut facts = Facts::new(Operation::SendPrompt, App::new("claude"));
        facts.text_bytes = 2;
        let keeps =
            |text: &str, setting| Policy::parse(text, Mode::Enforce).unwrap().decide(&facts).capture(setting);
        assert_eq!(keeps(&policy("a", "full", errs), Capture::Metadata), Capture::Metadata);
        assert_eq!(keeps(&policy("a", "masked", errs), Capture::Full), Capture::Masked);
        let both = policy("a", "masked", errs) + &policy("b", "full", "context.text_bytes > 1");
        assert_eq!(keeps(&both, Capture::Metadata), Capture::Masked);
        // One that matched adds to the setting: an organisation may want to see what was found, and no more.
        assert_eq!(keeps(&policy("a", "matches", "true"), Capture::Metadata), Capture::Matches);
    }

    #[test]
    fn without_redaction_nothing_changes() {
        let first = decide(&["pii.phone"]);
        assert_eq!(first.clone().after_redaction(decide(&[])), first);
    }
}
