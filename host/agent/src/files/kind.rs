//! What a file is, by its bytes.
//!
//! INVARIANT: neither the name nor the page's media type is asked.

use super::format::text;

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Text of any kind.
    Text,
    /// Portable Document Format.
    Pdf,
    /// ZIP, and what is made of it.
    Zip,
    /// A compound file: Outlook messages, protected Office documents, Office documents of before 2007.
    Compound,
    /// One compressed stream (gzip).
    Gzip,
    /// A tape archive.
    Tar,
    /// Rich Text Format.
    Rtf,
    /// A picture.
    Picture,
    /// Known, and not read: other archives, sound, video, programs.
    Other(&'static str),
    /// Nothing that is known.
    Unknown,
}

/// First bytes, and what they say.
const MAGIC: &[(&[u8], Kind)] = &[
    (b"PK\x03\x04", Kind::Zip),
    (b"PK\x05\x06", Kind::Zip),
    (b"PK\x07\x08", Kind::Zip),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Kind::Compound),
    (b"\x1f\x8b\x08", Kind::Gzip),
    (b"{\\rtf", Kind::Rtf),
    (b"\x89PNG\r\n\x1a\n", Kind::Picture),
    (b"\xff\xd8\xff", Kind::Picture),
    (b"GIF87a", Kind::Picture),
    (b"GIF89a", Kind::Picture),
    (b"BM", Kind::Picture),
    (b"II*\0", Kind::Picture),
    (b"MM\0*", Kind::Picture),
    (b"\0\0\x01\0", Kind::Picture),
    (b"8BPS", Kind::Picture),
    (b"7z\xbc\xaf\x27\x1c", Kind::Other("7z")),
    (b"Rar!\x1a\x07", Kind::Other("rar")),
    (b"BZh", Kind::Other("bzip2")),
    (b"\xfd7zXZ\0", Kind::Other("xz")),
    (b"\x28\xb5\x2f\xfd", Kind::Other("zstd")),
    (b"\x7fELF", Kind::Other("program")),
    (b"MZ", Kind::Other("program")),
    (b"SQLite format 3\0", Kind::Other("sqlite")),
    (b"OggS", Kind::Other("media")),
    (b"ID3", Kind::Other("media")),
    (b"fLaC", Kind::Other("media")),
];

/// What these bytes are.
pub(crate) fn kind(bytes: &[u8]) -> Kind {
    let head = bytes.get(..bytes.len().min(1_024)).unwrap_or_default();
    // A header may stand before it; readers look through the first kilobyte (ISO 32000-1, annex H.3).
    if head.windows(5).any(|five| five == b"%PDF-") {
        return Kind::Pdf;
    }
    let known = MAGIC.iter().find(|(magic, _)| bytes.starts_with(magic)).map(|(_, kind)| *kind);
    match (known, bytes.get(8..12), bytes.get(4..12)) {
        // Two letters alone say nothing of a text.
        (Some(kind), ..) if !is_weak(bytes) || !text::is_text(bytes) => return kind,
        (_, Some(b"WEBP"), _) => return Kind::Picture,
        (_, _, Some(b"ftypheic" | b"ftypheix" | b"ftypmif1" | b"ftypavif")) => return Kind::Picture,
        _ => {}
    }
    if bytes.starts_with(b"RIFF") || bytes.get(4..8) == Some(b"ftyp") {
        return Kind::Other("media");
    }
    if is_tar(bytes) {
        return Kind::Tar;
    }
    if text::is_text(bytes) { Kind::Text } else { Kind::Unknown }
}

fn is_weak(bytes: &[u8]) -> bool {
    [&b"BM"[..], b"MZ", b"BZh", b"ID3"].iter().any(|magic| bytes.starts_with(magic))
}

/// A header block whose checksum is right (POSIX.1-1988: the sum of its bytes with the checksum's own as blanks).
fn is_tar(bytes: &[u8]) -> bool {
    let Some(header) = bytes.get(..512) else { return false };
    let digits = header.get(148..156).unwrap_or_default();
    let digits: String = digits.iter().map(|byte| char::from(*byte)).collect();
    let said = u32::from_str_radix(digits.trim_matches(['\0', ' ']), 8);
    let blanked = |(at, byte): (usize, &u8)| u32::from(if (148..156).contains(&at) { b' ' } else { *byte });
    let sum: u32 = header.iter().enumerate().map(blanked).sum();
    // Of blanks alone no archive is made.
    header.first() != Some(&0) && said.is_ok_and(|said| said == sum)
}

#[cfg(test)]
mod tests {
    use super::{Kind, kind};

    #[test]
    fn bytes_say_what_it_is() {
        assert_eq!(kind(b"BM is a brand, and BMW too"), Kind::Text);
        assert_eq!(kind(b"BM\x36\0\0\0\0\0\0\0\x36"), Kind::Picture);
        assert_eq!(kind(b"junk\n%PDF-1.7\n"), Kind::Pdf);
        assert_eq!(kind(b"RIFF\0\0\0\0WEBPVP8 "), Kind::Picture);
        assert_eq!(kind(&[0; 4096]), Kind::Unknown);
        assert_eq!(kind("Grüße".as_bytes()), Kind::Text);
        assert_eq!(kind(b""), Kind::Text);
    }
}
