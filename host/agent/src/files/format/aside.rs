//! What a part of a document says beside the text that its reader shows: formulas, headers, hints, descriptions of pictures.
//!
//! INVARIANT: text between tags is left out only where the reader of the part has it already, or it is a place on the page.

use super::super::out::Out;
use super::super::said::Places;
use super::markup::{Attributes, Node, walk};

/// Elements whose text is a place on the page, a look, or bytes in letters.
const SPOTS: &[&str] = &[
    "Anchor",
    "align",
    "attrName",
    "binData",
    "binary",
    "col",
    "colOff",
    "fldData",
    "formatCode",
    "pctHeight",
    "pctWidth",
    "posOffset",
    "row",
    "rowOff",
    "sqref",
    "trace",
];

/// Attributes that hold words of a person, whatever element they stand at.
const WORDS: &[&str] = &[
    "alt",
    "caption",
    "descr",
    "display",
    "displayText",
    "error",
    "errorTitle",
    "prompt",
    "promptTitle",
    "title",
    "tooltip",
];

/// Tells what is not in the text of the elements in `taken`, and the words in attributes.
pub(super) fn read(xml: &str, taken: &[&str], inside: &[String], out: &mut Out<'_>) {
    let mut text = String::new();
    let (mut is_taken, mut is_silent) = (false, false);
    // Whoever reads the part has told whether it is well formed.
    walk(xml, |node| match node {
        Node::Text(more) => {
            if !is_taken && !is_silent {
                text.push_str(more);
            }
        }
        Node::Start(name, attributes) => {
            end_line(&mut text);
            is_taken |= taken.contains(&name);
            is_silent = SPOTS.contains(&name);
            push_words(name, attributes, &mut text);
        }
        Node::End(name) => {
            end_line(&mut text);
            is_taken &= !taken.contains(&name);
            is_silent = false;
        }
    });
    out.text(inside, text, Places::About);
}

/// The words in attributes alone, a line each.
pub(super) fn words(xml: &str) -> String {
    let mut text = String::new();
    walk(xml, |node| {
        if let Node::Start(name, attributes) = node {
            push_words(name, attributes, &mut text);
        }
    });
    text
}

fn push_words(element: &str, attributes: &Attributes<'_>, text: &mut String) {
    // Values that pivot tables keep of what they were made from; names that fields and slides go by.
    let value: &[&str] = match element {
        "s" | "n" | "d" => &["v"],
        "tag" | "alias" | "docVar" => &["val"],
        _ => &[],
    };
    for words in attributes.all(WORDS).into_iter().chain(attributes.all(value)) {
        text.push_str(&words);
        end_line(text);
    }
}

/// Ends the line, where one is begun.
pub(super) fn end_line(text: &mut String) {
    text.truncate(text.trim_end().len());
    if !text.is_empty() {
        text.push('\n');
    }
}
