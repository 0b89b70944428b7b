//! What redaction would send, to the letter, with the names in it marked.
//!
//! INVARIANT: nothing is added, left out or put in another order but a long stretch that was not touched, and of that
//! the length is said.

use super::super::answers::{Press, offers};
use super::super::element::{Element, el};
use super::super::model::{CardModel, Leaving, Piece};
use super::super::words::{Fill, Key, Words};

/// The preview; none where nothing is redacted.
pub(super) fn leaves(model: &CardModel) -> Option<Element> {
    if model.leaves.is_empty() || !offers(model).contains(&Press::Redact) {
        return None;
    }
    let text = el("div", "leaving")
        .attr("role", "group")
        .attr("tabindex", "0")
        .attr("aria-labelledby", "leaves")
        .each(model.leaves.iter().map(part));
    Some(
        el("div", "leaves")
            .with(el("h2", "").attr("id", "leaves").with(Key::Leaves))
            .with(text)
            .with(el("p", "hint").with(Key::LeavesHow)),
    )
}

fn part(part: &Leaving) -> Element {
    let name = part.name.as_ref().map(|name| el("h3", "").with(Words::Given(name.expose().to_owned())));
    el("div", "part").maybe(name).with(el("p", "").each(part.pieces.iter().map(piece)))
}

fn piece(piece: &Piece) -> Element {
    let words = Words::Given(piece.text.expose().to_owned());
    match (&piece.name, u64::try_from(piece.left_out)) {
        (Some(_), _) => el("mark", "").with(words),
        (None, Ok(left @ 1..)) => el("span", "left").with(Words::with(Key::LeavesRest, Fill::Number(left))),
        (None, _) => el("span", "").with(words),
    }
}
