//! What reading says of a file: texts with their places, and what could not be read.
//!
//! It is also the form in which the reading process hands it over: JSON objects, each behind its length (four bytes,
//! little-endian). A text stands behind its object as it is, with a length of its own.

use std::io::{self, ErrorKind, Read, Write};

use serde::{Deserialize, Serialize};
use shared_protocol::{Spot, Text, UnreadFile};
use zeroize::Zeroizing;

use super::out::{PICTURE_BYTES, TEXT_BYTES};

/// Most bytes of one object: the places of the cells of a large table.
const FRAME_BYTES: usize = 64 * 1024 * 1024;

/// One thing that is said.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Said {
    /// What the file is.
    Type(String),
    /// Text.
    Text(Piece),
    /// A picture, whose text somebody else reads.
    Picture(Picture),
    /// Something in it has no text, or not all of it.
    Unread(UnreadFile),
    /// All is said.
    End,
}

/// A text of one document.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Piece {
    /// In an archive or a mail: the names of the members on the way to it, joined by `/`.
    pub(crate) inside: Option<Text>,
    /// The text.
    #[serde(skip)]
    pub(crate) text: Text,
    /// What is where.
    pub(crate) places: Places,
}

/// A picture as shades of grey.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Picture {
    /// As a text has it.
    pub(crate) inside: Option<Text>,
    /// A portable grey map (`P5` of Netpbm, of 255 shades), of our making.
    #[serde(skip)]
    pub(crate) map: Zeroizing<Vec<u8>>,
}

/// How places of a text are told. Starts are code points of the text, in ascending order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Places {
    /// By line breaks.
    Lines,
    /// Where pages begin.
    Pages(Vec<u32>),
    /// Where paragraphs begin.
    Paragraphs(Vec<u32>),
    /// Where slides begin.
    Slides(Vec<u32>),
    /// Where a notebook's cells begin.
    Blocks(Vec<u32>),
    /// Where a sheet's cells begin, each with row and column from 1.
    Cells(Text, Vec<[u32; 3]>),
    /// Told of the document and not in it.
    About,
}

impl Places {
    /// The place of a code point of `text`.
    #[must_use]
    pub(crate) fn spot(&self, text: &str, at: usize) -> Option<Spot> {
        let nth = |starts: &[u32]| {
            let before =
                starts.partition_point(|start| usize::try_from(*start).is_ok_and(|start| start <= at));
            u32::try_from(before).ok().filter(|nth| *nth > 0)
        };
        Some(match self {
            Self::Lines => Spot::Line { line: Breaks::of(text).line(at) },
            Self::Pages(starts) => Spot::Page { page: nth(starts)? },
            Self::Paragraphs(starts) => Spot::Paragraph { paragraph: nth(starts)? },
            Self::Slides(starts) => Spot::Slide { slide: nth(starts)? },
            Self::Blocks(starts) => Spot::Block { block: nth(starts)? },
            Self::Cells(sheet, cells) => {
                let before = cells
                    .partition_point(|[start, ..]| usize::try_from(*start).is_ok_and(|start| start <= at));
                let [_, row, column] = cells.get(before.checked_sub(1)?)?;
                Spot::Cell { sheet: sheet.clone(), cell: format!("{}{row}", letters(*column)) }
            }
            Self::About => Spot::About,
        })
    }
}

/// Counts the lines of a long text once, for places that come in their order.
pub(crate) struct Breaks<'a> {
    text: &'a str,
    left: std::str::Chars<'a>,
    at: usize,
    line: u32,
}

impl<'a> Breaks<'a> {
    /// From the text's beginning.
    pub(crate) fn of(text: &'a str) -> Self {
        Self { text, left: text.chars(), at: 0, line: 1 }
    }

    /// The line, from 1, of a code point.
    pub(crate) fn line(&mut self, at: usize) -> u32 {
        if at < self.at {
            *self = Self::of(self.text);
        }
        let breaks = self.left.by_ref().take(at - self.at).filter(|char| *char == '\n').count();
        self.at = at;
        self.line = self.line.saturating_add(u32::try_from(breaks).unwrap_or(u32::MAX));
        self.line
    }
}

/// A column's letters: 1 is `A`, 27 is `AA`.
fn letters(mut column: u32) -> String {
    let mut letters = Vec::new();
    while let Some(left) = column.checked_sub(1) {
        letters.push(char::from(b'A' + u8::try_from(left % 26).unwrap_or_default()));
        column = left / 26;
    }
    letters.iter().rev().collect()
}

/// Writes one frame.
pub(crate) fn write(to: &mut impl Write, said: &Said) -> io::Result<()> {
    part(to, &serde_json::to_vec(said)?)?;
    match said {
        Said::Text(piece) => part(to, piece.text.expose().as_bytes()),
        Said::Picture(picture) => part(to, &picture.map),
        Said::Type(_) | Said::Unread(_) | Said::End => Ok(()),
    }
}

fn part(to: &mut impl Write, bytes: &[u8]) -> io::Result<()> {
    let length = u32::try_from(bytes.len()).map_err(|_| ErrorKind::InvalidData)?;
    to.write_all(&length.to_le_bytes())?;
    to.write_all(bytes)
}

/// Reads one frame; `None` at the end of the stream or at what is no frame.
pub(crate) fn read(from: &mut impl Read) -> Option<Said> {
    let mut said = serde_json::from_slice(&taken(from, FRAME_BYTES)?).ok()?;
    match &mut said {
        Said::Text(piece) => piece.text = Text::new(std::str::from_utf8(&taken(from, TEXT_BYTES)?).ok()?),
        Said::Picture(picture) => picture.map = taken(from, PICTURE_BYTES)?,
        Said::Type(_) | Said::Unread(_) | Said::End => {}
    }
    Some(said)
}

fn taken(from: &mut impl Read, most: usize) -> Option<Zeroizing<Vec<u8>>> {
    let mut length = [0; 4];
    from.read_exact(&mut length).ok()?;
    let length = usize::try_from(u32::from_le_bytes(length)).ok().filter(|length| *length <= most)?;
    let mut bytes = Zeroizing::new(Vec::new());
    from.take(u64::try_from(length).ok()?).read_to_end(&mut bytes).ok()?;
    (bytes.len() == length).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use shared_protocol::Spot;

    use super::{Breaks, Piece, Places, Said, letters, read, write};

    #[test]
    fn lines_are_counted_in_any_order() {
        let text = "ä\nb\nc";
        let mut breaks = Breaks::of(text);
        let told: Vec<u32> = [0, 2, 4, 4, 3, 0, 9].into_iter().map(|at| breaks.line(at)).collect();
        assert_eq!(told, [1, 2, 3, 3, 2, 1, 3]);
    }

    #[test]
    fn what_is_said_arrives_and_half_of_it_does_not() {
        let said = |text: &str| Said::Text(Piece { inside: None, text: text.into(), places: Places::Lines });
        let mut bytes = Vec::new();
        for one in [Said::Type("text".to_owned()), said("\"\0\"\n"), said("ä"), Said::End] {
            write(&mut bytes, &one).unwrap();
        }
        let mut from = bytes.as_slice();
        let texts: Vec<String> = std::iter::from_fn(|| read(&mut from))
            .filter_map(|said| {
                if let Said::Text(piece) = said { Some(piece.text.expose().to_owned()) } else { None }
            })
            .collect();
        assert_eq!(texts, ["\"\0\"\n", "ä"]);
        let mut cut = Vec::new();
        write(&mut cut, &said("ä")).unwrap();
        cut.pop();
        assert!(read(&mut cut.as_slice()).is_none());
    }

    #[test]
    fn places_are_told_as_people_count() {
        assert_eq!(Places::Lines.spot("ä\nb\nc", 4), Some(Spot::Line { line: 3 }));
        assert_eq!(Places::Pages(vec![0, 10, 20]).spot("", 10), Some(Spot::Page { page: 2 }));
        assert_eq!(Places::Slides(Vec::new()).spot("", 3), None);
        let cells = Places::Cells("Pay".into(), vec![[0, 1, 1], [4, 12, 28]]);
        assert_eq!(cells.spot("", 9), Some(Spot::Cell { sheet: "Pay".into(), cell: "AB12".to_owned() }));
        assert_eq!((letters(1), letters(26), letters(703)), ("A".into(), "Z".into(), "AAA".into()));
    }
}
