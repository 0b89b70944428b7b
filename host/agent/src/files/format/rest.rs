//! Parts of a document that its reader did not ask for: the text of what is XML; anything else is a file of its own.
//!
//! INVARIANT: whatever is neither read here nor named below as part of every document is told as not read.

use super::super::kind::{Kind, kind};
use super::super::out::Out;
use super::super::said::Places;
use super::markup::{Node, walk};
use super::text;
use super::zip::{Package, deeper};

/// How names begin of what programs put beside a document: signatures, previews, their own settings, junk.
const SILENT_ROOTS: &[&str] = &[
    "[content_types].xml",
    "[trash]/",
    "_xmlsignatures/",
    "configurations2/",
    "layout-cache",
    "manifest.rdf",
    "meta-inf/",
    "mimetype",
    "objectreplacements/",
    "thumbnails/",
];

/// Folders of what has no text: pictures, sound and video are told by those who handle pictures.
const SILENT_FOLDERS: &[&str] = &[
    "activex",
    "ctrlprops",
    "customproperty",
    "fonts",
    "ink",
    "media",
    "pictures",
    "printersettings",
    "theme",
];

/// Files of what has no text, without number and ending: looks, settings, macros, what Google's editors keep for themselves.
const SILENT_FILES: &[&str] = &[
    "attachedtoolbars",
    "calcchain",
    "commentsmeta",
    "customproperty",
    "fonttable",
    "itemprops",
    "metadata",
    "presprops",
    "printersettings",
    "recipientdata",
    "settings",
    "styles",
    "styleswitheffects",
    "tablestyles",
    "thumbnail",
    "vbadata",
    "vbaproject",
    "vbaprojectsignature",
    "vbaprojectsignatureagile",
    "vbaprojectsignaturev",
    "viewprops",
    "websettings",
];

/// Elements whose text is a place on the page.
const SPOTS: &[&str] = &["Anchor", "posOffset", "trace"];

/// Reads what is left of a package. Pictures among it are part of the page.
pub(super) fn read(package: &mut Package<'_>, inside: &[String], out: &mut Out<'_>) {
    let mut beside = String::new();
    for (at, name) in package.names.clone().into_iter().enumerate() {
        if !package.is_left(at) || is_silent(&name) {
            continue;
        }
        let Some(bytes) = package.at(at, out) else { continue };
        match kind(&bytes) {
            Kind::Picture => continue,
            Kind::Text => {
                let xml = text::decode(&bytes);
                if (is_xml(&name) || xml.starts_with("<?xml"))
                    && let (more, true) = strings(&xml)
                {
                    beside.push_str(&more);
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

fn is_silent(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let file = name.rsplit('/').next().unwrap_or_default();
    let stem = file.split('.').next().unwrap_or_default();
    let stem = stem.trim_end_matches(|char: char| char.is_ascii_digit());
    name.ends_with('/')
        || name.ends_with(".rels")
        || SILENT_ROOTS.iter().any(|root| name.starts_with(root))
        || name.split('/').rev().skip(1).any(|folder| SILENT_FOLDERS.contains(&folder))
        || SILENT_FILES.contains(&stem)
}

fn is_xml(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name.ends_with(".xml") || name.ends_with(".vml")
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

fn end_line(text: &mut String) {
    text.truncate(text.trim_end().len());
    if !text.is_empty() {
        text.push('\n');
    }
}
