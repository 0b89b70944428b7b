//! What policies name, so that Cedar is told that much and no more: telling it everything takes longer than deciding.
//!
//! INVARIANT: what is left out is named by no policy, so no policy can tell the difference: groups stand in policies as
//! literals only, and an attribute is reached by its name only. Where a record is used as a whole, all of it is told.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

/// Groups and attributes.
#[derive(Clone, Debug, Default)]
pub(crate) struct Named {
    groups: BTreeSet<String>,
    attributes: BTreeSet<String>,
    whole: bool,
}

/// The records of the context.
const RECORDS: [&[&str]; 9] = [
    &["topics"],
    &["counts"],
    &["account"],
    &["attachments"],
    &["conversation"],
    &["conversation", "topics"],
    &["conversation", "counts"],
    &["local"],
    &["device"],
];

impl Named {
    /// Adds what a policy in Cedar's JSON form names.
    pub(crate) fn take(&mut self, policy: &Value) {
        self.walk(policy, false);
    }

    /// Whether a policy names this group.
    pub(crate) fn group(&self, group: &str) -> bool {
        self.groups.contains(group)
    }

    /// Whether a policy could see this attribute.
    pub(crate) fn attribute(&self, name: &str) -> bool {
        self.whole || self.attributes.contains(name)
    }

    /// `accessed`: an attribute of this is reached by its name.
    fn walk(&mut self, value: &Value, accessed: bool) {
        match value {
            Value::Object(fields) => self.object(value, fields, accessed),
            Value::Array(members) => members.iter().for_each(|member| self.walk(member, false)),
            _ => {}
        }
    }

    fn object(&mut self, value: &Value, fields: &Map<String, Value>, accessed: bool) {
        let word = |key: &str| fields.get(key).and_then(Value::as_str);
        if let (Some("Group"), Some(id)) = (word("type"), word("id")) {
            self.groups.insert(id.to_owned());
        }
        if !accessed && is_record(value) {
            self.whole = true;
        }
        for (key, of) in fields {
            let reached = [".", "has"]
                .contains(&key.as_str())
                .then(|| Some((of.get("left")?, of.get("attr")?.as_str()?)));
            match reached.flatten() {
                Some((left, name)) => {
                    self.attributes.insert(name.to_owned());
                    self.walk(left, true);
                }
                None => self.walk(of, false),
            }
        }
    }
}

/// Whether this is the context or a record in it.
fn is_record(value: &Value) -> bool {
    let mut path = Vec::new();
    let mut rest = value;
    while let Some(access) = rest.get(".") {
        path.extend(access.get("attr").and_then(Value::as_str));
        rest = access.get("left").unwrap_or(&Value::Null);
    }
    path.reverse();
    let of_context = rest.get("Var").and_then(Value::as_str) == Some("context");
    of_context && (path.is_empty() || RECORDS.contains(&path.as_slice()))
}

#[cfg(test)]
mod tests {
    use super::Named;

    fn named(condition: &str) -> Named {
        let text =
            format!("forbid (principal in Group::\"scope\", action, resource) when {{ {condition} }};");
        let mut named = Named::default();
        named.take(&cedar_policy::Policy::parse(None, text).unwrap().to_json().unwrap());
        named
    }

    #[test]
    fn what_is_reached_is_named() {
        let some =
            named("context.topics[\"content.pii\"] >= 2 && principal in [Group::\"hr\", Group::\"x\"]");
        for name in ["topics", "content.pii"] {
            assert!(some.attribute(name), "{name}");
        }
        assert!(!some.attribute("labels") && !some.attribute("content.financial"));
        assert!(some.group("hr") && some.group("x") && some.group("scope") && !some.group("y"));
        assert!(named("context has model && true").attribute("model"));
    }

    #[test]
    fn a_record_used_as_a_whole_is_told_whole() {
        for condition in [
            "context.topics == context.conversation.topics",
            "(if context.temporary then context else context).topics[\"content.pii\"] > 1",
            "[context.account].contains({kind: \"personal\"})",
            "{a: context.device}.a.managed",
        ] {
            assert!(named(condition).attribute("anything"), "{condition}");
        }
        assert!(!named("context.conversation.topics[\"content.pii\"] > 1").attribute("anything"));
    }
}
