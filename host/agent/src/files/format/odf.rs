//! OpenDocument (OASIS ODF 1.3): texts, spreadsheets and presentations.

use shared_protocol::UnreadFile;

use super::super::out::{Counted, Out};
use super::super::said::Places;
use super::aside::end_line;
use super::markup::{Node, walk};
use super::rest;
use super::sheet::Grid;
use super::zip::{Package, deeper, pictures};

/// Cells that stand for many at once: further ones are empty in every document that a person made.
const REPEATED: u32 = 1_024;

pub(super) fn read(package: &mut Package<'_>, inside: &[String], out: &mut Out<'_>) {
    let manifest = package.part("META-INF/manifest.xml", out).unwrap_or_default();
    let mut is_encrypted = false;
    walk(&manifest, |node| is_encrypted |= matches!(node, Node::Start("encryption-data", _)));
    if is_encrypted {
        return out.unread(UnreadFile::Encrypted);
    }
    let before = out.texts();
    if let Some(xml) = package.part("content.xml", out) {
        let kind = package.part("mimetype", out).unwrap_or_default();
        let whole = if kind.contains("spreadsheet") {
            sheets(&xml, inside, out)
        } else {
            flow(&xml, kind.contains("presentation"), inside, out)
        };
        if !whole {
            out.unread(UnreadFile::Damaged);
        }
    }
    objects(package, inside, out);
    let has_text = out.texts() > before;
    for part in ["meta.xml", "styles.xml"] {
        let mut text = String::new();
        if let Some(xml) = package.part(part, out) {
            walk(&xml, |node| match node {
                Node::Text(more) if !more.trim().is_empty() => {
                    text.push_str(more.trim());
                    text.push('\n');
                }
                Node::Text(_) | Node::Start(..) | Node::End(_) => {}
            });
        }
        out.text(inside, text, Places::About);
    }
    pictures(package, "Pictures/", has_text, inside, out);
    rest::read(package, inside, out);
}

/// Documents inside of it, each a folder of parts: sheets, charts, formulas.
fn objects(package: &mut Package<'_>, inside: &[String], out: &mut Out<'_>) {
    for name in package.like("", "/content.xml") {
        if !out.member() {
            return;
        }
        let Some(xml) = package.part(&name, out) else { continue };
        let inside = deeper(inside, name.strip_suffix("/content.xml").unwrap_or(&name));
        let (mut is_sheet, mut is_shown, mut is_flow) = (false, false, false);
        walk(&xml, |node| match node {
            Node::Start("spreadsheet", _) => is_sheet = true,
            Node::Start("presentation", _) => is_shown = true,
            Node::Start("p" | "h", _) => is_flow = true,
            Node::Start(..) | Node::End(_) | Node::Text(_) => {}
        });
        let whole = match () {
            () if is_sheet => sheets(&xml, &inside, out),
            () if is_flow => flow(&xml, is_shown, &inside, out),
            () => {
                let (text, whole) = rest::strings(&xml);
                out.text(&inside, text, Places::About);
                whole
            }
        };
        if !whole {
            out.unread(UnreadFile::Damaged);
        }
    }
}

/// Paragraphs, or slides.
fn flow(xml: &str, is_shown: bool, inside: &[String], out: &mut Out<'_>) -> bool {
    let (mut text, mut starts) = (Counted::default(), Vec::new());
    let (mut depth, mut beside, mut is_beside) = (0_u32, String::new(), false);
    let whole = walk(xml, |node| {
        let more = match node {
            Node::Start("page", _) if is_shown => {
                starts.push(text.length);
                ""
            }
            Node::Start("p" | "h", _) => {
                if !is_shown && depth == 0 {
                    starts.push(text.length);
                }
                depth += 1;
                ""
            }
            // What pictures are described as.
            Node::Start("title" | "desc", _) => {
                is_beside = depth == 0;
                ""
            }
            Node::End("title" | "desc") => {
                is_beside = false;
                end_line(&mut beside);
                ""
            }
            Node::Start("tab", _) => "\t",
            Node::Start("line-break", _) | Node::End("p" | "h") => {
                if matches!(node, Node::End(_)) {
                    depth = depth.saturating_sub(1);
                }
                "\n"
            }
            Node::Start("s", _) => " ",
            Node::Text(more) if depth > 0 => more,
            Node::Text(more) if is_beside => {
                beside.push_str(more);
                ""
            }
            Node::Text(_) | Node::Start(..) | Node::End(_) => "",
        };
        text.push(more);
    });
    out.text(inside, text.text, if is_shown { Places::Slides(starts) } else { Places::Paragraphs(starts) });
    out.text(inside, beside, Places::About);
    whole
}

fn sheets(xml: &str, inside: &[String], out: &mut Out<'_>) -> bool {
    let (mut grid, mut name, mut shown) = (Grid::default(), String::new(), String::new());
    let (mut row, mut rows, mut cells, mut in_cell) = (0_u32, 1, 1, false);
    let (mut done, mut beside, mut is_body) = (Vec::new(), String::new(), false);
    let whole = walk(xml, |node| match node {
        Node::Start("body", _) => is_body = true,
        Node::Start("table", attributes) => {
            (grid, row) = (Grid::default(), 0);
            name = attributes.get("name").unwrap_or_default();
        }
        Node::Start("table-row", attributes) => {
            rows = attributes.number("number-rows-repeated").unwrap_or(1);
            grid.row(Some(row.saturating_add(1)));
        }
        Node::Start("table-cell" | "covered-table-cell", attributes) => {
            cells = attributes.number("number-columns-repeated").unwrap_or(1);
            in_cell = true;
            shown.clear();
        }
        Node::End("p") if in_cell => shown.push(' '),
        Node::Text(more) if in_cell => shown.push_str(more),
        Node::End("table-cell" | "covered-table-cell") => {
            in_cell = false;
            for _ in 0..cells.min(REPEATED) {
                grid.skip(1);
                grid.cell(shown.trim());
            }
            grid.skip(cells.saturating_sub(REPEATED));
        }
        Node::End("table-row") => row = row.saturating_add(rows),
        // Boxes on the sheet, descriptions, hints: not looks, which stand before the body.
        Node::Text(more) if is_body => beside.push_str(more),
        Node::End("p" | "title" | "desc") => end_line(&mut beside),
        Node::End("table") => done.push((std::mem::take(&mut grid), std::mem::take(&mut name))),
        Node::Text(_) | Node::Start(..) | Node::End(_) => {}
    });
    for (grid, name) in done {
        grid.tell(&name, inside, out);
    }
    out.text(inside, beside, Places::About);
    whole
}
