//! The life of an answer's copy: begun, read, moved to a socket, taken up again, ended, joined to its prompt.

use shared_protocol::{Drift, DriftKind, EndReason, EventId, Millis, Response, Text, ToHost};
use shared_sites::AnswerFormat;

use super::Session;
use super::copy::{About, Copy};
use super::effect::Effect;
use super::event::{CopyEnd, Head, PortId};

/// Most answers read at once; the oldest wait ends first.
const MOST: usize = 256;

impl Session {
    /// An operation without an answer is over when it went.
    pub(super) fn no_answer(&mut self, event: &EventId, at: Millis, out: &mut Vec<Effect>) {
        self.link.say(ToHost::Ended { event: event.clone(), reason: EndReason::NoAnswer, at }, out);
    }

    /// Whether a request that is nothing itself carries on an answer that this tab waits for.
    pub(super) fn continues(&mut self, tab: Option<i64>, event: &EventId, format: AnswerFormat) -> bool {
        let waiting = self
            .copies
            .iter_mut()
            .filter(|(_, copy)| copy.tab == tab && copy.about.format == format && copy.due().is_some());
        let Some((of, copy)) = waiting.max_by_key(|(_, copy)| copy.due()) else { return false };
        copy.resume();
        if self.continued.len() >= MOST {
            self.continued.pop_first();
        }
        self.continued.insert(event.clone(), of.clone());
        true
    }

    fn copy(&mut self, event: &EventId) -> Option<&mut Copy> {
        let of = self.continued.get(event).unwrap_or(event);
        self.copies.get_mut(of)
    }

    pub(super) fn answer_began(&mut self, event: &EventId, head: Head) {
        if let Some(copy) = self.copy(event) {
            copy.begin(head);
        }
    }

    pub(super) fn answer_more(&mut self, now: Millis, event: &EventId, text: &Text, out: &mut Vec<Effect>) {
        let Some(copy) = self.copy(event) else { return };
        let before = copy.topic().is_some();
        copy.push(text);
        if before {
            return;
        }
        // What came over the socket before the request said which topic it was.
        let (port, topic) = (copy.port, copy.topic().map(str::to_owned));
        if let Some(topic) = topic
            && let Some(page) = self.pages.get_mut(&port)
        {
            let early = page.sockets.early(&topic);
            self.socket_items(now, port, early, out);
        }
    }

    pub(super) fn answer_ended(
        &mut self,
        now: Millis,
        event: &EventId,
        reason: CopyEnd,
        out: &mut Vec<Effect>,
    ) {
        let Some(copy) = self.copy(event) else { return };
        let ended = copy.end(reason, now);
        let of = self.continued.remove(event).unwrap_or_else(|| event.clone());
        if let Some(reason) = ended {
            self.finish(now, &of, reason, out);
        }
    }

    pub(super) fn socket_said(&mut self, now: Millis, port: PortId, frame: &Text, out: &mut Vec<Effect>) {
        let Some(page) = self.pages.get_mut(&port) else { return };
        let items = page.sockets.read(frame);
        self.socket_items(now, port, items, out);
    }

    fn socket_items(
        &mut self,
        now: Millis,
        port: PortId,
        items: Vec<shared_sites::SocketItem>,
        out: &mut Vec<Effect>,
    ) {
        for item in items {
            let found = self
                .copies
                .iter_mut()
                .find(|(_, copy)| copy.port == port && copy.topic() == Some(item.topic.as_str()));
            match found {
                Some((event, copy)) => {
                    if copy.take(&item) {
                        let event = event.clone();
                        self.finish(now, &event, EndReason::Complete, out);
                    }
                }
                None => {
                    if let Some(page) = self.pages.get_mut(&port) {
                        page.sockets.keep(item);
                    }
                }
            }
        }
    }

    /// A relay hands back what a session that is gone knew.
    #[expect(clippy::too_many_arguments, reason = "the fields of one message")]
    pub(super) fn answer_again(
        &mut self,
        now: Millis,
        port: PortId,
        event: EventId,
        ticket: &str,
        head: Option<Head>,
        text: &Text,
        out: &mut Vec<Effect>,
    ) {
        let Some(about) = About::from_ticket(ticket) else { return };
        let Some(page) = self.pages.get(&port) else { return };
        if self.copies.contains_key(&event) || self.copies.len() >= MOST {
            return;
        }
        self.asked.set(now, page.tab);
        let mut copy = Copy::new(port, page.tab, about);
        if let Some(head) = head {
            copy.begin(head);
        }
        self.copies.insert(event.clone(), copy);
        self.want_host(now, out);
        self.answer_more(now, &event, text, out);
    }

    pub(super) fn copies_gone(&mut self, now: Millis, port: PortId, out: &mut Vec<Effect>) {
        let here = self.copies.iter().filter(|(_, copy)| copy.port == port);
        let ended: Vec<_> =
            here.map(|(event, copy)| (event.clone(), copy.give_up(EndReason::Closed))).collect();
        for (event, reason) in ended {
            self.finish(now, &event, reason, out);
        }
    }

    pub(super) fn copies_due(&mut self, now: Millis, out: &mut Vec<Effect>) {
        let due = self.copies.iter().filter_map(|(event, copy)| Some((event.clone(), copy.overdue(now)?)));
        for (event, reason) in due.collect::<Vec<_>>() {
            self.finish(now, &event, reason, out);
        }
    }

    fn finish(&mut self, now: Millis, event: &EventId, reason: EndReason, out: &mut Vec<Effect>) {
        let Some(copy) = self.copies.remove(event) else { return };
        self.continued.retain(|_, of| of != event);
        let response = copy.response();
        if let (Some(conversation), Some(message)) = (&response.conversation_id, &response.message_id) {
            self.threads.set(copy.tab, conversation, message);
        }
        if let Some(conversation) =
            response.conversation_id.as_deref().filter(|_| copy.about.conversation.is_none())
        {
            self.names.named(copy.tab, conversation);
        }
        if !response.text.is_empty() {
            let whose = (copy.port, copy.tab, copy.about.app.clone());
            self.came(event, whose, (response.conversation_id.as_deref(), &response.text), out);
        }
        let said = !response.text.is_empty() || response.error.is_some() || !response.tool_calls.is_empty();
        let ran = matches!(reason, EndReason::Complete | EndReason::Incomplete);
        if ran && !said {
            self.drift_without_text(now, &copy, out);
        }
        if said || ran {
            self.respond(now, event, response, out);
        }
        self.link.say(ToHost::Ended { event: event.clone(), reason, at: now }, out);
    }

    fn respond(&mut self, now: Millis, event: &EventId, response: Response, out: &mut Vec<Effect>) {
        let response = Box::new(response);
        self.link.say(ToHost::Response { event: event.clone(), response, at: now }, out);
    }

    /// An answer that ended well and said nothing is read by the wrong rules.
    fn drift_without_text(&mut self, now: Millis, copy: &Copy, out: &mut Vec<Effect>) {
        let drift = Drift {
            what: DriftKind::Answer,
            operation: Some(copy.about.operation),
            path: copy.about.format.name().to_owned(),
            place: None,
            size: None,
        };
        self.link.say(ToHost::Drift { app: copy.about.app.clone(), drift, at: now }, out);
    }
}
