//! A text looked up in all tables and fingerprints of an organisation.
//!
//! INVARIANT: each window is hashed once for all tables, and only where some table has cells of its shape.

use super::key::Key;
use super::kind::Kind;
use super::prints::{self, Prints};
use super::shapes::{Shapes, shape};
use super::table::{Seen, Table};
use super::words::Words;

/// Tables and fingerprints, each under the label that is found.
#[derive(Clone, Debug, Default)]
pub(crate) struct Looked {
    pub(crate) key: Option<Key>,
    pub(crate) tables: Vec<Table>,
    pub(crate) prints: Vec<Prints>,
    /// Of all tables.
    shapes: Vec<Shapes>,
}

/// What a text has of one table, or of one part's documents.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Match {
    /// Which: tables first.
    pub(crate) which: usize,
    /// Byte ranges, sorted, not overlapping.
    pub(crate) spans: Vec<(usize, usize)>,
    /// What its topics are scored with.
    pub(crate) score: f32,
}

impl Looked {
    /// Of parts that have one salt.
    pub(crate) fn new(key: Option<Key>, tables: Vec<Table>, prints: Vec<Prints>) -> Self {
        let mut shapes: Vec<Shapes> = Vec::new();
        for one in tables.iter().flat_map(|table| &table.shapes) {
            match shapes.iter_mut().find(|other| other.kind == one.kind) {
                Some(other) => other.join(one),
                None => shapes.push(one.clone()),
            }
        }
        Self { key, tables, prints, shapes }
    }

    /// Looks a text up.
    pub(crate) fn look(&self, text: &str) -> Vec<Match> {
        let Some(key) = &self.key else { return Vec::new() };
        let words = Words::of(text);
        let mut seen: Vec<Seen> = self.tables.iter().map(|_| Seen::default()).collect();
        for shapes in &self.shapes {
            let kind: Kind = shapes.kind;
            kind.windows(text, &words, (shapes.words, shapes.longest), &mut |start, end, canonical| {
                let shape = shape(canonical);
                if !shapes.has(shape) {
                    return;
                }
                let hash = key.cell(kind, canonical);
                for (table, seen) in self.tables.iter().zip(&mut seen) {
                    if table.shapes.iter().any(|shapes| shapes.kind == kind && shapes.has(shape)) {
                        table.look(kind, (start, end), hash, seen);
                    }
                }
            });
        }
        let mut all = Vec::new();
        for (which, (table, mut seen)) in self.tables.iter().zip(seen).enumerate() {
            table.pair_up(key, text, &mut seen);
            let (score, spans) = (table.about.levels.score(seen.count()), joined(seen.spans));
            all.push(Match { which, spans, score });
        }
        if !self.prints.is_empty() {
            let shingles = prints::of_text(&words, key);
            for (place, prints) in self.prints.iter().enumerate() {
                let (spans, score) = prints.look(&words, &shingles);
                all.push(Match { which: self.tables.len() + place, spans: joined(spans), score });
            }
        }
        all.retain(|one| !one.spans.is_empty());
        all
    }
}

/// Sorted, and those that lie over each other as one.
fn joined(mut spans: Vec<(usize, usize)>) -> Vec<(usize, usize)> {
    spans.sort_unstable();
    let mut joined: Vec<(usize, usize)> = Vec::new();
    for (start, end) in spans {
        match joined.last_mut() {
            Some(last) if start < last.1 => last.1 = last.1.max(end),
            _ => joined.push((start, end)),
        }
    }
    joined
}
