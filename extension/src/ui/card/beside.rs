//! What stands quietly below the answers: the field for a one-time code, what was written to have back, and the word
//! that this is a mistake.
//!
//! INVARIANT: offered only where the host takes them; neither is among the answers, and a report is none.

use shared_protocol::CodeFault;

use super::super::answers::{Press, may_code, may_report, may_restore};
use super::super::element::{Element, Node, el};
use super::super::model::CardModel;
use super::super::words::Key;

/// Both, as they stand at first; none where neither is offered.
pub(super) fn beside(model: &CardModel) -> Option<Element> {
    let code = may_code(model)
        .then(|| el("div", "code").attr("id", "code").with(quiet(Press::OpenCode, Key::CodeOpen)));
    let report = may_report(model)
        .then(|| el("div", "report").attr("id", "report").with(quiet(Press::Report, Key::Report)));
    let restore = may_restore(model).then(|| {
        el("div", "restore")
            .with(quiet(Press::GiveBack, Key::AnswerGiveBack))
            .with(quiet(Press::Copy, Key::AnswerCopy))
    });
    let any = code.is_some() || report.is_some() || restore.is_some();
    any.then(|| el("div", "beside").maybe(code).maybe(restore).maybe(report))
}

fn quiet(press: Press, key: Key) -> Element {
    el("button", "link").attr("type", "button").attr("data-press", press.word()).with(key)
}

/// The field for a code, in place of the button that opens it.
pub(crate) fn code_field() -> Node {
    el("div", "reason")
        .with(el("label", "").attr("for", "code-text").with(Key::CodeLabel))
        .with(
            el("textarea", "")
                .attr("id", "code-text")
                .attr("rows", "2")
                .attr("maxlength", "4000")
                .attr("autocomplete", "off")
                .attr("autocapitalize", "off")
                .attr("spellcheck", "false")
                .attr("translate", "no")
                .attr("aria-required", "true")
                .attr("aria-describedby", "code-hint code-fault"),
        )
        .with(el("p", "hint").attr("id", "code-hint").with(Key::CodeHint))
        .with(el("p", "needed").attr("id", "code-fault").attr("role", "alert"))
        .with(
            el("button", "second")
                .attr("type", "button")
                .attr("data-press", Press::Code.word())
                .with(Key::AnswerCode),
        )
        .into()
}

/// Why a code was not taken, for the alert below its field.
pub(crate) fn code_fault(why: CodeFault) -> Node {
    let key = match why {
        CodeFault::Unreadable => Key::CodeUnreadable,
        CodeFault::NotSigned => Key::CodeNotSigned,
        CodeFault::OtherPerson => Key::CodeOtherPerson,
        CodeFault::OtherMatter => Key::CodeOtherMatter,
        CodeFault::Expired => Key::CodeExpired,
        CodeFault::Used => Key::CodeUsed,
        CodeFault::Other => Key::CodeOther,
    };
    key.into()
}

/// What stands there when no code was typed.
pub(crate) fn code_needed() -> Node {
    Key::CodeNeeded.into()
}

/// In place of the report's button: that the report is on its way, or on record.
pub(crate) fn reported(taken: bool) -> Node {
    let words = if taken { Key::Reported } else { Key::Working };
    el("p", "").attr("id", "reported").attr("role", "status").attr("tabindex", "-1").with(words).into()
}
