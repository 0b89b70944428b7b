//! From a CSV to a table: on the admin's machine, and in the tests.
//!
//! INVARIANT: the same rows give the same bytes. No problem quotes a cell: its place is enough, and what tells problems is
//! kept in logs.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Range;

use shared_protocol::Topic;

use super::csv::{Cell, Rows};
use super::key::{Hash, Key};
use super::kind::Kind;
use super::part::{About, Grades};
use super::set::Set;
use super::shapes::{Written, shape};
use super::table::{self, Pair, Sets};
use super::weak::{self, REPEATED, SHARE, Weak};
use crate::own::DetectorProblem;

/// Most cells of a table that count.
pub const MOST_CELLS: usize = 1_000_000;
/// Most problems of one kind and column that are told one by one.
const TOLD: usize = 5;
/// One number in so many of its length may be in a column that counts alone before somebody is warned.
const DENSE: usize = 100;

/// A column that counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// What the first line calls it.
    pub name: String,
    /// What its cells are.
    pub kind: Kind,
    /// Whether a cell counts without another one of its row.
    pub alone: bool,
    /// Least characters of a cell that counts alone, in place of what its kind asks for.
    pub least: Option<usize>,
}

/// What a table is to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableSpec {
    /// What stands where a value was taken out.
    pub words: String,
    /// What it is evidence for, the strongest first.
    pub topics: Vec<Topic>,
    /// How many different cells and rows have which level.
    pub levels: Grades,
    /// The columns that count.
    pub columns: Vec<Column>,
    /// Two columns, by their places in `columns`, and how many characters may stand between their cells.
    pub pairs: Vec<([usize; 2], usize)>,
    /// What separates cells; told from the first line without it.
    pub separator: Option<char>,
    /// What becomes of cells that say too little.
    pub weak: Weak,
}

/// A table, made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Built {
    /// The part of a bundle.
    pub bytes: Vec<u8>,
    /// Rows that were read.
    pub rows: usize,
    /// Cells that count, alone or with another one.
    pub cells: usize,
    /// Cells that were left out.
    pub skipped: usize,
    /// What somebody should look at.
    pub warnings: Vec<DetectorProblem>,
}

/// Makes a table of a CSV whose first line names its columns.
///
/// # Errors
/// All that is wrong with it, each with its place in the CSV.
pub fn build(spec: &TableSpec, csv: &str, key: &Key) -> Result<Built, Vec<DetectorProblem>> {
    let mut making = Making::new(spec, key);
    making.read(csv);
    making.too_often(csv);
    making.summed();
    if !making.errors.is_empty() {
        return Err(making.errors);
    }
    making.dense();
    making.finish().ok_or_else(|| {
        vec![problem(
            0..0,
            "this table cannot be written".to_owned(),
            "report it: this is a fault of the program",
        )]
    })
}

/// What is known of a column so far.
#[derive(Default)]
struct Told {
    /// Each cell that counts alone: how often, and where first.
    seen: HashMap<Hash, (u32, Range<usize>)>,
    /// Why cells are too weak, how many, and where the first of them is.
    weak: BTreeMap<&'static str, (usize, Range<usize>)>,
    /// Lengths of plain numbers.
    numbers: BTreeMap<usize, usize>,
}

struct Making<'a> {
    spec: &'a TableSpec,
    key: &'a Key,
    columns: Vec<Told>,
    halves: Vec<Hash>,
    pairs: Vec<Vec<Hash>>,
    shapes: BTreeMap<Kind, (usize, BTreeSet<u16>)>,
    rows: usize,
    cells: usize,
    skipped: usize,
    errors: Vec<DetectorProblem>,
    warnings: Vec<DetectorProblem>,
}

impl<'a> Making<'a> {
    fn new(spec: &'a TableSpec, key: &'a Key) -> Self {
        Self {
            spec,
            key,
            columns: spec.columns.iter().map(|_| Told::default()).collect(),
            halves: Vec::new(),
            pairs: spec.pairs.iter().map(|_| Vec::new()).collect(),
            shapes: BTreeMap::new(),
            rows: 0,
            cells: 0,
            skipped: 0,
            errors: Vec::new(),
            warnings: Vec::new(),
        }
    }

    fn read(&mut self, csv: &str) {
        let mut rows = Rows::of(csv, self.spec.separator);
        let mut row = Vec::new();
        match rows.next_row(&mut row) {
            Ok(true) => {}
            Ok(false) => {
                return self.error(
                    0..0,
                    "this file is empty",
                    "its first line names the columns, the others are rows",
                );
            }
            Err(fault) => return self.error(fault.at, fault.what, CSV),
        }
        let Some(places) = self.places(&row) else { return };
        let width = row.len();
        loop {
            match rows.next_row(&mut row) {
                Ok(true) => {}
                Ok(false) => return,
                // What comes behind it may be anything.
                Err(fault) => return self.error(fault.at, fault.what, CSV),
            }
            if row.len() != width {
                let at = row.first().map_or(0..0, |cell| cell.at.clone());
                let said = format!("this row has {} cells, and the first line {width}", row.len());
                return self.error(
                    at,
                    said,
                    "put quotes around a cell with separators in it, or name the `separator`",
                );
            }
            self.rows += 1;
            self.row(&row, &places);
            if self.cells > MOST_CELLS {
                let at = row.first().map_or(0..0, |cell| cell.at.clone());
                let help = "make two tables of it, or leave out a column";
                return self.error(at, format!("here are more than {MOST_CELLS} cells that count"), help);
            }
        }
    }

    /// Where the columns stand.
    fn places(&mut self, first: &[Cell<'_>]) -> Option<Vec<usize>> {
        let names: Vec<&str> = first.iter().map(|cell| cell.text.trim()).collect();
        let whole = first.first().map_or(0, |cell| cell.at.start)..first.last().map_or(0, |cell| cell.at.end);
        let mut places = Vec::new();
        for column in &self.spec.columns {
            let mut found = names.iter().enumerate().filter(|(_, name)| **name == column.name);
            match (found.next(), found.next()) {
                (Some((place, _)), None) => places.push(place),
                (None, _) => {
                    let help = format!("the first line names {}", names.join(", "));
                    self.error(whole.clone(), format!("there is no column `{}`", column.name), help);
                }
                (Some(_), Some((second, _))) => {
                    let at = first.get(second).map_or(0..0, |cell| cell.at.clone());
                    self.error(
                        at,
                        format!("`{}` is the name of two columns", column.name),
                        "rename one of them",
                    );
                }
            }
        }
        (places.len() == self.spec.columns.len()).then_some(places)
    }

    fn row(&mut self, row: &[Cell<'_>], places: &[usize]) {
        let hashes: Vec<Option<Hash>> = places
            .iter()
            .enumerate()
            .map(|(column, place)| row.get(*place).and_then(|cell| self.cell(column, cell)))
            .collect();
        for (pair, (columns, _)) in self.spec.pairs.iter().enumerate() {
            let [first, second] = columns.map(|column| hashes.get(column).copied().flatten());
            if let (Some(first), Some(second), Some(rows)) = (first, second, self.pairs.get_mut(pair)) {
                rows.push(self.key.pair(pair, first, second));
                self.halves.extend([first, second]);
            }
        }
    }

    /// The hash of a cell that may stand in a pair.
    fn cell(&mut self, number: usize, cell: &Cell<'_>) -> Option<Hash> {
        if cell.text.trim().is_empty() {
            return None;
        }
        let column = self.spec.columns.get(number)?;
        let Some(canonical) = column.kind.canonical(&cell.text) else {
            self.weak(number, not_of(column.kind), cell);
            return None;
        };
        let hash = self.key.cell(column.kind, &canonical);
        let is_half = self.spec.pairs.iter().any(|(columns, _)| columns.contains(&number));
        let least = column.least.unwrap_or_else(|| weak::least(column.kind));
        let why =
            if column.alone { weak::alone(column.kind, &canonical, least) } else { weak::half(&canonical) };
        if let Some(why) = why {
            self.weak(number, why, cell);
            if !is_half || weak::half(&canonical).is_some() {
                return None;
            }
        } else if column.alone {
            let told = self.columns.get_mut(number)?;
            let seen = told.seen.entry(hash).or_insert_with(|| (0, cell.at.clone()));
            seen.0 = seen.0.saturating_add(1);
            if seen.0 == 1 && canonical.bytes().all(|byte| byte.is_ascii_digit()) {
                *told.numbers.entry(canonical.len()).or_default() += 1;
            }
        }
        self.cells += 1;
        let words = match column.kind {
            Kind::Text | Kind::Name => canonical.split(' ').count(),
            kind @ (Kind::Number | Kind::Phone | Kind::Email) => kind.most_words(),
        };
        let shapes = self.shapes.entry(column.kind).or_default();
        shapes.0 = shapes.0.max(words);
        shapes.1.insert(shape(&canonical));
        is_half.then_some(hash)
    }

    fn weak(&mut self, number: usize, why: &'static str, cell: &Cell<'_>) {
        self.skipped += 1;
        let Some((told, column)) = self.columns.get_mut(number).zip(self.spec.columns.get(number)) else {
            return;
        };
        let (count, _) = told.weak.entry(why).or_insert_with(|| (0, cell.at.clone()));
        *count += 1;
        if self.spec.weak == Weak::Refuse && *count <= TOLD {
            self.error(
                cell.at.clone(),
                format!("this cell of `{}` {why}", column.name),
                remedy(column.alone),
            );
        }
    }

    /// Cells that stand in many rows say nothing of one.
    fn too_often(&mut self, csv: &str) {
        let most = u32::try_from((self.rows / SHARE).max(REPEATED)).unwrap_or(u32::MAX);
        for number in 0..self.columns.len() {
            let Some(told) = self.columns.get_mut(number) else { continue };
            let is_often = |seen: &(u32, Range<usize>)| seen.0 > most;
            let mut often: Vec<(u32, Range<usize>)> =
                told.seen.values().filter(|seen| is_often(seen)).cloned().collect();
            told.seen.retain(|_, seen| !is_often(seen));
            often.sort_by_key(|(_, at)| at.start);
            for (_, at) in often {
                let text = csv.get(at.clone()).unwrap_or_default().into();
                self.weak(number, "stands in many rows and tells nothing of one", &Cell { at, text });
            }
        }
    }

    /// What was not told one by one.
    fn summed(&mut self) {
        let mut said = Vec::new();
        for (told, column) in self.columns.iter().zip(&self.spec.columns) {
            for (why, (count, at)) in &told.weak {
                let message = match self.spec.weak {
                    Weak::Refuse if *count > TOLD => {
                        format!("{} more cells of `{}`: each {why}", count - TOLD, column.name)
                    }
                    Weak::Refuse => continue,
                    Weak::Skip => format!("left out of `{}`: {count}, of which each {why}", column.name),
                };
                said.push((at.clone(), message, column.alone));
            }
        }
        for (at, message, alone) in said {
            match self.spec.weak {
                Weak::Refuse => self.error(at, message, remedy(alone)),
                Weak::Skip => self.warnings.push(problem(at, message, remedy(alone))),
            }
        }
    }

    /// A column in which one number of a hundred stands takes one in a hundred for a customer's.
    fn dense(&mut self) {
        for (told, column) in self.columns.iter().zip(&self.spec.columns) {
            for (length, count) in &told.numbers {
                // Nine digits and more are so many that a million cells are few.
                let Some(all) = u32::try_from(*length).ok().and_then(|length| 10_usize.checked_pow(length))
                else {
                    continue;
                };
                if count * DENSE > all {
                    let message = format!(
                        "of all numbers of {length} digits {} in a hundred are cells of `{}`: as many others are taken for one",
                        count * 100 / all,
                        column.name
                    );
                    let help = "let it count only beside another column, with `[[together]]`";
                    self.warnings.push(problem(0..0, message, help));
                }
            }
        }
    }

    fn finish(self) -> Option<Built> {
        let Self { spec, key, columns, halves, pairs, shapes, rows, cells, skipped, warnings, .. } = self;
        let alone = columns.into_iter().flat_map(|told| told.seen.into_keys()).collect();
        let sets = Sets {
            alone: Set::of(alone),
            halves: Set::of(halves),
            rows: pairs.into_iter().map(Set::of).collect(),
        };
        let kind = |column: usize| spec.columns.get(column).map(|column| column.kind);
        let written = |([first, second], within): &([usize; 2], usize)| {
            Some(Pair { kinds: [kind(*first)?, kind(*second)?], within: *within })
        };
        let written: Option<Vec<Pair>> = spec.pairs.iter().map(written).collect();
        let kinds = shapes.into_iter().map(|(kind, (words, shapes))| Written {
            kind,
            words,
            shapes: shapes.into_iter().collect(),
        });
        let about = About::new(key, &spec.words, &spec.topics, spec.levels);
        let bytes = table::write(about, written?, kinds.collect(), &sets)?;
        Some(Built { bytes, rows, cells, skipped, warnings })
    }

    fn error(&mut self, at: Range<usize>, message: impl Into<String>, help: impl Into<String>) {
        self.errors.push(problem(at, message.into(), help));
    }
}

const CSV: &str =
    "cells with separators, breaks or quotes in them stand in quotes, and a quote is doubled (RFC 4180)";

fn not_of(kind: Kind) -> &'static str {
    match kind {
        Kind::Text | Kind::Name => "has no letters and digits, or too many words",
        Kind::Number => "is no number or code, or has too many pieces",
        Kind::Phone => "is no phone number of seven digits and more",
        Kind::Email => "is not one e-mail address",
    }
}

fn remedy(alone: bool) -> &'static str {
    if alone {
        "let the column count only beside another one, with `[[together]]`, or leave such cells out with `weak = \"skip\"`"
    } else {
        "correct it, or leave such cells out with `weak = \"skip\"`"
    }
}

/// A problem of the CSV; whoever read it knows its name.
fn problem(span: Range<usize>, message: String, help: impl Into<String>) -> DetectorProblem {
    DetectorProblem { file: String::new(), span, message, help: help.into() }
}
