//! Compound files ([MS-CFB]): Outlook messages ([MS-OXMSG]). Protected Office documents ([MS-OFFCRYPTO]) are told as
//! encrypted; Word, Excel and PowerPoint of before 2007 are not read.

use std::io::{Cursor, Read};
use std::path::{Path, PathBuf};

use cfb::CompoundFile;
use shared_protocol::UnreadFile;

use super::super::out::{DEPTH, Out};
use super::super::said::Places;
use super::{html, rtf, text};

type Compound<'a> = CompoundFile<Cursor<&'a [u8]>>;

/// Properties of a message that hold words: subject, sender's name and address, recipients, headers, categories' text.
const ABOUT: &[&str] = &["0037", "0C1A", "0C1F", "0E04", "0E03", "0E02", "007D", "5D01", "5D02"];

const MESSAGE: &str = "__properties_version1.0";

pub(super) fn word(bytes: &[u8]) -> &'static str {
    match CompoundFile::open(Cursor::new(bytes)) {
        Ok(file) if file.exists(MESSAGE) => "msg",
        Ok(file) if file.exists("EncryptedPackage") => "office-encrypted",
        Ok(file) if file.exists("WordDocument") => "doc",
        Ok(file) if file.exists("Workbook") || file.exists("Book") => "xls",
        Ok(file) if file.exists("PowerPoint Document") => "ppt",
        Ok(_) | Err(_) => "compound",
    }
}

pub(super) fn read(bytes: &[u8], inside: &[String], out: &mut Out<'_>) {
    let Ok(mut file) = CompoundFile::open(Cursor::new(bytes)) else {
        return out.unread(UnreadFile::Damaged);
    };
    if file.exists(MESSAGE) {
        return message(&mut file, Path::new("/"), inside, out);
    }
    let is_protected = ["EncryptedPackage", "EncryptionInfo"].iter().any(|name| file.exists(name));
    out.unread(if is_protected { UnreadFile::Encrypted } else { UnreadFile::Format });
}

fn message(file: &mut Compound<'_>, at: &Path, inside: &[String], out: &mut Out<'_>) {
    if inside.len() > DEPTH {
        return out.unread(UnreadFile::TooLarge);
    }
    let class = string(file, at, "001A", out).unwrap_or_default().to_ascii_lowercase();
    if class.contains("smime") && !class.contains("multipartsigned") {
        out.unread(UnreadFile::Encrypted);
    }
    let about: Vec<String> = ABOUT.iter().filter_map(|tag| string(file, at, tag, out)).collect();
    out.text(inside, about.join("\n"), Places::About);
    if let Some(body) = string(file, at, "1000", out) {
        out.text(inside, body, Places::Lines);
    }
    if let Some(body) = stream(file, &at.join("__substg1.0_10130102"), out) {
        html::read(&text::decode(&body), inside, out);
    } else if let Some(body) = string(file, at, "1013", out) {
        html::read(&body, inside, out);
    }
    if let Some(body) = stream(file, &at.join("__substg1.0_10090102"), out) {
        match rtf::unpacked(&body) {
            Some(body) => rtf::read(&body, inside, out),
            None => out.unread(UnreadFile::Damaged),
        }
    }
    let folders: Vec<PathBuf> = match file.read_storage(at) {
        Ok(entries) => {
            let named = entries.filter(|entry| entry.is_storage());
            named.map(|entry| entry.path().to_owned()).collect()
        }
        Err(_) => return out.unread(UnreadFile::Damaged),
    };
    for folder in folders {
        let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if name.starts_with("__recip_version1.0") {
            let who: Vec<String> =
                ["3001", "39FE", "3003"].iter().filter_map(|tag| string(file, &folder, tag, out)).collect();
            out.text(inside, who.join("\n"), Places::About);
        } else if name.starts_with("__attach_version1.0") {
            attachment(file, &folder, inside, out);
        }
    }
}

fn attachment(file: &mut Compound<'_>, folder: &Path, inside: &[String], out: &mut Out<'_>) {
    if !out.member() {
        return;
    }
    let names = ["3707", "3704", "3001"];
    let name = names
        .iter()
        .find_map(|tag| string(file, folder, tag, out))
        .unwrap_or_else(|| "attachment".to_owned());
    let inside: Vec<String> = inside.iter().cloned().chain([name]).collect();
    let nested = folder.join("__substg1.0_3701000D");
    if file.is_storage(&nested) {
        return message(file, &nested, &inside, out);
    }
    if let Some(bytes) = stream(file, &folder.join("__substg1.0_37010102"), out) {
        super::read(&bytes, &inside, out);
    }
}

/// A property of type string, in either width.
fn string(file: &mut Compound<'_>, at: &Path, tag: &str, out: &mut Out<'_>) -> Option<String> {
    let text = match stream(file, &at.join(format!("__substg1.0_{tag}001F")), out) {
        Some(wide) => encoding_rs::UTF_16LE.decode_without_bom_handling(&wide).0.into_owned(),
        None => text::decode(&stream(file, &at.join(format!("__substg1.0_{tag}001E")), out)?).into_owned(),
    };
    let text = text.trim_end_matches('\0');
    (!text.is_empty()).then(|| text.to_owned())
}

fn stream(file: &mut Compound<'_>, path: &Path, out: &mut Out<'_>) -> Option<Vec<u8>> {
    if !file.is_stream(path) {
        return None;
    }
    match file.open_stream(path) {
        Ok(stream) => out.unpack(stream.take(u64::MAX)),
        Err(_) => {
            out.unread(UnreadFile::Damaged);
            None
        }
    }
}
