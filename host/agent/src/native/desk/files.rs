//! Files of held requests: their bytes come in, and a judgement that names them waits.
//!
//! INVARIANT: a wait takes no judging thread, and ends by `file_deadline_ms`; what is said of its event meanwhile is done after
//! the verdict, in order.

use std::sync::{Arc, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use host_policy::Determining;
use shared_protocol::{
    Code, EventId, FileFault, FileId, Judge, Mode, Outcome, Reading, ToExtension, ToHost, Verdict,
};

use super::{Desk, Held, follow};
use crate::files::Attached;
use crate::judge::Judgement;

/// Judgements that wait for files at once; a further one sees what is there.
const WAITING: usize = 64;

impl Desk {
    /// Takes a message about a file, in the reading thread: pieces are in order.
    pub(super) fn file(&self, message: ToHost) {
        match message {
            ToHost::FileBegin { file, app, name, media_type: _, size } => {
                let taken = self.shelf.begin(file.clone(), app, name, size);
                self.taken(file, taken);
            }
            ToHost::FilePiece { file, offset, bytes } => {
                let taken = self.shelf.piece(&file, offset, &bytes);
                self.taken(file, taken);
            }
            ToHost::FileEnd { file, size } => {
                let until = Instant::now() + self.file_time();
                let pictures = self.live.active().configured.pictures.clone();
                if let Err(code) = self.shelf.end(file.clone(), size, pictures, until) {
                    self.send(ToExtension::FileFault { file, code });
                }
            }
            ToHost::FileGone { file } => self.shelf.gone(&file),
            ToHost::FileNamed { file, id } => self.shelf.named(file, id),
            // Whoever calls knows that it is about a file.
            _ => {}
        }
    }

    fn taken(&self, file: FileId, taken: Result<u64, FileFault>) {
        self.send(match taken {
            Ok(up_to) => ToExtension::FileTaken { file, up_to },
            Err(code) => ToExtension::FileFault { file, code },
        });
    }

    pub(super) fn file_time(&self) -> Duration {
        Duration::from_millis(u64::from(self.live.active().settings().fail.file_deadline_ms))
    }

    /// Whether it names files: then it is judged beside, once they were read.
    pub(super) fn waits_for_files(self: &Arc<Self>, held: &Held) -> bool {
        let Reading::Prompt(prompt) = &held.ask.reading else { return false };
        if !self.shelf.concerns(&held.ask.app, prompt) {
            return false;
        }
        let until = held.arrived + self.file_time();
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let until = if waiting.len() >= WAITING { held.arrived } else { until };
        waiting.insert(held.ask.event.clone(), Vec::new());
        drop(waiting);
        let (desk, held) = (Arc::clone(self), held.clone());
        thread::spawn(move || {
            if let Reading::Prompt(prompt) = &held.ask.reading {
                let mut files = desk.shelf.wait(&held.ask.app, prompt, until);
                desk.answers.say(&held.ask, &mut files);
                // Nobody else sets it.
                let _set = held.files.set(files);
            }
            let event = held.ask.event.clone();
            desk.start(held, 0, None, |job| (job.work)());
            // Under the lock no further one is put behind.
            while let Some(next) = desk.next_said(&event) {
                desk.follow(next);
            }
        });
        true
    }

    /// The files of a request, as far as they are there.
    pub(super) fn files_now(&self, ask: &Judge) -> Attached {
        let Reading::Prompt(prompt) = &ask.reading else { return Attached::default() };
        let mut files = self.shelf.wait(&ask.app, prompt, Instant::now());
        self.answers.say(ask, &mut files);
        files
    }

    fn next_said(&self, event: &EventId) -> Option<ToHost> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let said = waiting.get_mut(event)?;
        if said.is_empty() {
            waiting.remove(event);
            return None;
        }
        Some(said.remove(0))
    }

    /// Keeps what is said of an event whose judgement waits for files.
    pub(super) fn unless_waiting(&self, message: ToHost) -> Option<ToHost> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        match follow::event(&message).and_then(|event| waiting.get_mut(event)) {
            Some(said) => {
                said.push(message);
                None
            }
            None => Some(message),
        }
    }

    /// What was found in the files stays known; their texts do not stay.
    pub(super) fn files_judged(&self, held: &Held, judgement: &Judgement) {
        if let (Some(files), Some(whole), Ok(snapshot)) =
            (held.files.get(), &judgement.whole, held.active.snapshot())
        {
            let topics_of = |label: &_| snapshot.engine.topics_of(label);
            self.shelf.judged(files.after(whole, &judgement.found, topics_of));
        }
    }

    /// What the person says of an upload that they are asked about counts for what names its files later.
    pub(super) fn asked_of_files(&self, held: &Held, policies: &[Determining], verdict: &Verdict) {
        let unread = verdict.fault == Some(Code::UnreadFile);
        if let Some(files) = held.files.get()
            && verdict.outcome == Outcome::Ask
            && (unread || verdict.fault.is_none())
        {
            let asks = |one: &&Determining| one.mode == Mode::Enforce && !one.erred;
            let policies = policies.iter().filter(asks).map(|one| (one.id.clone(), one.action)).collect();
            self.answers.asked(&held.ask, files, &policies, unread);
        }
    }

    /// The browser is gone: nobody waits any more.
    pub(crate) fn no_more_files(&self) {
        self.shelf.close();
    }
}
