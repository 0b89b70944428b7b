//! What can happen, in any order.

use proptest::prelude::*;
use shared_protocol::{Action, Choice, Code, FailAction, FailSettings, Millis, Outcome, UnreachableAction};

use super::super::CopyEnd;

#[derive(Clone, Debug)]
pub(super) enum Step {
    Hold(u64),
    /// Held, asked about, and the card opened.
    Ask(u64, Action),
    Verdict(u64, Outcome, Action),
    Redact(u64),
    OpenCard(u64),
    Choose(Choice),
    /// An answer that the relay vouches for, or does not.
    Answer(Choice, Millis),
    Seen(u64, Millis),
    SeenNow(Millis),
    Lose(u64),
    Covered,
    OpenWindow(u64),
    AnswerInWindow(Choice),
    CloseWindow,
    NoWindow(u64),
    CloseCard,
    Go(u64, Outcome),
    CodeRefused(u64),
    Report,
    Reported(u64),
    Sites(bool),
    Fault(u64, Code),
    Abort(u64),
    Fell(u64),
    Chunk(u64),
    End(u64, CopyEnd),
    HostLost(bool),
    HostComes,
    HostOpens,
    Wait(Millis),
    PageGone,
    Preview(bool),
    Previewed(u32, Option<Action>),
}

pub(super) fn step() -> impl Strategy<Value = Step> {
    let id = 0..3_u64;
    let outcome = prop_oneof![Just(Outcome::Release), Just(Outcome::Ask), Just(Outcome::Refuse)];
    let action = prop_oneof![
        Just(Action::Allow),
        Just(Action::Coach),
        Just(Action::Warn),
        Just(Action::Justify),
        Just(Action::Redact),
        Just(Action::Block),
    ];
    let choice = || {
        prop_oneof![
            Just(Choice::Edit),
            Just(Choice::SendAnyway),
            Just(Choice::None),
            Just(Choice::Redact { reason: None }),
            Just(Choice::Justify { reason: "because".into() }),
            Just(Choice::Justify { reason: "".into() }),
            Just(Choice::Code { code: "pg1.x".into() }),
            Just(Choice::Code { code: "".into() }),
        ]
    };
    let code =
        prop_oneof![Just(Code::Deadline), Just(Code::Oversize), Just(Code::NotRecorded), Just(Code::Unread)];
    let end =
        prop_oneof![Just(CopyEnd::End), Just(CopyEnd::Aborted), Just(CopyEnd::Network), Just(CopyEnd::Cut)];
    prop_oneof![
        4 => id.clone().prop_map(Step::Hold),
        8 => (id.clone(), action.clone()).prop_map(|(id, action)| Step::Ask(id, action)),
        4 => (id.clone(), outcome.clone(), action.clone()).prop_map(|(id, outcome, action)| Step::Verdict(id, outcome, action)),
        1 => any::<bool>().prop_map(Step::Preview),
        1 => (0..4_u32, prop::option::of(action)).prop_map(|(round, action)| Step::Previewed(round, action)),
        2 => id.clone().prop_map(Step::Redact),
        4 => id.clone().prop_map(Step::OpenCard),
        2 => choice().prop_map(Step::Choose),
        12 => (choice(), prop_oneof![4 => Just(700), 1 => 0..700_u64]).prop_map(|(choice, ms)| Step::Answer(choice, ms)),
        1 => (id.clone(), 0..1_000_u64).prop_map(|(id, ms)| Step::Seen(id, ms)),
        4 => id.clone().prop_map(Step::Lose),
        1 => Just(Step::Covered),
        2 => id.clone().prop_map(Step::OpenWindow),
        4 => choice().prop_map(Step::AnswerInWindow),
        1 => Just(Step::CloseWindow),
        1 => id.clone().prop_map(Step::NoWindow),
        1 => Just(Step::CloseCard),
        4 => (id.clone(), outcome).prop_map(|(id, outcome)| Step::Go(id, outcome)),
        1 => (id.clone(), code).prop_map(|(id, code)| Step::Fault(id, code)),
        2 => id.clone().prop_map(Step::CodeRefused),
        1 => Just(Step::Report),
        1 => id.clone().prop_map(Step::Reported),
        1 => any::<bool>().prop_map(Step::Sites),
        1 => id.clone().prop_map(Step::Abort),
        1 => id.clone().prop_map(Step::Fell),
        1 => id.clone().prop_map(Step::Chunk),
        1 => (id, end).prop_map(|(id, end)| Step::End(id, end)),
        1 => any::<bool>().prop_map(Step::HostLost),
        2 => Just(Step::HostComes),
        1 => Just(Step::HostOpens),
        1 => (0..400_000_u64).prop_map(Step::Wait),
        1 => Just(Step::PageGone),
    ]
}

pub(super) fn fail_settings() -> impl Strategy<Value = FailSettings> {
    let unreachable = prop_oneof![
        Just(UnreachableAction::Allow),
        Just(UnreachableAction::Warn),
        Just(UnreachableAction::Block)
    ];
    let fail = || {
        prop_oneof![
            Just(FailAction::Allow),
            Just(FailAction::Warn),
            Just(FailAction::Justify),
            Just(FailAction::Block)
        ]
    };
    (unreachable, fail(), fail()).prop_map(|(unreachable, deadline, oversize)| FailSettings {
        unreachable,
        deadline,
        oversize,
        ..FailSettings::CLOSED
    })
}
