//! Document fingerprints: hashes of five words in a row, of which winnowing keeps some (Schleimer, Wilkerson and Aiken, 2003).
//!
//! Of any [`SHINGLE`] + [`WINDOW`] - 1 = 8 words in a row of a document at least one hash is kept; a text is looked through
//! with all of its own. INVARIANT: what is kept depends on the words alone, not on what stands around them.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use shared_protocol::Topic;

use super::key::{Hash, Key, SALT};
use super::part::{self, About, Grades};
use super::set::{Set, take};
use super::words::Words;

const MARK: [u8; 4] = *b"PGf1";
/// Words of a hash.
const SHINGLE: usize = 5;
/// Of so many hashes in a row the least is kept.
const WINDOW: usize = 4;
/// Most hashes and documents of a part.
const MOST: usize = 1 << 20;
const DOCUMENTS: usize = 1_000;
/// Words between two passages of one document that are still one passage of the text.
const APART: usize = 40;

/// A document.
#[derive(Clone, Copy, Debug)]
pub struct Document<'a> {
    /// Its text: plain or Markdown.
    pub text: &'a str,
}

/// What fingerprints are to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PrintsSpec {
    /// What stands where a passage was taken out.
    pub words: String,
    /// What it is evidence for, the strongest first.
    pub topics: Vec<Topic>,
    /// How many hundredths of a document's fingerprints have which level.
    pub share: Grades,
    /// Least fingerprints that must be there, whatever share they are.
    pub least: usize,
}

/// Fingerprints, made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PrintsBuilt {
    /// The part of a bundle.
    pub bytes: Vec<u8>,
    /// How many fingerprints each document has.
    pub prints: Vec<usize>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Header {
    #[serde(flatten)]
    about: About,
    least: usize,
    /// Fingerprints of each document.
    documents: Vec<u32>,
}

/// Makes fingerprints of documents, without the passages that stand in `common` ones too (letterheads, terms).
/// `None`: there are too many.
#[must_use]
pub fn fingerprint(
    spec: &PrintsSpec,
    documents: &[Document<'_>],
    common: &[Document<'_>],
    key: &Key,
) -> Option<PrintsBuilt> {
    if documents.len() > DOCUMENTS {
        return None;
    }
    let left_out: BTreeSet<Hash> =
        common.iter().flat_map(|document| shingles(&Words::of(document.text), key)).collect();
    let mut all: BTreeMap<Hash, BTreeSet<u16>> = BTreeMap::new();
    let mut prints = Vec::new();
    for (number, document) in documents.iter().enumerate() {
        let mut kept = winnow(&shingles(&Words::of(document.text), key));
        kept.retain(|hash| !left_out.contains(hash));
        prints.push(kept.len());
        for hash in kept {
            all.entry(hash).or_default().insert(u16::try_from(number).ok()?);
        }
    }
    if all.len() > MOST {
        return None;
    }
    let counts = prints.iter().map(|count| u32::try_from(*count).unwrap_or(u32::MAX)).collect();
    let about = About::new(key, &spec.words, &spec.topics, spec.share);
    let header = toml::to_string(&Header { about, least: spec.least, documents: counts }).ok()?;
    let set = Set::of(all.keys().copied().collect());
    let bytes = part::write(MARK, &header, |out| {
        set.write(out);
        for owners in all.values() {
            out.extend_from_slice(&u16::try_from(owners.len()).unwrap_or(u16::MAX).to_le_bytes());
            owners.iter().for_each(|owner| out.extend_from_slice(&owner.to_le_bytes()));
        }
    });
    Some(PrintsBuilt { bytes, prints })
}

/// The hash that begins at each word but the last ones.
fn shingles(words: &Words, key: &Key) -> Vec<Hash> {
    let folded: Vec<&str> = words.all().iter().map(|word| words.folded(word)).collect();
    folded.windows(SHINGLE).map(|shingle| key.shingle(shingle)).collect()
}

/// The least hash of every window.
fn winnow(hashes: &[Hash]) -> BTreeSet<Hash> {
    if hashes.len() < WINDOW {
        return hashes.iter().copied().collect();
    }
    hashes.windows(WINDOW).filter_map(|window| window.iter().min().copied()).collect()
}

/// The fingerprints of a part.
#[derive(Clone, Debug)]
pub(crate) struct Prints {
    pub(crate) about: About,
    pub(crate) salt: [u8; SALT],
    least: usize,
    /// Fingerprints of each document.
    documents: Vec<usize>,
    set: Set,
    /// Where the documents of each hash begin in `owners`; one more than there are hashes.
    begins: Vec<u32>,
    owners: Vec<u16>,
}

impl Prints {
    /// Reads a part.
    pub(crate) fn read(mut bytes: &[u8]) -> Result<Self, &'static str> {
        const BROKEN: &str = "its fingerprints are in no order, or too many";
        let header = part::header(MARK, &mut bytes)?;
        let header: Header = toml::from_str(header).map_err(|_| "its header says something else")?;
        let Header { about, least, documents } = header;
        let salt = about.checked()?;
        if !(1..=DOCUMENTS).contains(&documents.len()) || least == 0 {
            return Err("its documents are none, or too many");
        }
        let set = Set::read(&mut bytes, MOST).ok_or(BROKEN)?;
        let mut counts = vec![0_usize; documents.len()];
        let (mut begins, mut owners) = (Vec::with_capacity(set.len() + 1), Vec::with_capacity(set.len()));
        for _ in 0..set.len() {
            begins.push(u32::try_from(owners.len()).map_err(|_| BROKEN)?);
            let many = number(&mut bytes).filter(|many| (1..=documents.len()).contains(&usize::from(*many)));
            let mut before = None;
            for _ in 0..many.ok_or(BROKEN)? {
                let owner = number(&mut bytes).filter(|owner| before.is_none_or(|before| before < *owner));
                let owner = owner.ok_or(BROKEN)?;
                *counts.get_mut(usize::from(owner)).ok_or(BROKEN)? += 1;
                before = Some(owner);
                owners.push(owner);
            }
        }
        begins.push(u32::try_from(owners.len()).map_err(|_| BROKEN)?);
        let told: Vec<usize> =
            documents.iter().map(|count| usize::try_from(*count).unwrap_or(usize::MAX)).collect();
        if !bytes.is_empty() || told != counts {
            return Err(BROKEN);
        }
        Ok(Self { about, salt, least, documents: counts, set, begins, owners })
    }

    /// Where passages of the documents stand in a text (byte ranges), and the score of the one of which most is there.
    pub(crate) fn look(&self, words: &Words, shingles: &[Hash]) -> (Vec<(usize, usize)>, f32) {
        // Of each document: which of its fingerprints, and at which words.
        let mut seen: BTreeMap<u16, (BTreeSet<usize>, Vec<usize>)> = BTreeMap::new();
        for (at, hash) in shingles.iter().enumerate() {
            let Some(place) = self.set.place(hash) else { continue };
            for owner in self.owners(place) {
                let (prints, places) = seen.entry(*owner).or_default();
                prints.insert(place);
                places.push(at);
            }
        }
        let (mut spans, mut score) = (Vec::new(), 0.0_f32);
        for (owner, (prints, places)) in seen {
            let all = self.documents.get(usize::from(owner)).copied().unwrap_or_default().max(1);
            let share = self.about.levels.score(prints.len() * 100 / all);
            if prints.len() < self.least || share == 0.0 {
                continue;
            }
            score = score.max(share);
            for passage in places.chunk_by(|one, other| other - one <= APART) {
                let word = |at: usize| words.all().get(at);
                if let [first, .., last] | [first @ last] = passage
                    && let (Some(first), Some(last)) = (word(*first), word(last + SHINGLE - 1))
                {
                    spans.push((first.start, last.end));
                }
            }
        }
        (spans, score)
    }

    fn owners(&self, place: usize) -> &[u16] {
        let at = |place: usize| self.begins.get(place).and_then(|at| usize::try_from(*at).ok());
        at(place).zip(at(place + 1)).and_then(|(from, to)| self.owners.get(from..to)).unwrap_or_default()
    }
}

/// The hashes of a text, for all parts of one salt.
pub(crate) fn of_text(words: &Words, key: &Key) -> Vec<Hash> {
    shingles(words, key)
}

fn number(bytes: &mut &[u8]) -> Option<u16> {
    Some(u16::from_le_bytes(take(bytes, 2)?.try_into().ok()?))
}
