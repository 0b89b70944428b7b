//! `topics.toml`: an organisation's own topics.
//!
//! ```toml
//! [custom.ships]
//! description = "Plans of ships that are not announced yet"
//! examples = ["Summarise the specification of the new ferry", "…", "…"]
//! ```
//!
//! `examples` are prompts that belong to it, three at least and five to begin with: what is like them belongs to it too, in
//! other words as well. Without them only detectors tell a topic.

use std::collections::{BTreeMap, BTreeSet};

use shared_protocol::Topic;

use super::reader::{Reader, Table, parse};
use crate::problem::Problem;

/// Longest name: it stands in policies and in records.
const NAME: usize = 40;
/// Most own topics: each is a column of what is decided from.
const MOST: usize = 64;

/// Fewest and most examples of a topic: one or two are a matter of chance, and each is compared with every prompt.
const EXAMPLES: std::ops::RangeInclusive<usize> = 3..=32;
/// Longest example, in code points: of more only the beginning would be read.
const EXAMPLE: usize = 1_000;

/// Own topics.
#[derive(Default)]
pub(super) struct Own {
    /// Each with its description.
    pub(super) described: BTreeMap<Topic, String>,
    /// The prompts that belong to it, where there are some.
    pub(super) examples: BTreeMap<Topic, Vec<String>>,
}

/// Own topics with their descriptions and examples.
pub(super) fn read(file: &str, text: &str, problems: &mut Vec<Problem>) -> Own {
    let Some(tree) = parse(file, text, problems) else { return Own::default() };
    let mut reader = Reader::new(file, text, problems);
    let whole = Table::of(&tree);
    reader.only(&whole, &["custom"]);
    let Some(custom) = reader.table(&whole, "custom") else { return Own::default() };
    let mut topics = Own::default();
    for (name, value) in custom.entries() {
        let Some(table) = reader.table_of(value, name.get_ref()) else { continue };
        reader.only(&table, &["description", "examples"]);
        let help = "say in a sentence what belongs to it";
        reader.needs(&table, "description", help);
        let description = reader.words(&table, "description", help);
        let examples = examples(&mut reader, &table);
        if !is_name(name.get_ref()) {
            let message = format!("`custom.{}` cannot be a topic", name.get_ref());
            let help = format!("write lower-case words joined by hyphens, {NAME} characters at most");
            reader.error(name.span(), message, help);
        } else if topics.described.len() == MOST {
            reader.error(
                name.span(),
                format!("there are more than {MOST} topics"),
                "join those that belong together",
            );
        } else {
            let description = description.map(toml::Spanned::into_inner).unwrap_or_default();
            let topic = Topic::Custom((*name.get_ref()).to_owned());
            if !examples.is_empty() {
                topics.examples.insert(topic.clone(), examples);
            }
            topics.described.insert(topic, description);
        }
    }
    topics
}

fn examples(reader: &mut Reader<'_>, table: &Table<'_, '_>) -> Vec<String> {
    let given = reader.strings(table, "examples");
    if table.has("examples") && !EXAMPLES.contains(&given.len()) {
        let (least, most) = (EXAMPLES.start(), EXAMPLES.end());
        let message = format!("{} examples are not between {least} and {most}", given.len());
        reader.error(table.place("examples"), message, "write five different prompts that belong to it");
    }
    for example in &given {
        let length = example.get_ref().chars().count();
        if example.get_ref().trim().is_empty() || length > EXAMPLE {
            let message = format!("this example is empty or longer than {EXAMPLE} characters");
            reader.error(example.span(), message, "write a prompt as people do");
        }
    }
    given.into_iter().map(toml::Spanned::into_inner).collect()
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
