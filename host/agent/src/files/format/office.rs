//! Word documents (ECMA-376, WordprocessingML), and what all Office documents have: properties, links, comments.

use shared_protocol::UnreadFile;

use super::super::out::{Counted, Out};
use super::super::said::Places;
use super::aside;
use super::markup::{Node, walk};
use super::rest;
use super::zip::{Package, embedded, nested, pictures};

/// Elements whose text `paragraphs` takes.
pub(super) const TAKEN: &[&str] = &["t", "delText", "instrText", "v", "pt"];

pub(super) fn read(package: &mut Package<'_>, inside: &[String], out: &mut Out<'_>) {
    let before = out.texts();
    let mut beyond = None;
    if let Some(xml) = package.part("word/document.xml", out) {
        let (text, starts, whole) = paragraphs(&xml);
        if !whole {
            out.unread(UnreadFile::Damaged);
        }
        out.text(inside, text, Places::Paragraphs(starts));
        beyond = Some(xml);
    }
    for kind in
        ["header", "footer", "footnotes", "endnotes", "comments", "charts/", "diagrams/data", "glossary/doc"]
    {
        beside(package, &format!("word/{kind}"), inside, out);
    }
    chunks(package, inside, out);
    let has_text = out.texts() > before;
    if let Some(xml) = beyond {
        aside::read(&xml, TAKEN, inside, out);
    }
    about(package, "word/", inside, out);
    embedded(package, "word/embeddings/", inside, out);
    pictures(package, "word/media/", has_text, inside, out);
    rest::read(package, inside, out);
}

/// Documents of other formats that stand in the text as they are (`altChunk`): some programs put all of it there.
fn chunks(package: &mut Package<'_>, inside: &[String], out: &mut Out<'_>) {
    for name in related(package, "word/_rels/", "/aFChunk", out) {
        if package.find(&name).is_none() {
            out.unread(UnreadFile::Damaged);
        } else if !nested(package, &name, inside, out) {
            return;
        }
    }
}

/// Parts that relationships of a type lead to, which is the end of an address; `from` is how the names of the parts that
/// hold these begin.
pub(super) fn related(package: &mut Package<'_>, from: &str, kind: &str, out: &mut Out<'_>) -> Vec<String> {
    let mut parts = Vec::new();
    for name in package.like(from, ".rels") {
        let Some((folder, _)) = name.rsplit_once("_rels/") else { continue };
        let Some(xml) = package.part(&name, out) else { continue };
        walk(&xml, |node| {
            if let Node::Start("Relationship", attributes) = node
                && attributes.get("Type").is_some_and(|address| address.ends_with(kind))
                && attributes.get("TargetMode").as_deref() != Some("External")
                && let Some(target) = attributes.get("Target")
            {
                parts.push(part(folder, &target));
            }
        });
    }
    parts
}

/// The name of the part that a target means.
fn part(folder: &str, target: &str) -> String {
    let from = if target.starts_with('/') { "" } else { folder };
    let mut steps: Vec<&str> = Vec::new();
    for step in from.split('/').chain(target.split('/')) {
        match step {
            "" | "." => {}
            ".." => {
                steps.pop();
            }
            step => steps.push(step),
        }
    }
    steps.join("/")
}

/// Text of parts beside the main one.
pub(super) fn beside(package: &mut Package<'_>, prefix: &str, inside: &[String], out: &mut Out<'_>) {
    for name in package.like(prefix, ".xml") {
        if let Some(xml) = package.part(&name, out) {
            let (text, _, whole) = paragraphs(&xml);
            if !whole {
                out.unread(UnreadFile::Damaged);
            }
            out.text(inside, text, Places::About);
            aside::read(&xml, TAKEN, inside, out);
        }
    }
}

/// Properties, and where links lead to.
pub(super) fn about(package: &mut Package<'_>, folder: &str, inside: &[String], out: &mut Out<'_>) {
    let mut text = String::new();
    let line = |text: &mut String, more: &str| {
        if !more.trim().is_empty() {
            text.push_str(more.trim());
            text.push('\n');
        }
    };
    for name in ["docProps/core.xml", "docProps/app.xml", "docProps/custom.xml"] {
        if let Some(xml) = package.part(name, out) {
            walk(&xml, |node| {
                if let Node::Text(more) = node {
                    line(&mut text, more);
                }
            });
        }
    }
    for name in package.like(folder, ".rels") {
        if let Some(xml) = package.part(&name, out) {
            walk(&xml, |node| match node {
                Node::Start("Relationship", attributes)
                    if attributes.get("TargetMode").as_deref() == Some("External") =>
                {
                    line(&mut text, &attributes.get("Target").unwrap_or_default());
                }
                // A part that only is named like one of relationships.
                Node::Text(more) => line(&mut text, more),
                Node::Start(..) | Node::End(_) => {}
            });
        }
    }
    out.text(inside, text, Places::About);
}

/// The text, where its paragraphs begin, and whether the part is well formed. Words deleted under change tracking are
/// still in the file, so they are here too. WordprocessingML and DrawingML name these elements alike.
pub(super) fn paragraphs(xml: &str) -> (String, Vec<u32>, bool) {
    let (mut text, mut starts) = (Counted::default(), Vec::new());
    let (mut in_text, mut has_text, mut is_begun) = (false, false, false);
    let whole = walk(xml, |node| match node {
        Node::Start(name, _) if TAKEN.contains(&name) => (in_text, has_text) = (true, false),
        Node::Start("tab", _) if is_begun => text.push("\t"),
        Node::Start("br" | "cr", _) if is_begun => text.push("\n"),
        Node::Start("tc", _) => text.push("\t"),
        Node::Start(..) => {}
        Node::End("t" | "delText") => in_text = false,
        // Values of a chart stand in no paragraph: each is a line.
        Node::End("v" | "pt") => {
            in_text = false;
            if is_begun && has_text {
                text.push("\n");
                is_begun = false;
            }
        }
        Node::End("instrText") => {
            in_text = false;
            text.push(" ");
        }
        Node::End("p" | "tr") => {
            text.push("\n");
            is_begun = false;
        }
        Node::End(_) => {}
        Node::Text(more) if in_text => {
            if !is_begun {
                is_begun = true;
                starts.push(text.length);
            }
            text.push(more);
            has_text = true;
        }
        Node::Text(_) => {}
    });
    (text.text, starts, whole)
}
