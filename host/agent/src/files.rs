//! Attached files: their bytes arrive in pieces (`shelf`), a process of its own reads them (`parent`, `child`, `jail`,
//! `format`), and a judgement sees their texts as further parts of the prompt (`attached`).
//!
//! INVARIANT: no byte of a file is interpreted in this process; it only counts and hashes them.
//! INVARIANT: a file that could not be read, or not whole, is judged by the `unread_file` setting at least.

mod answers;
mod attached;
mod child;
mod format;
mod jail;
mod kind;
mod out;
mod parent;
mod said;
mod shelf;

pub(crate) use answers::Answers;
pub(crate) use attached::{Attached, FileRead, NONE, Whole};
pub(crate) use child::{COMMAND, run as read_here};
pub(crate) use parent::Readers;
pub(crate) use shelf::{Shelf, hash};

use said::Said;

/// What reading these bytes says, in this process and without its limits: for those who look for bytes that break it.
/// How many texts, their bytes, and how many reasons why there are not more.
pub(crate) fn read_unbounded(bytes: &[u8]) -> (usize, usize, usize) {
    let (mut texts, mut length, mut unread) = (0, 0, 0);
    let mut tell = |said: Said| match said {
        Said::Text(piece) => {
            texts += 1;
            length += piece.text.len();
            let middle = piece.text.expose().chars().count() / 2;
            let _somewhere = piece.places.spot(piece.text.expose(), middle);
        }
        Said::Unread(_) => unread += 1,
        Said::Type(_) | Said::End => {}
    };
    format::read(bytes, &[], &mut out::Out::new(&mut tell));
    (texts, length, unread)
}
