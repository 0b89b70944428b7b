//! `topics.toml`: an organisation's own topics.
//!
//! ```toml
//! [custom.ships]
//! description = "Plans of ships that are not announced yet"
//! ```

use std::collections::{BTreeMap, BTreeSet};

use shared_protocol::Topic;

use super::reader::{Reader, Table, parse};
use crate::problem::Problem;

/// Longest name: it stands in policies and in records.
const NAME: usize = 40;
/// Most own topics: each is a column of what is decided from.
const MOST: usize = 64;

/// Own topics with their descriptions.
pub(super) fn read(file: &str, text: &str, problems: &mut Vec<Problem>) -> BTreeMap<Topic, String> {
    let Some(tree) = parse(file, text, problems) else { return BTreeMap::new() };
    let mut reader = Reader::new(file, text, problems);
    let whole = Table::of(&tree);
    reader.only(&whole, &["custom"]);
    let Some(custom) = reader.table(&whole, "custom") else { return BTreeMap::new() };
    let mut topics = BTreeMap::new();
    for (name, value) in custom.entries() {
        let Some(table) = reader.table_of(value, name.get_ref()) else { continue };
        reader.only(&table, &["description"]);
        let help = "say in a sentence what belongs to it";
        reader.needs(&table, "description", help);
        let description = reader.words(&table, "description", help);
        if !is_name(name.get_ref()) {
            let message = format!("`custom.{}` cannot be a topic", name.get_ref());
            let help = format!("write lower-case words joined by hyphens, {NAME} characters at most");
            reader.error(name.span(), message, help);
        } else if topics.len() == MOST {
            reader.error(
                name.span(),
                format!("there are more than {MOST} topics"),
                "join those that belong together",
            );
        } else {
            let description = description.map(toml::Spanned::into_inner).unwrap_or_default();
            topics.insert(Topic::Custom((*name.get_ref()).to_owned()), description);
        }
    }
    topics
}

/// The names, without `custom.`.
pub(super) fn names(topics: &BTreeMap<Topic, String>) -> BTreeSet<String> {
    let own = |topic: &Topic| match topic {
        Topic::Custom(name) => Some(name.clone()),
        _ => None,
    };
    topics.keys().filter_map(own).collect()
}

fn is_name(name: &str) -> bool {
    (1..=NAME).contains(&name.len())
        && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}
