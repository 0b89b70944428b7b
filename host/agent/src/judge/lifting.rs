//! Whether a fresh proof of who the person is would lift something of a decision.
//!
//! INVARIANT: it only offers. What goes after the proof is decided by a judgement of its own, from what is then known.

use host_policy::{Decision, Facts};
use shared_protocol::Action;

use super::Snapshot;

impl Snapshot {
    /// Whether the same request would be decided more mildly right after a proof.
    pub(super) fn lifts(&self, facts: &Facts, decision: &Decision) -> bool {
        let Some(most) = self.proves_to else { return false };
        if decision.action <= Action::Coach {
            return false;
        }
        let mut proved = facts.clone();
        proved.user.verified = true;
        proved.user.verified_at = facts.at.max(facts.user.verified_at);
        proved.user.risk = facts.user.risk.min(most);
        if proved.user == facts.user {
            return false;
        }
        let then = self.policy.decide(&proved);
        // What redaction left standing is in this decision and not in that one: the label alone is compared there.
        let fewer = then.obligations.len() < decision.obligations.len()
            && then.obligations.iter().all(|one| decision.obligations.contains(one));
        then.faults.is_empty() && (then.action < decision.action || (then.action == decision.action && fewer))
    }
}
