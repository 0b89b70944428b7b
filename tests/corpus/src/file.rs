//! Readers of attached files, in this process and without its limits: whatever the bytes are, reading ends within the bounds
//! of text and members.
//!
//! Type is told by content, so that every target runs the one entry; each begins with seeds of its own and, where a format
//! is told by its first bytes, keeps these.

use host_agent::foreign;

/// Most bytes of text of one file.
const TEXT: usize = 8 * 1024 * 1024;

/// Reasons there are.
const REASONS: usize = 8;

fn holds(bytes: &[u8]) {
    let (texts, length, unread) = foreign::file(bytes);
    assert!(length <= TEXT, "more text than is read");
    assert!(unread <= REASONS, "a reason told twice");
    assert!(texts <= length, "a text of nothing");
}

fn beginning(magic: &[u8], bytes: &[u8]) {
    holds(bytes);
    if !bytes.starts_with(magic) {
        holds(&[magic, bytes].concat());
    }
}

/// Plain text, JSON, notebooks, in any encoding.
pub(crate) fn text(bytes: &[u8]) {
    holds(bytes);
}

/// XML and HTML.
pub(crate) fn markup(bytes: &[u8]) {
    beginning(b"<html>", bytes);
}

/// PDF.
pub(crate) fn pdf(bytes: &[u8]) {
    beginning(b"%PDF-1.7\n", bytes);
}

/// Word, Excel, PowerPoint, OpenDocument.
pub(crate) fn office(bytes: &[u8]) {
    holds(bytes);
}

/// ZIP, tar, gzip.
pub(crate) fn archive(bytes: &[u8]) {
    beginning(b"PK\x03\x04", bytes);
}

/// Rich text.
pub(crate) fn rtf(bytes: &[u8]) {
    beginning(b"{\\rtf1", bytes);
}

/// Pictures: of each kind those that begin like one.
pub(crate) fn picture(bytes: &[u8]) {
    holds(bytes);
    for magic in [&b"\x89PNG\r\n\x1a\n"[..], b"\xff\xd8\xff", b"GIF89a", b"BM", b"RIFF\0\x10\0\0WEBP"] {
        if !bytes.starts_with(magic) {
            holds(&[magic, bytes].concat());
        }
    }
}

/// Mail.
pub(crate) fn mail(bytes: &[u8]) {
    beginning(b"From: a@b.c\nTo: d@e.f\nSubject: x\n", bytes);
}

/// Outlook messages.
pub(crate) fn compound(bytes: &[u8]) {
    beginning(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", bytes);
}
