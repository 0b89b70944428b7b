//! When the composer is read ahead of Send: what holds, and the switch by which a person chooses less.
//!
//! INVARIANT: nothing can be chosen that the settings do not allow; where they leave no choice, it says who decided.

use shared_protocol::{PolicySource, Preview, Settings};

use super::{heading, settings};
use crate::ui::element::{Element, el};
use crate::ui::model::PopupState;
use crate::ui::words::Key;

/// What holds: as the settings say, or less where the person chose so.
pub(crate) fn holds(state: &PopupState, settings: &Settings) -> Preview {
    state.preview.map_or(settings.preview, |chosen| chosen.min(settings.preview))
}

/// The word for it.
pub(crate) fn word(when: Preview) -> Key {
    match when {
        Preview::Off => Key::PreviewOff,
        Preview::Paste => Key::PreviewPaste,
        Preview::Typing => Key::PreviewTyping,
    }
}

/// The choice, by the word of its press.
pub(crate) fn pressed(word: &str) -> Option<Preview> {
    CHOICES.into_iter().find(|(press, _)| *press == word).map(|(_, when)| when)
}

const CHOICES: [(&str, Preview); 3] =
    [("ahead-off", Preview::Off), ("ahead-paste", Preview::Paste), ("ahead-typing", Preview::Typing)];

/// The switch; none while no settings are known.
pub(crate) fn switch(state: &PopupState) -> Option<Element> {
    let settings = settings(state)?;
    let holds = holds(state, settings);
    let choice = |(press, when): (&'static str, Preview)| {
        let radio = el("input", "").attr("type", "radio").attr("name", "ahead").attr("data-press", press);
        let radio = if when == holds { radio.attr("checked", "") } else { radio };
        let (class, radio) = if when <= settings.preview && settings.preview != Preview::Off {
            ("choice", radio)
        } else {
            ("choice closed", radio.attr("disabled", ""))
        };
        el("label", class).with(radio).with(el("span", "").with(word(when)))
    };
    let note = note(settings).map(|key| el("p", "hint").attr("id", "ahead-note").with(key));
    let group = el("div", "choices").attr("role", "radiogroup").attr("aria-labelledby", "ahead");
    let group = if note.is_some() { group.attr("aria-describedby", "ahead-note") } else { group };
    Some(
        el("section", "ahead")
            .attr("aria-labelledby", "ahead")
            .with(heading("ahead", Key::RowPreview))
            .with(el("p", "").with(Key::AheadAbout))
            .with(group.each(CHOICES.map(choice)))
            .maybe(note),
    )
}

/// Who decided that there is less to choose, where there is.
fn note(settings: &Settings) -> Option<Key> {
    let theirs = settings.managed || settings.source == PolicySource::Bundle;
    match (settings.preview, theirs) {
        (Preview::Typing, _) => None,
        (Preview::Paste, true) => Some(Key::AheadMostTheirs),
        (Preview::Paste, false) => Some(Key::AheadMostHere),
        (Preview::Off, true) => Some(Key::AheadOffTheirs),
        (Preview::Off, false) => Some(Key::AheadOffHere),
    }
}
