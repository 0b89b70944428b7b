//! What the hint beside the composer looks like: what a Send would bring, before anybody presses it.
//!
//! INVARIANT: pure, and passive: nothing in it can be pressed or focused. No mask: what was found is named.

use shared_protocol::Action;

use super::element::{Element, el};
use super::icon::Icon;
use super::label;
use super::model::HintModel;
use super::words::{Fill, Key, Words};

/// Kinds of finding that are named; the card names them all.
const NAMED: usize = 3;

/// The hint.
pub(crate) fn hint(model: &HintModel) -> Element {
    let (tone, icon, says) = match model.card.action {
        Action::Allow | Action::Coach => ("calm", Icon::Lamp, Key::HintCoach),
        Action::Warn | Action::Justify => ("care", Icon::Eye, Key::HintAsk),
        Action::Redact => ("care", Icon::Lines, Key::HintRedact),
        Action::Block => ("stop", Icon::Stop, Key::HintBlock),
    };
    let says = Words::with(says, Fill::Name(label::app_name(&model.app)));
    let found = model.card.findings.iter().take(NAMED);
    let found = found.map(|finding| el("li", "").with(label::words(&finding.label)));
    el("section", "hint")
        .attr("data-tone", tone)
        .with(el("span", "badge").attr("aria-hidden", "true").with(icon))
        .with(el("div", "said").with(el("p", "").with(says)).with(el("ul", "").each(found)))
}
