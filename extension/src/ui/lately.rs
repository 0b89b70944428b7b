//! What is on record about the person lately, in plain words: on the options page as a list, in the popup the last few,
//! of the site that it is open beside where there is one.
//!
//! INVARIANT: pure. What was decided, topics and kinds of what was found, and never a value.

use shared_protocol::{Action, App, Mine, MineEnd, MineItem, Operation};

use super::element::{Element, el};
use super::label;
use super::words::{Fill, Key, Words};

/// The list, at most this many; says so when there is none.
pub(crate) fn lately(mine: &Mine, most: usize) -> Element {
    let section = section(Key::Lately.into());
    if mine.items.is_empty() {
        return section.with(el("p", "").with(Key::LatelyNone));
    }
    let list = el("ol", "").each(mine.items.iter().take(most).map(item));
    let shown = u64::try_from(mine.items.len().min(most)).unwrap_or(u64::MAX);
    let more = (mine.total > shown)
        .then(|| el("p", "hint").with(Words::with(Key::LatelyMore, Fill::Number(mine.total - shown))));
    section.with(list).maybe(more)
}

/// The same of one site, out of what is known of all.
pub(crate) fn lately_on(mine: &Mine, site: &App, most: usize) -> Element {
    let section = section(Words::with(Key::LatelyOn, Fill::Name(label::app_name(site))));
    let mut here = mine.items.iter().filter(|item| item.app == *site).take(most).peekable();
    if here.peek().is_none() {
        return section.with(el("p", "").with(Key::LatelyNoneOn));
    }
    section.with(el("ol", "").each(here.map(item)))
}

fn section(title: Words) -> Element {
    el("section", "lately")
        .attr("aria-labelledby", "lately")
        .with(el("h2", "").attr("id", "lately").with(title))
}

fn item(item: &MineItem) -> Element {
    let did = match item.operation {
        Some(
            Operation::SendPrompt
            | Operation::SendDraft
            | Operation::EditPrompt
            | Operation::Regenerate
            | Operation::WriteMemory
            | Operation::WriteInstructions,
        ) => Key::DidMessage,
        Some(Operation::UploadFile) => Key::DidFile,
        Some(Operation::ShareConversation) => Key::DidShare,
        Some(
            Operation::ReceiveResponse
            | Operation::DeleteConversation
            | Operation::UseConnector
            | Operation::Dictate,
        )
        | None => Key::DidOther,
    };
    let (tone, end) = match item.end {
        MineEnd::Sent => ("good", Key::EndSent),
        MineEnd::Edited => ("care", Key::EndEdited),
        MineEnd::Stopped => ("stop", Key::EndStopped),
        MineEnd::Open => ("calm", Key::EndOpen),
    };
    let topics = item.topics.iter().map(|topic| el("li", "about").with(label::topic(topic)));
    let found = item.labels.iter().map(|(label, count)| {
        let times = (*count > 1)
            .then(|| el("span", "times").with(Words::with(Key::FoundTimes, Fill::Number(*count))));
        el("li", "").with(label::words(label)).maybe(times)
    });
    let found = (!item.labels.is_empty() || !item.topics.is_empty())
        .then(|| el("ul", "kinds").each(topics.chain(found)));
    let kept = if item.kept { Key::TextKept } else { Key::TextNotKept };
    let opened = (item.opened > 0)
        .then(|| el("p", "care").with(Words::with(Key::TextOpened, Fill::Number(item.opened))));
    el("li", "item")
        .attr("data-tone", tone)
        .with(
            el("p", "what")
                .with(el("span", "did").with(Words::with(did, Fill::Name(label::app_name(&item.app)))))
                .with(el("span", "end").with(end)),
        )
        .with(el("p", "decided").with(decided(item)))
        .maybe(found)
        .with(el("p", "when").with(Words::Moment(item.at)).with(el("span", "text").with(kept)))
        .maybe(opened)
}

/// What the rules said of it, before anybody answered.
fn decided(item: &MineItem) -> Key {
    match item.action {
        None => Key::DecidedNothing,
        Some(_) if item.watched => Key::DecidedWatched,
        Some(Action::Allow) => Key::DecidedAllow,
        Some(Action::Coach) => Key::DecidedCoach,
        Some(Action::Warn) => Key::DecidedWarn,
        Some(Action::Justify) => Key::DecidedJustify,
        Some(Action::Redact) => Key::DecidedRedact,
        Some(Action::Block) => Key::DecidedBlock,
    }
}
