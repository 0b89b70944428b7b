//! What the whole engine says is asked for: linear model and encoder together, as they ship.

use std::collections::BTreeMap;

use host_classify::Engine;
use models_train::fit::to_f32;
use models_train::row::{Row, TOPICS, Truth};
use shared_protocol::{Operation, Part, PartKind, Prompt};

use crate::table::{Table, figure};

/// What the engine says of a prompt that is `text`.
pub(crate) fn scores(engine: &Engine, text: &str) -> [f32; TOPICS.len()] {
    let mut prompt = Prompt::new(Operation::SendPrompt);
    prompt.parts.push(Part { kind: PartKind::Text, name: None, text: text.into() });
    let found = engine.classify(&prompt).topics;
    TOPICS.map(|topic| found.iter().find(|found| found.topic == topic).map_or(0.0, |found| found.score))
}

/// Texts of no topic: the share at medium and above for any of the topics.
pub(crate) fn benign(rows: &[Row], scores: &dyn Fn(&str) -> [f32; TOPICS.len()]) -> Table {
    let mut by_source: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for row in rows.iter().filter(|row| row.truth.iter().all(|truth| *truth == Truth::No)) {
        let flagged = usize::from(scores(&row.text).iter().any(|score| *score >= 0.5));
        for source in [row.source.as_str(), "all"] {
            let (rows, flags) = by_source.entry(source).or_default();
            (*rows, *flags) = (*rows + 1, *flags + flagged);
        }
    }
    let rows = by_source.into_iter().map(|(source, (rows, flagged))| {
        let share = f64::from(to_f32(flagged)) / f64::from(to_f32(rows));
        vec![source.to_owned(), rows.to_string(), figure(Some(share))]
    });
    Table {
        title: "tune texts of no topic at medium and above, both models as they ship".to_owned(),
        columns: vec!["source", "rows", "flagged"],
        rows: rows.collect(),
    }
}
