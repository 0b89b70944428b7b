//! Whatever a row says, it comes back as it was and its chain is whole.

use host_journal::{
    Audit, By, Change, Entry, FactsJson, Filter, Health, Mistaken, NewRow, Order, Page, PolicyUse, Refused,
    RefusedBy, Responded, Salt, Sealed, Seen, SiteWord, TopicNote, Trouble, list, verify,
};
use proptest::prelude::*;
use shared_protocol::{
    Action, App, Code, Drift, DriftKind, Label, Level, Mode, Obligation, Operation, Prompt, RefusedReason,
    Response, Road, ToolCall, Topic, Uncovered,
};

use crate::sample::{Journal, event, judged};

fn maybe() -> impl Strategy<Value = Option<String>> {
    prop::option::of(prop_oneof!["[a-z0-9-]{0,40}", "\\PC{0,300}", any::<String>()])
}

prop_compose! {
    fn prompt()(
        operation in prop::sample::select(Operation::ALL.to_vec()),
        conversation_id in maybe(),
        parent_id in maybe(),
        message_id in maybe(),
        model in maybe(),
        tools in prop::collection::vec(any::<String>(), 0..3),
        temporary: bool,
    ) -> Prompt {
        Prompt {
            conversation_id, parent_id, message_id, model, tools, temporary,
            ..Prompt::new(operation)
        }
    }
}

prop_compose! {
    fn judgement()(
        prompt in prompt(),
        level in prop::sample::select(vec![Level::None, Level::Low, Level::High]),
        topics in prop::collection::vec(prop_oneof![
            prop::sample::select(Topic::BUILTIN.to_vec()),
            "\\PC{1,9}".prop_map(Topic::Custom),
        ], 0..4),
        labels in prop::collection::btree_map("[a-z]{1,5}\\.[a-z]{1,5}", 0_u64..9, 0..3),
        policies in prop::collection::vec("\\PC{0,20}", 0..3),
        facts in prop::option::of(prop::collection::btree_map("\\PC{0,5}", any::<u32>(), 0..4)),
        score in 0_u16..=1000,
        drift in prop::option::of("\\PC{0,30}"),
        fault: bool,
    ) -> Entry {
        let mut judged = judged(&prompt);
        judged.topics =
            topics.into_iter().map(|topic| TopicNote { topic, level, score }).collect();
        judged.labels =
            labels.into_iter().map(|(label, count)| (Label::try_from(label).unwrap(), count)).collect();
        judged.policies = policies
            .into_iter()
            .map(|id| PolicyUse { id, action: Action::Warn, mode: Mode::Monitor })
            .collect();
        judged.facts = facts.map(|facts| FactsJson::new(&serde_json::to_vec(&facts).unwrap()).unwrap());
        judged.obligations = vec![Obligation::Warn];
        judged.fault = fault.then_some(Code::Unread);
        if let Some(path) = drift {
            let operation = Some(prompt.operation);
            let drift = Drift { what: DriftKind::Shape, operation, path, place: None, size: Some(7) };
            judged = judged.unread(&drift);
        }
        Entry::Judged(Box::new(judged))
    }
}

prop_compose! {
    fn response()(
        model in maybe(),
        conversation_id in maybe(),
        message_id in maybe(),
        error in maybe(),
        names in prop::collection::vec((any::<String>(), maybe()), 0..3),
        text: String,
    ) -> Entry {
        let tool_calls = names.into_iter().map(|(name, server)| ToolCall { name, server }).collect();
        let response = Response {
            text: text.into(), model, conversation_id, message_id, tool_calls, error,
            ..Response::default()
        };
        Entry::Response(Responded::from(&response))
    }
}

prop_compose! {
    fn audit()(
        what in prop::sample::select(Change::ALL.to_vec()),
        user in maybe(),
        keys in prop::collection::vec("[0-9a-f]{16}", 0..3),
        old_keys in prop::collection::vec("[0-9a-f]{16}", 0..3),
        version in maybe(),
        name in maybe(),
        count in prop::option::of(any::<u64>()),
        grant in maybe(),
        whose in maybe(),
    ) -> Entry {
        let by = user.as_ref().map_or(By::Host, |user| By::User(SiteWord::from(user)));
        let word = |word: Option<String>| word.as_ref().map(SiteWord::from);
        let words = |words: Vec<String>| words.iter().map(SiteWord::from).collect();
        Entry::Audit(Audit {
            keys: words(keys),
            old_keys: words(old_keys),
            version: word(version),
            name: word(name),
            count,
            grant: word(grant),
            whose: word(whose),
            ..Audit::new(what, by)
        })
    }
}

prop_compose! {
    fn health()(
        trouble in prop::sample::select(Trouble::ALL.to_vec()),
        over: bool,
        name in maybe(),
        count in prop::option::of(any::<u64>()),
    ) -> Entry {
        Entry::Health(Health { trouble, over, name: name.as_ref().map(SiteWord::from), count })
    }
}

fn entry() -> impl Strategy<Value = Entry> {
    let refused = prop::sample::select(vec![
        RefusedBy::Policy,
        RefusedBy::Person,
        RefusedBy::NoAnswer,
        RefusedBy::Fault(Code::Deadline),
        RefusedBy::Extension(RefusedReason::Aborted),
    ]);
    let road = prop::sample::select(vec![Road::Request, Road::Beacon, Road::Navigation, Road::Other]);
    let seen = (road, "\\PC{0,30}", any::<bool>()).prop_map(|(road, path, stopped)| Uncovered {
        road,
        path,
        stopped,
    });
    prop_oneof![
        judgement(),
        response(),
        audit(),
        health(),
        refused.prop_map(|by| Entry::Refused(Refused { by })),
        seen.prop_map(|seen| Entry::Uncovered(Seen { seen })),
        Just(Entry::Mistake(Mistaken {})),
    ]
}

prop_compose! {
    pub(crate) fn any_row()(
        entry in entry(),
        at in 0_u64..(1 << 62),
        app in prop::option::of("\\PC{0,10}"),
        person in "\\PC{0,20}",
        blobs in prop::collection::vec(("[0-9a-f]{16}", "[A-Za-z0-9+/]{0,80}"), 0..3),
        salt: [u8; 32],
        has_event: bool,
    ) -> (NewRow, bool) {
        let sealed = blobs.into_iter().map(|(key_id, blob)| Sealed { key_id, blob }).collect();
        let row = NewRow { at, event: None, app: app.map(App::new), person, entry, sealed, salt: Salt::new(salt) };
        (row, has_event)
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn any_row_comes_back_and_verifies(rows in prop::collection::vec(any_row(), 1..8)) {
        let journal = Journal::new();
        let rows: Vec<NewRow> = (0..)
            .zip(rows)
            .map(|(number, (row, has_event))| NewRow { event: has_event.then(|| event(number)), ..row })
            .collect();
        let places = journal.append(&rows).unwrap();
        let page = Page { order: Order::Oldest, after: None, limit: 100 };
        let records = journal.store.read(|view| list(view, &Filter::default(), &page)).unwrap();
        prop_assert_eq!(records.len(), rows.len());
        for ((row, record), place) in rows.into_iter().zip(&records).zip(places) {
            prop_assert_eq!((place.seq, place.hash), (record.seq, record.hash));
            prop_assert_eq!(record.at, row.at);
            prop_assert_eq!(&record.event, &row.event);
            prop_assert_eq!(&record.app, &row.app);
            prop_assert_eq!(record.person.as_ref(), Some(&row.person).filter(|person| !person.is_empty()));
            prop_assert_eq!(record.entry.as_ref(), Some(&row.entry));
            prop_assert_eq!(record.sealed.len(), row.sealed.len());
        }
        let checked = journal.store.read(verify).unwrap();
        prop_assert_eq!(checked.bad, None);
        prop_assert_eq!(checked.rows, records.len() as u64);
    }
}
