//! Why a decision came out as it did, policy by policy, as far as Cedar tells honestly.
//!
//! Cedar says which policies matched and which erred. What kept another one from matching is found by asking Cedar again
//! about its parts alone; nothing is evaluated here.

use cedar_policy::{Authorizer, Entities, PolicyId, PolicySet, Request};
use serde_json::{Value, json};
use shared_protocol::Mode;

use crate::decide::{decide, matched};
use crate::request::{ask, families};
use crate::{Decision, Facts, Granted, Policy};

/// One policy in a decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explained {
    /// Its `@id`.
    pub id: String,
    /// What became of it.
    pub standing: Standing,
}

/// What became of a policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It matched and acts.
    Acts,
    /// It matched and only watches.
    Watches,
    /// It matched, and an exception takes it away.
    Excepted {
        /// The exception's id, or the grant's.
        by: String,
    },
    /// Its condition could not be evaluated, so it counts as matched.
    Erred {
        /// What Cedar says of it.
        why: String,
    },
    /// It speaks of somebody or something else.
    OutOfScope(Vec<Scope>),
    /// It speaks of this, and its condition does not hold.
    ConditionFalse {
        /// The parts of its condition that decide it, as Cedar writes them: a part of `when` that is false, or a
        /// whole `unless` that is true.
        because: Vec<String>,
    },
}

/// A part of a policy's scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    /// The person.
    Principal,
    /// The operation.
    Action,
    /// The site.
    Resource,
}

impl Policy {
    /// What each policy says to `facts` with what was granted, by id.
    #[must_use]
    pub fn explain(&self, facts: &Facts, granted: &[Granted]) -> Vec<Explained> {
        let decision = decide(self, facts, granted);
        let errors = matched(self, facts).errors;
        let asked = ask(&self.asking(facts, &families(facts))).ok();
        let explained = self.rules().keys().map(|id| {
            let standing = match errors.get(id.as_str()) {
                Some(why) => Standing::Erred { why: why.clone() },
                None => stands(&decision, id)
                    .or_else(|| asked.as_ref().map(|asked| self.absent(id, asked)))
                    .unwrap_or(Standing::ConditionFalse { because: Vec::new() }),
            };
            Explained { id: id.clone(), standing }
        });
        explained.collect()
    }

    /// Why the policy `id` did not match.
    fn absent(&self, id: &str, asked: &(Request, Entities)) -> Standing {
        let tree = self.alone(id).and_then(|set| set.policies().next()?.to_json().ok()).unwrap_or_default();
        let alone = |part: &str| Part::scope(&tree, part).holds(asked) == Some(true);
        let outside: Vec<Scope> = [Scope::Principal, Scope::Action, Scope::Resource]
            .into_iter()
            .filter(|scope| !alone(scope.word()))
            .collect();
        if !outside.is_empty() {
            return Standing::OutOfScope(outside);
        }
        let mut because = Vec::new();
        for condition in tree.get("conditions").and_then(Value::as_array).into_iter().flatten() {
            let body = condition.get("body").unwrap_or(&Value::Null);
            let unless = condition.get("kind").and_then(Value::as_str) == Some("unless");
            let parts = if unless { vec![body] } else { conjuncts(body) };
            let parts = parts.into_iter().map(Part::condition);
            // What stands behind a part that is false was not looked at, and may err: only those that decide count.
            let deciding = parts.filter(|part| part.holds(asked) == Some(unless));
            because.extend(deciding.filter_map(|part| part.words(unless)));
        }
        Standing::ConditionFalse { because }
    }
}

/// What became of a policy that matched.
fn stands(decision: &Decision, id: &str) -> Option<Standing> {
    if let Some(one) = decision.excepted.iter().find(|one| one.policy == id) {
        return Some(Standing::Excepted { by: one.by.clone() });
    }
    let policy = decision.policies.iter().find(|policy| policy.id == id)?;
    Some(match policy.mode {
        _ if policy.erred => {
            Standing::Erred { why: "the facts could not be put before the policies".to_owned() }
        }
        Mode::Enforce => Standing::Acts,
        Mode::Monitor => Standing::Watches,
    })
}

impl Scope {
    /// Its name in Cedar's JSON form.
    fn word(self) -> &'static str {
        match self {
            Self::Principal => "principal",
            Self::Action => "action",
            Self::Resource => "resource",
        }
    }
}

/// A piece of a policy as a policy of its own, in Cedar's JSON form.
struct Part(Value);

impl Part {
    /// Only `part` of the scope.
    fn scope(tree: &Value, part: &str) -> Self {
        let mut alone = Self::all();
        if let (Some(slot), Some(scope)) = (alone.0.get_mut(part), tree.get(part)) {
            *slot = scope.clone();
        }
        alone
    }

    /// Only this condition.
    fn condition(body: &Value) -> Self {
        let mut alone = Self::all();
        if let Some(conditions) = alone.0.get_mut("conditions") {
            *conditions = json!([{ "kind": "when", "body": body }]);
        }
        alone
    }

    fn all() -> Self {
        let all = json!({ "op": "All" });
        Self(
            json!({ "effect": "forbid", "principal": all, "action": all, "resource": all, "conditions": [] }),
        )
    }

    fn policy(&self) -> Option<cedar_policy::Policy> {
        cedar_policy::Policy::from_json(Some(PolicyId::new("part")), self.0.clone()).ok()
    }

    /// Whether it holds; nothing where it cannot be evaluated.
    fn holds(&self, (request, entities): &(Request, Entities)) -> Option<bool> {
        let set = PolicySet::from_policies([self.policy()?]).ok()?;
        let response = Authorizer::new().is_authorized(request, &set, entities);
        let erred = response.diagnostics().errors().next().is_some();
        (!erred).then(|| response.diagnostics().reason().next().is_some())
    }

    /// The condition as Cedar writes it, in a line.
    fn words(&self, unless: bool) -> Option<String> {
        let text = self.policy()?.to_string();
        let (_, rest) = text.split_once("when {")?;
        let (body, _) = rest.rsplit_once('}')?;
        let body = body.split_whitespace().collect::<Vec<_>>().join(" ");
        Some(if unless { format!("unless {body}") } else { body })
    }
}

/// The parts of `a && b && c`.
fn conjuncts(body: &Value) -> Vec<&Value> {
    let mut parts = Vec::new();
    let mut rest = vec![body];
    while let Some(one) = rest.pop() {
        match one.get("&&").and_then(|and| Some([and.get("right")?, and.get("left")?])) {
            Some(sides) => rest.extend(sides),
            None => parts.push(one),
        }
    }
    parts
}
