//! ZIP: documents that are made of it (Office, OpenDocument), and archives.

use std::io::{Cursor, Read};

use shared_protocol::UnreadFile;
use zip::ZipArchive;
use zip::result::ZipError;

use super::super::kind::{Kind, kind};
use super::super::out::Out;
use super::super::said::Places;
use super::{odf, office, sheet, slides, text};

/// Bytes that say what a part is.
const HEAD: u64 = 1_024;

/// The parts of a package.
pub(super) struct Package<'a> {
    archive: ZipArchive<Cursor<&'a [u8]>>,
    /// Names as they stand in the archive, in its order.
    pub(super) names: Vec<String>,
    /// Which of them somebody asked for.
    asked: Vec<bool>,
}

impl<'a> Package<'a> {
    fn open(bytes: &'a [u8]) -> Result<Self, UnreadFile> {
        let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|fault| why(&fault))?;
        let mut names = Vec::new();
        for at in 0..archive.len() {
            let member = archive.by_index_raw(at).map_err(|fault| why(&fault))?;
            names.push(String::from_utf8_lossy(member.name_raw()).into_owned());
        }
        let asked = vec![false; names.len()];
        Ok(Self { archive, names, asked })
    }

    /// The bytes of a part.
    pub(super) fn bytes(&mut self, name: &str, out: &mut Out<'_>) -> Option<Vec<u8>> {
        let at = self.find(name)?;
        self.at(at, out)
    }

    /// Where a part stands; names of parts are the same in small and in capital letters (ECMA-376, part 2, section 6.2.2).
    pub(super) fn find(&self, name: &str) -> Option<usize> {
        let exact = self.names.iter().position(|one| one == name);
        exact.or_else(|| self.names.iter().position(|one| one.eq_ignore_ascii_case(name)))
    }

    /// Whether nobody asked for the part so far.
    pub(super) fn is_left(&self, at: usize) -> bool {
        self.asked.get(at) == Some(&false)
    }

    /// The bytes of the part that stands there.
    pub(super) fn at(&mut self, at: usize, out: &mut Out<'_>) -> Option<Vec<u8>> {
        if let Some(asked) = self.asked.get_mut(at) {
            *asked = true;
        }
        if self.archive.by_index_raw(at).is_ok_and(|member| member.encrypted()) {
            out.unread(UnreadFile::Encrypted);
            return None;
        }
        match self.archive.by_index(at) {
            Ok(member) => out.unpack(member),
            Err(fault) => {
                out.unread(why(&fault));
                None
            }
        }
    }

    /// The first bytes of the part that stands there, which count for nothing; none where they cannot be had.
    pub(super) fn head(&mut self, at: usize) -> Vec<u8> {
        let mut head = Vec::new();
        if let Ok(member) = self.archive.by_index(at)
            && member.take(HEAD).read_to_end(&mut head).is_err()
        {
            head.clear();
        }
        head
    }

    /// The characters of a part.
    pub(super) fn part(&mut self, name: &str, out: &mut Out<'_>) -> Option<String> {
        let bytes = self.bytes(name, out)?;
        Some(match String::from_utf8(bytes) {
            Ok(text) => text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text),
            Err(other) => text::decode(other.as_bytes()).into_owned(),
        })
    }

    /// Parts whose names begin and end like this, those with numbers in the order of these.
    pub(super) fn like(&self, prefix: &str, suffix: &str) -> Vec<String> {
        let mut like: Vec<String> = self
            .names
            .iter()
            .filter(|name| name.starts_with(prefix) && name.ends_with(suffix))
            .cloned()
            .collect();
        like.sort_by_key(|name| (name.len(), name.clone()));
        like.dedup();
        like
    }

    fn has(&self, name: &str) -> bool {
        self.names.iter().any(|one| one == name)
    }

    fn form(&self) -> Form {
        match () {
            () if self.has("word/document.xml") => Form::Docx,
            () if self.has("xl/workbook.xml") => Form::Xlsx,
            () if self.has("ppt/presentation.xml") => Form::Pptx,
            () if self.has("content.xml") && self.has("META-INF/manifest.xml") => Form::Odf,
            () => Form::Archive,
        }
    }
}

enum Form {
    Docx,
    Xlsx,
    Pptx,
    Odf,
    Archive,
}

pub(super) fn word(bytes: &[u8]) -> &'static str {
    match Package::open(bytes).map(|package| package.form()) {
        Ok(Form::Docx) => "docx",
        Ok(Form::Xlsx) => "xlsx",
        Ok(Form::Pptx) => "pptx",
        Ok(Form::Odf) => "odf",
        Ok(Form::Archive) | Err(_) => "zip",
    }
}

pub(super) fn read(bytes: &[u8], inside: &[String], out: &mut Out<'_>) {
    let mut package = match Package::open(bytes) {
        Ok(package) => package,
        Err(why) => return out.unread(why),
    };
    match package.form() {
        Form::Docx => office::read(&mut package, inside, out),
        Form::Xlsx => sheet::read(&mut package, inside, out),
        Form::Pptx => slides::read(&mut package, inside, out),
        Form::Odf => odf::read(&mut package, inside, out),
        Form::Archive => members(&mut package, inside, out),
    }
}

fn members(package: &mut Package<'_>, inside: &[String], out: &mut Out<'_>) {
    out.text(inside, package.names.join("\n"), Places::About);
    for (at, name) in package.names.clone().into_iter().enumerate() {
        if name.ends_with('/') {
            continue;
        }
        if !out.member() {
            return;
        }
        if let Some(bytes) = package.at(at, out) {
            let inside: Vec<String> = inside.iter().cloned().chain([name]).collect();
            super::read(&bytes, &inside, out);
        }
    }
}

/// Documents inside of documents: each is read as a file of its own. Pictures among them are part of the page and no
/// file that could not be read.
pub(super) fn embedded(package: &mut Package<'_>, folder: &str, inside: &[String], out: &mut Out<'_>) {
    for name in package.like(folder, "") {
        if !nested(package, &name, inside, out) {
            return;
        }
    }
}

/// One part as a file of its own. `false`: no more of them are looked at.
pub(super) fn nested(package: &mut Package<'_>, name: &str, inside: &[String], out: &mut Out<'_>) -> bool {
    if !out.member() {
        return false;
    }
    if let Some(bytes) = package.bytes(name, out) {
        super::read(&bytes, &deeper(inside, name), out);
    }
    true
}

/// The way to a part, which the last piece of its name stands for.
pub(super) fn deeper(inside: &[String], name: &str) -> Vec<String> {
    let last = name.rsplit('/').next().unwrap_or_default().to_owned();
    inside.iter().cloned().chain([last]).collect()
}

/// Pictures of a document, where somebody reads them; where nobody does, a document that has no text but pictures is told
/// as one. Drawings of other kinds are part of the page.
pub(super) fn pictures(
    package: &mut Package<'_>,
    folder: &str,
    has_text: bool,
    inside: &[String],
    out: &mut Out<'_>,
) {
    let all = package.like(folder, "");
    if !out.reads_pictures() {
        if !has_text && all.iter().any(|name| !name.ends_with('/')) {
            out.unread(UnreadFile::Picture);
        }
        return;
    }
    for name in all {
        if !out.member() {
            break;
        }
        // What is none is left to those who read the rest.
        let is_picture = package.find(&name).is_some_and(|at| kind(&package.head(at)) == Kind::Picture);
        if is_picture && let Some(bytes) = package.bytes(&name, out) {
            super::read(&bytes, &deeper(inside, &name), out);
        }
    }
}

fn why(fault: &ZipError) -> UnreadFile {
    match fault {
        ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) | ZipError::InvalidPassword => {
            UnreadFile::Encrypted
        }
        ZipError::UnsupportedArchive(_) | ZipError::CompressionMethodNotSupported(_) => UnreadFile::Format,
        _ => UnreadFile::Damaged,
    }
}
