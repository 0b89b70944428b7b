//! What stands in place of a page whose address asks something, while that is judged and when it may not go.
//!
//! INVARIANT: pure. It is a page of our own that no site can reach: what the address asked is shown to the person who
//! opened it, and nowhere else.

use serde::Deserialize;

use super::element::{Element, el};
use super::icon::Icon;
use super::words::{Fill, Key, Words};

/// How far the gate is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Stage {
    /// It is being judged.
    Checking,
    /// It does not go.
    Refused,
    /// Nothing is known of it any more: the page was loaded again.
    Gone,
}

/// What the gate shows.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(crate) struct GateState {
    /// How far it is.
    pub(crate) stage: Stage,
    /// The site's host; empty when nothing is known.
    #[serde(default)]
    pub(crate) host: String,
    /// What the address asked, given back once it was refused.
    #[serde(default)]
    pub(crate) text: String,
}

/// The gate.
pub(crate) fn gate(state: &GateState) -> Element {
    let host = || Fill::Name(state.host.clone());
    let (tone, icon, title, says) = match state.stage {
        Stage::Checking => {
            ("calm", Icon::Eye, Words::with(Key::GateTitle, host()), Words::from(Key::GateChecking))
        }
        Stage::Refused => {
            ("stop", Icon::Stop, Words::from(Key::TitleBlock), Words::with(Key::GateRefused, host()))
        }
        Stage::Gone => ("calm", Icon::Lamp, Words::from(Key::GateGone), Words::from(Key::GateAgain)),
    };
    let titles = el("div", "titles").with(el("h1", "").with(title)).with(el("p", "state").with(says));
    let text = (!state.text.is_empty()).then(|| {
        el("section", "asked")
            .with(el("h2", "").with(Key::GateAsked))
            .with(el("p", "").attr("dir", "auto").with(Words::Given(state.text.clone())))
    });
    let open = (state.stage == Stage::Refused).then(|| {
        el("button", "first")
            .attr("type", "button")
            .attr("data-press", "open")
            .with(Words::with(Key::GateOpen, host()))
    });
    el("main", "gate")
        .attr("data-tone", tone)
        .with(el("header", "").with(el("span", "badge").attr("aria-hidden", "true").with(icon)).with(titles))
        .maybe(text)
        .maybe(open)
}
