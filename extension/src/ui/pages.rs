//! The pages that a person opens in a tab: what is recorded (the browser's options page), and what Promptgate does.
//!
//! INVARIANT: pure. They say what the popup says, from the same state, and nothing that is not so now.

use super::element::{Element, Node, el};
use super::lately::lately;
use super::model::PopupState;
use super::popup::{Around, ahead, fix, head, named_tone, recorded, rows, standing};
use super::words::Key;

/// What is recorded about the person, what never is, and who can open it.
pub(crate) fn options(state: &PopupState, around: &Around) -> Element {
    let standing = standing(state, around);
    let (tone, word) = named_tone(standing);
    let link = el("a", "more").attr("href", "welcome.html").with(Key::LinkWelcome);
    el("main", "wide")
        .attr("data-tone", tone)
        .attr("data-standing", word)
        .with(title(Key::OptionsTitle, Key::OptionsAbout))
        .maybe(state.mine.as_ref().map(|mine| lately(mine, mine.items.len())))
        .maybe(ahead::switch(state))
        .maybe(recorded(state))
        .with(list("never", Key::Never, &[Key::NeverElse, Key::NeverUnsent, Key::NeverWatch]))
        .with(list("opens", Key::Opens, &[Key::OpensRow, Key::OpensMine]))
        .with(list("speaks", Key::Speaks, &[Key::SpeaksBrowser]))
        .with(el("p", "").with(link))
}

/// What Promptgate does, and whether it does it here and now.
pub(crate) fn welcome(state: &PopupState, around: &Around) -> Element {
    let standing = standing(state, around);
    let (tone, word) = named_tone(standing);
    let link = el("a", "more").attr("href", "options.html").with(Key::LinkRecord);
    let does = [Key::DoesReads, Key::DoesHere, Key::DoesAsks, Key::DoesRecords];
    let live = el("section", "live")
        .attr("aria-labelledby", "live")
        .with(el("h2", "").attr("id", "live").with(Key::Live))
        .with(head(standing))
        .maybe(fix(state, standing))
        .with(rows(state, around));
    el("main", "wide")
        .attr("data-tone", tone)
        .attr("data-standing", word)
        .with(title(Key::WelcomeTitle, Key::WelcomeAbout))
        .with(list("does", Key::Does, &does))
        .with(live)
        .with(list("never", Key::Never, &[Key::NeverElse, Key::NeverUnsent, Key::NeverWatch]))
        .with(el("p", "").with(link))
}

fn title(title: Key, about: Key) -> Element {
    el("header", "top")
        .with(el("div", "titles").with(el("h1", "").with(title)).with(el("p", "state").with(about)))
}

fn list(id: &'static str, title: Key, items: &[Key]) -> Element {
    let item = |key: &Key| -> Node { el("li", "").with(*key).into() };
    el("section", "recorded")
        .attr("aria-labelledby", id)
        .with(el("h2", "").attr("id", id).with(title))
        .with(el("ul", "").each(items.iter().map(item)))
}
