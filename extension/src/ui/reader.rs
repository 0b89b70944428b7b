//! What a view of an answer looks like: the answer, with what redaction took out put back and marked.
//!
//! INVARIANT: pure; drawn in a window of the extension that no page frames or reads.

use super::element::{Element, el};
use super::icon::Icon;
use super::label;
use super::model::{Piece, ReaderModel};
use super::words::{Fill, Key, Words};

/// The view; `None`: the answer is not known any more.
pub(crate) fn reader(model: Option<&ReaderModel>) -> Element {
    let head = |title: Words, state: Key| {
        el("header", "")
            .with(el("span", "badge").attr("aria-hidden", "true").with(Icon::Lines))
            .with(el("div", "titles").with(el("h1", "").with(title)).with(el("p", "state").with(state)))
    };
    match model {
        None => el("main", "reader").with(head(Key::ReaderGone.into(), Key::ReaderGoneWhy)),
        Some(model) => {
            let name = Fill::Name(label::app_name(&model.app));
            let text = el("div", "answer").attr("dir", "auto").each(model.pieces.iter().map(piece));
            el("main", "reader")
                .with(head(Words::with(Key::ReaderTitle, name), Key::ReaderHow))
                .with(el("article", "").with(text))
        }
    }
}

fn piece(piece: &Piece) -> Element {
    let words = Words::Given(piece.text.expose().to_owned());
    match &piece.name {
        Some(name) => el("mark", "").attr("title", name.clone()).with(words),
        None => el("span", "").with(words),
    }
}
