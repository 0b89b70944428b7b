//! One-time codes: what each lifts, that it counts once, and that what is refused leaves the question as it was.

use host_journal::{Change, Entry, Filter, Kind, Order, Page};
use host_policy::bundle::{SecretKey, Signer as _};
use host_policy::grant::{self, Grant, GrantFor};
use shared_protocol::{Card, Choice, CodeFault, Part, PartKind, Topic};

use super::*;

const SECRET: &str = "the key is ghp_16C7e42F292c6912E7710c838347Ae178B4a now";
const PHONE: &str = "call +1 415-555-0132 now";
const NUMBER: &str = "+1 415-555-0132";

fn key(seed: u8) -> SecretKey {
    SecretKey::from_seed([seed; 32]).unwrap()
}

fn desk() -> Office {
    let keys = vec![key(1).key().clone()];
    office_trusting("policy = \"builtin-enforce\"\n[fail]\ndeadline_ms = 60000", Snapshot::judge, keys)
}

/// A code of the trusted key for an hour.
fn code(id: &str, person: &str, what: GrantFor) -> String {
    code_for(id, person, vec![what])
}

fn code_for(id: &str, person: &str, what: Vec<GrantFor>) -> String {
    let not_after = i64::try_from(super::super::now() / 1_000).unwrap() + 3_600;
    let grant = Grant { id: id.to_owned(), person: person.to_owned(), what, not_after, reason: None };
    grant::write(&grant, &key(1)).unwrap()
}

fn policy(id: &str) -> GrantFor {
    GrantFor::Policy(id.to_owned())
}

impl Office {
    fn ask(&self, event: &EventId, text: &str, operation: Operation) -> Verdict {
        let mut prompt = Prompt::new(operation);
        prompt.parts.push(Part { kind: PartKind::Text, name: None, text: text.into() });
        let (event, app, reading) = (event.clone(), App::new("claude"), Reading::Prompt(prompt));
        let judge =
            Judge { event, app, at: 1, reading, private_window: false, page: None, placeholders: Vec::new() };
        self.say(&ToHost::Judge(Box::new(judge)));
        match self.said.recv_timeout(LONG).unwrap() {
            ToExtension::Verdict(verdict) => *verdict,
            other => panic!("{other:?}"),
        }
    }

    /// What a code comes to: an end, or why not.
    fn give(&self, event: &EventId, code: &str) -> Result<Outcome, CodeFault> {
        let choice = Choice::Code { code: code.into() };
        self.say(&ToHost::Answered { event: event.clone(), choice, at: 2 });
        match self.said.recv_timeout(LONG).unwrap() {
            ToExtension::Go { outcome, .. } => Ok(outcome),
            ToExtension::CodeRefused { why, .. } => Err(why),
            other => panic!("{other:?}"),
        }
    }

    fn kinds(&self, event: &EventId) -> Vec<&'static str> {
        let opened = self.recorder.events(event);
        opened.into_iter().map(|record| record.kind.as_str()).collect()
    }
}

fn asks(verdict: &Verdict) -> bool {
    verdict.outcome == Outcome::Ask && verdict.card.as_ref().is_some_and(|Card { may_code, .. }| *may_code)
}

#[test]
fn a_code_lifts_what_it_names_once_and_is_on_record_before_anything_goes() {
    let office = desk();
    let blocked = office.ask(&event(1), SECRET, Operation::SendPrompt);
    assert!(asks(&blocked), "{blocked:?}");
    let good = code("g-1", "jane", policy("secret-blocked"));
    assert_eq!(office.give(&event(1), &good), Ok(Outcome::Release));
    assert_eq!(office.kinds(&event(1)), ["judged", "audit", "answered", "released"]);
    let rows = office.recorder.events(&event(1));
    let Some(Entry::Audit(audit)) = &rows[1].entry else { panic!() };
    assert_eq!(audit.what, Change::ExceptionGiven);
    let said = |word: &Option<host_journal::SiteWord>| word.as_ref().unwrap().as_str().to_owned();
    assert_eq!(
        (said(&audit.grant), said(&audit.name)),
        ("g-1".to_owned(), "policy secret-blocked".to_owned())
    );
    assert_eq!(said(&audit.whose), "jane");
    // The very same answer again, as from an extension that did not hear the word.
    assert_eq!(office.give(&event(1), &good), Ok(Outcome::Release));
    assert_eq!(office.kinds(&event(1)).len(), 4);
    // Nor does it lift anything else, nor the same once more.
    assert!(asks(&office.ask(&event(2), SECRET, Operation::SendPrompt)));
    assert_eq!(office.give(&event(2), &good), Err(CodeFault::Used));
    assert_eq!(office.kinds(&event(2)), ["judged"]);
    let page = Page { order: Order::Oldest, after: None, limit: 9 };
    let audits = Filter { kinds: vec![Kind::Audit], ..Filter::default() };
    assert_eq!(office.recorder.listed(&audits, &page), 1);
    office.close();
}

#[test]
fn what_a_code_does_not_cover_stays_and_so_does_the_question() {
    let office = desk();
    assert!(asks(&office.ask(&event(1), SECRET, Operation::SendPrompt)));
    let soon = i64::try_from(super::super::now() / 1_000).unwrap();
    let of = |id: &str, not_after, signer| {
        let what = vec![policy("secret-blocked")];
        let (id, person) = (id.to_owned(), "jane".to_owned());
        grant::write(&Grant { id, person, what, not_after, reason: None }, &signer).unwrap()
    };
    let good = code("good", "jane", policy("secret-blocked"));
    for (given, why) in [
        ("pg1.x".to_owned(), CodeFault::Unreadable),
        (good.split_at(good.len() - 4).0.to_owned(), CodeFault::Unreadable),
        (of("other-key", soon + 60, key(2)), CodeFault::NotSigned),
        (of("void", soon - 1, key(1)), CodeFault::Expired),
        (of("long", soon + 8 * 86_400, key(1)), CodeFault::Other),
        (code("other-person", "joe", policy("secret-blocked")), CodeFault::OtherPerson),
        (code("other-policy", "jane", policy("phone-warned")), CodeFault::OtherMatter),
        (code("other-topic", "jane", GrantFor::Topic(Topic::ContentFinancial)), CodeFault::OtherMatter),
        (code("other-value", "jane", GrantFor::value("other-value", NUMBER)), CodeFault::OtherMatter),
    ] {
        assert_eq!(office.give(&event(1), &given), Err(why), "{given}");
        assert_eq!(office.kinds(&event(1)), ["judged"], "{why:?}");
    }
    assert_eq!(office.give(&event(1), &good), Ok(Outcome::Release));
    // A part is not all of it.
    let both = format!("{SECRET} {PHONE}");
    assert!(asks(&office.ask(&event(2), &both, Operation::SendPrompt)));
    assert_eq!(
        office.give(&event(2), &code("part", "jane", policy("secret-blocked"))),
        Err(CodeFault::OtherMatter)
    );
    let all = vec![policy("secret-blocked"), policy("phone-warned")];
    assert_eq!(office.give(&event(2), &code_for("all", "jane", all)), Ok(Outcome::Release));
    // One row for each thing that was granted.
    assert_eq!(office.kinds(&event(2)), ["judged", "audit", "audit", "answered", "released"]);
    assert!(asks(&office.ask(&event(3), &both, Operation::SendPrompt)));
    let mixed = vec![GrantFor::Topic(Topic::ContentCredentials), GrantFor::value("mixed", NUMBER)];
    assert_eq!(office.give(&event(3), &code_for("mixed", "jane", mixed.clone())), Ok(Outcome::Release));
    // The value of another code is not this one's.
    assert!(asks(&office.ask(&event(4), &both, Operation::SendPrompt)));
    assert_eq!(office.give(&event(4), &code_for("other", "jane", mixed)), Err(CodeFault::OtherMatter));
    office.close();
}

#[test]
fn a_topic_and_an_exact_value_lift_too() {
    let office = desk();
    assert!(asks(&office.ask(&event(1), SECRET, Operation::SendPrompt)));
    let topic = code("topic", "jane", GrantFor::Topic(Topic::ContentCredentials));
    assert_eq!(office.give(&event(1), &topic), Ok(Outcome::Release));
    assert!(asks(&office.ask(&event(2), PHONE, Operation::SendPrompt)));
    let value = code("value", "jane", GrantFor::value("value", NUMBER));
    assert_eq!(office.give(&event(2), &value), Ok(Outcome::Release));
    // Of two numbers one is not enough.
    let two = format!("{PHONE} or +1 415-555-0199");
    assert!(asks(&office.ask(&event(3), &two, Operation::SendPrompt)));
    let value = code("value-2", "jane", GrantFor::value("value-2", NUMBER));
    assert_eq!(office.give(&event(3), &value), Err(CodeFault::OtherMatter));
    office.close();
}

#[test]
fn after_another_answer_a_code_lets_nothing_go_and_is_not_used_up() {
    let office = desk();
    office.ask(&event(1), PHONE, Operation::SendPrompt);
    office.say(&ToHost::Answered { event: event(1), choice: Choice::Edit, at: 2 });
    assert!(matches!(office.said.recv_timeout(LONG).unwrap(), ToExtension::Go { .. }));
    let good = code("late", "jane", policy("phone-warned"));
    assert_eq!(office.give(&event(1), &good), Ok(Outcome::Refuse));
    office.ask(&event(2), PHONE, Operation::SendPrompt);
    assert_eq!(office.give(&event(2), &good), Ok(Outcome::Release));
    office.close();
}

#[test]
fn drafts_and_machines_without_keys_block_as_before() {
    let with_keys = desk();
    let draft = with_keys.ask(&event(1), SECRET, Operation::SendDraft);
    assert_eq!(draft.outcome, Outcome::Refuse);
    with_keys.close();
    let office = office("policy = \"builtin-enforce\"\n[fail]\ndeadline_ms = 60000", Snapshot::judge);
    let blocked = office.ask(&event(1), SECRET, Operation::SendPrompt);
    assert_eq!((blocked.outcome, blocked.card.unwrap().may_code), (Outcome::Refuse, false));
    let asked = office.ask(&event(2), PHONE, Operation::SendPrompt);
    assert!(!asks(&asked));
    assert_eq!(office.give(&event(2), &code("x", "jane", policy("phone-warned"))), Err(CodeFault::NotSigned));
    office.close();
}
