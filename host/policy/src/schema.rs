//! The schema: the built-in one, parsed once, and those with an organisation's own topics.
//!
//! INVARIANT: the embedded text parses, with any own topics in it; tests say so before anybody else can find out.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::LazyLock;

use cedar_policy::{Entities, Schema};

/// The schema as people read it.
pub(crate) const TEXT: &str = include_str!("../schema/promptgate.cedarschema");

/// Where own topics go: after the last built-in one.
const LAST_TOPIC: &str = "    \"intent.jailbreak\": Long,\n";

/// The schema with an organisation's own topics, given without `custom.`, for editors and for checking.
#[must_use]
pub fn schema_text<'a>(custom: impl IntoIterator<Item = &'a str>) -> String {
    let custom: String = custom.into_iter().map(|name| format!("    \"custom.{name}\": Long,\n")).collect();
    let (before, after) = TEXT.split_once(LAST_TOPIC).unwrap_or((TEXT, ""));
    [before, LAST_TOPIC, &custom, after].concat()
}

/// The schema and its action hierarchy.
#[derive(Clone)]
pub(crate) struct Parsed {
    pub(crate) schema: Schema,
    pub(crate) actions: Entities,
}

pub(crate) static SCHEMA: LazyLock<Parsed> = LazyLock::new(|| Parsed::parse(TEXT));

impl Parsed {
    /// With own topics, given without `custom.`: words of lower-case letters, digits and hyphens.
    pub(crate) fn with(custom: &BTreeSet<String>) -> Cow<'static, Self> {
        match custom.is_empty() {
            true => Cow::Borrowed(&*SCHEMA),
            false => Cow::Owned(Self::parse(&schema_text(custom.iter().map(String::as_str)))),
        }
    }

    #[expect(clippy::expect_used, reason = "compiled in, and parsed by tests")]
    fn parse(text: &str) -> Self {
        let (schema, _) = Schema::from_cedarschema_str(text).expect("the schema that is compiled in");
        let actions = schema.action_entities().expect("the actions of the schema that is compiled in");
        Self { schema, actions }
    }
}

#[cfg(test)]
mod tests {
    use cedar_policy::{EntityId, SchemaFragment};
    use shared_protocol::Operation;

    use super::{SCHEMA, TEXT};
    use crate::permitted;

    #[test]
    fn the_schema_holds_the_table() {
        let (fragment, warnings) = SchemaFragment::from_cedarschema_str(TEXT).unwrap();
        assert_eq!(warnings.count(), 0);
        for operation in Operation::ALL {
            let id = EntityId::new(operation.as_str());
            let row = fragment.action_annotation(None, &id, "permits").unwrap();
            let words: Vec<String> = permitted(operation)
                .iter()
                .map(|action| serde_json::to_value(action).unwrap().as_str().unwrap().to_owned())
                .collect();
            assert_eq!(row, words.join(" "), "{operation:?}");
        }
    }

    #[test]
    fn every_action_is_an_operation_or_a_group() {
        let operations: Vec<&str> = Operation::ALL.into_iter().map(Operation::as_str).collect();
        let groups = ["send", "receive", "share", "upload", "manage"];
        for action in SCHEMA.schema.actions() {
            let id = action.id().unescaped();
            assert!(operations.contains(&id) || groups.contains(&id), "{id}");
        }
        assert_eq!(SCHEMA.schema.actions().count(), operations.len() + groups.len());
    }
}
