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
mod recognise;
mod said;
mod shelf;

pub(crate) use answers::Answers;
pub(crate) use attached::{Attached, FileRead, NONE, Whole};
pub(crate) use parent::Readers;
pub(crate) use shelf::{Shelf, hash};

use std::ffi::OsString;

use said::Said;

use crate::exit::Exit;

/// The work of a process that this program started for a file; `None` where it is no such process.
pub(crate) fn work(args: &[OsString]) -> Option<Exit> {
    let (command, more) = args.split_first()?;
    match command.to_str()? {
        child::COMMAND => Some(child::run(more)),
        recognise::COMMAND => Some(recognise::run(more)),
        _ => None,
    }
}

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
        Said::Picture(_) | Said::Type(_) | Said::End => {}
    };
    format::read(bytes, &[], &mut out::Out::new(&mut tell).with_pictures());
    (texts, length, unread)
}
