//! `fingerprints/NAME.toml`: which documents are to be known again when a part of one is pasted.
//!
//! ```toml
//! documents = ["../board/2026-q4.md", "../board/plan.txt"]   # plain text or Markdown, outside of this folder
//! without = ["../board/letterhead.md"]                        # what stands in these is no sign of anything
//! words = "board paper"
//! topics = ["custom.board"]                                   # without it `custom.NAME`
//! share = { medium = 5, high = 25 }                           # hundredths of one document that are in the text
//! least = 8                                                   # fingerprints that must be there whatever share they are
//! ```

use host_classify::exact::{Document, FINGERPRINTS, Grades, Key, PrintsSpec, fingerprint, pieces};
use host_policy::{Problem, Weight};
use serde::Deserialize;
use shared_protocol::Topic;
use toml::Spanned;

use super::{On, Read, Source};

/// Fingerprints that must be there: about a paragraph.
const LEAST: usize = 8;
/// A half of one of ten pages, and two and a half of them.
const SHARE: Grades = Grades { low: None, medium: Some(5), high: Some(25) };

/// The sheet.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Sheet {
    pub(super) documents: Vec<Spanned<String>>,
    #[serde(default)]
    pub(super) without: Vec<Spanned<String>>,
    words: Spanned<String>,
    topics: Option<Spanned<Vec<Topic>>>,
    share: Option<Spanned<Grades>>,
    least: Option<Spanned<usize>>,
}

impl Sheet {
    /// Reads one, and tells all that is wrong with it.
    pub(super) fn read(on: &mut On<'_>) -> Option<Self> {
        let before = on.problems.len();
        let sheet: Self = on.parse("documents, without, words, topics, share and least")?;
        on.common(&sheet.words, sheet.topics.as_ref(), sheet.share.as_ref());
        let share = sheet.share.as_ref().map(|share| (share.span(), *share.get_ref()));
        if let Some((at, share)) = share
            && [share.low, share.medium, share.high].into_iter().flatten().any(|hundredths| hundredths > 100)
        {
            on.error(at, "a share is 1 to 100 hundredths of a document", "write `{ medium = 5, high = 25 }`");
        }
        if let Some(least) = sheet.least.as_ref().filter(|least| !(3..=1_000).contains(least.get_ref())) {
            on.error(least.span(), "`least` is 3 to 1000 fingerprints", "8 are about a paragraph");
        }
        for one in sheet.documents.iter().chain(&sheet.without) {
            let path = one.get_ref().to_ascii_lowercase();
            if ![".md", ".markdown", ".txt", ".text"].iter().any(|ending| path.ends_with(ending)) {
                let help = "save it as plain text or Markdown first (`.txt`, `.md`)";
                on.error(one.span(), "this is no text file by its name", help);
            }
        }
        if sheet.documents.is_empty() {
            on.error(0..0, "there is no document", "name one in `documents`");
        }
        (on.problems.len() == before).then_some(sheet)
    }
}

/// The files of the fingerprints.
pub(super) fn make(
    sheet: &Sheet,
    source: &Source,
    documents: &[Read],
    common: &[Read],
    key: &Key,
    problems: &mut Vec<Problem>,
) -> Vec<(String, Vec<u8>)> {
    let spec = PrintsSpec {
        words: sheet.words.get_ref().clone(),
        topics: super::topics(sheet.topics.as_ref(), &source.name),
        share: sheet.share.as_ref().map_or(SHARE, |share| *share.get_ref()),
        least: sheet.least.as_ref().map_or(LEAST, |least| *least.get_ref()),
    };
    let Some(built) = fingerprint(&spec, &texts(documents), &texts(common), key) else {
        let problem =
            Problem::at(&source.text, 0..0, Weight::Error, "these are too many documents, or too long ones");
        problems.push(problem.in_file(&source.sheet).help("make two sheets of it"));
        return Vec::new();
    };
    for (read, prints) in documents.iter().zip(&built.prints) {
        if *prints < spec.least {
            let message =
                format!("this document has {prints} fingerprints, and {} must be found", spec.least);
            let problem = Problem::at(&read.text, 0..0, Weight::Error, message).in_file(&read.path);
            problems.push(problem.help("leave it out, or write a smaller `least` into its sheet"));
        }
    }
    pieces(FINGERPRINTS, &source.name, &built.bytes)
}

fn texts(reads: &[Read]) -> Vec<Document<'_>> {
    reads.iter().map(|read| Document { text: &read.text }).collect()
}
