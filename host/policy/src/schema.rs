//! The schema, parsed once, with the entities that are the same in every request.
//!
//! INVARIANT: the embedded text parses; a test says so before anybody else can find out.

use std::sync::LazyLock;

use cedar_policy::{Entities, Schema};

/// The schema as people read it.
pub(crate) const TEXT: &str = include_str!("../schema/promptgate.cedarschema");

/// The schema with an organisation's own topics, given without `custom.`, for editors and for checking.
#[must_use]
pub fn schema_text<'a>(custom: impl IntoIterator<Item = &'a str>) -> String {
    let custom: String = custom.into_iter().map(|name| format!("    \"custom.{name}\": Long,\n")).collect();
    let (before, after) = TEXT.split_once("\"intent.jailbreak\": Long,\n").unwrap_or((TEXT, ""));
    format!("{before}\"intent.jailbreak\": Long,\n{custom}{after}")
}

/// The schema and its action hierarchy.
pub(crate) struct Parsed {
    pub(crate) schema: Schema,
    pub(crate) actions: Entities,
}

#[expect(clippy::expect_used, reason = "compiled in, and parsed by a test")]
pub(crate) static SCHEMA: LazyLock<Parsed> = LazyLock::new(|| {
    let (schema, _) = Schema::from_cedarschema_str(TEXT).expect("the schema that is compiled in");
    let actions = schema.action_entities().expect("the actions of the schema that is compiled in");
    Parsed { schema, actions }
});

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
