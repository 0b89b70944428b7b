//! The names that sites give to uploaded files, so that the prompt that names one is joined to it.
//!
//! INVARIANT: bounded; an answer that is read for a name is kept no longer than that, and nothing of it but the name.

use std::collections::{BTreeMap, VecDeque};

use shared_protocol::{Attachment, EventId, FileId, Operation, Text, ToHost};
use shared_sites::{Api, Body, HANDLE_BYTES, Handle, Request, place};

use super::Session;
use super::effect::Effect;
use super::event::{CopyEnd, Head};
use super::hold::Hold;

/// Most registered files and answers that are waited for.
const MOST: usize = 256;

/// A file that a page has registered and whose bytes come with another request.
#[derive(Debug)]
struct Registered {
    tab: Option<i64>,
    /// Where the bytes go.
    address: Option<String>,
    file: Attachment,
}

/// An answer that says a name.
#[derive(Debug)]
struct Awaited {
    tab: Option<i64>,
    request: Request,
    files: Vec<FileId>,
    announced: Option<Attachment>,
    text: Text,
    /// The site refused it, or said more than a name.
    void: bool,
}

/// What is known of names.
#[derive(Debug, Default)]
pub(super) struct Handles {
    registered: VecDeque<Registered>,
    awaited: BTreeMap<EventId, Awaited>,
}

impl Handles {
    /// The registered file whose bytes these are: by the address they go to, else by their number.
    fn of(&self, tab: Option<i64>, address: Option<&str>, size: Option<u64>) -> Option<&Attachment> {
        let here = || self.registered.iter().rev().filter(|known| known.tab == tab);
        let there = here().find(|known| known.address.is_some() && known.address.as_deref() == address);
        let alike =
            || here().find(|known| known.address.is_none() && size.is_some() && known.file.size == size);
        there.or_else(alike).map(|known| &known.file)
    }

    pub(super) fn began(&mut self, event: &EventId, head: &Head) -> bool {
        let Some(awaited) = self.awaited.get_mut(event) else { return false };
        awaited.void |= head.status >= 400;
        true
    }

    pub(super) fn more(&mut self, event: &EventId, text: &Text) -> bool {
        let Some(awaited) = self.awaited.get_mut(event) else { return false };
        awaited.void |= awaited.text.len() + text.len() > HANDLE_BYTES;
        if !awaited.void {
            awaited.text.push_str(text.expose());
        }
        true
    }
}

impl Session {
    /// Says of a request's files what was said when they were registered.
    pub(super) fn name_files(&self, tab: Option<i64>, hold: &mut Hold) {
        let address = place(&hold.request.url);
        let shared_protocol::Reading::Prompt(prompt) = &mut hold.reading else { return };
        for file in prompt.attachments.iter_mut().filter(|file| file.file.is_some()) {
            let Some(known) = self.handles.of(tab, address.as_deref(), file.size) else { continue };
            file.id = file.id.take().or_else(|| known.id.clone());
            file.name = file.name.take().or_else(|| known.name.clone());
            file.media_type = file.media_type.take().or_else(|| known.media_type.clone());
        }
    }

    /// A request that uploads goes: what it says of names is told, and whether its answer is to be read for one.
    pub(super) fn handles_of(
        &mut self,
        event: &EventId,
        hold: &Hold,
        files: Vec<FileId>,
        tab: Option<i64>,
        out: &mut Vec<Effect>,
    ) -> bool {
        let Some(prompt) = hold.prompt().filter(|prompt| prompt.operation == Operation::UploadFile) else {
            return false;
        };
        for file in &prompt.attachments {
            if let (Some(id), Some(file)) = (&file.id, &file.file) {
                self.link.say_now(&ToHost::FileNamed { file: file.clone(), id: id.clone() }, out);
            }
        }
        let Some(handle) = self.sites.handle(&hold.request, None) else { return false };
        if let Some(id) = &handle.id {
            self.tell_name(&files, id, out);
        }
        let read = handle.by_answer && matches!(hold.request.api, Api::Fetch | Api::Xhr);
        if read && hold.at_once.is_none() && self.handles.awaited.len() < MOST {
            let announced = prompt.attachments.first().filter(|_| files.is_empty()).cloned();
            let request = Request { body: Body::None, ..hold.request.clone() };
            let awaited = Awaited { tab, request, files, announced, text: Text::default(), void: false };
            self.handles.awaited.insert(event.clone(), awaited);
            return true;
        }
        false
    }

    /// One name is that of one file: which of several it means, nobody says.
    fn tell_name(&mut self, files: &[FileId], id: &str, out: &mut Vec<Effect>) {
        if let [file] = files {
            self.link.say_now(&ToHost::FileNamed { file: file.clone(), id: id.to_owned() }, out);
        }
    }

    /// The answer to an upload ended. `false`: nobody waits for it.
    pub(super) fn handle_said(&mut self, event: &EventId, end: CopyEnd, out: &mut Vec<Effect>) -> bool {
        let Some(awaited) = self.handles.awaited.remove(event) else { return false };
        let Awaited { tab, request, files, announced, text, void } = awaited;
        if void || end != CopyEnd::End {
            return true;
        }
        let Some(Handle { id, address, by_answer: _ }) = self.sites.handle(&request, Some(&text)) else {
            return true;
        };
        if let Some(id) = &id {
            self.tell_name(&files, id, out);
        }
        if let Some(file) = announced {
            let file = Attachment { id: id.or(file.id), ..file };
            self.handles.registered.push_back(Registered { tab, address, file });
            if self.handles.registered.len() > MOST {
                self.handles.registered.pop_front();
            }
        }
        true
    }
}
