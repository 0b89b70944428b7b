//! What a card looks like: its model as a tree of elements.
//!
//! INVARIANT: pure. Everything to read is `Words`, which the renderer draws as generated content: the page
//! around the frame can search a frame's text (Firefox answers yes or no), and finds none.
//! A mask is drawn and not spoken; the words of its label say what it is. What a person wrote and the card only keeps
//! is not drawn.

mod beside;
mod files;
mod found;
mod leaves;
mod why;

use shared_protocol::{Action, Operation, PolicySource, Severity};

use super::answers::{Press, Reason, asks_reason, offers};
use super::element::{Element, Node, el};
use super::icon::Icon;
use super::label;
use super::model::{CardModel, Stage};
use super::words::{Fill, Key, Words};
pub(crate) use beside::{code_fault, code_field, code_needed, reported};
pub(crate) use files::bar;

/// What is held, as far as the words differ.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Thing {
    Message,
    File,
    Share,
    Other,
}

/// The card.
pub(crate) fn card(model: &CardModel) -> Element {
    let card =
        el("section", frame_class(model)).attr("data-tone", tone(model)).attr("data-action", action(model));
    let card = match model.stage {
        // Advice does not interrupt, nor does a wait: neither is a dialog, nor takes the focus.
        Stage::Sent | Stage::Checking | Stage::Answer | Stage::Kept => card.attr("aria-labelledby", "title"),
        Stage::Ask | Stage::Refused | Stage::Again => card
            .attr("role", "alertdialog")
            .attr("aria-modal", "true")
            .attr("aria-labelledby", "title")
            .attr("aria-describedby", "state why")
            .attr("tabindex", "-1"),
    };
    // The card scrolls in a window that is too small for it; what is inside keeps the height that is needed.
    let inner = el("div", "inner")
        .with(head(model))
        .maybe(files::progress(model))
        .maybe(why::why(model))
        .maybe(found::found(model))
        .maybe(files::unread(model))
        .maybe(leaves::leaves(model))
        .maybe(reason(model));
    card.with(inner.maybe(buttons(model)).maybe(beside::beside(model)).with(foot(model)))
}

fn frame_class(model: &CardModel) -> &'static str {
    match model.stage {
        Stage::Sent | Stage::Checking | Stage::Answer | Stage::Kept => "card advice",
        Stage::Ask | Stage::Refused | Stage::Again => "card",
    }
}

/// The one accent colour: how serious it is.
fn tone(model: &CardModel) -> &'static str {
    let loudest = model.card.policies.iter().map(|policy| policy.severity).max();
    match (model.stage, loudest) {
        (Stage::Refused, _) | (Stage::Ask, Some(Severity::High)) => "stop",
        (Stage::Ask | Stage::Again, _) | (Stage::Sent | Stage::Answer, Some(Severity::High)) => "care",
        (Stage::Sent | Stage::Checking | Stage::Answer | Stage::Kept, _) => "calm",
    }
}

fn action(model: &CardModel) -> &'static str {
    match model.card.action {
        Action::Allow => "allow",
        Action::Coach => "coach",
        Action::Warn => "warn",
        Action::Justify => "justify",
        Action::Redact => "redact",
        Action::Block => "block",
    }
}

fn head(model: &CardModel) -> Element {
    let title = el("h1", "").attr("id", "title").with(title(model));
    let state = el("p", "state").attr("id", "state").with(state(model));
    let head = el("header", "")
        .with(el("span", "badge").attr("aria-hidden", "true").with(icon(model)))
        .with(el("div", "titles").with(title).with(state));
    match model.stage {
        Stage::Ask | Stage::Checking => head,
        Stage::Refused | Stage::Again | Stage::Sent | Stage::Answer | Stage::Kept => head.with(
            el("button", "cross")
                .attr("type", "button")
                .attr("data-press", Press::Close.word())
                .attr("aria-label", Key::AnswerClose)
                .with(Icon::Cross),
        ),
    }
}

fn title(model: &CardModel) -> Key {
    // A fault decided alone: the title says so instead of naming a rule that does not exist.
    if model.code.is_some() && model.card.policies.is_empty() && model.stage == Stage::Ask {
        return Key::TitleUnchecked;
    }
    match (model.stage, model.card.action) {
        (Stage::Refused, _) | (Stage::Ask, Action::Block) => Key::TitleBlock,
        (Stage::Again, _) => Key::TitleAgain,
        (Stage::Checking, _) => Key::TitleChecking,
        (Stage::Sent, _) => Key::TitleTip,
        (Stage::Answer, _) if is_noticed(model) => Key::TitleNotice,
        (Stage::Answer, _) => Key::TitleReader,
        (Stage::Kept, _) => Key::TitleKept,
        (Stage::Ask, Action::Redact) => Key::TitleRedact,
        (Stage::Ask, Action::Justify) => Key::TitleJustify,
        (Stage::Ask, Action::Warn | Action::Coach | Action::Allow) => Key::TitleWarn,
    }
}

fn icon(model: &CardModel) -> Icon {
    match (model.stage, model.card.action) {
        (Stage::Refused, _) | (Stage::Ask, Action::Block) => Icon::Stop,
        (Stage::Again | Stage::Checking, _) => Icon::Eye,
        (Stage::Sent, _) => Icon::Lamp,
        (Stage::Answer, _) if is_noticed(model) => Icon::Eye,
        (Stage::Answer | Stage::Kept, _) => Icon::Lines,
        (Stage::Ask, Action::Redact) => Icon::Lines,
        (Stage::Ask, Action::Justify) => Icon::Pen,
        (Stage::Ask, Action::Warn | Action::Coach | Action::Allow) => Icon::Eye,
    }
}

/// Whether policy says something of the answer, and not only we that it can be read.
pub(super) fn is_noticed(model: &CardModel) -> bool {
    !model.card.policies.is_empty() || !model.card.findings.is_empty()
}

fn thing(model: &CardModel) -> Thing {
    match model.operation {
        Some(
            Operation::SendPrompt
            | Operation::SendDraft
            | Operation::EditPrompt
            | Operation::Regenerate
            | Operation::WriteMemory
            | Operation::WriteInstructions,
        ) => Thing::Message,
        Some(Operation::UploadFile) => Thing::File,
        Some(Operation::ShareConversation) => Thing::Share,
        Some(
            Operation::ReceiveResponse
            | Operation::DeleteConversation
            | Operation::UseConnector
            | Operation::Dictate,
        )
        | None => Thing::Other,
    }
}

fn state(model: &CardModel) -> Words {
    let key = match (model.stage, thing(model)) {
        (Stage::Ask, _) if model.card.action == Action::Block && model.card.may_verify => Key::HeldForProof,
        (Stage::Ask, _) if model.card.action == Action::Block => Key::HeldForCode,
        (Stage::Ask, Thing::Message) => Key::AskMessage,
        (Stage::Ask, Thing::File) | (Stage::Checking, _) => Key::AskFile,
        (Stage::Ask, Thing::Share) => Key::AskShare,
        (Stage::Ask, Thing::Other) => Key::AskOther,
        (Stage::Refused, Thing::Message) => Key::RefusedMessage,
        (Stage::Refused, Thing::File) => Key::RefusedFile,
        (Stage::Refused, Thing::Share) => Key::RefusedShare,
        (Stage::Refused, Thing::Other) => Key::RefusedOther,
        (Stage::Again, _) => Key::AgainState,
        (Stage::Answer, _) if model.readable => Key::ReaderState,
        (Stage::Answer, _) => Key::NoticeState,
        (Stage::Kept, _) => Key::KeptState,
        (Stage::Sent, Thing::Message) => Key::SentMessage,
        (Stage::Sent, Thing::File) => Key::SentFile,
        (Stage::Sent, Thing::Share) => Key::SentShare,
        (Stage::Sent, Thing::Other) => Key::SentOther,
    };
    Words::with(key, Fill::Name(label::app_name(&model.app)))
}

fn reason(model: &CardModel) -> Option<Element> {
    if !asks_reason(model) {
        return None;
    }
    Some(
        el("div", "reason")
            .with(el("label", "").attr("for", "reason").with(Key::ReasonLabel))
            .with(
                el("div", "common")
                    .attr("role", "group")
                    .attr("aria-label", Key::ReasonCommon)
                    .each(Reason::ALL.into_iter().map(common)),
            )
            .with(
                el("textarea", "")
                    .attr("id", "reason")
                    .attr("rows", "2")
                    .attr("maxlength", "2000")
                    .attr("autocomplete", "off")
                    .attr("spellcheck", "false")
                    .attr("aria-required", "true")
                    .attr("aria-describedby", "reason-hint reason-needed"),
            )
            .with(el("p", "hint").attr("id", "reason-hint").with(Key::ReasonHint))
            .with(el("p", "needed").attr("id", "reason-needed").attr("role", "alert")),
    )
}

fn common(reason: Reason) -> Element {
    el("button", "chip")
        .attr("type", "button")
        .attr("data-press", Press::Reason(reason).word())
        .with(reason_key(reason))
}

/// The words of a common reason.
pub(crate) fn reason_key(reason: Reason) -> Key {
    match reason {
        Reason::Work => Key::ReasonWork,
        Reason::Agreed => Key::ReasonAgreed,
        Reason::Invented => Key::ReasonInvented,
        Reason::Approved => Key::ReasonApproved,
    }
}

/// What stands in the reason's alert once a reason was missing.
pub(crate) fn reason_needed() -> Node {
    Key::ReasonNeeded.into()
}

fn buttons(model: &CardModel) -> Option<Element> {
    let offers = offers(model);
    if !model.stage.interrupts() && offers == [Press::Close] {
        return None;
    }
    let how = (offers.contains(&Press::Redact) && model.leaves.is_empty())
        .then(|| el("p", "how").with(Key::RedactHow));
    let file = offers.contains(&Press::Edit) && thing(model) == Thing::File && model.stage == Stage::Ask;
    let how = how.or_else(|| file.then(|| el("p", "how").with(Key::RemoveHow)));
    let row = el("div", "row").each(offers.iter().enumerate().map(|(at, press)| button(model, *press, at)));
    Some(el("div", "answers").maybe(how).with(row))
}

fn button(model: &CardModel, press: Press, at: usize) -> Element {
    let (key, class) = match press {
        Press::Redact => (Key::AnswerRedact, "second"),
        Press::Verify => (Key::AnswerVerify, "second"),
        Press::Edit if thing(model) == Thing::Message => (Key::AnswerEdit, "second"),
        Press::Edit if thing(model) == Thing::File && model.stage == Stage::Ask => {
            (Key::AnswerRemove, "second")
        }
        Press::Edit => (Key::AnswerHold, "second"),
        Press::Justify => (Key::AnswerJustify, "second"),
        Press::Send => (Key::AnswerSend, "quiet"),
        Press::Close if thing(model) == Thing::Message => (Key::AnswerBack, "second"),
        Press::Read => (Key::AnswerRead, "second"),
        Press::GiveBack => (Key::AnswerGiveBack, "second"),
        Press::Copy => (Key::AnswerCopy, "second"),
        Press::Close | Press::OpenCode | Press::Code | Press::Report | Press::Reason(_) => {
            (Key::AnswerClose, "second")
        }
    };
    let class = if at == 0 { "first" } else { class };
    el("button", class).attr("type", "button").attr("data-press", press.word()).with(key)
}

fn foot(model: &CardModel) -> Element {
    let decided = match model.stage {
        // Nothing was decided, or not yet.
        Stage::Checking | Stage::Kept => false,
        Stage::Answer => !model.card.policies.is_empty(),
        Stage::Ask | Stage::Refused | Stage::Again | Stage::Sent => true,
    };
    let who = match (model.managed, model.source) {
        (true, _) | (false, Some(PolicySource::Bundle | PolicySource::ManagedWithoutBundle)) => {
            Some(Key::WhoOrganisation)
        }
        (false, Some(PolicySource::BuiltinMonitor | PolicySource::BuiltinEnforce)) => Some(Key::WhoBuiltin),
        (false, Some(PolicySource::DeveloperFile)) => Some(Key::WhoFile),
        (false, None) => None,
    };
    let who = who.filter(|_| decided);
    let trial = who.filter(|who| *who != Key::WhoOrganisation).map(|_| el("span", "trial").with(Key::Trial));
    el("footer", "")
        .with(el("p", "status").attr("id", "status").attr("role", "status"))
        .with(el("p", "until").attr("id", "until"))
        .maybe(who.map(|who| el("p", "who").with(el("span", "").with(who)).maybe(trial)))
}

/// The line that says how long the card waits, at `now`.
pub(crate) fn until(model: &CardModel, now: u64) -> Option<Node> {
    let left = model.until.filter(|_| model.stage == Stage::Ask)?.saturating_sub(now).div_ceil(1_000);
    Some(Words::with(Key::Until, Fill::Seconds(left)).into())
}
