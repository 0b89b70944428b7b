//! The files of one prompt, as a judgement sees them.
//!
//! INVARIANT: the texts of files come after the prompt's own parts, in the order of its attachments, so that spans of its own
//! parts stay what they are. Nothing in a file is redacted: what is found there counts like what is found in a name.

use std::collections::BTreeMap;
use std::sync::Arc;

use host_classify::{Classification, NameFinding};
use host_journal::{FileNote, TopicNote};
use shared_protocol::{
    CardFile, FileId, FilePlace, Finding, Label, Level, Operation, Part, PartKind, Prompt, Spot, Text, Topic,
    TopicScore, UnreadFile,
};

use super::answers::Answer;
use super::out::TEXT_BYTES;
use super::parent::Contents;
use super::said::{Breaks, Piece, Places};

/// Findings of a file that are kept with it.
const KEPT: usize = 200;

/// No files.
pub(crate) static NONE: Attached = Attached { files: Vec::new(), by: Vec::new(), answers: BTreeMap::new() };

/// A file that was read, or was not.
#[derive(Clone, Debug)]
pub(crate) struct FileRead {
    /// The extension's name for it; absent outside of a browser.
    pub(crate) id: Option<FileId>,
    /// Its name.
    pub(crate) name: Option<Text>,
    /// What it is, by its bytes.
    pub(crate) kind: String,
    /// Bytes.
    pub(crate) size: u64,
    /// SHA-256, hexadecimal; empty when not all bytes came.
    pub(crate) hash: String,
    /// Why it was not read, or not whole.
    pub(crate) unread: Vec<UnreadFile>,
    /// Its texts; empty once a judgement has looked at them.
    pub(crate) pieces: Vec<Piece>,
    /// What that judgement found.
    pub(crate) found: Vec<KnownFinding>,
    /// The topics of it.
    pub(crate) topics: Vec<TopicScore>,
}

/// What was found in a file before.
#[derive(Clone, Debug)]
pub(crate) struct KnownFinding {
    /// What.
    pub(crate) name: NameFinding,
    /// Where.
    pub(crate) place: FilePlace,
}

/// The files of one prompt.
#[derive(Debug, Default)]
pub(crate) struct Attached {
    /// In the order of its attachments.
    pub(crate) files: Vec<Arc<FileRead>>,
    /// Of each file the places of the attachments that name it.
    pub(crate) by: Vec<Vec<usize>>,
    /// What a person answered about a file before, by its place.
    pub(crate) answers: BTreeMap<usize, Answer>,
}

impl FileRead {
    /// Of which nothing is known but why.
    pub(crate) fn failed(id: Option<FileId>, name: Option<Text>, size: u64, why: UnreadFile) -> Self {
        let contents = Contents { unread: vec![why], ..Contents::default() };
        Self::new(id, name, size, String::new(), contents)
    }

    /// Not looked at yet.
    pub(crate) fn new(
        id: Option<FileId>,
        name: Option<Text>,
        size: u64,
        hash: String,
        contents: Contents,
    ) -> Self {
        let Contents { kind, pieces, unread } = contents;
        Self { id, name, kind, size, hash, unread, pieces, found: Vec::new(), topics: Vec::new() }
    }
}

/// A prompt with the texts of its files.
pub(crate) struct Whole {
    /// Both.
    pub(crate) prompt: Prompt,
    /// Parts that are the prompt's own.
    pub(crate) own: usize,
    /// For each further part: the file and its piece.
    from: Vec<(usize, usize)>,
    /// More text than is looked at.
    is_cut: bool,
}

/// Bytes of files' text that are kept with a prompt.
const KEPT_BYTES: usize = 256 * 1024;

impl Whole {
    /// As much as is kept: of its files the beginning. Names are in the attachments.
    pub(crate) fn kept(&self) -> Prompt {
        let mut kept = self.prompt.clone();
        let mut left = KEPT_BYTES;
        for part in kept.parts.iter_mut().skip(self.own) {
            let text = part.text.expose();
            if text.len() > left {
                part.text = Text::new(text.get(..text.floor_char_boundary(left)).unwrap_or_default());
            }
            left -= part.text.len();
        }
        kept
    }
}

impl Attached {
    /// What the record says of each file.
    pub(crate) fn notes(&self, whole: &Whole, found: &Classification) -> Vec<FileNote> {
        let after = self.after(whole, found, |_| Vec::new());
        let note = |file: FileRead| {
            let mut labels = BTreeMap::new();
            for known in &file.found {
                *labels.entry(known.name.label.clone()).or_insert(0) += 1;
            }
            FileNote {
                kind: file.kind,
                size: file.size,
                hash: file.hash,
                labels,
                topics: TopicNote::of(&file.topics),
                unread: file.unread,
            }
        };
        after.into_iter().map(note).collect()
    }

    /// The same where nothing was looked through.
    pub(crate) fn told(&self) -> Vec<FileNote> {
        let prompt = Prompt::new(Operation::UploadFile);
        let whole = Whole { prompt, own: 0, from: Vec::new(), is_cut: false };
        self.notes(&whole, &Classification::default())
    }

    /// Whether there are none.
    pub(crate) fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// The prompt with their texts, at most as much of those together as is read of one file.
    pub(crate) fn appended(&self, prompt: &Prompt) -> Whole {
        let mut whole =
            Whole { prompt: prompt.clone(), own: prompt.parts.len(), from: Vec::new(), is_cut: false };
        let mut left = TEXT_BYTES;
        for (file, read) in self.files.iter().enumerate() {
            for (at, piece) in read.pieces.iter().enumerate() {
                let text = piece.text.expose();
                let fits = text.get(..text.floor_char_boundary(left)).unwrap_or_default();
                whole.is_cut |= fits.len() < text.len();
                left -= fits.len();
                if !fits.is_empty() {
                    let (kind, name) = (PartKind::Attachment, read.name.clone());
                    whole.prompt.parts.push(Part { kind, name, text: Text::new(fits) });
                    whole.from.push((file, at));
                }
            }
        }
        whole
    }

    /// Whether one of them was not read, or not whole, and nobody answered about that yet.
    pub(crate) fn is_unread(&self, whole: &Whole) -> bool {
        whole.is_cut || self.is_open()
    }

    /// The same, of what each of them says of itself.
    pub(crate) fn is_open(&self) -> bool {
        let is_open = |(at, file): (usize, &Arc<FileRead>)| {
            let answer = self.answers.get(&at);
            file.unread.iter().any(|why| !answer.is_some_and(|answer| answer.unread.contains(why)))
        };
        self.files.iter().enumerate().any(is_open)
    }

    /// The prompt and its files as if those at these places were not there. A name that was not judged with the file
    /// stays.
    pub(crate) fn without(&self, prompt: &Prompt, gone: &[usize]) -> (Prompt, Self) {
        let mut left = prompt.clone();
        let is_gone = |nth: usize, name: &Option<Text>| {
            gone.iter().any(|at| {
                let is_it = self.by.get(*at).is_some_and(|by| by.contains(&nth));
                is_it && (name.is_none() || self.files.get(*at).is_some_and(|file| file.name == *name))
            })
        };
        let mut nth = 0..;
        left.attachments.retain(|one| nth.next().is_some_and(|nth| !is_gone(nth, &one.name)));
        let files = self.files.iter().enumerate().filter(|(at, _)| !gone.contains(at));
        (left, Self { files: files.map(|(_, file)| Arc::clone(file)).collect(), ..Self::default() })
    }

    /// Adds what was found in files that a judgement looked at before.
    pub(crate) fn remember(&self, found: &mut Classification) {
        for file in &self.files {
            found.names.extend(file.found.iter().map(|known| known.name.clone()));
            for known in file.topics.iter().filter(|topic| topic.level > Level::None) {
                match found.topics.iter_mut().find(|topic| topic.topic == known.topic) {
                    Some(topic) if topic.level < known.level => topic.clone_from(known),
                    Some(_) => {}
                    None => found.topics.push(known.clone()),
                }
            }
        }
    }

    /// The places of findings in files' parts, one after the other.
    fn placing<'a>(&'a self, whole: &'a Whole) -> impl FnMut(&Finding) -> Option<FilePlace> + 'a {
        let mut lines: Option<(usize, Breaks<'a>)> = None;
        move |finding| {
            let (file, piece) = whole.from.get(finding.part.checked_sub(whole.own)?)?;
            let file = self.files.get(*file)?;
            let Piece { inside, text, places } = file.pieces.get(*piece)?;
            let spot = if *places == Places::Lines {
                let fresh = lines.take().filter(|(part, _)| *part == finding.part);
                let (_, breaks) = lines.insert(fresh.unwrap_or((finding.part, Breaks::of(text.expose()))));
                Some(Spot::Line { line: breaks.line(finding.start) })
            } else {
                places.spot(text.expose(), finding.start)
            };
            Some(FilePlace { file: file.name.clone(), inside: inside.clone(), spot })
        }
    }

    /// Where in the files things were found, by label, in their order.
    pub(crate) fn places<'a>(&self, whole: &Whole, found: &'a Classification) -> Vec<(Label, FilePlace)> {
        let mut place = self.placing(whole);
        let of = |one: &'a Finding| Some((one.label.clone(), place(one)?));
        let now = found.findings.iter().filter_map(of);
        let before = self.files.iter().flat_map(|file| &file.found);
        now.chain(before.map(|known| (known.name.label.clone(), known.place.clone()))).collect()
    }

    /// The files that a decision is about.
    pub(crate) fn about(&self, whole: &Whole, found: &Classification) -> Vec<CardFile> {
        let mut with: Vec<usize> = Vec::new();
        for finding in &found.findings {
            let from = finding.part.checked_sub(whole.own).and_then(|part| whole.from.get(part));
            with.extend(from.map(|(file, _)| *file));
        }
        let file = |(at, file): (usize, &Arc<FileRead>)| {
            let is_found = with.contains(&at) || !file.found.is_empty();
            let unread = file.unread.first().copied().or((whole.is_cut).then_some(UnreadFile::TooLarge));
            let card = CardFile { name: file.name.clone(), unread, found: is_found };
            (is_found || card.unread.is_some()).then_some(card)
        };
        self.files.iter().enumerate().filter_map(file).collect()
    }

    /// What is kept of each file after a judgement: what was found and not the text.
    pub(crate) fn after(
        &self,
        whole: &Whole,
        found: &Classification,
        topics_of: impl Fn(&Label) -> Vec<Topic>,
    ) -> Vec<FileRead> {
        let is_alone = self.files.len() == 1 && whole.own == 0;
        let one = |(at, file): (usize, &Arc<FileRead>)| {
            let mine = found.findings.iter().filter(|finding| {
                let part = finding.part.checked_sub(whole.own).and_then(|part| whole.from.get(part));
                part.is_some_and(|(file, _)| *file == at)
            });
            let mut place = self.placing(whole);
            let known = |finding: &Finding| {
                let Finding { label, confidence, mask, .. } = finding.clone();
                let place = place(finding)?;
                Some(KnownFinding { name: NameFinding { label, confidence, mask }, place })
            };
            let mut kept = file.found.clone();
            kept.extend(mine.filter_map(known).take(KEPT));
            let evidence: Vec<Topic> = kept.iter().flat_map(|known| topics_of(&known.name.label)).collect();
            let topics = if file.pieces.is_empty() {
                file.topics.clone()
            } else {
                let of = |score: &&TopicScore| is_alone || evidence.contains(&score.topic);
                found.topics.iter().filter(of).cloned().collect()
            };
            FileRead {
                id: file.id.clone(),
                name: file.name.clone(),
                kind: file.kind.clone(),
                size: file.size,
                hash: file.hash.clone(),
                unread: file.unread.clone(),
                pieces: Vec::new(),
                found: kept,
                topics,
            }
        };
        self.files.iter().enumerate().map(one).collect()
    }
}
