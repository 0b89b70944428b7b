//! How what a person sent of late ends, by conversation: a value may be split over two prompts.
//!
//! INVARIANT: in memory only, wiped when it is dropped, never in a row or a log. Bounded in conversations, characters and
//! time.
//! INVARIANT: what was not sent is no part of it.
//! It deliberately decides nothing.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use shared_protocol::{App, EventId, Judge, Operation, Outcome, Prompt, Reading, Text};

/// Code points of one conversation.
const LENGTH: usize = 2_000;

/// Most conversations.
const MOST: usize = 32;

/// How long one is kept after its last prompt.
const KEEP: Duration = Duration::from_secs(60 * 60);

/// The conversations of late.
#[derive(Default)]
pub(crate) struct Tails {
    /// The one that was longest without a prompt first.
    kept: Mutex<VecDeque<Tail>>,
}

struct Tail {
    app: App,
    page: Option<u32>,
    /// None until the site gave it an id.
    conversation: Option<String>,
    sent: Text,
    /// What the person is asked about.
    asked: Option<(EventId, Text)>,
    last: Instant,
}

impl Tails {
    /// How what was sent before in the conversation of `ask` ends; empty where nothing is known.
    pub(crate) fn before(&self, ask: &Judge, now: Instant) -> Text {
        let Some(prompt) = written(ask) else { return Text::default() };
        let kept = self.fresh(now);
        let tail = place(&kept, ask, prompt).and_then(|place| kept.get(place));
        tail.map(|tail| tail.sent.clone()).unwrap_or_default()
    }

    /// A prompt was judged: it goes, waits for an answer, or is refused.
    pub(crate) fn judged(&self, ask: &Judge, outcome: Outcome, now: Instant) {
        let Some(prompt) = written(ask) else { return };
        if outcome == Outcome::Refuse {
            return;
        }
        let mut kept = self.fresh(now);
        let place = place(&kept, ask, prompt);
        let mut tail = place.and_then(|place| kept.remove(place)).unwrap_or_else(|| Tail {
            app: ask.app.clone(),
            page: ask.page,
            conversation: None,
            sent: Text::default(),
            asked: None,
            last: now,
        });
        tail.last = now;
        tail.conversation.clone_from(&prompt.conversation_id);
        let text = text(prompt);
        match outcome {
            Outcome::Release => tail.add(&text),
            _ => tail.asked = Some((ask.event.clone(), text)),
        }
        kept.push_back(tail);
        if kept.len() > MOST {
            kept.pop_front();
        }
    }

    /// The person answered: it went, or it did not.
    pub(crate) fn answered(&self, event: &EventId, outcome: Outcome, now: Instant) {
        let mut kept = self.fresh(now);
        let asked = |tail: &&mut Tail| tail.asked.as_ref().is_some_and(|(one, _)| one == event);
        let Some(tail) = kept.iter_mut().find(asked) else { return };
        if let Some((_, text)) = tail.asked.take()
            && outcome == Outcome::Release
        {
            tail.add(&text);
        }
    }

    /// What is not too old.
    fn fresh(&self, now: Instant) -> MutexGuard<'_, VecDeque<Tail>> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        while kept.front().is_some_and(|oldest| now.saturating_duration_since(oldest.last) >= KEEP) {
            kept.pop_front();
        }
        kept
    }
}

/// Where the conversation of a prompt is. Its first prompt has no id of it, so its second one is known by the page, where no
/// other has that id. Another first prompt of the page begins another conversation.
fn place(kept: &VecDeque<Tail>, ask: &Judge, prompt: &Prompt) -> Option<usize> {
    let id = prompt.conversation_id.as_ref()?;
    let last =
        |is_it: &dyn Fn(&Tail) -> bool| kept.iter().rposition(|tail| tail.app == ask.app && is_it(tail));
    last(&|tail| tail.conversation.as_ref() == Some(id))
        .or_else(|| last(&|tail| tail.conversation.is_none() && tail.page.is_some() && tail.page == ask.page))
}

impl Tail {
    fn add(&mut self, text: &Text) {
        let joined = zeroize::Zeroizing::new(format!("{}{}", self.sent.expose().trim_end(), text.expose()));
        let from = joined.char_indices().rev().nth(LENGTH - 1).map_or(0, |(at, _)| at);
        self.sent = Text::new(joined.get(from..).unwrap_or_default());
    }
}

/// What a person wrote for an assistant to answer.
fn written(ask: &Judge) -> Option<&Prompt> {
    match &ask.reading {
        Reading::Prompt(prompt)
            if matches!(prompt.operation, Operation::SendPrompt | Operation::EditPrompt) =>
        {
            Some(prompt)
        }
        Reading::Prompt(_) | Reading::Unread(_) => None,
    }
}

fn text(prompt: &Prompt) -> Text {
    let mut whole = Text::default();
    for part in &prompt.parts {
        whole.push_str(part.text.expose());
    }
    whole
}

#[cfg(test)]
mod tests;
