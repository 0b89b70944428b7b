//! What redaction would send, as the request itself says it: for the person to look at first.
//!
//! INVARIANT: read from the edited request by the same reader that judged the first one: what is shown is what leaves.
//! A text that is too long to look at is shown around each change, with a count of what is left out.

use std::collections::BTreeSet;

use shared_protocol::{Edit, Text};
use shared_sites::{Api, Body, Reading, Request, Sites, Thread};

use crate::ui::model::{Leaving, Piece};

/// Bytes that are shown as they are.
const MOST: usize = 16 << 10;
/// Code points around a change in what is longer, and changes that are shown of it.
const AROUND: usize = 240;
const MOST_PIECES: usize = 200;

/// The parts of the request with this body; `None` when it does not read as a prompt any more.
pub(super) fn leaving(sites: &Sites, request: &Request, body: &Body, edits: &[Edit]) -> Option<Vec<Leaving>> {
    let mut edited = Request { body: body.clone(), ..request.clone() };
    // Of a page that is opened the address is what leaves.
    if let (Api::Navigation, Body::Text { text }) = (request.api, body) {
        edited = Request { url: text.expose().to_owned(), body: request.body.clone(), ..edited };
    }
    let Reading::Prompt(prompt) = sites.read(&edited, &Thread::default()).reading else { return None };
    let long = prompt.text_len() > MOST;
    let mut names: Vec<&str> = edits.iter().map(|edit| edit.replacement.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    let part = |part: &shared_protocol::Part| Leaving {
        name: part.name.clone(),
        pieces: pieces(part.text.expose(), &names, long),
    };
    Some(prompt.parts.iter().filter(|part| !part.text.is_empty()).map(part).collect())
}

/// `text` cut at the names, which are sorted. Each `[` is looked up once for each length that a name has: there can be
/// a name in every line.
fn pieces(text: &str, names: &[&str], long: bool) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut plain = 0;
    let lengths: BTreeSet<usize> = names.iter().map(|name| name.len()).collect();
    for (opened, _) in text.match_indices('[') {
        let rest = text.get(opened..).unwrap_or_default();
        let mut heads = lengths.iter().filter_map(|length| rest.get(..*length));
        let Some(name) = heads.find(|head| names.binary_search(head).is_ok()) else { continue };
        if opened < plain {
            continue;
        }
        push(&mut pieces, text.get(plain..opened).unwrap_or_default(), long);
        pieces.push(Piece { text: Text::new(name), name: Some(name.to_owned()), left_out: 0 });
        plain = opened + name.len();
    }
    push(&mut pieces, text.get(plain..).unwrap_or_default(), long);
    if pieces.len() > MOST_PIECES {
        let rest = pieces.split_off(MOST_PIECES);
        let left = rest.iter().map(|piece| piece.text.expose().chars().count() + piece.left_out).sum();
        pieces.push(Piece { text: Text::default(), name: None, left_out: left });
    }
    pieces
}

fn push(pieces: &mut Vec<Piece>, text: &str, long: bool) {
    let length = if long { text.chars().count() } else { 0 };
    if length <= 2 * AROUND {
        if !text.is_empty() {
            pieces.push(Piece::plain(text));
        }
        return;
    }
    let at = |point: usize| text.char_indices().nth(point).map_or(text.len(), |(at, _)| at);
    let (head, tail) = (at(AROUND), at(length - AROUND));
    pieces.push(Piece::plain(text.get(..head).unwrap_or_default()));
    pieces.push(Piece { text: Text::default(), name: None, left_out: length - 2 * AROUND });
    pieces.push(Piece::plain(text.get(tail..).unwrap_or_default()));
}

#[cfg(test)]
mod tests {
    use super::{AROUND, pieces};

    #[test]
    fn a_text_is_cut_at_its_names_and_nowhere_else() {
        let names = ["[CARD_1]", "[EMAIL_1]"];
        let text = "to [EMAIL_1], [x] and [EMAIL_10] with [CARD_1]";
        let told: Vec<_> = pieces(text, &names, false)
            .iter()
            .map(|one| (one.text.expose().to_owned(), one.name.is_some()))
            .collect();
        let plain = |text: &str| (text.to_owned(), false);
        let name = |text: &str| (text.to_owned(), true);
        assert_eq!(
            told,
            [plain("to "), name("[EMAIL_1]"), plain(", [x] and [EMAIL_10] with "), name("[CARD_1]")]
        );
        assert_eq!(told.iter().map(|(text, _)| text.as_str()).collect::<String>(), text);
    }

    #[test]
    fn of_a_long_text_what_is_left_out_is_counted() {
        let text = format!("{}[CARD_1]{}", "é".repeat(5_000), "b".repeat(3));
        let pieces = pieces(&text, &["[CARD_1]"], true);
        let shown: usize = pieces.iter().map(|one| one.text.expose().chars().count()).sum();
        let left: usize = pieces.iter().map(|one| one.left_out).sum();
        assert_eq!(shown + left, text.chars().count());
        assert_eq!(left, 5_000 - 2 * AROUND);
    }
}
