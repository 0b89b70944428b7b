//! The page's questions, answered from one moment of the record: pure over a view of the file.
//!
//! INVARIANT: no key is known here and nothing is opened: a text leaves as it was sealed. INVARIANT: a question's
//! filters are those of `log list`, read by the same code.

mod ask;
mod health;
mod risk;

use host_journal::{Column, Entry, Filter, JournalError, Known, Record};
use host_store::View;
use hyper::StatusCode;
use serde_json::{Map, Value, json};
use shared_protocol::{App, EventId, Millis, Operation, Topic};

use self::ask::Ask;
use crate::cli::log::{listed, row, state};

/// An answer.
#[derive(Debug)]
pub(super) struct Told {
    /// Whether it is one.
    pub(super) status: StatusCode,
    /// What it says.
    pub(super) json: Value,
}

/// Why there is none.
#[derive(Debug, thiserror::Error)]
enum Fault {
    /// What was asked makes no sense; the text says what to write instead.
    #[error("{0}")]
    Asked(String),
    /// It is not there.
    #[error("this is not on record")]
    NotThere,
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// A row that JSON cannot say.
    #[error("a row cannot be told")]
    Row,
}

/// Answers the question of a path and a query.
pub(super) fn answer(view: &View<'_>, path: &str, query: &str) -> Told {
    let told = match path.trim_start_matches("/api/").split_once('/') {
        None => match path {
            "/api/list" => list(view, query),
            "/api/count" => count(view, query),
            "/api/conversation" => conversation(view, query),
            "/api/figures" => figures(view, query),
            "/api/health" => health::told(view, query),
            "/api/risk" => risk::told(view, query),
            "/api/words" => words(view),
            _ => Err(Fault::NotThere),
        },
        Some(("event", id)) => event(view, id),
        Some(("sealed", seq)) => sealed(view, seq),
        Some(_) => Err(Fault::NotThere),
    };
    told.map_or_else(
        |fault| {
            let status = match fault {
                Fault::Asked(_) => StatusCode::BAD_REQUEST,
                Fault::NotThere => StatusCode::NOT_FOUND,
                Fault::Journal(_) | Fault::Row => StatusCode::INTERNAL_SERVER_ERROR,
            };
            Told { status, json: json!({ "error": fault.to_string() }) }
        },
        |json| Told { status: StatusCode::OK, json },
    )
}

/// A page of interactions, as `log list --json` tells them.
fn list(view: &View<'_>, query: &str) -> Result<Value, Fault> {
    let ask = Ask::read(query)?;
    let page = listed::page(view, &ask.filter, &ask.page)?;
    let rows = page.rows.iter().map(|(record, known)| told(record, known.as_ref()));
    Ok(json!({ "rows": rows.collect::<Result<Vec<_>, _>>()?, "next": page.next }))
}

fn count(view: &View<'_>, query: &str) -> Result<Value, Fault> {
    let ask = Ask::read(query)?;
    Ok(json!({ "count": host_journal::count(view, &ask.filter)? }))
}

/// Everything on record of one interaction.
fn event(view: &View<'_>, id: &str) -> Result<Value, Fault> {
    let id = EventId::try_from(id.to_owned()).map_err(|fault| Fault::Asked(fault.to_string()))?;
    let records = host_journal::event(view, &id)?;
    if records.is_empty() {
        return Err(Fault::NotThere);
    }
    turn(&id, &records)
}

fn turn(id: &EventId, records: &[Record]) -> Result<Value, Fault> {
    let rows = records.iter().map(|record| told(record, None)).collect::<Result<Vec<_>, _>>()?;
    Ok(json!({ "event": id, "state": state(&Known::of(records)), "rows": rows }))
}

/// A conversation from first prompt to last answer.
fn conversation(view: &View<'_>, query: &str) -> Result<Value, Fault> {
    let fields: Map<String, Value> = ask::fields(query).map(|(name, value)| (name, value.into())).collect();
    let field = |name: &str| fields.get(name).and_then(Value::as_str);
    let id = field("id").ok_or_else(|| Fault::Asked("name a conversation with `id`".to_owned()))?;
    let app = field("app").map(App::new);
    let turns = host_journal::conversation(view, app.as_ref(), id)?;
    if turns.is_empty() {
        return Err(Fault::NotThere);
    }
    let turns = turns.iter().map(|one| turn(&one.event, &one.records)).collect::<Result<Vec<_>, _>>()?;
    Ok(json!({ "turns": turns }))
}

/// A row's text as it was sealed, for each recipient.
fn sealed(view: &View<'_>, seq: &str) -> Result<Value, Fault> {
    let seq: u64 = seq.parse().map_err(|_| Fault::Asked("a row is named by its number".to_owned()))?;
    let all = host_journal::sealed(view, seq)?;
    if all.is_empty() {
        return Err(Fault::NotThere);
    }
    Ok(all.iter().map(|one| json!({ "key": one.key_id, "blob": one.blob })).collect())
}

/// Interactions over time, and what became of each policy's cards.
fn figures(view: &View<'_>, query: &str) -> Result<Value, Fault> {
    let ask = Ask::read(query)?;
    let figures = host_journal::figures(view, &ask.filter, ask.offset)?;
    let policies = host_journal::policies(view, &ask.filter)?;
    let policies = policies.into_iter().map(|(id, one)| {
        json!({
            "id": id, "matched": one.matched, "shown": one.shown, "overridden": one.overridden,
            "redacted": one.redacted, "edited": one.edited, "unanswered": one.unanswered,
            "refused": one.refused, "mistakes": one.mistakes,
        })
    });
    Ok(json!({
        "from": figures.from, "width": figures.width, "stretches": figures.stretches,
        "actions": figures.actions, "topics": figures.topics, "policies": policies.collect::<Vec<_>>(),
    }))
}

/// What filters can say: the sites, people and topics on record, and the closed sets.
fn words(view: &View<'_>) -> Result<Value, Fault> {
    let all = Filter { kinds: Filter::INTERACTIONS.to_vec(), ..Filter::default() };
    let seen = |by| -> Result<Vec<String>, Fault> {
        Ok(host_journal::words(view, &all, by)?.into_iter().map(|(word, _)| word).collect())
    };
    let mut topics: Vec<String> = Topic::BUILTIN.into_iter().map(String::from).collect();
    topics.extend(seen(Column::Topic)?.into_iter().filter(|topic| topic.starts_with("custom.")));
    let device =
        host_journal::list(view, &Filter::default(), &host_journal::Page { limit: 1, ..Default::default() })?;
    Ok(json!({
        "apps": seen(Column::App)?, "users": seen(Column::Person)?, "topics": topics,
        "operations": Operation::ALL.map(Operation::as_str),
        "device": device.first().map(|record| &record.device), "version": env!("CARGO_PKG_VERSION"),
    }))
}

/// A row, flat, without what only a replay of the decision needs.
fn told(record: &Record, known: Option<&Known>) -> Result<Value, Fault> {
    let mut json = row::json(record, known.map(state)).map_err(|_| Fault::Row)?;
    if let (Some(Entry::Judged(_)), Some(fields)) = (&record.entry, json.as_object_mut()) {
        fields.remove("facts");
        fields.remove("redacted_facts");
    }
    if let (Some(known), Some(fields)) = (known, json.as_object_mut()) {
        fields.insert("shown".to_owned(), known.shown.into());
        fields.insert("answered".to_owned(), json!(known.answered.map(|answered| answered.choice)));
    }
    Ok(json)
}

/// Now, for what is counted back from it.
fn now() -> Millis {
    crate::native::now()
}

#[cfg(test)]
mod tests;
