//! Conversations put together again, as the four sites show their ids.

use host_journal::{Kind, NewRow, conversation};
use shared_protocol::App;

use crate::sample::{Ids, Journal, answer, ended, event, turn};

fn ids<'a>(conversation: Option<&'a str>, parent: Option<&'a str>, message: Option<&'a str>) -> Ids<'a> {
    Ids { conversation, parent, message }
}

/// The events of a conversation, in order, and the kinds of their rows.
fn read(journal: &Journal, app: Option<&str>, id: &str) -> Vec<(String, Vec<Kind>)> {
    let app = app.map(App::new);
    let turns = journal.store.read(|view| conversation(view, app.as_ref(), id)).unwrap();
    turns
        .into_iter()
        .map(|turn| (turn.event.as_str().to_owned(), turn.records.iter().map(|record| record.kind).collect()))
        .collect()
}

fn events(journal: &Journal, app: Option<&str>, id: &str) -> Vec<String> {
    read(journal, app, id).into_iter().map(|(event, _)| event).collect()
}

fn named(numbers: &[u64]) -> Vec<String> {
    numbers.iter().map(|number| event(*number).as_str().to_owned()).collect()
}

fn append(journal: &Journal, rows: &[NewRow]) {
    journal.append(rows).unwrap();
}

#[test]
fn the_first_turn_has_its_id_in_the_answer_only() {
    let journal = Journal::new();
    append(
        &journal,
        &[
            turn(1, "chatgpt", ids(None, Some("client-created-root"), Some("m1"))),
            // Another first turn, of a conversation that never got an id.
            turn(2, "chatgpt", ids(None, Some("client-created-root"), Some("m9"))),
            answer(1, "chatgpt", ids(Some("c"), None, Some("a1"))),
            ended(1, "chatgpt"),
            turn(3, "chatgpt", ids(Some("c"), Some("a1"), Some("m2"))),
            answer(3, "chatgpt", ids(Some("c"), None, Some("a2"))),
            ended(3, "chatgpt"),
        ],
    );
    let whole = vec![Kind::Judged, Kind::Response, Kind::Ended];
    let expected: Vec<_> = named(&[1, 3]).into_iter().map(|event| (event, whole.clone())).collect();
    assert_eq!(read(&journal, None, "c"), expected);
    assert_eq!(read(&journal, Some("chatgpt"), "c"), expected);
    assert_eq!(read(&journal, Some("claude"), "c"), []);
    assert_eq!(read(&journal, None, "nothing"), []);
}

#[test]
fn follow_ups_that_name_no_conversation_hang_on_the_message_they_follow() {
    let journal = Journal::new();
    append(
        &journal,
        &[
            turn(1, "perplexity", ids(None, None, Some("f1"))),
            answer(1, "perplexity", ids(Some("thread"), None, Some("b1"))),
            turn(2, "perplexity", ids(None, Some("b1"), Some("f2"))),
            turn(7, "perplexity", ids(None, Some("unknown"), Some("f7"))),
            answer(2, "perplexity", ids(None, None, Some("b2"))),
            turn(3, "perplexity", ids(None, Some("b2"), Some("f3"))),
            // Followed, but taken into a thread of its own.
            turn(4, "perplexity", ids(Some("fork"), Some("b2"), Some("f4"))),
        ],
    );
    assert_eq!(events(&journal, None, "thread"), named(&[1, 2, 3]));
}

#[test]
fn turns_before_the_one_that_names_the_conversation_belong_to_it() {
    let journal = Journal::new();
    append(
        &journal,
        &[
            turn(1, "perplexity", ids(None, None, Some("f1"))),
            answer(1, "perplexity", ids(None, None, Some("b1"))),
            turn(2, "perplexity", ids(None, Some("b1"), Some("f2"))),
            answer(2, "perplexity", ids(Some("thread"), None, Some("b2"))),
        ],
    );
    assert_eq!(events(&journal, None, "thread"), named(&[1, 2]));
}

#[test]
fn equal_ids_of_two_sites_are_two_conversations() {
    let journal = Journal::new();
    append(
        &journal,
        &[
            turn(1, "claude", ids(Some("c"), None, Some("m"))),
            turn(2, "gemini", ids(None, Some("m"), None)),
            turn(3, "gemini", ids(Some("c"), None, None)),
        ],
    );
    assert_eq!(events(&journal, Some("claude"), "c"), named(&[1]));
    assert_eq!(events(&journal, Some("gemini"), "c"), named(&[3]));
}
