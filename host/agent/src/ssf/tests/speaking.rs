//! Of whom this machine speaks, and what of it waits: nobody else's messages, a key that is unknown there, a clock.

use host_identity::Person;
use host_journal::{Filter, Kind, Order, Page};
use host_store::OutboxState;

use super::{MINUTE, Machine, START, answering, closed_port, refusing};
use crate::identity::renew::seconds;
use crate::identity::{Bound, Session, State};
use crate::live::Active;
use crate::os::{Env, Os};
use crate::record::Recorder;
use crate::ssf::{Senders, Step, keys, may_speak};

#[test]
fn it_speaks_of_nobody_else() {
    let mut machine = Machine::new();
    let (port, told) = answering(&[202]);
    let mut sender = machine.sender(port);
    machine.see("joe", START);
    machine.see("jane", START + 1);
    assert_eq!(machine.step(&mut sender, START + 1), Step::Sent(String::new()));
    assert_eq!(told.try_iter().count(), 0);
    // Nobody refused it: no row says so, and nobody has to do anything.
    let filter = Filter { kinds: vec![Kind::Audit], ..Filter::default() };
    let page = Page { order: Order::Oldest, after: None, limit: 10 };
    let rows = machine.recorder.in_record(|tx, _| host_journal::list(tx, &filter, &page)).unwrap();
    assert!(rows.is_empty());
    assert!(matches!(machine.step(&mut sender, START + 1), Step::Sent(_)));
    let states: Vec<OutboxState> = machine.rows().into_iter().map(|row| row.0).collect();
    assert_eq!(states, [OutboxState::Overtaken, OutboxState::Sent]);
    assert_eq!(told.try_iter().count(), 1);
}

#[test]
fn a_pause_that_a_clock_some_hours_ahead_wrote_is_not_waited_for() {
    let mut machine = Machine::new();
    machine.see("jane", START);
    let (port, _told) = answering(&[503, 202]);
    let mut sender = machine.sender(port);
    let ahead = START + 180 * MINUTE;
    assert!(matches!(machine.step(&mut sender, ahead), Step::Later(..)));
    assert!(matches!(machine.step(&mut sender, START), Step::Sent(_)));
}

#[test]
fn what_is_refused_for_its_key_is_overtaken_by_the_newest() {
    let mut machine = Machine::new();
    // It says once that it does not know the key, then takes what comes.
    let (port, _told) = refusing(&[400, 202], r#"{"err":"invalid_key"}"#);
    let mut sender = machine.sender(port);
    machine.see("jane", START);
    let Step::Later(until, why) = machine.step(&mut sender, START) else { panic!("its key is not known") };
    assert!(why.contains("invalid_key"), "{why}");
    machine.see("jane", START + 1);
    assert!(matches!(machine.step(&mut sender, until), Step::Sent(_)));
    let states: Vec<OutboxState> = machine.rows().into_iter().map(|row| row.0).collect();
    assert_eq!(states, [OutboxState::Overtaken, OutboxState::Sent]);
}

/// How long an unknown key is waited for is counted by the record, and by nothing but what was refused for it.
#[test]
fn a_network_that_was_away_takes_nothing_of_the_wait_for_a_key() {
    let mut machine = Machine::new();
    machine.see("jane", START);
    let (mut nowhere, mut now) = (machine.sender(closed_port()), START);
    for _ in 0..10 {
        let Step::Later(until, _) = machine.step(&mut nowhere, now) else { panic!("nobody is there") };
        now = until;
    }
    let (port, told) = refusing(&[400, 400, 503, 400], r#"{"err":"invalid_key"}"#);
    let mut waits = 0;
    loop {
        // Each time by a process that knows only what stands in the record.
        match machine.step(&mut machine.sender(port), now) {
            Step::Later(until, why) if why.contains("503") => now = until,
            Step::Later(until, why) => {
                assert!(until == now + 30 * MINUTE && why.contains("invalid_key"), "{why}");
                waits += 1;
                now = until;
            }
            Step::Parked(why) => {
                assert!(why.contains("ssf jwks"), "{why}");
                break;
            }
            other => panic!("{other:?}"),
        }
    }
    assert_eq!((waits, told.try_iter().count()), (5, 7));
    // Let go, it is waited for as long again.
    machine.recorder.in_record(|tx, _| Ok(tx.unpark_outbox(None)?)).unwrap();
    let again = machine.step(&mut machine.sender(port), now);
    assert!(matches!(again, Step::Later(until, _) if until == now + 30 * MINUTE), "{again:?}");
}

#[test]
fn nothing_is_told_but_of_the_person_of_the_settings_signed_in_and_enrolled() {
    let mut machine = Machine::new();
    let (port, told) = answering(&[202]);
    let home = machine.folder.path().to_owned();
    let vars = [("HOME", home.to_str().unwrap().to_owned()), ("USER", "account".to_owned())];
    let env = Env::new(Os::Linux, vars);
    let path = env.own_settings().unwrap();
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    let text = format!(
        "[identity]\nissuer = \"https://idp.example\"\nclient_id = \"x\"\n[identity.enrol]\nacr = [\"high\"]\n\
         [ssf]\nissuer = \"https://ssf.example\"\nkey_file = {:?}\nperson = \"jane.doe@example.com\"\n\
         [[ssf.receiver]]\nname = \"okta\"\nprofile = \"okta\"\naudience = \"https://customer.okta.com\"\n\
         address = \"http://127.0.0.1:{port}/\"\n",
        home.join("key")
    );
    std::fs::write(path, text).unwrap();
    let data = env.data().unwrap();
    machine.recorder = Recorder::new(Some(data.clone()), "account".to_owned(), Box::new(|| None));
    machine.recorder.open().unwrap();
    keys::signing(&home.join("key")).unwrap();
    machine.see("jane", START);
    let mut senders = Senders::default();
    let mut turn = |who: Option<(&str, &str)>, enrolled_at: Option<i64>| {
        let at = seconds();
        let person = who.map(|(id, email)| Person {
            issuer: "https://idp.example".to_owned(),
            sub: id.to_owned(),
            id: id.to_owned(),
            email: Some(email.to_owned()),
            department: None,
            groups: std::collections::BTreeSet::new(),
            acr: None,
            amr: Vec::new(),
            auth_time: None,
        });
        let bound = person.iter().map(|person| Bound {
            issuer: person.issuer.clone(),
            sub: person.sub.clone(),
            id: None,
            machine: None,
            enrolled_at,
            verified_at: None,
            acr: None,
            amr: Vec::new(),
        });
        let bound: Vec<Bound> = bound.collect();
        State::change(&data, |state| {
            state.bound = bound;
            state.session = person.map(|person| Session { person, signed_in_at: at, refreshed_at: at });
        })
        .unwrap();
        let active = Active::load(&env);
        assert!(active.configured.fault.is_none());
        assert_eq!(senders.turn(&machine.recorder, &active), may_speak(&active).map(drop));
        // Since when is what a session that ended before is told by.
        let since = may_speak(&active).map_or(0, |whom| whom.since);
        assert!(since == 0 || i64::try_from(since) == Ok(at * 1_000), "{since}");
        (may_speak(&active).map(|whom| (whom.person, whom.since > 0)), told.try_iter().count())
    };
    let now = Some(seconds());
    let jane = Some(("jane", "jane.doe@example.com"));
    for (who, enrolled_at, why) in [
        (None, now, "is not signed in here"),
        (Some(("joe", "joe@example.com")), now, "is not signed in here"),
        (Some(("jane", "jane@other.example")), now, "is not signed in here"),
        (jane, None, "is not enrolled here"),
    ] {
        let (may, count) = turn(who, enrolled_at);
        assert!(may.unwrap_err().contains(why) && count == 0, "{who:?}");
    }
    assert_eq!(turn(jane, now), (Ok(("jane".to_owned(), true)), 1));
}
