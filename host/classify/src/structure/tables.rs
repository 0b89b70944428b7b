//! Tables, as CSV, with bars, tabs or as JSON, and passages of figures: what they hold, by their columns, their rows
//! and their words.

use std::ops::Range;

use crate::settle::Hit;
use crate::structure::Region;
use crate::structure::forms::{Form, Forms, amounts, holds};
use crate::structure::lines::lines;

/// Fewest rows of a table, and of records.
const ROWS: usize = 3;
/// Longest row, in bytes, and most of a passage.
const LONGEST: usize = 2_000;
const PASSAGE: usize = 4_000;

/// Rows that belong together.
#[derive(Debug)]
struct Table<'a> {
    place: Range<usize>,
    /// The first may name the columns.
    rows: Vec<(Range<usize>, &'a str)>,
}

/// Tables and passages that are something. `personal` says whether a hit is personal data.
pub(super) fn regions(
    text: &str,
    forms: &Forms,
    hits: &[Hit<'_>],
    personal: &dyn Fn(&Hit<'_>) -> bool,
) -> Vec<Region> {
    let mut regions: Vec<Region> = Vec::new();
    for table in tables(text) {
        let told = forms.0.iter().filter(|(_, form)| is_table(form, &table, hits, personal));
        let surest = told.max_by(|one, other| one.1.confidence.total_cmp(&other.1.confidence));
        regions.extend(surest.map(|(label, form)| Region {
            place: table.place.clone(),
            label: label.clone(),
            confidence: form.confidence,
        }));
    }
    // Objects of JSON, one a line, look like rows as well.
    regions.sort_by_key(|region| (region.place.start, usize::MAX - region.place.end));
    let mut end = 0;
    regions.retain(|region| {
        let free = end <= region.place.start;
        end = end.max(region.place.end);
        free
    });
    for place in passages(text) {
        let passage = text.get(place.clone()).unwrap_or_default();
        let free =
            regions.iter().all(|other| other.place.end <= place.start || place.end <= other.place.start);
        // Amounts are rarer than words, and quicker to see.
        let figures = if free { amounts(passage) } else { 0 };
        if figures == 0 {
            continue;
        }
        let lower = passage.to_lowercase();
        let told = forms.0.iter().find(|(_, form)| {
            let is_told = |group: &Vec<String>| group.iter().any(|word| holds(&lower, word));
            !form.groups.is_empty() && figures >= form.figures && form.groups.iter().all(is_told)
        });
        regions.extend(told.map(|(label, form)| Region {
            place,
            label: label.clone(),
            confidence: form.confidence,
        }));
    }
    regions
}

fn is_table(form: &Form, table: &Table<'_>, hits: &[Hit<'_>], personal: &dyn Fn(&Hit<'_>) -> bool) -> bool {
    let held = |place: &Range<usize>| {
        let first = hits.partition_point(|hit| hit.end <= place.start);
        hits.iter().skip(first).take_while(|hit| hit.start < place.end).any(personal)
    };
    if form.people > 0 && table.rows.iter().filter(|(place, _)| held(place)).count() >= form.people {
        return true;
    }
    let Some(((_, first), rows)) = table.rows.split_first() else { return false };
    let columns = first.to_lowercase().replace(['_', '"'], " ");
    let named = form.columns.iter().filter(|column| holds(&columns, column)).count();
    let with =
        rows.iter().filter(|(_, row)| !form.amounts || row.bytes().any(|byte| byte.is_ascii_digit())).count();
    // The first row names columns: it has no figures of its own.
    let names = !first.bytes().any(|byte| byte.is_ascii_digit());
    form.least > 0 && names && named >= form.least && with >= ROWS && with * 2 > rows.len()
}

/// Lines in a row with the same separators, JSON objects in a row.
fn tables(text: &str) -> Vec<Table<'_>> {
    let (mut tables, mut rows, mut shape) = (Vec::new(), Vec::new(), None);
    for (place, line) in lines(text) {
        let this = separators(line);
        let ruled =
            this.is_some() && line.chars().all(|char| matches!(char, '|' | '-' | ':' | ' ' | '+' | '='));
        if ruled && !rows.is_empty() {
            continue;
        }
        let same = this.is_some() && this == shape;
        if !same {
            close(&mut rows, &mut tables);
            shape = this;
        }
        if this.is_some() {
            rows.push((place, line));
        }
    }
    close(&mut rows, &mut tables);
    tables.extend(objects(text));
    tables
}

fn close<'a>(rows: &mut Vec<(Range<usize>, &'a str)>, tables: &mut Vec<Table<'a>>) {
    let rows = std::mem::take(rows);
    if let (Some((first, _)), Some((last, _))) = (rows.first(), rows.last())
        && rows.len() >= ROWS
    {
        tables.push(Table { place: first.start..last.end, rows });
    }
}

/// What separates the cells of `line`, and how often.
fn separators(line: &str) -> Option<(char, usize)> {
    if line.len() > LONGEST {
        return None;
    }
    let count = |sign: char| line.matches(sign).count();
    let mut quoted = false;
    let commas = line
        .chars()
        .filter(|char| {
            quoted ^= *char == '"';
            *char == ',' && !quoted
        })
        .count();
    [('\t', count('\t'), 1), ('|', count('|'), 1), (';', count(';'), 2), (',', commas, 1)]
        .into_iter()
        .find(|(_, count, least)| count >= least)
        .map(|(sign, count, _)| (sign, count))
}

/// Objects of JSON in a row, each a row.
fn objects(text: &str) -> Option<Table<'_>> {
    let mut rows = Vec::new();
    let (mut at, mut opened) = (0, None);
    for (place, sign) in text.match_indices(['{', '}']) {
        match sign {
            "{" => opened = Some(place),
            _ => {
                let Some(start) = opened.take() else { continue };
                let row = text.get(start..=place).unwrap_or_default();
                let near = rows.is_empty() || start.saturating_sub(at) <= 40;
                let is_object = row.len() <= LONGEST && (row.contains("\":") || row.contains("\" :"));
                if !is_object || !near {
                    if rows.len() >= ROWS {
                        break;
                    }
                    rows.clear();
                }
                if is_object {
                    rows.push((start..place + 1, row));
                }
                at = place + 1;
            }
        }
    }
    let (first, last) = (rows.first()?.0.start, rows.last()?.0.end);
    (rows.len() >= ROWS).then_some(Table { place: first..last, rows })
}

/// Pieces of text between two blank lines and more, short ones together.
fn passages(text: &str) -> Vec<Range<usize>> {
    let mut passages: Vec<Range<usize>> = Vec::new();
    for (place, line) in lines(text) {
        // A long line is data, or a whole text without a break: its beginning says what it is.
        let mut end = (place.start + PASSAGE).min(place.end);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        let place = place.start..end;
        if line.trim().is_empty() {
            continue;
        }
        match passages.last_mut() {
            Some(last) if place.end - last.start <= PASSAGE => last.end = place.end,
            _ => passages.push(place),
        }
    }
    passages
}
