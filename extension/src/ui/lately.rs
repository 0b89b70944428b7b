//! What is on record about the person lately, in plain words: on the options page as a list, in the popup the last few.
//!
//! INVARIANT: pure. Kinds of what was found, and never a value.

use shared_protocol::{Mine, MineEnd, MineItem, Operation};

use super::element::{Element, el};
use super::label;
use super::words::{Fill, Key, Words};

/// The list, at most this many; says so when there is none.
pub(crate) fn lately(mine: &Mine, most: usize) -> Element {
    let section = el("section", "lately")
        .attr("aria-labelledby", "lately")
        .with(el("h2", "").attr("id", "lately").with(Key::Lately));
    if mine.items.is_empty() {
        return section.with(el("p", "").with(Key::LatelyNone));
    }
    let list = el("ol", "").each(mine.items.iter().take(most).map(item));
    let shown = u64::try_from(mine.items.len().min(most)).unwrap_or(u64::MAX);
    let more = (mine.total > shown)
        .then(|| el("p", "hint").with(Words::with(Key::LatelyMore, Fill::Number(mine.total - shown))));
    section.with(list).maybe(more)
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
    let found = item.labels.iter().map(|(label, count)| {
        let times = (*count > 1)
            .then(|| el("span", "times").with(Words::with(Key::FoundTimes, Fill::Number(*count))));
        el("li", "").with(label::words(label)).maybe(times)
    });
    let found = (!item.labels.is_empty()).then(|| el("ul", "kinds").each(found));
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
        .with(el("p", "when").with(Words::Moment(item.at)).with(el("span", "text").with(kept)))
        .maybe(found)
        .maybe(opened)
}
