//! The files of held requests on their way to the host: asked of the page piece by piece, as the host takes them.
//!
//! INVARIANT: one request's files at a time, and of a file at most [`PIECES_UNCONFIRMED`] pieces between page and host:
//! whatever a page uploads at once, this is all that is in memory here.
//! INVARIANT: a request is judged when each of its files is there or known not to come; the host then says what that
//! means. A host that is lost is given all of them again.

use std::collections::{BTreeMap, VecDeque};

use shared_protocol::{
    EventId, FILE_BYTES, FILES, FILES_BYTES, FileFault, FileId, Millis, PIECE_BYTES, PIECES_UNCONFIRMED,
    Text, ToHost,
};

use super::effect::{Effect, ToRelay};
use super::event::PortId;
use super::hold::State;
use super::{HOOK_GRACE_MS, Session};

const PIECE: u64 = PIECE_BYTES as u64;
const AHEAD: u64 = PIECE * PIECES_UNCONFIRMED as u64;

/// One file.
#[derive(Debug)]
struct Sending {
    size: u64,
    /// Bytes that the page was asked for, and that the host has.
    asked: u64,
    taken: u64,
    way: Way,
}

/// How far it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    /// The host does not know of it.
    Waiting,
    /// The host was told of it.
    Begun,
    /// All of it was sent.
    There,
    /// It will not come.
    Lost,
}

/// The files of all requests that are held.
#[derive(Debug, Default)]
pub(super) struct Files {
    of: BTreeMap<EventId, Vec<FileId>>,
    sending: BTreeMap<FileId, Sending>,
    /// The requests whose files are not there, in the order in which they came.
    queue: VecDeque<EventId>,
    current: Option<EventId>,
}

impl Files {
    /// Whether the host has all that it will get of this request's files.
    pub(super) fn are_there(&self, event: &EventId) -> bool {
        !self.queue.contains(event)
    }

    /// Whether there are any.
    pub(super) fn has(&self, event: &EventId) -> bool {
        self.of.contains_key(event)
    }

    /// Bytes that the host has, of how many.
    pub(super) fn progress(&self, event: &EventId) -> (u64, u64) {
        let files = self.of.get(event).into_iter().flatten().filter_map(|file| self.sending.get(file));
        files.fold((0, 0), |(taken, size), file| {
            let mine = if file.way == Way::There { file.size } else { file.taken };
            (taken + mine, size + file.size)
        })
    }

    /// Takes the files of a request out: the host keeps what it knows of them.
    pub(super) fn released(&mut self, event: &EventId) -> Vec<FileId> {
        self.leave(event);
        let files = self.of.remove(event).unwrap_or_default();
        for file in &files {
            self.sending.remove(file);
        }
        files
    }

    /// Another host knows nothing.
    pub(super) fn host_lost(&mut self, waiting: &[EventId]) {
        for file in self.sending.values_mut() {
            *file = Sending { asked: 0, taken: 0, way: Way::Waiting, ..*file };
        }
        self.current = None;
        self.queue = waiting.iter().filter(|event| self.of.contains_key(*event)).cloned().collect();
    }

    fn leave(&mut self, event: &EventId) {
        self.queue.retain(|waiting| waiting != event);
        self.current = self.current.take().filter(|current| current != event);
    }

    fn event(&self, file: &FileId) -> Option<EventId> {
        self.of.iter().find(|(_, files)| files.contains(file)).map(|(event, _)| event.clone())
    }

    fn waiting(&self, event: &EventId) -> Option<FileId> {
        let is = |file: &&FileId| self.sending.get(*file).is_some_and(|file| file.way == Way::Waiting);
        self.of.get(event)?.iter().find(is).cloned()
    }

    /// Whether the host has room for the files of this request beside those that it looks through.
    fn fits(&self, event: &EventId) -> bool {
        let (count, bytes) = self.of.iter().fold((0, 0), |(count, bytes), (of, files)| {
            let there = self.are_there(of) || of == event;
            let mine = files.iter().filter_map(|file| self.sending.get(file)).filter(|_| there);
            mine.fold((count, bytes), |(count, bytes), file| (count + 1, bytes + file.size.min(FILE_BYTES)))
        });
        let alone = self.of.keys().all(|of| of == event || !self.are_there(of));
        alone || (count <= FILES && bytes <= FILES_BYTES)
    }
}

impl Session {
    /// Takes note of the files of a request that is now held.
    pub(super) fn hold_files(&mut self, now: Millis, event: &EventId, out: &mut Vec<Effect>) {
        let Some(hold) = self.holds.get(event) else { return };
        let named = hold.prompt().map(|prompt| prompt.attachments.as_slice()).unwrap_or_default();
        let files = named.iter().filter_map(|named| Some((named.file.clone()?, named.size.unwrap_or(0))));
        let files: Vec<(FileId, u64)> = files.collect();
        if files.is_empty() {
            return;
        }
        let port = hold.port;
        self.files.of.insert(event.clone(), files.iter().map(|(file, _)| file.clone()).collect());
        for (file, size) in files {
            self.files.sending.insert(file, Sending { size, asked: 0, taken: 0, way: Way::Waiting });
        }
        self.files.queue.push_back(event.clone());
        // The request before this one has its own time.
        let turns = Millis::try_from(self.files.queue.len()).unwrap_or(Millis::MAX);
        let ms = self.file_ms().saturating_mul(turns) + self.machine_ms();
        self.due_in(now, event, ms);
        // Looking through it is not part of handing it over.
        let hook = ms + self.file_ms() + self.machine_ms() + Millis::from(HOOK_GRACE_MS);
        self.say(port, ToRelay::Wait { event: event.clone(), ms: hook }, out);
    }

    /// Begins with the next request whose files wait, if it is its turn.
    pub(super) fn feed(&mut self, now: Millis, out: &mut Vec<Effect>) {
        if !self.link.is_up() || self.files.current.is_some() {
            return;
        }
        let Some(next) = self.files.queue.front().filter(|next| self.files.fits(next)).cloned() else {
            return;
        };
        self.files.current = Some(next.clone());
        self.due_in(now, &next, self.file_ms());
        self.next_file(now, &next, out);
    }

    /// The next file of a request, or its question when there is none left.
    fn next_file(&mut self, now: Millis, event: &EventId, out: &mut Vec<Effect>) {
        let Some(file) = self.files.waiting(event) else {
            self.files.leave(event);
            self.ask_host(now, event, out);
            return self.feed(now, out);
        };
        self.begin(event, &file, out);
    }

    fn begin(&mut self, event: &EventId, file: &FileId, out: &mut Vec<Effect>) {
        let Some(hold) = self.holds.get(event) else { return };
        let named = hold.prompt().and_then(|prompt| {
            prompt.attachments.iter().find(|named| named.file.as_ref() == Some(file)).cloned()
        });
        let named = named.unwrap_or_default();
        let begin = ToHost::FileBegin {
            file: file.clone(),
            app: hold.app.clone(),
            name: named.name,
            media_type: named.media_type,
            size: named.size,
        };
        if self.link.say_now(&begin, out)
            && let Some(sending) = self.files.sending.get_mut(file)
        {
            sending.way = Way::Begun;
        }
    }

    /// The host has so many bytes of it.
    pub(super) fn file_taken(&mut self, now: Millis, file: &FileId, up_to: u64, out: &mut Vec<Effect>) {
        let Some(event) = self.files.event(file) else { return };
        let Some(port) = self.holds.get(&event).map(|hold| hold.port) else { return };
        let Some(sending) = self.files.sending.get_mut(file).filter(|sending| sending.way == Way::Begun)
        else {
            return;
        };
        sending.taken = sending.taken.max(up_to.min(sending.asked));
        if sending.taken >= sending.size {
            let size = sending.size;
            sending.way = Way::There;
            self.link.say_now(&ToHost::FileEnd { file: file.clone(), size }, out);
            return self.next_file(now, &event, out);
        }
        let end = sending.size.min(sending.taken.saturating_add(AHEAD));
        while sending.asked < end {
            let read = ToRelay::FileRead { file: file.clone(), offset: sending.asked };
            sending.asked = (sending.asked + PIECE).min(sending.size);
            out.push(Effect::ToPort { port, message: super::ToPort::Relay(read) });
        }
    }

    /// The page hands over a piece.
    pub(super) fn file_piece(
        &mut self,
        port: PortId,
        file: FileId,
        offset: u64,
        bytes: Text,
        out: &mut Vec<Effect>,
    ) {
        if self.is_sending(port, &file) {
            self.link.say_now(&ToHost::FilePiece { file, offset, bytes }, out);
        }
    }

    /// The page cannot read it any more.
    pub(super) fn file_lost(&mut self, now: Millis, port: PortId, file: &FileId, out: &mut Vec<Effect>) {
        if self.is_sending(port, file) {
            self.link.say_now(&ToHost::FileGone { file: file.clone() }, out);
            self.file_fault(now, file, FileFault::Other, out);
        }
    }

    /// It will not be there.
    pub(super) fn file_fault(&mut self, now: Millis, file: &FileId, _why: FileFault, out: &mut Vec<Effect>) {
        let Some(event) = self.files.event(file) else { return };
        let Some(sending) = self.files.sending.get_mut(file).filter(|sending| sending.way == Way::Begun)
        else {
            return;
        };
        sending.way = Way::Lost;
        self.next_file(now, &event, out);
    }

    fn is_sending(&self, port: PortId, file: &FileId) -> bool {
        let begun = self.files.sending.get(file).is_some_and(|sending| sending.way == Way::Begun);
        let event = self.files.event(file).filter(|_| begun);
        event.and_then(|event| self.holds.get(&event)).is_some_and(|hold| hold.port == port)
    }

    /// Time is over for handing the files of this request over: it is judged without what is missing. `false`: that is
    /// not what it waits for.
    pub(super) fn files_due(&mut self, now: Millis, event: &EventId, out: &mut Vec<Effect>) -> bool {
        if self.files.are_there(event) || !self.link.is_up() {
            return false;
        }
        for file in self.files.of.get(event).cloned().unwrap_or_default() {
            if self.files.waiting(event).as_ref() == Some(&file) {
                self.begin(event, &file, out);
            }
            let Some(sending) = self.files.sending.get_mut(&file).filter(|it| it.way == Way::Begun) else {
                continue;
            };
            sending.way = Way::Lost;
            self.link.say_now(&ToHost::FileGone { file }, out);
        }
        self.next_file(now, event, out);
        self.due_in(now, event, self.machine_ms());
        true
    }

    /// Forgets the files of requests that are over, and lets the host forget them.
    pub(super) fn files_over(&mut self, now: Millis, out: &mut Vec<Effect>) {
        let over: Vec<EventId> =
            self.files.of.keys().filter(|event| !self.holds.contains_key(*event)).cloned().collect();
        for event in &over {
            for file in self.files.of.get(event).into_iter().flatten() {
                let known = self.files.sending.get(file).is_some_and(|sending| sending.way != Way::Waiting);
                if known {
                    self.link.say_now(&ToHost::FileGone { file: file.clone() }, out);
                }
            }
            self.files.released(event);
        }
        self.feed(now, out);
    }

    /// Machine time for the files of one request.
    pub(super) fn file_ms(&self) -> Millis {
        Millis::from(self.current().fail.file_deadline_ms)
    }

    fn due_in(&mut self, now: Millis, event: &EventId, ms: Millis) {
        if let Some(hold) = self.holds.get_mut(event)
            && matches!(hold.state, State::Judging)
        {
            hold.due = now + ms;
        }
    }
}
