//! Where reading puts what it finds, and how much it may.
//!
//! INVARIANT: text, what is unpacked, members and depth are bounded together for a file, however it is nested; what is over
//! is told as too large, once.

use std::io::{ErrorKind, Read};

use shared_protocol::{Text, UnreadFile};
use zeroize::Zeroizing;

use super::said::{Picture, Piece, Places, Said};

/// Most bytes of text of one file: what is nothing but text is read as far as files go.
pub(crate) const TEXT_BYTES: usize = 50 * 1024 * 1024;

/// Most bytes that are unpacked of one file, all levels together.
pub(crate) const UNPACKED_BYTES: usize = 256 * 1024 * 1024;

/// Most members of archives, all levels together.
pub(crate) const MEMBERS: usize = 2_000;

/// Most bytes of one picture, as shades of grey.
pub(crate) const PICTURE_BYTES: usize = 64 * 1024 * 1024;

/// Most pictures of a file whose text is read.
const PICTURES: usize = 20;

/// Archives in archives: most levels.
pub(crate) const DEPTH: usize = 5;

/// What reading says, told one by one.
pub(crate) struct Out<'a> {
    tell: &'a mut dyn FnMut(Said),
    text_left: usize,
    unpacked_left: usize,
    members_left: usize,
    /// None where nobody reads text in pictures.
    pictures_left: Option<usize>,
    told: Vec<UnreadFile>,
    texts: usize,
}

impl<'a> Out<'a> {
    /// Everything goes to `tell`.
    pub(crate) fn new(tell: &'a mut dyn FnMut(Said)) -> Self {
        Self {
            tell,
            text_left: TEXT_BYTES,
            unpacked_left: UNPACKED_BYTES,
            members_left: MEMBERS,
            pictures_left: None,
            told: Vec::new(),
            texts: 0,
        }
    }

    /// Pictures are told too: somebody reads them.
    pub(crate) fn with_pictures(self) -> Self {
        Self { pictures_left: Some(PICTURES), ..self }
    }

    /// Whether somebody reads text in pictures.
    pub(crate) fn reads_pictures(&self) -> bool {
        self.pictures_left.is_some()
    }

    /// A picture for whoever reads it, as `width` times as many bytes as it has lines.
    pub(crate) fn picture(&mut self, inside: &[String], width: usize, shades: &[u8]) {
        match &mut self.pictures_left {
            Some(0) => return self.unread(UnreadFile::TooLarge),
            Some(left) => *left -= 1,
            None => return self.unread(UnreadFile::Picture),
        }
        let head = format!("P5\n{width} {}\n255\n", shades.len() / width.max(1));
        let map = Zeroizing::new([head.as_bytes(), shades].concat());
        let inside = (!inside.is_empty()).then(|| Text::new(inside.join("/")));
        (self.tell)(Said::Picture(Picture { inside, map }));
    }

    /// What the file is.
    pub(crate) fn kind(&mut self, word: &str) {
        (self.tell)(Said::Type(word.to_owned()));
    }

    /// Something has no text; each reason is told once.
    pub(crate) fn unread(&mut self, why: UnreadFile) {
        if !self.told.contains(&why) {
            self.told.push(why);
            (self.tell)(Said::Unread(why));
        }
    }

    /// A text. What does not fit any more is cut off.
    pub(crate) fn text(&mut self, inside: &[String], mut text: String, places: Places) {
        if text.trim().is_empty() {
            return;
        }
        if text.len() > self.text_left {
            text.truncate(text.floor_char_boundary(self.text_left));
            self.unread(UnreadFile::TooLarge);
        }
        self.text_left -= text.len();
        if text.is_empty() {
            return;
        }
        self.texts += 1;
        let inside = (!inside.is_empty()).then(|| Text::new(inside.join("/")));
        (self.tell)(Said::Text(Piece { inside, text: Text::new(text), places }));
    }

    /// Texts that were told.
    pub(crate) fn texts(&self) -> usize {
        self.texts
    }

    /// Whether no text fits any more.
    pub(crate) fn is_full(&self) -> bool {
        self.text_left == 0
    }

    /// One more member may be looked at.
    pub(crate) fn member(&mut self) -> bool {
        if self.members_left == 0 || self.is_full() {
            self.unread(UnreadFile::TooLarge);
            return false;
        }
        self.members_left -= 1;
        true
    }

    /// The bytes of a packed stream, as far as they fit; `None` when there is nothing that could be read of them.
    pub(crate) fn unpack(&mut self, from: impl Read) -> Option<Vec<u8>> {
        let limit = u64::try_from(self.unpacked_left).unwrap_or(u64::MAX);
        let mut bytes = Vec::new();
        let done = from.take(limit.saturating_add(1)).read_to_end(&mut bytes);
        if bytes.len() > self.unpacked_left {
            self.unpacked_left = 0;
            self.unread(UnreadFile::TooLarge);
            return None;
        }
        self.unpacked_left -= bytes.len();
        match done {
            Ok(_) => Some(bytes),
            Err(fault) => {
                self.unread(match fault.kind() {
                    ErrorKind::Unsupported => UnreadFile::Format,
                    ErrorKind::OutOfMemory => UnreadFile::Exhausted,
                    _ => UnreadFile::Damaged,
                });
                // What came before the fault is read all the same.
                (!bytes.is_empty()).then_some(bytes)
            }
        }
    }
}

/// A text in the making that knows its length in code points.
#[derive(Default)]
pub(crate) struct Counted {
    /// The text so far.
    pub(crate) text: String,
    /// Its code points.
    pub(crate) length: u32,
}

impl Counted {
    /// Adds at the end.
    pub(crate) fn push(&mut self, more: &str) {
        self.length = self.length.saturating_add(u32::try_from(more.chars().count()).unwrap_or(u32::MAX));
        self.text.push_str(more);
    }
}
