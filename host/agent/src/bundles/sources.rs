//! Sources of tables and fingerprints: files outside of a bundle folder, of which only hashes go into the bundle.
//!
//! `exact/NAME.toml` names a CSV, `fingerprints/NAME.toml` documents. When a folder is read each becomes `NAME.1.table` and
//! so on, in its place.
//!
//! INVARIANT: neither a sheet, which names columns and places, nor a source is among the files that are packed.
//! INVARIANT: one salt for all of a bundle's tables, which follows from their sources: the same ones give the same bytes.

mod documents;
mod tables;

use std::fs;
use std::ops::Range;
use std::path::{Component, Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use host_classify::exact::{EXACT, FINGERPRINTS, Grades, Key};
use host_policy::{Problem, Weight};
use serde::Deserialize;
use shared_protocol::Topic;
use toml::Spanned;

use super::folder::Folder;

/// Most bytes of a source: a million cells are less.
const MOST: u64 = 256 * 1024 * 1024;
/// Topics of one table, as of a detector.
const TOPICS: usize = 4;

/// A sheet with the texts it names, each with the path as the sheet has it.
struct Source {
    /// Its own name, which labels and topics have.
    name: String,
    /// Its path in the folder.
    sheet: String,
    text: String,
    what: What,
}

enum What {
    Table(tables::Sheet, Read),
    Documents(documents::Sheet, Vec<Read>, Vec<Read>),
}

/// A text that was read.
struct Read {
    path: String,
    text: String,
}

/// Takes the sheets out of a folder's files, and puts what is made of them there.
pub(super) fn compile(folder: &mut Folder) -> Result<()> {
    let is_sheet = |path: &&String| {
        path.split_once('/')
            .is_some_and(|(parent, name)| [EXACT, FINGERPRINTS].contains(&parent) && name.ends_with(".toml"))
    };
    let paths: Vec<String> = folder.files.keys().filter(is_sheet).cloned().collect();
    let mut sources = Vec::new();
    for path in paths {
        let bytes = folder.files.remove(&path).unwrap_or_default();
        let Ok(text) = String::from_utf8(bytes) else {
            bail!("{} is no text", folder.root.join(&path).display())
        };
        folder.sheets.insert(path.clone(), text.clone());
        let mut problems = Vec::new();
        sources.extend(source(&folder.root, &path, text, &mut problems)?);
        folder.problems.extend(problems);
    }
    let texts = sources.iter().flat_map(|source| match &source.what {
        What::Table(_, csv) => vec![source.text.as_bytes(), csv.text.as_bytes()],
        What::Documents(_, documents, common) => {
            let texts = documents.iter().chain(common).map(|read| read.text.as_bytes());
            std::iter::once(source.text.as_bytes()).chain(texts).collect()
        }
    });
    let key = Key::of_sources(texts);
    for source in sources {
        let problems = &mut folder.problems;
        let made = match &source.what {
            What::Table(sheet, csv) => tables::make(sheet, &source, csv, &key, problems),
            What::Documents(sheet, documents, common) => {
                documents::make(sheet, &source, documents, common, &key, problems)
            }
        };
        folder.files.extend(made);
    }
    Ok(())
}

/// Reads a sheet and what it names.
fn source(root: &Path, path: &str, text: String, problems: &mut Vec<Problem>) -> Result<Option<Source>> {
    let (folder, name) = path.split_once('/').unwrap_or_default();
    let name = name.trim_end_matches(".toml").to_owned();
    let mut on = On { sheet: path, text: &text, problems };
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    if name.is_empty() || name.len() > 40 || !name.bytes().all(plain) {
        on.error(
            0..0,
            "this sheet's name can be no label",
            "name it with lower-case words joined by hyphens",
        );
    }
    let what = if folder == EXACT {
        let Some(sheet) = tables::Sheet::read(&mut on) else { return Ok(None) };
        let Some(csv) = read(root, &mut on, &sheet.source)? else { return Ok(None) };
        What::Table(sheet, csv)
    } else {
        let Some(sheet) = documents::Sheet::read(&mut on) else { return Ok(None) };
        let mut all = |named: &[Spanned<String>]| -> Result<Vec<Read>> {
            let mut texts = Vec::new();
            for one in named {
                texts.extend(read(root, &mut on, one)?);
            }
            Ok(texts)
        };
        let (documents, common) = (all(&sheet.documents)?, all(&sheet.without)?);
        if documents.is_empty() {
            return Ok(None);
        }
        What::Documents(sheet, documents, common)
    };
    Ok(Some(Source { name, sheet: path.to_owned(), text, what }))
}

/// A source, from outside of the folder.
fn read(root: &Path, on: &mut On<'_>, named: &Spanned<String>) -> Result<Option<Read>> {
    let path = named.get_ref();
    let place = root.join(path);
    if is_inside(&place, root) {
        let help = "keep it beside the folder, such as `../customers.csv`: what is in the folder is packed";
        on.error(named.span(), "a source inside of the bundle folder", help);
        return Ok(None);
    }
    let Ok(about) = fs::metadata(&place) else {
        let help = "paths begin at the bundle folder, such as `../customers.csv`";
        on.error(named.span(), "there is no such file", help);
        return Ok(None);
    };
    if !about.is_file() || about.len() > MOST {
        on.error(
            named.span(),
            "this is no file of 256 MB at most",
            "name each file by itself, and cut large ones",
        );
        return Ok(None);
    }
    let bytes = fs::read(&place).with_context(|| format!("{} cannot be read", place.display()))?;
    match String::from_utf8(bytes) {
        Ok(text) => Ok(Some(Read { path: path.clone(), text })),
        Err(fault) => {
            let good = fault.utf8_error().valid_up_to();
            let bytes = fault.as_bytes();
            let good = String::from_utf8_lossy(bytes.get(..good).unwrap_or_default()).into_owned();
            let problem = Problem::at(&good, good.len()..good.len(), Weight::Error, "this is no UTF-8 text");
            on.problems.push(problem.help("save the file as UTF-8").in_file(path));
            Ok(None)
        }
    }
}

/// Whether a path leads into the folder, `..` resolved by its letters.
fn is_inside(place: &Path, root: &Path) -> bool {
    let plain = |path: &Path| {
        let mut plain = PathBuf::new();
        for part in path.components() {
            match part {
                Component::ParentDir if plain.file_name().is_some() => {
                    plain.pop();
                }
                Component::CurDir => {}
                other => plain.push(other),
            }
        }
        plain
    };
    let whole = |path: &Path| fs::canonicalize(path).unwrap_or_else(|_| plain(path));
    whole(place).starts_with(whole(root))
}

/// A sheet that is being read.
struct On<'a> {
    sheet: &'a str,
    text: &'a str,
    problems: &'a mut Vec<Problem>,
}

impl On<'_> {
    fn error(&mut self, at: Range<usize>, message: impl Into<String>, help: impl Into<String>) {
        let problem = Problem::at(self.text, at, Weight::Error, message).in_file(self.sheet);
        self.problems.push(problem.help(help));
    }

    /// The sheet's shape.
    fn parse<T: for<'d> Deserialize<'d>>(&mut self, known: &str) -> Option<T> {
        match toml::from_str(self.text) {
            Ok(read) => Some(read),
            Err(fault) => {
                let message = fault.message().lines().collect::<Vec<_>>().join(", ");
                self.error(fault.span().unwrap_or(0..0), message, format!("there can be {known}"));
                None
            }
        }
    }

    /// Words, topics and levels are checked alike.
    fn common(
        &mut self,
        words: &Spanned<String>,
        topics: Option<&Spanned<Vec<Topic>>>,
        levels: Option<&Spanned<Grades>>,
    ) {
        let plain = |char: char| char.is_alphanumeric() || matches!(char, ' ' | '-' | '/');
        let said = words.get_ref();
        if said.trim().is_empty() || said.chars().count() > 64 || !said.chars().all(plain) {
            self.error(
                words.span(),
                "`words` is what a person calls it",
                "letters, digits and spaces, 64 at most",
            );
        }
        if let Some(topics) = topics.filter(|topics| !(1..=TOPICS).contains(&topics.get_ref().len())) {
            self.error(topics.span(), "there are one to four topics", "name the strongest first");
        }
        if let Some(levels) = levels.filter(|levels| !levels.get_ref().is_sound()) {
            let help = "write `{ low = 1, medium = 3, high = 10 }`; what is left out is never reached";
            self.error(levels.span(), "these levels are in no order", help);
        }
    }
}

/// The topics of a sheet; without any the one of its name.
fn topics(given: Option<&Spanned<Vec<Topic>>>, name: &str) -> Vec<Topic> {
    given.map_or_else(|| vec![Topic::Custom(name.to_owned())], |given| given.get_ref().clone())
}
