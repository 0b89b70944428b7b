//! `exact/NAME.toml`: which CSV, which of its columns count, and how.
//!
//! ```toml
//! source = "../crm/customers.csv"      # outside of this folder; only hashes of its cells are packed
//! words = "customer data"              # stands where a value was taken out
//! topics = ["custom.customers"]        # without it `custom.NAME`
//! levels = { medium = 1, high = 5 }    # different cells and rows in one text
//! weak = "refuse"                      # cells that say too little: refuse, or skip
//!
//! [columns]
//! customer_no = { kind = "number", alone = true }
//! email = { kind = "email", alone = true }
//! name = { kind = "name" }
//! city = { kind = "text" }
//!
//! [[together]]
//! columns = ["name", "city"]           # of one row,
//! within = 80                          # with so many characters between them at most
//! ```

use std::collections::BTreeMap;

use host_classify::DetectorProblem;
use host_classify::exact::{Column, EXACT, Grades, Key, Kind, TableSpec, Weak, build, pieces};
use host_policy::{Problem, Weight};
use serde::Deserialize;
use shared_protocol::Topic;
use toml::Spanned;

use super::{On, Read, Source};

/// Characters between the cells of a pair, where the sheet is silent.
const WITHIN: usize = 100;
/// Farther apart two cells are no pair.
const MOST_WITHIN: usize = 500;
const MOST_PAIRS: usize = 8;
/// One cell is found by chance once in many texts; more say that a list was copied.
const LEVELS: Grades = Grades { low: None, medium: Some(1), high: Some(5) };

/// The sheet.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Sheet {
    pub(super) source: Spanned<String>,
    words: Spanned<String>,
    topics: Option<Spanned<Vec<Topic>>>,
    levels: Option<Spanned<Grades>>,
    separator: Option<Spanned<char>>,
    #[serde(default)]
    weak: WeakWord,
    columns: BTreeMap<Spanned<String>, Written>,
    #[serde(default)]
    together: Vec<Together>,
}

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum WeakWord {
    #[default]
    Refuse,
    Skip,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    kind: Kind,
    #[serde(default)]
    alone: bool,
    least: Option<Spanned<usize>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Together {
    columns: Spanned<[Spanned<String>; 2]>,
    within: Option<Spanned<usize>>,
}

impl Sheet {
    /// Reads one, and tells all that is wrong with it.
    pub(super) fn read(on: &mut On<'_>) -> Option<Self> {
        let before = on.problems.len();
        let known = "source, words, topics, levels, separator, weak, [columns] with kind (text, name, number, phone, email), \
                     alone and least, and [[together]] with two columns and within";
        let sheet: Self = on.parse(known)?;
        on.common(&sheet.words, sheet.topics.as_ref(), sheet.levels.as_ref());
        let names: Vec<&str> = sheet.columns.keys().map(|name| name.get_ref().as_str()).collect();
        if names.is_empty() {
            on.error(0..0, "no column counts", "name one under `[columns]`");
        }
        for pair in &sheet.together {
            let [first, second] = pair.columns.get_ref();
            for column in
                [first, second].into_iter().filter(|column| !names.contains(&column.get_ref().as_str()))
            {
                let message = format!("`{}` is no column that is named above", column.get_ref());
                on.error(column.span(), message, format!("there are {}", names.join(", ")));
            }
            if first.get_ref() == second.get_ref() {
                on.error(pair.columns.span(), "these are one column", "name two");
            }
            if let Some(within) =
                pair.within.as_ref().filter(|one| !(1..=MOST_WITHIN).contains(one.get_ref()))
            {
                on.error(within.span(), "two cells are a pair within 1 to 500 characters", "write fewer");
            }
        }
        if let Some(more) = sheet.together.get(MOST_PAIRS) {
            on.error(more.columns.span(), "there are more than 8 pairs", "make two tables of it");
        }
        for (name, column) in &sheet.columns {
            let in_pair = |pair: &Together| {
                pair.columns.get_ref().iter().any(|other| other.get_ref() == name.get_ref())
            };
            if !column.alone && !sheet.together.iter().any(in_pair) {
                let message = format!("`{}` counts neither alone nor with another column", name.get_ref());
                on.error(
                    name.span(),
                    message,
                    "write `alone = true`, name it in a `[[together]]`, or leave it out",
                );
            }
            if let Some(least) = column.least.as_ref().filter(|least| !(4..=100).contains(least.get_ref())) {
                on.error(
                    least.span(),
                    "a cell that counts alone has 4 characters at least",
                    "write 4 to 100",
                );
            }
        }
        (on.problems.len() == before).then_some(sheet)
    }

    fn spec(&self, name: &str) -> TableSpec {
        let column = |(name, written): (&Spanned<String>, &Written)| Column {
            name: name.get_ref().clone(),
            kind: written.kind,
            alone: written.alone,
            least: written.least.as_ref().map(|least| *least.get_ref()),
        };
        let place = |wanted: &Spanned<String>| {
            self.columns.keys().position(|name| name.get_ref() == wanted.get_ref()).unwrap_or_default()
        };
        let pair = |pair: &Together| {
            let [first, second] = pair.columns.get_ref();
            ([place(first), place(second)], pair.within.as_ref().map_or(WITHIN, |within| *within.get_ref()))
        };
        TableSpec {
            words: self.words.get_ref().clone(),
            topics: super::topics(self.topics.as_ref(), name),
            levels: self.levels.as_ref().map_or(LEVELS, |levels| *levels.get_ref()),
            columns: self.columns.iter().map(column).collect(),
            pairs: self.together.iter().map(pair).collect(),
            separator: self.separator.as_ref().map(|char| *char.get_ref()),
            weak: match self.weak {
                WeakWord::Refuse => Weak::Refuse,
                WeakWord::Skip => Weak::Skip,
            },
        }
    }
}

/// The files of the table.
pub(super) fn make(
    sheet: &Sheet,
    source: &Source,
    csv: &Read,
    key: &Key,
    problems: &mut Vec<Problem>,
) -> Vec<(String, Vec<u8>)> {
    match build(&sheet.spec(&source.name), &csv.text, key) {
        Ok(built) => {
            problems.extend(built.warnings.into_iter().map(|one| told(csv, Weight::Warning, one)));
            if built.cells == 0 {
                let problem = Problem::at(&csv.text, 0..0, Weight::Warning, "no cell of this file counts");
                problems.push(problem.in_file(&csv.path).help("look at its first line, and at `weak`"));
            }
            pieces(EXACT, &source.name, &built.bytes)
        }
        Err(found) => {
            problems.extend(found.into_iter().map(|one| told(csv, Weight::Error, one)));
            Vec::new()
        }
    }
}

/// A problem at its place in the CSV.
fn told(csv: &Read, weight: Weight, problem: DetectorProblem) -> Problem {
    let DetectorProblem { span, message, help, .. } = problem;
    Problem::at(&csv.text, span, weight, message).in_file(&csv.path).help(help)
}
