//! The page's questions: the same rows as `log list`, and never a text.

use clap::Parser as _;
use host_journal::{
    Drifted, Entry, Filter, Judged, NewRow, PolicyUse, Released, Responded, Salt, Sealed, Shown, TopicNote,
    append,
};
use host_store::{Store, StoreError};
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::Value;
use shared_protocol::{
    Action, App, Capture, Drift, DriftKind, EventId, Level, Mode, Operation, Outcome, Part, PartKind,
    PolicySource, Prompt, Response, Topic,
};
use shared_seal::{KeyPair, Seed};
use tempfile::TempDir;

use super::{Told, answer};
use crate::cli::log::filter;

const SECRET: &str = "the launch is on the ninth";
const HOUR: u64 = 3_600_000;

fn event(number: u64) -> EventId {
    EventId::try_from(format!("01890a5d-ac96-474b-bcce-{number:012x}")).unwrap()
}

/// 40 interactions, every fourth with a finding, a policy and a sealed text; between them drift.
fn filled() -> (TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path(), Store::BUSY).unwrap();
    let key = KeyPair::derive(Seed::new([3; 32])).public;
    let mut rows = Vec::new();
    for number in 0..40 {
        let app = ["chatgpt", "claude"][usize::try_from(number % 2).unwrap()];
        let mut prompt =
            Prompt::new(if number % 5 == 0 { Operation::UploadFile } else { Operation::SendPrompt });
        prompt.conversation_id = Some(format!("c{}", number / 10));
        prompt.parts.push(Part { kind: PartKind::Text, name: None, text: SECRET.into() });
        let mut judged =
            Judged::new(Action::Allow, Outcome::Release, Mode::Enforce, PolicySource::Bundle, Capture::Full);
        if number % 4 == 0 {
            judged.action = Action::Warn;
            judged.policies =
                vec![PolicyUse { id: "p-warn".to_owned(), action: Action::Warn, mode: Mode::Enforce }];
            judged.topics = vec![TopicNote { topic: Topic::ContentPii, level: Level::High, score: 900 }];
        }
        let plain = host_journal::Plain::prompt(event(number), 0, App::new(app), &prompt);
        let blob = shared_seal::seal(&key, &plain.to_bytes().unwrap(), Seed::new([9; 32])).unwrap();
        let sealed = Sealed { key_id: key.id().to_string(), blob };
        let mut push = |entry, sealed| {
            rows.push(NewRow {
                at: 1_700_000_000_000 + number * HOUR,
                event: Some(event(number)),
                app: Some(App::new(app)),
                person: format!("person-{}", number % 3),
                entry,
                sealed,
                salt: Salt::new([1; 32]),
            });
        };
        push(
            Entry::Judged(Box::new(judged.about(&prompt))),
            if number % 4 == 0 { vec![sealed] } else { vec![] },
        );
        if number % 4 == 0 {
            push(Entry::Shown(Shown {}), vec![]);
        }
        push(Entry::Released(Released { edited: false }), vec![]);
        push(Entry::Response(Responded::from(&Response { complete: true, ..Response::default() })), vec![]);
        if number % 9 == 0 {
            let path = "POST /a".to_owned();
            let drift = Drift { what: DriftKind::Shape, operation: None, path, place: None, size: None };
            push(Entry::Drift(Drifted { drift }), vec![]);
        }
    }
    store.write(|tx| append(tx, "d", &rows)).unwrap();
    (folder, store)
}

fn ask(store: &Store, path: &str, query: &str) -> Told {
    store.read(|view| Ok::<_, StoreError>(answer(view, path, query))).unwrap()
}

fn good(store: &Store, path: &str, query: &str) -> Value {
    let told = ask(store, path, query);
    assert_eq!(told.status, 200, "{path}?{query}: {}", told.json);
    told.json
}

#[test]
fn figures_add_up_to_the_list() {
    let (_folder, store) = filled();
    let figures = good(&store, "/api/figures", "");
    let sum =
        |counts: &Value| counts.as_array().unwrap().iter().map(|count| count.as_u64().unwrap()).sum::<u64>();
    assert_eq!(sum(&figures["actions"]["allow"]), 30);
    assert_eq!(sum(&figures["actions"]["warn"]), 10);
    assert_eq!(sum(&figures["topics"]["content.pii"]), 10);
    let stretches = figures["stretches"].as_u64().unwrap();
    assert_eq!(figures["actions"]["warn"].as_array().unwrap().len() as u64, stretches);
    let policy = &figures["policies"][0];
    assert_eq!((policy["id"].as_str(), policy["matched"].as_u64()), (Some("p-warn"), Some(10)));
    assert_eq!((policy["shown"].as_u64(), policy["overridden"].as_u64()), (Some(10), Some(0)));
    assert_eq!(good(&store, "/api/count", "app=claude")["count"], 20);
    assert_eq!(good(&store, "/api/figures", "matched=false")["policies"], serde_json::json!([]));
    assert_eq!(good(&store, "/api/figures", "user=nobody")["stretches"], 0);
}

#[test]
fn an_interaction_and_its_conversation_are_whole() {
    let (_folder, store) = filled();
    let told = good(&store, &format!("/api/event/{}", event(4).as_str()), "");
    assert_eq!(told["state"], "released");
    let kinds: Vec<_> =
        told["rows"].as_array().unwrap().iter().map(|row| row["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["judged", "shown", "released", "response"]);
    let turns = good(&store, "/api/conversation", "app=chatgpt&id=c1");
    assert_eq!(turns["turns"].as_array().unwrap().len(), 5);
    assert_eq!(good(&store, "/api/words", "")["users"].as_array().unwrap().len(), 3);
}

#[test]
fn what_is_not_there_or_not_understood_is_told_apart() {
    let (_folder, store) = filled();
    for (path, query, status) in [
        ("/api/event/01890a5d-ac96-474b-bcce-ffffffffffff", "", 404),
        ("/api/event/x", "", 400),
        ("/api/sealed/2", "", 404),
        ("/api/sealed/x", "", 400),
        ("/api/conversation", "id=none", 404),
        ("/api/conversation", "", 400),
        ("/api/list", "action=explode", 400),
        ("/api/list", "since=yesterday", 400),
        ("/api/list", "limit=0", 400),
        ("/api/list", "help=1", 400),
        ("/api/other", "", 404),
        ("/api/event", "", 404),
        ("/api/", "", 404),
    ] {
        let told = ask(&store, path, query);
        assert_eq!(told.status, status, "{path}?{query}: {}", told.json);
        assert!(told.json["error"].as_str().is_some_and(|text| !text.is_empty()));
    }
}

#[test]
fn a_text_leaves_as_it_was_sealed() {
    let (_folder, store) = filled();
    let sealed = good(&store, "/api/sealed/1", "");
    let blob = sealed[0]["blob"].as_str().unwrap();
    assert!(shared_seal::open(&KeyPair::derive(Seed::new([3; 32])).private, blob).is_ok());
    let first = event(0);
    for (path, query) in [
        ("/api/list", "limit=200"),
        ("/api/figures", ""),
        ("/api/words", ""),
        ("/api/health", ""),
        ("/api/risk", ""),
        (&format!("/api/event/{}", first.as_str()), ""),
        ("/api/conversation", "id=c0"),
        ("/api/sealed/1", ""),
    ] {
        let told = good(&store, path, query).to_string();
        assert!(!told.contains("launch"), "{path}");
    }
}

/// A level as it moved, with what it rests on; of all persons, or of the one that is asked for.
#[test]
fn risk_is_told_over_time_with_its_reasons_and_events() {
    let (_folder, store) = filled();
    assert_eq!(good(&store, "/api/risk", "")["persons"], serde_json::json!([]));
    let rules = host_risk::Rules::builtin().unwrap();
    let tell = host_risk::keep::Tell { receivers: &[], seed: [0; 16] };
    let label = shared_protocol::Label::try_from("secret.jwt".to_owned()).unwrap();
    for (number, who) in [(1, "jane"), (2, "jane"), (3, "jane"), (4, "joe")] {
        let labels = std::collections::BTreeMap::from([(label.clone(), 1)]);
        let sign = host_risk::Sign::Prompt { topics: std::collections::BTreeMap::new(), labels };
        let at = 1_700_000_000_000 + number * HOUR;
        let signal = (number == 2)
            .then(|| host_risk::SignalId { issuer: "https://idp.example".to_owned(), jti: "7".to_owned() });
        let seen = [host_risk::Seen { sign, at, event: Some(event(number)), signal }];
        store
            .write::<_, StoreError>(|tx| host_risk::keep::observe(tx, who, &rules, at, &seen, None, tell))
            .unwrap();
    }
    let all = good(&store, "/api/risk", "");
    let names: Vec<&Value> = all["persons"].as_array().unwrap().iter().map(|one| &one["person"]).collect();
    assert_eq!(names, ["jane", "joe"]);
    let jane = good(&store, "/api/risk", "user=jane")["persons"][0].clone();
    let moves = jane["changes"].as_array().unwrap();
    let to: Vec<&Value> = moves.iter().map(|one| &one["to"]).collect();
    assert_eq!(to, ["low", "medium"]);
    assert_eq!(moves[1]["reasons"][0]["words"], "credentials in a prompt");
    assert_eq!(moves[1]["events"].as_array().unwrap().len(), 2);
    let told = serde_json::json!([{ "issuer": "https://idp.example", "jti": "7" }]);
    assert_eq!(moves[1]["reasons"][0]["signals"], told);
    assert_eq!(good(&store, "/api/risk", "user=nobody")["persons"], serde_json::json!([]));
}

/// What a person could choose, as a name and a value.
fn choice() -> impl Strategy<Value = Vec<(&'static str, String)>> {
    let one = |name: &'static str, values: Vec<&'static str>| {
        select(values).prop_map(move |value| (name, value.to_owned())).boxed()
    };
    let all = vec![
        one("app", vec!["chatgpt", "claude", "gemini"]),
        one("user", vec!["person-0", "person-1", "' OR 1=1", "--json"]),
        one("topic", vec!["content.pii", "intent.pii"]),
        one("operation", vec!["send-prompt", "upload-file"]),
        one("action", vec!["allow", "warn", "block"]),
        one("conversation", vec!["c0", "c3", "c9"]),
        one("since", vec!["2023-11-15T00:00Z", "2023-11-14T22:13:20Z"]),
        one("until", vec!["2023-11-15T12:00Z", "2023-11-16T00:00Z"]),
        one("captured", vec!["true", "false"]),
        one("matched", vec!["true", "false"]),
        one("limit", vec!["1", "7", "50"]),
        one("after", vec!["20", "77"]),
    ];
    proptest::sample::subsequence(all, 0..4).prop_flat_map(|chosen| chosen)
}

#[derive(Debug, clap::Parser)]
struct Line {
    #[command(flatten)]
    args: filter::Args,
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn the_page_lists_what_log_list_lists(chosen in choice()) {
        let (_folder, store) = filled();
        let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(&chosen).finish();
        let told = good(&store, "/api/list", &query);
        let line = chosen.iter().map(|(name, value)| format!("--{name}={value}"));
        let args = Line::try_parse_from(std::iter::once("list".to_owned()).chain(line)).unwrap().args;
        let (filter, page): (Filter, _) = (args.filter().unwrap(), args.page());
        let records = store.read(|view| host_journal::list(view, &filter, &page)).unwrap();
        let expected: Vec<u64> = records.iter().map(|record| record.seq).collect();
        let found: Vec<u64> =
            told["rows"].as_array().unwrap().iter().map(|row| row["seq"].as_u64().unwrap()).collect();
        prop_assert_eq!(&found, &expected);
        // A next page is told of exactly when there is one.
        let next = told["next"].as_u64();
        let after = host_journal::Page { after: expected.last().copied().or(page.after), ..page };
        let more = store.read(|view| host_journal::list(view, &filter, &after)).unwrap();
        prop_assert_eq!(next.is_some(), !expected.is_empty() && !more.is_empty());
    }

    #[test]
    fn no_question_breaks_it(path in "/api/[a-z]{0,12}(/.{0,12})?", query in ".{0,40}") {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path(), Store::BUSY).unwrap();
        let told = ask(&store, &path, &query);
        prop_assert!(told.status == 200 || told.json["error"].is_string());
    }
}
