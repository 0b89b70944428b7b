//! The pure middle, over every action, operation and fault.

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use host_classify::Engine;
use host_policy::{BundleSettings, Facts, Messages, Policy, UserFacts, permitted};
use shared_protocol::{
    Action, App, Capture, Code, Drift, DriftKind, EventId, FailAction, FailSettings, Judge, Level, Mode,
    Obligation, Operation, Outcome, Part, PartKind, PolicySource, Prompt, Reading, Settings, UnreadFile,
};

mod numbering;

use crate::files::Attached;

use super::{Around, Asked, Judgement, MOST_EDITS, Snapshot, UNKNOWN, fail_action, outcome, unrecorded};

const FAILS: [FailAction; 4] = [FailAction::Allow, FailAction::Warn, FailAction::Justify, FailAction::Block];

fn snapshot(policy: Policy, fail: FailSettings) -> Snapshot {
    let source = PolicySource::BuiltinEnforce;
    let settings = Settings { source, fail, capture: Capture::Full, ..Settings::TRIAL };
    let engine = Arc::new(Engine::builtin().unwrap());
    Snapshot {
        settings,
        policy,
        engine,
        user: UserFacts::default(),
        may_keep_text: true,
        takes_codes: false,
        proves_to: None,
        messages: Messages::default(),
        theirs: BundleSettings::default(),
        stale: false,
    }
}

fn prompt(operation: Operation, text: &str) -> Judge {
    let mut prompt = Prompt::new(operation);
    prompt.parts.push(Part { kind: PartKind::Text, name: None, text: text.into() });
    ask(Reading::Prompt(prompt))
}

fn unread(operation: Option<Operation>) -> Judge {
    let path = "POST /x".to_owned();
    ask(Reading::Unread(Drift { what: DriftKind::Shape, operation, path, place: None, size: None }))
}

fn ask(reading: Reading) -> Judge {
    let event = EventId::try_from("01890a5d-ac96-774b-bcce-b302099a8057".to_owned()).unwrap();
    Judge {
        event,
        app: App::new("claude"),
        at: 7,
        reading,
        private_window: false,
        page: None,
        placeholders: Vec::new(),
    }
}

/// Nothing is known around it.
static NOTHING: LazyLock<Around> = LazyLock::new(Around::default);

fn asked(judge: &Judge) -> Asked<'_> {
    Asked {
        judge,
        browser: None,
        user: None,
        risk: Level::None,
        known: UNKNOWN,
        around: &NOTHING,
        files: &crate::files::NONE,
    }
}

fn judge(snapshot: &Snapshot, ask: &Judge) -> Judgement {
    snapshot.judge(&asked(ask), &|| Duration::ZERO).0
}

fn fault(snapshot: &Snapshot, ask: &Judge, code: Code) -> Judgement {
    snapshot.fault(&asked(ask), code)
}

fn all(action: FailAction) -> FailSettings {
    FailSettings {
        unread: action,
        deadline: action,
        oversize: action,
        unread_file: action,
        expired: action,
        ..FailSettings::CLOSED
    }
}

#[test]
fn a_fault_yields_at_least_its_setting_and_what_is_possible() {
    for fail in FAILS {
        let snapshot = snapshot(Policy::builtin(Mode::Monitor), all(fail));
        for operation in Operation::ALL {
            for code in [Code::Deadline, Code::Internal, Code::Oversize, Code::Unread, Code::Expired] {
                let verdict = fault(&snapshot, &prompt(operation, "hello"), code).verdict;
                assert_eq!(verdict.fault, Some(code));
                assert_eq!(verdict.outcome, outcome(acted(&verdict), false), "{operation:?}");
                assert!(permitted(operation).contains(&acted(&verdict)), "{operation:?} {fail:?}");
                let strictest = permitted(operation).last().copied().unwrap();
                assert!(acted(&verdict) >= fail.action().min(strictest), "{operation:?} {fail:?}");
                assert_eq!(verdict.outcome == Outcome::Ask, verdict.card.as_ref().is_some_and(can_go));
            }
        }
    }
}

const KEEPING: &str = "
@id(\"card\") @action(\"warn\") @message(\"m\") @capture(\"matches\")
forbid (principal, action, resource) when { context.labels.contains(\"pii.payment-card\") };
@id(\"phone\") @action(\"redact\") @message(\"m\") @capture(\"masked\")
forbid (principal, action, resource) when { context.labels.contains(\"pii.phone\") };
";

#[test]
fn a_policy_says_what_is_kept_of_what_it_matches() {
    use Capture::{Full, Masked, Matches, Metadata};
    let (card, phone) = ("card 4111 1111 1111 1111", "call +1 415-555-0132");
    let both = format!("{card}, {phone}");
    for (setting, text, kept) in [
        (Full, "hello", Full),
        (Metadata, "hello", Metadata),
        (Full, card, Matches),
        (Metadata, card, Matches),
        // Redaction takes out what the policy matched; the text that is kept is the one before.
        (Full, phone, Masked),
        (Full, both.as_str(), Metadata),
    ] {
        let mut snapshot = snapshot(Policy::parse(KEEPING, Mode::Enforce).unwrap(), FailSettings::OPEN);
        snapshot.settings.capture = setting;
        let ask = prompt(Operation::SendPrompt, text);
        assert_eq!(judge(&snapshot, &ask).capture, kept, "{setting:?} {text}");
        // A text that was not looked through: any of the policies might have matched.
        assert_eq!(fault(&snapshot, &ask, Code::Deadline).capture, Metadata);
        snapshot.may_keep_text = false;
        assert_eq!(judge(&snapshot, &ask).capture, Metadata);
    }
    let plain = snapshot(Policy::builtin(Mode::Enforce), FailSettings::OPEN);
    assert_eq!(fault(&plain, &prompt(Operation::SendPrompt, card), Code::Deadline).capture, Full);
}

/// The action that is carried out.
fn acted(verdict: &shared_protocol::Verdict) -> Action {
    match verdict.mode {
        Mode::Monitor => Action::Allow,
        Mode::Enforce => verdict.action,
    }
}

fn can_go(card: &shared_protocol::Card) -> bool {
    card.may_send || card.may_justify || card.may_redact
}

#[test]
fn a_fault_is_never_looser_than_the_policy() {
    // Closed: everything with text is refused, whatever the settings say of faults.
    let closed = snapshot(Policy::closed(), FailSettings::OPEN);
    assert_eq!(judge(&closed, &prompt(Operation::SendPrompt, "hello")).verdict.outcome, Outcome::Refuse);
    assert_eq!(judge(&closed, &unread(None)).verdict.outcome, Outcome::Refuse);
    let late = fault(&closed, &prompt(Operation::SendPrompt, "hello"), Code::Deadline).verdict;
    assert_eq!((late.outcome, late.fault), (Outcome::Refuse, Some(Code::Deadline)));
    // A warning of the policy and a reason asked for by the fault: both are owed.
    let warned = snapshot(Policy::builtin(Mode::Enforce), all(FailAction::Justify));
    let both = fault(&warned, &prompt(Operation::ShareConversation, ""), Code::Deadline).verdict;
    assert_eq!(both.obligations, [Obligation::Warn, Obligation::Justify]);
    let card = both.card.unwrap();
    assert!(card.may_justify && !card.may_send);
}

#[test]
fn text_over_the_limit_is_not_looked_at() {
    let fail = FailSettings { oversize_bytes: 10, ..FailSettings::CLOSED };
    let snapshot = snapshot(Policy::builtin(Mode::Enforce), fail);
    let judged = judge(&snapshot, &prompt(Operation::SendPrompt, "jane.doe@example.com"));
    assert_eq!(judged.verdict.fault, Some(Code::Oversize));
    assert!(judged.found.findings.is_empty() && judged.found.engines.is_empty());
    assert_eq!(judge(&snapshot, &prompt(Operation::SendPrompt, "0123456789")).verdict.fault, None);
}

#[test]
fn a_fault_does_not_hide_a_file_that_was_not_read() {
    let fail = FailSettings { oversize_bytes: 10, unread_file: FailAction::Block, ..all(FailAction::Allow) };
    let snapshot = snapshot(Policy::builtin(Mode::Monitor), fail);
    let long = prompt(Operation::SendPrompt, "0123456789!");
    assert_eq!(judge(&snapshot, &long).verdict.outcome, Outcome::Release);
    let file = crate::files::FileRead::failed(None, None, 7, UnreadFile::Encrypted);
    let files = Attached { files: vec![file.into()], ..Attached::default() };
    for code in [Code::Oversize, Code::Deadline] {
        let judged = snapshot.fault(&Asked { files: &files, ..asked(&long) }, code);
        assert_eq!((judged.verdict.outcome, judged.verdict.fault), (Outcome::Refuse, Some(code)));
        assert_eq!(judged.files[0].unread, [UnreadFile::Encrypted]);
    }
}

#[test]
fn what_needs_more_edits_than_fit_is_blocked() {
    let snapshot = snapshot(Policy::builtin(Mode::Enforce), FailSettings::CLOSED);
    let few = judge(&snapshot, &prompt(Operation::SendPrompt, "card 4111 1111 1111 1111"));
    let Judgement { facts, redacted, verdict, .. } = few;
    assert!(redacted.is_some());
    let first = snapshot.policy.decide(&facts);
    let empty = Prompt::new(Operation::SendPrompt);
    let request = ask(Reading::Prompt(empty.clone()));
    for (count, action) in [(MOST_EDITS, Action::Redact), (MOST_EDITS + 1, Action::Block)] {
        let edits = vec![verdict.edits[0].clone(); count];
        let (settled, again) =
            snapshot.after_redaction(&asked(&request), (&empty, &facts), first.clone(), &edits, &|| false);
        assert_eq!((settled.action, settled.obligations.is_empty()), (action, action == Action::Block));
        // Replayed from what is kept.
        assert_eq!(first.clone().after_redaction(snapshot.policy.decide(&again.unwrap())), settled);
    }
}

#[test]
fn every_code_has_a_setting() {
    let fail = FailSettings { unread: FailAction::Warn, ..all(FailAction::Block) };
    assert_eq!(fail_action(&fail, Code::Unread), FailAction::Warn);
    assert_eq!(fail_action(&fail, Code::BadMessage), FailAction::Warn);
    assert_eq!(fail_action(&fail, Code::Internal), FailAction::Block);
}

#[test]
fn what_cannot_be_recorded_goes_only_where_faults_may() {
    for (fail, text, outcome) in [
        (FailAction::Allow, "hello", Outcome::Release),
        (FailAction::Allow, "call +1 415-555-0132", Outcome::Refuse),
        (FailAction::Warn, "hello", Outcome::Refuse),
        (FailAction::Block, "hello", Outcome::Refuse),
    ] {
        let snapshot = snapshot(Policy::builtin(Mode::Enforce), all(fail));
        let verdict = judge(&snapshot, &prompt(Operation::SendPrompt, text)).verdict;
        let told = unrecorded(&snapshot.settings.fail, verdict, Operation::SendPrompt);
        assert_eq!((told.outcome, told.fault), (outcome, Some(Code::NotRecorded)), "{fail:?} {text}");
        assert!(told.edits.is_empty());
    }
}

#[test]
fn a_name_with_a_number_in_it_cannot_be_redacted() {
    let mut prompt = Prompt::new(Operation::SendPrompt);
    prompt.attachments.push(shared_protocol::Attachment {
        name: Some("4111 1111 1111 1111.pdf".into()),
        ..shared_protocol::Attachment::default()
    });
    let snapshot = snapshot(Policy::builtin(Mode::Enforce), FailSettings::CLOSED);
    let judged = judge(&snapshot, &ask(Reading::Prompt(prompt)));
    assert_eq!((judged.verdict.action, judged.verdict.outcome), (Action::Block, Outcome::Refuse));
    assert_eq!(judged.verdict.card.unwrap().findings.len(), 1);
}

#[test]
fn a_decision_is_replayed_from_the_facts_that_are_kept() {
    let snapshot = snapshot(Policy::builtin(Mode::Enforce), FailSettings::CLOSED);
    let kept = |facts: &Facts| Facts::from_bytes(&facts.to_bytes()).unwrap();
    for text in [
        "plain",
        "write to ada@example.com",
        "card 4111 1111 1111 1111",
        "card 4111 1111 1111 1111, call +49 30 901820, ada@example.com",
        "card 4111 1111 1111 1111 and AKIAIOSFODNN7EXAMPLQ",
    ] {
        let Judgement { facts, redacted, decision, .. } =
            judge(&snapshot, &prompt(Operation::SendPrompt, text));
        let first = snapshot.policy.decide(&kept(&facts));
        let replayed = match &redacted {
            Some(redacted) => first.after_redaction(snapshot.policy.decide(&kept(redacted))),
            None => first,
        };
        assert_eq!(replayed, decision, "{text}");
        assert_eq!(redacted.is_some(), text.starts_with("card") && !text.contains("AKIA"), "{text}");
    }
}
