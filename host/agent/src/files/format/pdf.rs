//! PDF: the text of each page; notes, fields and properties beside it.
//!
//! A document that opens without a password is read, whatever it forbids. A page without text in a document with pictures
//! is a picture. Files that lie in it are files of their own.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use flate2::read::ZlibDecoder;
use pdf_extract::{Dictionary, Document, Object, ObjectId, PlainTextOutput, Stream, output_doc_page};
use shared_protocol::UnreadFile;

use super::super::out::{Counted, Out, TEXT_BYTES};
use super::super::said::Places;

/// Strings that somebody wrote: of annotations, of form fields, of the document's properties.
const WRITTEN: &[&[u8]] = &[b"Contents", b"V", b"Title", b"Author", b"Subject", b"Keywords", b"URI"];

/// How deep objects stand in others where files are looked for: names stand in arrays of dictionaries in the catalogue.
const NESTED: u8 = 8;

pub(super) fn read(bytes: &[u8], inside: &[String], out: &mut Out<'_>) {
    let Some(Ok(mut document)) = quietly(|| Document::load_mem(bytes)) else {
        return out.unread(UnreadFile::Damaged);
    };
    if document.is_encrypted() && !matches!(quietly(|| document.decrypt("")), Some(Ok(()))) {
        return out.unread(UnreadFile::Encrypted);
    }
    let pages = quietly(|| document.get_pages().len()).unwrap_or_default();
    if pages == 0 {
        out.unread(UnreadFile::Damaged);
    }
    let (mut text, mut starts, mut is_empty) = (Counted::default(), Vec::new(), false);
    for page in 1..=pages {
        let Ok(page) = u32::try_from(page) else { break };
        starts.push(text.length);
        let mut shown = String::new();
        let done = quietly(|| output_doc_page(&document, &mut PlainTextOutput::new(&mut shown), page));
        if !matches!(done, Some(Ok(()))) {
            out.unread(UnreadFile::Damaged);
        }
        is_empty |= shown.trim().is_empty();
        text.push(&shown);
        text.push("\n");
        if text.text.len() > TEXT_BYTES {
            break;
        }
    }
    out.text(inside, text.text, Places::Pages(starts));
    let (about, has_pictures) = beside(&document);
    out.text(inside, about, Places::About);
    if has_pictures && (is_empty || out.reads_pictures()) {
        pictures(&document, is_empty, inside, out);
    }
    attached(&document, inside, out);
}

/// Files that lie in the document, whether it lists them, a page has a pin for them, or nothing leads to them.
fn attached(document: &Document, inside: &[String], out: &mut Out<'_>) {
    let mut files = BTreeMap::new();
    for (id, object) in &document.objects {
        if let Object::Stream(stream) = object
            && stream.dict.has_type(b"EmbeddedFile")
        {
            files.entry(*id).or_insert_with(|| format!("file {}", id.0));
        }
        named(document, object, &mut files, 0);
    }
    for (id, name) in files {
        if !out.member() {
            return;
        }
        let Ok(stream) = document.get_object(id).and_then(Object::as_stream) else {
            out.unread(UnreadFile::Damaged);
            continue;
        };
        if let Some(bytes) = unpacked(stream, out) {
            let inside: Vec<String> = inside.iter().cloned().chain([name]).collect();
            super::read(&bytes, &inside, out);
        }
    }
}

/// The streams that a specification of a file (ISO 32000-1, section 7.11.3) leads to, and what it calls them.
fn named(document: &Document, object: &Object, files: &mut BTreeMap<ObjectId, String>, depth: u8) {
    if depth > NESTED {
        return;
    }
    let dictionary = match object {
        Object::Dictionary(dictionary) => dictionary,
        Object::Stream(stream) => &stream.dict,
        Object::Array(all) => {
            for one in all {
                named(document, one, files, depth + 1);
            }
            return;
        }
        _ => return,
    };
    if let Ok(streams) = dictionary.get_deref(b"EF", document).and_then(Object::as_dict) {
        let string = |key: &[u8]| {
            let value = dictionary.get_deref(key, document).ok()?;
            matches!(value, Object::String(..)).then(|| pdf_extract::decode_text_string(value).ok()).flatten()
        };
        let name = string(b"UF").or_else(|| string(b"F"));
        for (_, stream) in streams.iter() {
            if let Ok((Some(id), _)) = document.dereference(stream) {
                files.insert(id, name.clone().unwrap_or_else(|| format!("file {}", id.0)));
            }
        }
    }
    for (_, value) in dictionary.iter() {
        named(document, value, files, depth + 1);
    }
}

/// The bytes of a file, packed as programs pack them; there is no bound to what other ways would unpack.
fn unpacked(stream: &Stream, out: &mut Out<'_>) -> Option<Vec<u8>> {
    let filters = stream.filters().unwrap_or_default();
    match filters.as_slice() {
        [] => out.unpack(stream.content.as_slice()),
        [filter] if *filter == b"FlateDecode" => out.unpack(ZlibDecoder::new(stream.content.as_slice())),
        _ => {
            out.unread(UnreadFile::Format);
            None
        }
    }
}

/// Pictures as they lie in the document: what cameras and scanners make are photographs (JPEG) by themselves. Those that are
/// drawn from streams of the document's own are not read; where a page is nothing else that is told.
fn pictures(document: &Document, is_empty: bool, inside: &[String], out: &mut Out<'_>) {
    for (number, object) in &document.objects {
        let Object::Stream(stream) = object else { continue };
        let is = |key: &[u8], wanted: &[u8]| {
            stream.dict.get(key).and_then(Object::as_name).is_ok_and(|name| name == wanted)
        };
        if !is(b"Subtype", b"Image") {
            continue;
        }
        let filters = stream.filters().unwrap_or_default();
        match filters.as_slice() {
            [filter] if *filter == b"DCTDecode" && out.reads_pictures() => {
                let inside: Vec<String> =
                    inside.iter().cloned().chain([format!("picture {}", number.0)]).collect();
                super::read(&stream.content, &inside, out);
            }
            _ if is_empty => out.unread(UnreadFile::Picture),
            _ => {}
        }
    }
}

/// What stands beside the pages, one a line; and whether there are pictures.
fn beside(document: &Document) -> (String, bool) {
    let (mut about, mut has_pictures) = (String::new(), false);
    for object in document.objects.values() {
        match object {
            Object::Dictionary(dictionary) => written(dictionary, &mut about, 0),
            Object::Stream(stream) => {
                let kind = stream.dict.get(b"Subtype").and_then(Object::as_name);
                has_pictures |= kind.is_ok_and(|kind| kind == b"Image");
            }
            _ => {}
        }
    }
    (about, has_pictures)
}

fn written(dictionary: &Dictionary, about: &mut String, depth: u8) {
    for (key, value) in dictionary.iter() {
        match value {
            Object::String(..) if WRITTEN.contains(&key.as_slice()) => {
                if let Ok(text) = pdf_extract::decode_text_string(value) {
                    about.push_str(&text);
                    about.push('\n');
                }
            }
            // An action stands inside of its link.
            Object::Dictionary(inner) if depth < 4 => written(inner, about, depth + 1),
            _ => {}
        }
    }
}

/// The library panics on what it does not expect. `None` when it did.
fn quietly<T>(work: impl FnOnce() -> T) -> Option<T> {
    catch_unwind(AssertUnwindSafe(work)).ok()
}
