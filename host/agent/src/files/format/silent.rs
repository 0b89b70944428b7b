//! What programs put beside a document, and what has no text: pictures, fonts, previews, settings, macros, junk.
//!
//! INVARIANT: a name alone keeps nothing silent: the bytes are of the kind that the name stands for.

use std::io::Read;

use flate2::read::GzDecoder;

use super::super::kind::{Kind, kind};
use super::markup::walk;
use super::text;

/// What a part is by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Silent {
    /// A picture, sound or video: told by those who handle pictures.
    Drawn,
    /// Bytes that only the program which wrote them knows: fonts, settings of printers, junk.
    Opaque,
    /// Programs and controls, which may be compound files.
    Program,
    /// XML without words of a person: signatures, lists of parts, looks.
    Xml,
}

/// How names begin.
const ROOTS: &[(&str, Silent)] = &[
    ("[content_types].xml", Silent::Xml),
    ("[trash]/", Silent::Opaque),
    ("_xmlsignatures/", Silent::Xml),
    ("configurations2/", Silent::Xml),
    ("layout-cache", Silent::Opaque),
    ("manifest.rdf", Silent::Xml),
    ("meta-inf/", Silent::Xml),
    ("objectreplacements/", Silent::Drawn),
    ("thumbnails/", Silent::Drawn),
];

const FOLDERS: &[(&str, Silent)] = &[
    ("activex", Silent::Program),
    ("customproperty", Silent::Opaque),
    ("fonts", Silent::Opaque),
    ("media", Silent::Drawn),
    ("pictures", Silent::Drawn),
    ("printersettings", Silent::Opaque),
];

/// Files, without number and ending. Google's editors keep some for themselves.
const FILES: &[(&str, Silent)] = &[
    ("attachedtoolbars", Silent::Program),
    ("commentsmeta", Silent::Opaque),
    ("customproperty", Silent::Opaque),
    ("metadata", Silent::Opaque),
    ("printersettings", Silent::Opaque),
    ("settings", Silent::Xml),
    ("styles", Silent::Xml),
    ("thumbnail", Silent::Drawn),
    ("vbadata", Silent::Xml),
    ("vbaproject", Silent::Program),
    ("vbaprojectsignature", Silent::Program),
    ("vbaprojectsignatureagile", Silent::Program),
    ("vbaprojectsignaturev", Silent::Program),
];

/// First bytes of drawings, sound, video and models, beside those that are known as files.
const DRAWN: &[&[u8]] = &[
    // Windows metafiles: with a header, without, and as a clipboard keeps them; LibreOffice's own.
    b"\xd7\xcd\xc6\x9a",
    b"\x01\0\x09\0\0\x03",
    b"\x02\0\x09\0\0\x03",
    b"VCLMTF",
    b"SVGDI",
    // Pictures: Windows Media Photo, JPEG 2000, Encapsulated PostScript with a preview.
    b"II\xbc",
    b"\0\0\0\x0cjP  ",
    b"\xff\x4f\xff\x51",
    b"\xc5\xd0\xd3\xc6",
    // Sound and video: Windows Media, Matroska, MPEG, AAC, MIDI, AIFF, AU, Flash.
    b"\x30\x26\xb2\x75",
    b"\x1a\x45\xdf\xa3",
    b"\0\0\x01\xba",
    b"\0\0\x01\xb3",
    b"\xff\xfb",
    b"\xff\xfa",
    b"\xff\xf3",
    b"\xff\xf2",
    b"\xff\xf1",
    b"\xff\xf9",
    b"MThd",
    b"FORM",
    b".snd",
    b"FLV\x01",
    // A model in three dimensions.
    b"glTF",
];

/// Types of the first box of a QuickTime film that has no type of its own.
const FILMS: &[&[u8]] = &[b"moov", b"mdat", b"wide", b"free", b"skip"];

/// What a part is by its name; `None`: one that is read.
pub(super) fn of(name: &str) -> Option<Silent> {
    let name = name.to_ascii_lowercase();
    let file = name.rsplit('/').next().unwrap_or_default();
    let stem = file.split('.').next().unwrap_or_default();
    let stem = stem.trim_end_matches(|char: char| char.is_ascii_digit());
    if name.ends_with(".rels") {
        return Some(Silent::Xml);
    }
    first(ROOTS, |root| name.starts_with(root))
        .or_else(|| name.rsplit('/').skip(1).find_map(|folder| first(FOLDERS, |one| folder == one)))
        .or_else(|| first(FILES, |one| stem == one))
}

fn first(all: &[(&str, Silent)], is_it: impl Fn(&str) -> bool) -> Option<Silent> {
    all.iter().find(|(name, _)| is_it(name)).map(|(_, silent)| *silent)
}

impl Silent {
    /// Whether the bytes are what the name stands for.
    pub(super) fn is(self, bytes: &[u8]) -> bool {
        if bytes.is_empty() {
            return true;
        }
        let found = kind(bytes);
        match self {
            Self::Drawn => is_drawn(bytes),
            Self::Opaque => found == Kind::Unknown || is_xml(bytes),
            Self::Program => matches!(found, Kind::Unknown | Kind::Compound) || is_xml(bytes),
            // Icons of an application's own stand among its settings.
            Self::Xml => found == Kind::Picture || is_xml(bytes),
        }
    }
}

/// Whether these bytes begin a drawing, sound or video.
pub(super) fn is_drawn(bytes: &[u8]) -> bool {
    if kind(bytes) == Kind::Gzip {
        // Compressed metafiles.
        let mut head = Vec::new();
        return GzDecoder::new(bytes).take(64).read_to_end(&mut head).is_ok() && begins_drawing(&head);
    }
    match kind(bytes) {
        Kind::Picture => true,
        Kind::Other("media") if bytes.contains(&0) => true,
        _ => begins_drawing(bytes),
    }
}

fn begins_drawing(bytes: &[u8]) -> bool {
    // Enhanced metafiles have their mark behind the bounds ([MS-EMF] 2.2.9); a QuickDraw picture its version behind 512
    // bytes that are free, and ten of size and frame.
    let is_enhanced =
        bytes.starts_with(&[1, 0, 0, 0]) && bytes.get(40..44).is_some_and(|four| four == b" EMF");
    let is_quickdraw = bytes.get(522..526).is_some_and(|four| four == [0, 0x11, 0x02, 0xff]);
    // Letters alone say nothing: a text may begin with them.
    let is_binary = bytes.contains(&0);
    let is_film = is_binary && bytes.get(4..8).is_some_and(|four| FILMS.contains(&four));
    let mut marks = DRAWN.iter().filter(|magic| is_binary || !magic.is_ascii());
    is_enhanced || is_quickdraw || is_film || marks.any(|magic| bytes.starts_with(magic))
}

fn is_xml(bytes: &[u8]) -> bool {
    if kind(bytes) != Kind::Text {
        return false;
    }
    let text = text::decode(bytes);
    text.trim_start_matches('\u{feff}').trim_start().starts_with('<') && walk(&text, |_| {})
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::{Silent, is_drawn, of};

    #[test]
    fn a_name_keeps_nothing_silent() {
        for (name, silent) in [
            ("word/media/pay.csv", Silent::Drawn),
            ("word/fonts/pay.csv", Silent::Opaque),
            ("word/vbaProject.bin", Silent::Program),
            ("META-INF/pay.csv", Silent::Xml),
        ] {
            assert_eq!(of(name), Some(silent), "{name}");
            assert!(!silent.is(b"name,card"), "{name}");
            assert!(!silent.is(b"PK\x03\x04"), "{name}");
        }
        assert_eq!(of("word/theme/pay.csv"), None);
        assert!(Silent::Xml.is(b"\xef\xbb\xbf<?xml version=\"1.0\"?><a/>"));
        assert!(Silent::Opaque.is(&[0, 1, 2, 0, 3]));
        assert!(!Silent::Drawn.is(&[0, 1, 2, 0, 3]));
        for text in ["FORM,card", "all free,card", "RIFF,card"] {
            assert!(!Silent::Drawn.is(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn drawings_and_films_are_known_by_their_first_bytes() {
        let enhanced = [vec![1_u8, 0, 0, 0], vec![0; 36], b" EMF".to_vec()].concat();
        let quickdraw = [vec![0_u8; 522], vec![0, 0x11, 0x02, 0xff]].concat();
        let film = b"\0\0\0\x08wide\0\0\x01\0mdat".to_vec();
        let mut packed = GzEncoder::new(Vec::new(), Compression::best());
        packed.write_all(&enhanced).unwrap();
        let packed = packed.finish().unwrap();
        for bytes in [enhanced, quickdraw, film, packed, b"\xd7\xcd\xc6\x9a\0\0".to_vec()] {
            assert!(is_drawn(&bytes), "{bytes:?}");
        }
    }
}
