//! Spreadsheets (ECMA-376, SpreadsheetML): one text for each sheet, a row a line, cells parted by tabs.

use std::collections::HashMap;

use shared_protocol::{Text, UnreadFile};

use super::super::out::{Counted, Out};
use super::super::said::Places;
use super::aside;
use super::markup::{Node, walk};
use super::office::{about, beside, related};
use super::rest;
use super::zip::{Package, embedded, pictures};

pub(super) fn read(package: &mut Package<'_>, inside: &[String], out: &mut Out<'_>) {
    let before = out.texts();
    let (mut shared, sounds) = strings(package, out);
    let mut read = Vec::new();
    for (name, part) in listed(package, "xl/workbook.xml", "sheet", out) {
        one(package, &part, &name, &mut shared, inside, out);
        read.push(part);
    }
    // Sheets that the book does not list are in the file all the same.
    for part in package.like("xl/worksheets/", ".xml") {
        if !read.contains(&part) {
            let name = part.rsplit('/').next().unwrap_or_default().to_owned();
            one(package, &part, &name, &mut shared, inside, out);
        }
    }
    for kind in ["comments", "threadedComments/", "drawings/", "charts/", "pivotCache/", "tables/"] {
        beside(package, &format!("xl/{kind}"), inside, out);
    }
    // What no cell points to is in the file all the same.
    let left = shared.into_iter().filter(|(_, is_shown)| !is_shown).map(|(text, _)| text);
    out.text(inside, left.chain([sounds]).collect::<Vec<_>>().join("\n"), Places::About);
    let has_text = out.texts() > before;
    if let Some(xml) = package.part("xl/workbook.xml", out) {
        aside::read(&xml, &[], inside, out);
    }
    about(package, "xl/", inside, out);
    embedded(package, "xl/embeddings/", inside, out);
    pictures(package, "xl/media/", has_text, inside, out);
    rest::read(package, inside, out);
}

/// What a book or a presentation lists, in its order: name and part.
pub(super) fn listed(
    package: &mut Package<'_>,
    main: &str,
    element: &str,
    out: &mut Out<'_>,
) -> Vec<(String, String)> {
    let (folder, file) = main.rsplit_once('/').unwrap_or(("", main));
    let mut targets = HashMap::new();
    if let Some(xml) = package.part(&format!("{folder}/_rels/{file}.rels"), out) {
        walk(&xml, |node| {
            if let Node::Start("Relationship", attributes) = node {
                let target = attributes.get("Target").unwrap_or_default();
                let target = match target.strip_prefix('/') {
                    Some(whole) => whole.to_owned(),
                    None => format!("{folder}/{target}"),
                };
                targets.insert(attributes.get("Id").unwrap_or_default(), target);
            }
        });
    }
    let mut listed = Vec::new();
    if let Some(xml) = package.part(main, out) {
        walk(&xml, |node| {
            if let Node::Start(name, attributes) = node
                && name == element
                && let Some(target) = attributes.relation().and_then(|id| targets.get(&id))
            {
                listed.push((attributes.get("name").unwrap_or_default(), target.clone()));
            }
        });
    }
    listed
}

/// Strings that cells name by number, each with whether one has named it, of the part that the book names; and how those
/// of East Asia are pronounced.
fn strings(package: &mut Package<'_>, out: &mut Out<'_>) -> (Vec<(String, bool)>, String) {
    let named = related(package, "xl/_rels/workbook.xml", "/sharedStrings", out);
    let named = named.into_iter().find(|name| package.find(name).is_some());
    let Some(xml) = package.part(named.as_deref().unwrap_or("xl/sharedStrings.xml"), out) else {
        return (Vec::new(), String::new());
    };
    let (all, sounds, whole) = shared(&xml);
    if !whole {
        out.unread(UnreadFile::Damaged);
    }
    (all.into_iter().map(|text| (text, false)).collect(), sounds)
}

/// Strings in their order, their sounds, and whether the part is well formed.
fn shared(xml: &str) -> (Vec<String>, String, bool) {
    let (mut all, mut one, mut sounds) = (Vec::new(), String::new(), String::new());
    let (mut in_text, mut is_sound) = (false, false);
    let whole = walk(xml, |node| match node {
        Node::Start("si", _) => one.clear(),
        Node::Start("t", _) => in_text = true,
        Node::Start("rPh", _) => is_sound = true,
        Node::End("t") => in_text = false,
        Node::End("rPh") => {
            is_sound = false;
            sounds.push('\n');
        }
        Node::End("si") => all.push(std::mem::take(&mut one)),
        Node::Text(more) if in_text && is_sound => sounds.push_str(more),
        Node::Text(more) if in_text => one.push_str(more),
        Node::Start(..) | Node::End(_) | Node::Text(_) => {}
    });
    (all, sounds, whole)
}

fn one(
    package: &mut Package<'_>,
    part: &str,
    name: &str,
    shared: &mut [(String, bool)],
    inside: &[String],
    out: &mut Out<'_>,
) {
    let Some(xml) = package.part(part, out) else { return };
    let mut grid = Grid::default();
    let (mut kind, mut value, mut is_value) = (String::new(), String::new(), false);
    let mut is_missing = false;
    let whole = walk(&xml, |node| match node {
        Node::Start("row", attributes) => grid.row(attributes.number("r")),
        Node::Start("c", attributes) => {
            kind = attributes.get("t").unwrap_or_default();
            value.clear();
            grid.column(attributes.get("r").as_deref());
        }
        Node::Start("v" | "t", _) => is_value = true,
        // A formula says what it looks up; its value follows.
        Node::Start("f", _) => is_value = false,
        Node::End("v" | "t") => is_value = false,
        Node::Text(more) if is_value => value.push_str(more),
        Node::End("c") => {
            let shown = match kind.as_str() {
                "s" => {
                    let found = value.trim().parse().ok().and_then(|at: usize| shared.get_mut(at));
                    is_missing |= found.is_none() && !value.trim().is_empty();
                    found
                        .map(|(text, is_shown)| {
                            *is_shown = true;
                            text.clone()
                        })
                        .unwrap_or_default()
                }
                "" | "n" => number(&value),
                _ => value.clone(),
            };
            grid.cell(&shown);
        }
        Node::Start(..) | Node::End(_) | Node::Text(_) => {}
    });
    if !whole || is_missing {
        out.unread(UnreadFile::Damaged);
    }
    grid.tell(name, inside, out);
    aside::read(&xml, &["v", "t"], inside, out);
}

/// A number as people write it: long ones are kept as `4.111111111111111E+15`.
fn number(value: &str) -> String {
    let whole = value
        .parse::<f64>()
        .ok()
        .filter(|number| value.contains(['E', 'e']) && number.fract() == 0.0 && number.abs() < 1e18);
    whole.map_or_else(|| value.to_owned(), |number| format!("{number:.0}"))
}

/// A sheet's text in the making.
#[derive(Default)]
pub(super) struct Grid {
    text: Counted,
    cells: Vec<[u32; 3]>,
    row: u32,
    column: u32,
}

impl Grid {
    /// A row begins; the next one where no number is told.
    pub(super) fn row(&mut self, number: Option<u32>) {
        self.row = number.unwrap_or(self.row.saturating_add(1));
        self.column = 0;
        if !self.text.text.is_empty() {
            self.text.push("\n");
        }
    }

    /// The cell after, or the one that is named (`B12`).
    pub(super) fn column(&mut self, name: Option<&str>) {
        let letters = name.map(|name| name.bytes().take_while(u8::is_ascii_uppercase).take(4));
        let column =
            letters.map(|letters| letters.fold(0_u32, |sum, byte| sum * 26 + u32::from(byte - b'A') + 1));
        self.column = column.filter(|column| *column > 0).unwrap_or(self.column.saturating_add(1));
    }

    /// Moves on over cells that are empty or the same.
    pub(super) fn skip(&mut self, cells: u32) {
        self.column = self.column.saturating_add(cells);
    }

    /// What the cell says.
    pub(super) fn cell(&mut self, shown: &str) {
        if shown.is_empty() {
            return;
        }
        if !(self.text.text.is_empty() || self.text.text.ends_with('\n')) {
            self.text.push("\t");
        }
        self.cells.push([self.text.length, self.row, self.column]);
        self.text.push(shown);
    }

    /// Hands it over.
    pub(super) fn tell(self, name: &str, inside: &[String], out: &mut Out<'_>) {
        out.text(inside, self.text.text, Places::Cells(Text::new(name), self.cells));
    }
}

#[cfg(test)]
mod tests {
    use super::number;

    #[test]
    fn long_numbers_are_whole() {
        assert_eq!(number("4.111111111111111E+15"), "4111111111111111");
        assert_eq!((number("1.5"), number("2E-3")), ("1.5".to_owned(), "2E-3".to_owned()));
    }
}
