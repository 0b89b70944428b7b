//! A policy ready to decide: parsed, checked, immutable.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use cedar_policy::PolicySet;
use shared_protocol::{Capture, Mode, Topic};

use crate::check::{Checked, check};
use crate::named::Named;
use crate::request::Asking;
use crate::rule::Rule;
use crate::sieve::Families;
use crate::{Decision, Exception, Facts, PolicyError, Problem, decide};

const BUILTIN: &str = include_str!("../policies/builtin.cedar");
const CLOSED: &str = include_str!("../policies/closed.cedar");

/// What an admin's one-time code lets through.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Granted {
    /// The grant's id, as records name it.
    pub id: String,
    /// These policies do not hold.
    pub policies: BTreeSet<String>,
    /// Policies that would not match without these topics, and without the findings that are evidence for nothing else,
    /// do not hold.
    pub topics: BTreeSet<Topic>,
}

/// A checked set of `forbid` policies.
#[derive(Clone, Debug)]
pub struct Policy {
    text: String,
    mode: Mode,
    /// Each policy by its id as Cedar has it, in a set of its own: most need not be asked.
    sets: BTreeMap<String, PolicySet>,
    rules: BTreeMap<String, Rule>,
    custom: Vec<Topic>,
    named: Named,
    exceptions: Arc<[Exception]>,
    warnings: Vec<Problem>,
}

impl Policy {
    /// Checks and takes `text`. With [`Mode::Monitor`] none of it acts; with [`Mode::Enforce`] each policy acts
    /// unless its `@mode` says otherwise.
    ///
    /// # Errors
    /// All that is wrong with the text.
    pub fn parse(text: &str, mode: Mode) -> Result<Self, PolicyError> {
        Self::read(&[("", text)], mode, &BTreeSet::new())
    }

    /// The same for texts in files, with the organisation's own topics, given without `custom.`.
    pub(crate) fn read(
        texts: &[(&str, &str)],
        mode: Mode,
        custom: &BTreeSet<String>,
    ) -> Result<Self, PolicyError> {
        let Checked { policies, named, warnings } = check(texts, mode, custom)?;
        let alone = |(id, (policy, _)): (&String, &(cedar_policy::Policy, Rule))| {
            // A set of one has no two of one id, which is all that could be wrong with it.
            Some((id.clone(), PolicySet::from_policies([policy.clone()]).ok()?))
        };
        Ok(Self {
            text: texts.iter().map(|(_, text)| *text).collect::<Vec<_>>().join("\n"),
            mode,
            sets: policies.iter().filter_map(alone).collect(),
            rules: policies.into_iter().map(|(id, (_, rule))| (id, rule)).collect(),
            custom: custom.iter().cloned().map(Topic::Custom).collect(),
            named,
            exceptions: Arc::default(),
            warnings,
        })
    }

    /// The same with exceptions.
    #[must_use]
    pub fn with_exceptions(self, exceptions: Arc<[Exception]>) -> Self {
        Self { exceptions, ..self }
    }

    /// The policy that is compiled in.
    #[must_use]
    #[expect(clippy::expect_used, reason = "compiled in, and parsed by a test")]
    pub fn builtin(mode: Mode) -> Self {
        Self::parse(BUILTIN, mode).expect("the policy that is compiled in")
    }

    /// What is in force on a managed machine until its policy has arrived: no text and no file leaves.
    #[must_use]
    #[expect(clippy::expect_used, reason = "compiled in, and parsed by a test")]
    pub fn closed() -> Self {
        Self::parse(CLOSED, Mode::Enforce).expect("the closed policy that is compiled in")
    }

    /// Decides.
    #[must_use]
    pub fn decide(&self, facts: &Facts) -> Decision {
        decide::decide(self, facts, &[])
    }

    /// Decides with what was granted. Like an exception, a grant takes away a policy that matched and never one that
    /// erred.
    #[must_use]
    pub fn decide_granted(&self, facts: &Facts, granted: &[Granted]) -> Decision {
        decide::decide(self, facts, granted)
    }

    /// The text it was read from.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether any of it acts.
    #[must_use]
    pub fn mode(&self) -> Mode {
        self.mode
    }

    /// What all its policies permit to be kept of a text that was not looked through: any of them might have matched.
    #[must_use]
    pub fn least_capture(&self) -> Option<Capture> {
        self.rules.values().filter_map(|rule| rule.capture).reduce(Capture::both)
    }

    /// Whether a policy may ask how often something was found in the conversation before.
    #[must_use]
    pub fn counts_conversation(&self) -> bool {
        self.named.attribute("conversation") && self.named.attribute("counts")
    }

    /// The ids of its policies, sorted.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.rules.keys().map(String::as_str)
    }

    /// The labels and families that its conditions name, for whoever knows which there are: a label that nothing
    /// finds is a slip that Cedar cannot see.
    #[must_use]
    pub fn labels(&self) -> BTreeSet<&str> {
        self.rules.values().flat_map(|rule| &rule.labels).map(String::as_str).collect()
    }

    /// What somebody should look at.
    #[must_use]
    pub fn warnings(&self) -> &[Problem] {
        &self.warnings
    }

    /// The policy `id` alone.
    pub(crate) fn alone(&self, id: &str) -> Option<&PolicySet> {
        self.sets.get(id)
    }

    /// What Cedar is to be told of `facts`.
    pub(crate) fn asking<'a>(&'a self, facts: &'a Facts, families: &'a Families<'a>) -> Asking<'a> {
        Asking { facts, families, custom: &self.custom, named: &self.named }
    }

    pub(crate) fn exceptions(&self) -> &[Exception] {
        &self.exceptions
    }

    pub(crate) fn rules(&self) -> &BTreeMap<String, Rule> {
        &self.rules
    }
}

#[cfg(test)]
mod tests {
    use shared_protocol::{Capture, Mode};

    use super::Policy;

    #[test]
    fn labels_are_named_with_exceptions() {
        let text = "@id(\"a\") @action(\"warn\") @message(\"m\") forbid (principal, action, resource) when \
                    { context.labels.containsAny([\"pii.email\", \"secret\"]) && context.counts[\"pii.iban\"] > 2 } \
                    unless { context.labels.contains(\"pii.phone\") };";
        let policy = Policy::parse(text, Mode::Enforce).unwrap();
        assert_eq!(
            policy.labels().into_iter().collect::<Vec<_>>(),
            ["pii.email", "pii.iban", "pii.phone", "secret"]
        );
    }

    #[test]
    fn a_text_that_was_not_looked_through_keeps_what_every_policy_permits() {
        let one = |id: &str, capture: &str| {
            format!(
                "@id(\"{id}\") @action(\"warn\") @message(\"m\") {capture} forbid (principal, action, resource);"
            )
        };
        for (captures, least) in [
            ([""; 2], None),
            (["", "@capture(\"matches\")"], Some(Capture::Matches)),
            (["@capture(\"full\")", "@capture(\"masked\")"], Some(Capture::Masked)),
            (["@capture(\"matches\")", "@capture(\"masked\")"], Some(Capture::Metadata)),
        ] {
            let text = one("a", captures[0]) + &one("b", captures[1]);
            assert_eq!(Policy::parse(&text, Mode::Enforce).unwrap().least_capture(), least, "{captures:?}");
        }
    }

    #[test]
    fn what_is_compiled_in_parses_without_a_warning() {
        for policy in [Policy::builtin(Mode::Monitor), Policy::builtin(Mode::Enforce), Policy::closed()] {
            assert_eq!(policy.warnings(), []);
        }
    }
}
