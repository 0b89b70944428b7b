//! Tables and fingerprints as a part of the engine: each is a detector without rules, so that topics, words, labels and
//! redaction are as of any other.
//!
//! INVARIANT: what the rules find and what topics it is evidence for stays as it is; this only adds.

use shared_protocol::{Finding, Label};

use super::look::Looked;
use super::part::{self, About, PartError};
use super::prints::Prints;
use super::table::Table;
use super::{Key, look};
use crate::Engine;
use crate::detector::Shown;
use crate::engine::Compiled;
use crate::mask::mask;

/// The folder of tables in a bundle, and the family of their labels.
pub const EXACT: &str = "exact";
/// The folder of fingerprints.
pub const FINGERPRINTS: &str = "fingerprints";
/// How files in both end.
pub const PART_ENDING: &str = "table";
/// The family of the labels of fingerprints.
const DOCUMENT: &str = "document";
/// Of a window that was looked up, or a passage: chance is left out.
const CONFIDENCE: f32 = 0.99;

/// What the engine has of it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Exact {
    looked: Looked,
    /// Tables first, as in `looked`.
    labels: Vec<Label>,
}

impl Engine {
    /// The same with tables and fingerprints: a bundle's files, by their paths. Others among them are passed over.
    ///
    /// # Errors
    /// When one of them is broken, or not of the same build as the others.
    pub fn with_exact<'a>(
        self,
        files: impl Iterator<Item = (&'a str, &'a [u8])> + Clone,
    ) -> Result<Self, PartError> {
        let (mut tables, mut prints, mut labels, mut own) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let mut salt = None;
        for (folder, family) in [(EXACT, EXACT), (FINGERPRINTS, DOCUMENT)] {
            for joined in part::join(folder, files.clone())? {
                let wrong = |why| PartError { file: joined.file.clone(), why };
                let (about, its_salt) = if folder == EXACT {
                    let table = Table::read(&joined.bytes).map_err(wrong)?;
                    let told = (table.about.clone(), table.salt);
                    tables.push(table);
                    told
                } else {
                    let read = Prints::read(&joined.bytes).map_err(wrong)?;
                    let told = (read.about.clone(), read.salt);
                    prints.push(read);
                    told
                };
                if *salt.get_or_insert(its_salt) != its_salt {
                    return Err(wrong("it was built apart from the others"));
                }
                let label = Label::try_from(format!("{family}.{}", joined.name));
                let label = label.map_err(|_| wrong("its name can be no label"))?;
                own.push(compiled(&label, &about));
                labels.push((label, joined.file, about.words));
            }
        }
        if labels.is_empty() {
            return Ok(self);
        }
        let looked = Looked::new(salt.map(Key::new), tables, prints);
        for (_, file, words) in &labels {
            if !looked.look(&format!("[{words}]")).is_empty() {
                let why = "what stands where it was taken out would be found again; choose other `words`";
                return Err(PartError { file: file.clone(), why });
            }
        }
        let fault = || PartError { file: EXACT.to_owned(), why: "the detectors have no room for it" };
        let exact = Exact { looked, labels: labels.into_iter().map(|(label, ..)| label).collect() };
        Ok(self.with_own(own).map_err(|_| fault())?.looking_up(exact))
    }
}

/// Reads one part of one piece, and says where in `text` something of it stands: bytes, sorted, apart from each other.
///
/// # Errors
/// When it is broken.
pub fn check(file: &str, bytes: &[u8], text: &str) -> Result<Vec<(usize, usize)>, PartError> {
    let wrong = |why| PartError { file: file.to_owned(), why };
    let looked = if file.starts_with(FINGERPRINTS) {
        let prints = Prints::read(bytes).map_err(wrong)?;
        Looked::new(Some(Key::new(prints.salt)), Vec::new(), vec![prints])
    } else {
        let table = Table::read(bytes).map_err(wrong)?;
        Looked::new(Some(Key::new(table.salt)), vec![table], Vec::new())
    };
    Ok(looked.look(text).into_iter().flat_map(|one| one.spans).collect())
}

/// A detector that rules never find.
fn compiled(label: &Label, about: &About) -> Compiled {
    Compiled::without_rules(label.clone(), about.topics.clone(), about.words.clone())
}

impl Exact {
    /// What a text has of each: the label, places and score.
    pub(crate) fn look<'a>(&'a self, text: &str) -> Vec<(&'a Label, look::Match)> {
        let label = |one: look::Match| Some((self.labels.get(one.which)?, one));
        self.looked.look(text).into_iter().filter_map(label).collect()
    }
}

/// Adds findings at byte ranges of `text` to those of the rules.
pub(crate) fn beside(
    text: &str,
    mut findings: Vec<Finding>,
    found: &[(&Label, look::Match)],
) -> Vec<Finding> {
    if found.is_empty() {
        return findings;
    }
    let mut ends: Vec<usize> =
        found.iter().flat_map(|(_, one)| one.spans.iter().flat_map(|(start, end)| [*start, *end])).collect();
    ends.sort_unstable();
    ends.dedup();
    // One walk over the text.
    let (mut bytes, mut points) = (0, 0);
    let mut counted = Vec::with_capacity(ends.len());
    for end in &ends {
        points += text.get(bytes..*end).map_or(0, |between| between.chars().count());
        bytes = *end;
        counted.push(points);
    }
    let point = |at: usize| ends.binary_search(&at).ok().and_then(|place| counted.get(place).copied());
    for (label, one) in found {
        for (start, end) in &one.spans {
            let (Some(start), Some(end)) = (point(*start), point(*end)) else { continue };
            let mask = mask("", Shown::default());
            findings.push(Finding {
                label: (*label).clone(),
                part: 0,
                start,
                end,
                confidence: CONFIDENCE,
                mask,
            });
        }
    }
    findings
        .sort_by(|one, other| (one.start, other.end, &one.label).cmp(&(other.start, one.end, &other.label)));
    findings
}
