//! Rich Text Format 1.9.1, and its compressed form in Outlook messages ([MS-OXRTFCP]).
//!
//! Words in groups that hold no text (fonts, colours, styles, pictures) are left out; every other one is kept.

use encoding_rs::{Encoding, WINDOWS_1252};
use shared_protocol::UnreadFile;

use super::super::out::{Counted, Out};
use super::super::said::Places;

/// Destinations that hold no text of the document.
const SILENT: &[&str] = &[
    "fonttbl",
    "colortbl",
    "stylesheet",
    "listtable",
    "listoverridetable",
    "rsidtbl",
    "generator",
    "themedata",
    "colorschememapping",
    "latentstyles",
    "datastore",
    "pict",
    "objdata",
    "xmlnstbl",
    "mmathPr",
    "blipuid",
];

/// Destinations whose text is kept, and stands on no page.
const BESIDE: &[&str] = &[
    "bkmkend",
    "bkmkstart",
    "fchars",
    "info",
    "lchars",
    "pgdsctbl",
    "pntxta",
    "pntxtb",
    "sn",
    "sv",
    "userprops",
    "wgrffmtfilter",
];

/// Deepest nesting that is told apart.
const GROUPS: usize = 1_000;

#[derive(Clone, Copy)]
struct Group {
    is_silent: bool,
    /// Words beside the page: properties, names of looks.
    is_beside: bool,
    /// Characters that stand for one of Unicode's to readers that do not know it.
    skip: usize,
}

pub(super) fn read(bytes: &[u8], inside: &[String], out: &mut Out<'_>) {
    let mut reader = Reader {
        rest: bytes,
        text: Counted::default(),
        starts: vec![0],
        pending: Vec::new(),
        high: None,
        encoding: WINDOWS_1252,
        groups: vec![Group { is_silent: false, is_beside: false, skip: 1 }],
        to_skip: 0,
        has_object: false,
        has_picture: false,
        has_page: false,
    };
    let whole = reader.run();
    let (has_object, is_picture) = (reader.has_object, reader.has_picture && !reader.has_page);
    let (text, starts) = (reader.text.text, reader.starts);
    out.text(inside, text, Places::Paragraphs(starts));
    if !whole {
        out.unread(UnreadFile::Damaged);
    }
    if has_object {
        out.unread(UnreadFile::Format);
    }
    if is_picture {
        out.unread(UnreadFile::Picture);
    }
}

struct Reader<'a> {
    rest: &'a [u8],
    text: Counted,
    starts: Vec<u32>,
    /// Bytes of the code page that wait for their other halves.
    pending: Vec<u8>,
    high: Option<u16>,
    encoding: &'static Encoding,
    groups: Vec<Group>,
    to_skip: usize,
    has_object: bool,
    has_picture: bool,
    /// Whether there is text on the page.
    has_page: bool,
}

impl Reader<'_> {
    /// `false` when groups do not close.
    fn run(&mut self) -> bool {
        while let Some((byte, rest)) = self.rest.split_first() {
            self.rest = rest;
            match byte {
                b'{' => {
                    self.flush();
                    if self.groups.len() >= GROUPS {
                        return false;
                    }
                    self.groups.extend(self.groups.last().copied());
                    self.to_skip = 0;
                }
                b'}' => {
                    self.flush();
                    self.groups.pop();
                    self.to_skip = 0;
                    if self.groups.len() <= 1 {
                        return true;
                    }
                }
                b'\\' => self.control(),
                b'\r' | b'\n' => {}
                byte => self.byte(*byte),
            }
        }
        self.flush();
        false
    }

    fn control(&mut self) {
        let Some((first, rest)) = self.rest.split_first() else { return };
        if !first.is_ascii_alphabetic() {
            self.rest = rest;
            match first {
                b'\'' => self.hex(),
                b'*' => self.optional(),
                b'~' => self.char("\u{a0}"),
                b'_' => self.char("-"),
                b'\r' | b'\n' => self.paragraph(),
                b'\\' | b'{' | b'}' => self.byte(*first),
                _ => {}
            }
            return;
        }
        let letters = self.rest.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
        let (word, rest) = self.rest.split_at_checked(letters).unwrap_or_default();
        let is_minus = rest.first() == Some(&b'-');
        let digits = rest.iter().skip(usize::from(is_minus)).take_while(|byte| byte.is_ascii_digit()).count();
        let (number, rest) =
            rest.split_at_checked(digits + usize::from(is_minus && digits > 0)).unwrap_or_default();
        self.rest = rest.strip_prefix(b" ").unwrap_or(rest);
        let number = std::str::from_utf8(number).ok().and_then(|digits| digits.parse::<i64>().ok());
        self.word(&String::from_utf8_lossy(word), number);
    }

    fn word(&mut self, word: &str, number: Option<i64>) {
        match word {
            "par" | "sect" | "page" | "row" => self.paragraph(),
            "line" => self.char("\n"),
            "tab" | "cell" => self.char("\t"),
            "emdash" => self.char("—"),
            "endash" => self.char("–"),
            "lquote" | "rquote" => self.char("'"),
            "ldblquote" | "rdblquote" => self.char("\""),
            "u" => self.unicode(number),
            "uc" => {
                if let (Some(group), Some(skip)) = (self.groups.last_mut(), number) {
                    group.skip = usize::try_from(skip).unwrap_or(1);
                }
            }
            "ansicpg" => {
                let label = format!("windows-{}", number.unwrap_or(1252));
                self.encoding = match number {
                    Some(932) => encoding_rs::SHIFT_JIS,
                    Some(936) => encoding_rs::GBK,
                    Some(949) => encoding_rs::EUC_KR,
                    Some(950) => encoding_rs::BIG5,
                    Some(65001) => encoding_rs::UTF_8,
                    _ => Encoding::for_label(label.as_bytes()).unwrap_or(WINDOWS_1252),
                };
            }
            "bin" => {
                let length = number.and_then(|length| usize::try_from(length).ok()).unwrap_or_default();
                self.rest = self.rest.get(length..).unwrap_or_default();
            }
            _ if SILENT.contains(&word) => {
                self.has_object |= word == "objdata";
                self.has_picture |= word == "pict";
                if let Some(group) = self.groups.last_mut() {
                    group.is_silent = true;
                }
            }
            _ if BESIDE.contains(&word) => {
                if let Some(group) = self.groups.last_mut() {
                    group.is_beside = true;
                }
            }
            _ => {}
        }
    }

    /// `\*` before a destination that is not known here: some hold text (comments, links, fields), so only those that
    /// hold none are left out. Nothing to do but to read on.
    fn optional(&mut self) {
        self.flush();
    }

    fn hex(&mut self) {
        let (digits, rest) = self.rest.split_at_checked(2).unwrap_or_default();
        self.rest = rest;
        let byte = std::str::from_utf8(digits).ok().and_then(|digits| u8::from_str_radix(digits, 16).ok());
        if let Some(byte) = byte {
            self.byte(byte);
        }
    }

    fn is_silent(&self) -> bool {
        self.groups.last().is_some_and(|group| group.is_silent)
    }

    fn byte(&mut self, byte: u8) {
        if self.to_skip > 0 {
            self.to_skip -= 1;
        } else if !self.is_silent() {
            self.pending.push(byte);
        }
    }

    fn unicode(&mut self, number: Option<i64>) {
        self.flush();
        self.to_skip = self.groups.last().map_or(1, |group| group.skip);
        // Signed 16 bits, in UTF-16.
        let Some(unit) = number.and_then(|number| u16::try_from(number.rem_euclid(65_536)).ok()) else {
            return;
        };
        if self.is_silent() {
            return;
        }
        let units: Vec<u16> = self.high.take().into_iter().chain([unit]).collect();
        if (0xD800..0xDC00).contains(&unit) {
            self.high = Some(unit);
            return;
        }
        for char in char::decode_utf16(units).flatten() {
            let is_page = !char.is_whitespace() && !self.is_beside();
            self.has_page |= is_page;
            self.text.push(char.encode_utf8(&mut [0; 4]));
        }
    }

    fn char(&mut self, text: &str) {
        self.flush();
        if !self.is_silent() {
            self.text.push(text);
        }
    }

    fn paragraph(&mut self) {
        self.char("\n");
        if self.starts.last() != Some(&self.text.length) {
            self.starts.push(self.text.length);
        }
    }

    fn is_beside(&self) -> bool {
        self.groups.last().is_some_and(|group| group.is_beside)
    }

    fn flush(&mut self) {
        if !self.pending.is_empty() {
            let text = self.encoding.decode_without_bom_handling(&self.pending).0;
            let is_page = !text.trim().is_empty() && !self.is_beside();
            self.has_page |= is_page;
            self.text.push(&text);
            self.pending.clear();
        }
    }
}

/// The dictionary that every compressed RTF begins with ([MS-OXRTFCP] 2.1.2.1).
const DICTIONARY: &[u8] =
    b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \
\\fscript \\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par \
\\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx";

/// Compressed RTF, unpacked; `None` when it is none.
pub(super) fn unpacked(bytes: &[u8]) -> Option<Vec<u8>> {
    let number = |at: usize| Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?));
    let size = usize::try_from(number(4)?).ok()?.min(super::super::out::UNPACKED_BYTES);
    let body = bytes.get(16..)?;
    match bytes.get(8..12)? {
        b"MELA" => return Some(body.get(..size.min(body.len()))?.to_vec()),
        b"LZFu" => {}
        _ => return None,
    }
    let (mut ring, mut at) = (vec![0_u8; 4_096], DICTIONARY.len());
    ring.get_mut(..at)?.copy_from_slice(DICTIONARY);
    let (mut plain, mut body) = (Vec::new(), body.iter());
    let mut put = |byte: u8, ring: &mut Vec<u8>, plain: &mut Vec<u8>| {
        if let Some(place) = ring.get_mut(at) {
            *place = byte;
        }
        at = (at + 1) % 4_096;
        plain.push(byte);
        at
    };
    let mut end = DICTIONARY.len();
    while plain.len() < size {
        let Some(flags) = body.next() else { return Some(plain) };
        for bit in 0..8 {
            if flags >> bit & 1 == 0 {
                let Some(byte) = body.next() else { return Some(plain) };
                end = put(*byte, &mut ring, &mut plain);
                continue;
            }
            let (Some(high), Some(low)) = (body.next(), body.next()) else { return Some(plain) };
            let pair = usize::from(*high) << 8 | usize::from(*low);
            let (offset, length) = (pair >> 4, (pair & 15) + 2);
            if offset == end {
                return Some(plain);
            }
            for step in 0..length {
                let byte = ring.get((offset + step) % 4_096).copied().unwrap_or_default();
                end = put(byte, &mut ring, &mut plain);
            }
        }
    }
    Some(plain)
}
