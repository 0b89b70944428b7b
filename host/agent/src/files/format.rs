//! One file for each format: bytes in, texts with places out.
//!
//! INVARIANT: runs in a process of its own. A reader may fail or be ended at any byte; what it told before counts.

mod aside;
mod compound;
mod gzip;
mod html;
mod mail;
mod markup;
mod notebook;
mod odf;
mod office;
mod pdf;
mod picture;
mod rest;
mod rtf;
mod sheet;
mod silent;
mod slides;
mod tar;
pub(crate) mod text;
mod zip;

use shared_protocol::UnreadFile;

use super::kind::{Kind, kind};
use super::out::{DEPTH, Out};

/// Reads a file, or the member of one that `inside` leads to.
pub(crate) fn read(bytes: &[u8], inside: &[String], out: &mut Out<'_>) {
    if inside.len() > DEPTH {
        return out.unread(UnreadFile::TooLarge);
    }
    let kind = kind(bytes);
    if inside.is_empty() {
        out.kind(word(kind, bytes));
    }
    match kind {
        Kind::Text => text::read(bytes, inside, out),
        Kind::Pdf => pdf::read(bytes, inside, out),
        Kind::Zip => zip::read(bytes, inside, out),
        Kind::Compound => compound::read(bytes, inside, out),
        Kind::Gzip => gzip::read(bytes, inside, out),
        Kind::Tar => tar::read(bytes, inside, out),
        Kind::Rtf => rtf::read(bytes, inside, out),
        Kind::Picture => picture::read(bytes, inside, out),
        Kind::Other(_) | Kind::Unknown => out.unread(UnreadFile::Format),
    }
}

/// The word that the record has for it.
fn word(kind: Kind, bytes: &[u8]) -> &'static str {
    match kind {
        Kind::Text => text::word(bytes),
        Kind::Pdf => "pdf",
        Kind::Zip => zip::word(bytes),
        Kind::Compound => compound::word(bytes),
        Kind::Gzip => "gzip",
        Kind::Tar => "tar",
        Kind::Rtf => "rtf",
        Kind::Picture => "picture",
        Kind::Other(word) => word,
        Kind::Unknown => "unknown",
    }
}

#[cfg(test)]
mod tests;
