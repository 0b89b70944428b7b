//! Personal data: whether there is any, and where, beside Presidio.
//!
//! Presidio's own generated set flatters Presidio, whose recognisers it was made to try; our rules were looked at on it as
//! well. The other rows are made by Faker, which knows neither.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use serde::Deserialize;
use shared_protocol::Topic;

use super::install::Installed;
use super::ours::{With, ask, engine};
use super::process::Answer;
use super::rows::some;
use super::{COLUMNS, cells, lines, missing};
use crate::metrics::to_f64;
use crate::table::{Table, figure};

/// A text in which the places of personal data are known.
#[derive(Clone, Debug, Deserialize)]
struct Marked {
    text: String,
    #[serde(default)]
    spans: Vec<(usize, usize, String)>,
    /// The benign source that it is of.
    #[serde(skip)]
    source: Option<&'static str>,
}

/// Rows of each kind.
const ROWS: usize = 400;
/// Of each benign source.
const BENIGN: usize = 80;

/// Prompts without personal data, or next to none.
const HARMLESS: [&str; 5] = [
    "train/arena-hard-v0.1",
    "train/self-instruct-seed",
    "train/awesome-chatgpt-prompts",
    "train/cyberseceval-instruct-benign-coding",
    "tune/mt-bench",
];

/// What is compared: the kind, as the rows call it, what Presidio calls it, and our labels.
const KINDS: [(&str, &[&str], &[&str]); 9] = [
    ("PERSON", &["PERSON"], &["pii.name"]),
    ("ADDRESS", &["LOCATION"], &["pii.postal-address"]),
    ("PHONE_NUMBER", &["PHONE_NUMBER"], &["pii.phone"]),
    ("EMAIL_ADDRESS", &["EMAIL_ADDRESS"], &["pii.email"]),
    ("CREDIT_CARD", &["CREDIT_CARD"], &["pii.payment-card"]),
    ("IBAN_CODE", &["IBAN_CODE"], &["pii.iban"]),
    ("US_SSN", &["US_SSN"], &["pii.us-ssn"]),
    ("BIRTH", &["DATE_TIME"], &["pii.birth-date"]),
    ("IP_ADDRESS", &["IP_ADDRESS"], &["pii.ip-address"]),
];

/// What tells who somebody is or how to reach them: a row with one of these is personal.
fn is_telling(kind: &str) -> bool {
    kind != "PERSON" && KINDS.iter().any(|(known, ..)| *known == kind)
        || matches!(kind, "STREET_ADDRESS" | "US_DRIVER_LICENSE")
}

/// Who, and what was said or why nothing.
type Asked = (&'static str, Result<Vec<Answer>>);

/// The tables.
pub(crate) fn tables(peers: &Installed, data: Option<&Path>) -> Result<Vec<Table>> {
    let mut tables = Vec::new();
    match peers.printed("made_personal.py", &ROWS.to_string()) {
        Ok(text) => {
            let rows: Vec<Marked> = lines(&text)?;
            let asked = asked(&rows, peers)?;
            tables.push(whether("made by Faker", &rows, &asked));
            tables.push(places("made by Faker", &rows, &asked));
        }
        Err(why) => tables.push(Table {
            title: "personal data made by Faker".to_owned(),
            columns: COLUMNS.to_vec(),
            rows: vec![missing("Faker", &format!("{why:#}"), COLUMNS.len())],
        }),
    }
    if let Some(folder) = data {
        let mut rows = some(read(&folder.join("train/presidio-generated-large"))?, ROWS, |row| &row.text);
        let marked = rows.len();
        for source in HARMLESS {
            let benign = some(read(&folder.join(source))?, BENIGN, |row| &row.text);
            rows.extend(benign.into_iter().map(|row| Marked { source: Some(source), ..row }));
        }
        let asked = asked(&rows, peers)?;
        let title = "Presidio's own generated set, which flatters Presidio";
        tables.push(whether(&format!("{title}, and benign prompts"), &rows, &asked));
        tables.push(places(title, rows.get(..marked).unwrap_or_default(), &asked));
        tables.push(false_alarms(&rows, &asked));
    }
    Ok(tables)
}

fn read(folder: &Path) -> Result<Vec<Marked>> {
    let file = folder.join("data.jsonl");
    lines(&fs::read_to_string(&file).with_context(|| file.display().to_string())?)
}

/// Everybody's answers.
fn asked(rows: &[Marked], peers: &Installed) -> Result<Vec<Asked>> {
    let texts: Vec<&str> = rows.iter().map(|row| row.text.as_str()).collect();
    let presidio = |who, which| {
        let peer = peers.in_python(who, "personal.py", which);
        (who, peer.ask(&texts))
    };
    let topic = Topic::ContentPii;
    let ours = |with| engine(with, None).map(|engine| ask(&engine, &texts, &topic, "pii."));
    Ok(vec![
        ("ours, rules", Ok(ours(With::Rules)?)),
        ("**ours, all**", Ok(ours(With::All)?)),
        presidio("Presidio 2.2.366", "presidio"),
        presidio("Presidio 2.2.366, patterns only", "presidio-structured"),
    ])
}

/// Whether there is personal data.
fn whether(title: &str, rows: &[Marked], asked: &[Asked]) -> Table {
    // A name or a place alone is left out: nobody has to agree on it.
    let has = |row: &Marked| row.spans.iter().any(|(.., kind)| is_telling(kind));
    let is_in = |row: &&Marked| has(row) || row.spans.is_empty();
    let truth: Vec<bool> = rows.iter().filter(is_in).map(has).collect();
    let line = |(who, said): &Asked| match said {
        Err(why) => missing(who, &format!("{why:#}"), COLUMNS.len()),
        Ok(said) => {
            let said = said.iter().zip(rows).filter(|(_, row)| is_in(row)).map(|(said, _)| said.clone());
            cells(who, &said.collect::<Vec<_>>(), &truth)
        }
    };
    Table {
        title: format!("personal data or none: {title}"),
        columns: COLUMNS.to_vec(),
        rows: asked.iter().map(line).collect(),
    }
}

/// Precision and recall of the places, a kind a line.
fn places(title: &str, rows: &[Marked], asked: &[Asked]) -> Table {
    let mut table = Table {
        title: format!("places of personal data: {title}"),
        columns: vec!["who", "kind", "spans", "precision", "recall", "F1"],
        rows: Vec::new(),
    };
    for (who, said) in asked {
        let Ok(said) = said else { continue };
        let mut all = [0; 4];
        for (kind, theirs, labels) in KINDS {
            let mut counts = [0; 4];
            for (row, answer) in rows.iter().zip(said) {
                let is_kind = |other: &str| other == kind || kind == "ADDRESS" && other == "STREET_ADDRESS";
                let wanted: Vec<_> = row.spans.iter().filter(|span| is_kind(&span.2)).collect();
                let named = |span: &&(usize, usize, String)| {
                    theirs.contains(&span.2.as_str()) || labels.contains(&span.2.as_str())
                };
                let found: Vec<_> = answer.spans.iter().filter(named).collect();
                let is_over = |one: &(usize, usize, String), other: &(usize, usize, String)| {
                    one.0 < other.1 && other.0 < one.1
                };
                let hit = wanted.iter().filter(|span| found.iter().any(|one| is_over(one, span))).count();
                // Towns and days that the rows mark under other names are no mistake.
                let right =
                    found.iter().filter(|one| row.spans.iter().any(|span| is_over(one, span))).count();
                for (count, more) in counts.iter_mut().zip([wanted.len(), hit, found.len(), right]) {
                    *count += more;
                }
            }
            let [wanted, ..] = counts;
            if wanted == 0 {
                continue;
            }
            all.iter_mut().zip(counts).for_each(|(all, count)| *all += count);
            table.rows.push(span_cells(who, kind, counts));
        }
        table.rows.push(span_cells(who, "all", all));
    }
    table
}

/// A line of spans: how many there are, found of them, told, and right of those.
fn span_cells(who: &str, kind: &str, [wanted, hit, told, right]: [usize; 4]) -> Vec<String> {
    let of = |part: usize, whole: usize| to_f64(part) / to_f64(whole);
    let (precision, recall) = (of(right, told), of(hit, wanted));
    let both = 2.0 * precision * recall / (precision + recall);
    let mut cells = vec![who.to_owned(), kind.to_owned(), wanted.to_string()];
    cells.extend([precision, recall, both].map(|value| figure(Some(value))));
    cells
}

/// How many prompts without personal data are told to hold some.
fn false_alarms(rows: &[Marked], asked: &[Asked]) -> Table {
    let mut table = Table {
        title: "benign prompts that are told to hold personal data (some do name people)".to_owned(),
        columns: vec!["who", "source", "rows", "flagged"],
        rows: Vec::new(),
    };
    for (who, said) in asked {
        let Ok(said) = said else { continue };
        for source in HARMLESS {
            let of = rows.iter().zip(said).filter(|(row, _)| row.source == Some(source));
            let of: Vec<&Answer> = of.map(|(_, said)| said).collect();
            let flagged = of.iter().filter(|said| said.flagged).count();
            let share = to_f64(flagged) / to_f64(of.len());
            table.rows.push(vec![(*who).into(), source.into(), of.len().to_string(), figure(Some(share))]);
        }
    }
    table
}
