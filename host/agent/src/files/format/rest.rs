//! Parts of a document that its reader did not ask for: the text of what is XML; anything else is a file of its own.
//!
//! INVARIANT: whatever is neither read here nor, by name and bytes, part of every document is told as not read.

use super::super::kind::{Kind, kind};
use super::super::out::Out;
use super::super::said::Places;
use super::aside::{self, end_line};
use super::markup::{Node, walk};
use super::silent::{self, Silent};
use super::text;
use super::zip::{Package, deeper};

/// Elements whose text is a place on the page.
const SPOTS: &[&str] = &["Anchor", "posOffset", "trace"];

/// Reads what is left of a package. Pictures among it are part of the page.
pub(super) fn read(package: &mut Package<'_>, inside: &[String], out: &mut Out<'_>) {
    let mut beside = String::new();
    for (at, name) in package.names.clone().into_iter().enumerate() {
        if !package.is_left(at) || name.ends_with('/') {
            continue;
        }
        let silent = silent::of(&name);
        // Sound and video may be larger than what is unpacked.
        if silent == Some(Silent::Drawn) && silent::is_drawn(&package.head(at)) {
            continue;
        }
        let Some(bytes) = package.at(at, out) else { continue };
        if silent.is_some_and(|silent| silent.is(&bytes)) {
            continue;
        }
        match kind(&bytes) {
            Kind::Picture => continue,
            Kind::Text => {
                let xml = text::decode(&bytes);
                if (is_xml(&name) || xml.starts_with("<?xml"))
                    && let (more, true) = strings(&xml)
                {
                    beside.push_str(&more);
                    end_line(&mut beside);
                    beside.push_str(&aside::words(&xml));
                    end_line(&mut beside);
                    continue;
                }
            }
            _ => {}
        }
        if !out.member() {
            break;
        }
        super::read(&bytes, &deeper(inside, &name), out);
    }
    out.text(inside, beside, Places::About);
}

fn is_xml(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    [".xml", ".vml", ".svg"].iter().any(|ending| name.ends_with(ending))
}

/// The text of a part, a line for each paragraph and for each element that stands in none; and whether the part is well
/// formed.
pub(super) fn strings(xml: &str) -> (String, bool) {
    let mut text = String::new();
    let (mut depth, mut is_spot) = (0_u32, false);
    let whole = walk(xml, |node| {
        match node {
            Node::Text(more) => {
                if !is_spot {
                    text.push_str(more);
                }
                return;
            }
            Node::Start("p", _) => depth = depth.saturating_add(1),
            Node::End("p") => depth = depth.saturating_sub(1),
            Node::Start("br" | "tab", _) => text.push(' '),
            Node::Start(name, _) => is_spot = SPOTS.contains(&name),
            Node::End(_) => is_spot = false,
        }
        if depth == 0 {
            end_line(&mut text);
        }
    });
    (text, whole)
}
