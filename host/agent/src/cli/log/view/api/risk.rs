//! Where persons stand in risk, and how they came there. No prompt text: words of behaviours, counts, levels and event ids.

use host_risk::keep;
use host_store::{StoreError, View};
use serde_json::{Value, json};

use super::{Fault, ask, now};
use crate::cli::risk::word;

/// Most persons, and most moves of each, the newest.
const PERSONS: usize = 50;
const MOVES: u32 = 500;

/// All of them, or the one that the question names with `user`. Levels are as they stood when they were last looked at.
pub(super) fn told(view: &View<'_>, query: &str) -> Result<Value, Fault> {
    let user = ask::fields(query).find(|(name, _)| name == "user").map(|(_, value)| value);
    let store = |fault: StoreError| Fault::Journal(fault.into());
    let mut standings = view.risks().map_err(store)?;
    standings.retain(|row| user.as_ref().is_none_or(|user| row.person == **user));
    // Who stands highest comes first.
    standings.sort_by_key(|row| std::cmp::Reverse((row.level, row.score)));
    let mut persons = Vec::new();
    for row in standings.into_iter().take(PERSONS) {
        let parsed = |text: &str| serde_json::from_str::<Value>(text).unwrap_or_else(|_| json!([]));
        let level = |number| word(keep::level_of(number));
        let mut changes = view.risk_changes(&row.person, MOVES).map_err(store)?;
        changes.reverse();
        let changes: Vec<Value> = changes
            .iter()
            .map(|change| {
                json!({
                    "at": change.at, "from": level(change.before), "to": level(change.after),
                    "score": change.score / 1_000, "cause": change.cause, "reasons": parsed(&change.reasons),
                    "events": parsed(&change.events), "by": change.by, "note": change.note,
                })
            })
            .collect();
        persons.push(json!({
            "person": row.person, "level": level(row.level), "score": row.score / 1_000, "changes": changes,
        }));
    }
    Ok(json!({ "now": now(), "persons": persons }))
}
