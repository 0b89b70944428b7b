//! Files that a person attaches: their bytes on the way to the host, and what the host says of them.
//!
//! The order for one file: `file-begin`, then `file-piece` in order without gaps, each confirmed by `file-taken`, then
//! `file-end`; `file-gone` at any time instead. At most [`PIECES_UNCONFIRMED`] pieces are on the way unconfirmed. A
//! `judge` names the files by [`crate::Attachment::file`] and may be sent before the last piece: it waits for it.
//! `file-named` tells the site's own id for a file, which later requests name it by.
//! INVARIANT: a file of which a fault was told is gone; a `judge` that names it is one of a file that could not be read.

use serde::{Deserialize, Serialize};

use crate::{EventId, EventIdError, Text};

/// Most raw bytes of one piece; base64 of it fits one frame.
pub const PIECE_BYTES: usize = 180_000;

/// Pieces of one file that may be on the way without having been confirmed.
pub const PIECES_UNCONFIRMED: usize = 4;

/// Most bytes of one file.
pub const FILE_BYTES: u64 = 50 * 1024 * 1024;

/// Files at once.
pub const FILES: usize = 20;

/// Bytes of all files together.
pub const FILES_BYTES: u64 = 128 * 1024 * 1024;

/// Names a file's bytes: 128 bits drawn by the extension outside the page, written like an [`EventId`].
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct FileId(EventId);

impl FileId {
    /// The id as written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl TryFrom<String> for FileId {
    type Error = EventIdError;

    fn try_from(id: String) -> Result<Self, Self::Error> {
        EventId::try_from(id).map(Self)
    }
}

impl From<FileId> for String {
    fn from(id: FileId) -> Self {
        id.0.into()
    }
}

/// Why a file's bytes are not taken. Words are append-only; one that is not known here reads as `other`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FileFault {
    /// More than [`FILE_BYTES`], or a piece of more than [`PIECE_BYTES`].
    TooLarge,
    /// A piece that does not begin where the last one ended, or an end elsewhere than at the last byte.
    OutOfOrder,
    /// More than [`FILES`] files or [`FILES_BYTES`] bytes at once.
    TooMany,
    /// No such file was begun, or it is gone.
    Unknown,
    /// A piece that is no base64.
    Malformed,
    /// Something else.
    #[serde(other)]
    Other,
}

/// Why there is no text of a file, or not all of it. Words are append-only; one that is not known here reads as `other`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum UnreadFile {
    /// Protected by a password or by rights management.
    Encrypted,
    /// Of a known type, and broken or cut off.
    Damaged,
    /// Of a type that is not read.
    Format,
    /// A picture, or pages that are pictures: text in them is not read.
    Picture,
    /// More text, more members or deeper nesting than is read.
    TooLarge,
    /// Time or memory ran out.
    Exhausted,
    /// Its bytes did not come, or not all.
    Missing,
    /// Something else.
    #[serde(other)]
    Other,
}

/// A place in a file, as a person looks for it. Numbers are from 1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "at", rename_all = "kebab-case")]
pub enum Spot {
    /// A line of a plain text.
    Line {
        /// Which.
        line: u32,
    },
    /// A page of a document with fixed pages.
    Page {
        /// Which.
        page: u32,
    },
    /// A paragraph of a document without fixed pages.
    Paragraph {
        /// Which.
        paragraph: u32,
    },
    /// A slide of a presentation.
    Slide {
        /// Which.
        slide: u32,
    },
    /// A cell of a spreadsheet.
    Cell {
        /// The sheet's name.
        sheet: Text,
        /// As `B12`.
        cell: String,
    },
    /// A cell of a notebook.
    Block {
        /// Which.
        block: u32,
    },
    /// What is told of the document itself: title, author, comments.
    About,
}

/// Where in the attached files something was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FilePlace {
    /// The file's name; absent when the request does not tell it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<Text>,
    /// In an archive or a mail: the name of the member, with `/` between levels.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inside: Option<Text>,
    /// The place in it; absent where it has none that a person could look for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spot: Option<Spot>,
}

#[cfg(test)]
mod tests {
    use super::{FileFault, FileId, Spot, UnreadFile};

    #[test]
    fn words_that_are_not_known_read_as_other() {
        assert_eq!(serde_json::from_str::<FileFault>("\"from-tomorrow\"").unwrap(), FileFault::Other);
        assert_eq!(serde_json::from_str::<UnreadFile>("\"from-tomorrow\"").unwrap(), UnreadFile::Other);
        assert_eq!(serde_json::to_string(&UnreadFile::TooLarge).unwrap(), "\"too-large\"");
    }

    #[test]
    fn places_name_what_a_person_looks_for() {
        let cell = Spot::Cell { sheet: "Pay".into(), cell: "B12".to_owned() };
        let text = r#"{"at":"cell","sheet":"Pay","cell":"B12"}"#;
        assert_eq!(serde_json::to_string(&cell).unwrap(), text);
        assert_eq!(serde_json::from_str::<Spot>(text).unwrap(), cell);
        assert!(FileId::try_from("7".to_owned()).is_err());
    }
}
