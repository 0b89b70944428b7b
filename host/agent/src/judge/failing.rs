//! What a fault comes to: at least what its setting says.

use host_policy::{Decision, fit};
use shared_protocol::{
    Action, Code, Drift, DriftKind, FailAction, FailSettings, Mode, Obligation, Operation, Outcome, Verdict,
};

use super::card;

/// What the settings say of a fault.
pub(super) fn fail_action(fail: &FailSettings, code: Code) -> FailAction {
    match code {
        Code::Oversize => fail.oversize,
        Code::Unread | Code::BadMessage | Code::BadFrame => fail.unread,
        Code::UnreadFile => fail.unread_file,
        Code::Expired => fail.expired,
        Code::Deadline
        | Code::NotRecorded
        | Code::PolicyFault
        | Code::Internal
        | Code::Unreachable
        | Code::BadVersion
        | Code::BadOrigin
        | Code::UnknownEvent
        | Code::EditFailed
        | Code::LateFull
        | Code::Uncovered => fail.deadline,
    }
}

/// What to do with a request that cannot be put on record: the machine's fault, so the `deadline` setting.
pub(crate) fn unrecorded(fail: &FailSettings, verdict: Verdict, operation: Operation) -> Verdict {
    let action = fit(operation, fail.deadline.action());
    // Asking needs an answer on record, so it is refused too.
    if action > Action::Coach || verdict.outcome != Outcome::Release {
        return Verdict {
            outcome: Outcome::Refuse,
            action: Action::Block,
            obligations: Vec::new(),
            mode: Mode::Enforce,
            edits: Vec::new(),
            card: Some(card::refused(verdict.card)),
            fault: Some(Code::NotRecorded),
            ..verdict
        };
    }
    Verdict { fault: Some(Code::NotRecorded), ..verdict }
}

pub(super) fn unread(drift: &Drift) -> Code {
    match drift.what {
        DriftKind::Oversize => Code::Oversize,
        DriftKind::Shape
        | DriftKind::Encoding
        | DriftKind::Endpoint
        | DriftKind::Body
        | DriftKind::Answer
        | DriftKind::LeftOver
        | DriftKind::Unexplained => Code::Unread,
    }
}

/// The decision with a fault's action added.
pub(super) fn tighten(decision: &Decision, fail: Action) -> (Action, Vec<Obligation>) {
    let action = decision.action.max(fail);
    let mut obligations = decision.obligations.clone();
    match fail {
        Action::Allow | Action::Block => {}
        Action::Coach => obligations.push(Obligation::Coach),
        Action::Warn => obligations.push(Obligation::Warn),
        Action::Justify => obligations.push(Obligation::Justify),
        Action::Redact => obligations.push(Obligation::Redact),
    }
    obligations.sort_unstable();
    obligations.dedup();
    if action == Action::Block {
        obligations.clear();
    }
    (action, obligations)
}
