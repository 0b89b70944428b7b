//! Why: the fault if there is one, then what the policies say, or a general sentence where they say nothing.
//!
//! INVARIANT: a link is drawn only if it is https; a policy's message is given words, never ours.

use shared_protocol::{Action, CardPolicy, Code};

use super::super::element::{Element, el};
use super::super::icon::Icon;
use super::super::model::{CardModel, Stage};
use super::super::words::{Fill, Key, Words};

/// Why the card is here.
pub(super) fn why(model: &CardModel) -> Element {
    let why = el("div", "why").attr("id", "why");
    if model.stage == Stage::Checking {
        return why;
    }
    let why = why.maybe(model.code.map(|code| el("p", "").with(fault(code))));
    if model.stage == Stage::Again {
        return why.with(el("p", "").with(Key::WhyAgain));
    }
    if model.card.policies.is_empty() {
        let general = el("p", "").with(general(model.card.action));
        return if model.code.is_some() { why } else { why.with(general) };
    }
    let said: Vec<&CardPolicy> =
        model.card.policies.iter().filter(|policy| policy.message.is_some()).collect();
    if said.is_empty() {
        why.with(el("p", "").with(general(model.card.action)))
            .each(model.card.policies.iter().filter_map(link))
    } else {
        why.each(said.into_iter().map(message))
    }
}

fn message(policy: &CardPolicy) -> Element {
    let words = Words::Given(policy.message.clone().unwrap_or_default());
    el("p", "").with(words).maybe(link(policy))
}

fn link(policy: &CardPolicy) -> Option<Element> {
    let link = policy.link.as_deref().filter(|link| link.starts_with("https://"))?;
    Some(
        el("a", "more")
            .attr("href", link.to_owned())
            .attr("target", "_blank")
            .attr("rel", "noopener noreferrer")
            .with(Key::LearnMore)
            .with(Icon::Out),
    )
}

fn general(action: Action) -> Key {
    match action {
        Action::Allow | Action::Coach => Key::WhyCoach,
        Action::Warn => Key::WhyWarn,
        Action::Justify => Key::WhyJustify,
        Action::Redact => Key::WhyRedact,
        Action::Block => Key::WhyBlock,
    }
}

fn fault(code: Code) -> Words {
    match code {
        Code::Unread => Key::FaultUnread.into(),
        Code::UnreadFile => Key::FaultFile.into(),
        Code::Oversize => Key::FaultOversize.into(),
        Code::Deadline => Key::FaultDeadline.into(),
        Code::Unreachable | Code::LateFull | Code::BadOrigin | Code::BadVersion => {
            Key::FaultUnreachable.into()
        }
        Code::EditFailed => Key::FaultEdit.into(),
        Code::Expired => Key::FaultExpired.into(),
        Code::Uncovered => Key::FaultUncovered.into(),
        Code::BadFrame
        | Code::BadMessage
        | Code::NotRecorded
        | Code::PolicyFault
        | Code::Internal
        | Code::UnknownEvent => Words::with(Key::FaultInside, Fill::Number(code.number().into())),
    }
}
