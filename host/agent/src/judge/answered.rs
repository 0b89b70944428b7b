//! Which policies match only because of files about which the person answered them before.
//!
//! INVARIANT: a policy that the rest of the request sets off, that asks for more than then, or that erred is asked about
//! again. What the models had no time to read counts as read: without the files they have all the time they need.

use std::collections::BTreeSet;

use host_policy::Facts;
use shared_protocol::{Action, Mode};

use super::{Asked, Snapshot};
use crate::files::Whole;

impl Snapshot {
    /// Their ids.
    pub(super) fn answered(&self, ask: &Asked<'_>, whole: &Whole, facts: &Facts) -> BTreeSet<String> {
        let mut answered = BTreeSet::new();
        if ask.files.answers.is_empty() {
            return answered;
        }
        let mut own = whole.prompt.clone();
        own.parts.truncate(whole.own);
        let decision = self.policy.decide(facts);
        let asks = decision.policies.iter().filter(|one| {
            one.mode == Mode::Enforce
                && one.action > Action::Coach
                && !one.erred
                && decision.faults.is_empty()
        });
        for policy in asks {
            let covered =
                ask.files.answers.iter().filter(|(_, answer)| answer.covers(&policy.id, policy.action));
            let covered: Vec<usize> = covered.map(|(at, _)| *at).collect();
            if covered.is_empty() {
                continue;
            }
            let (rest, files) = ask.files.without(&own, &covered);
            let ask = Asked { files: &files, ..*ask };
            let (without, _) = self.facts(&ask, &files.appended(&rest), &|| false);
            if !self.policy.decide(&without).policies.iter().any(|one| one.id == policy.id) {
                answered.insert(policy.id.clone());
            }
        }
        answered
    }
}
