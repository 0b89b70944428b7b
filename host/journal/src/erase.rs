//! Erasing a person and pruning what is old: rows lose salt, values, copies and sealed text; chain and seals stay whole.
//!
//! INVARIANT: a step is small and a transaction of its own; doing one again changes nothing.
//! INVARIANT: the rows that begin a line of keys are never emptied: without them no seal could be checked any more. They
//! say nothing of a person. Audit rows are erased with the person they name, and are not pruned.

use host_store::Tx;
use serde_json::Value;
use shared_protocol::Millis;

use crate::encoding::Fields;
use crate::{JournalError, Kind};

/// Rows that are looked at in one step.
const STEP: u32 = 64;

/// How far erasing a person has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Erasing {
    /// Rows emptied so far.
    pub rows: u64,
    /// The last row of the person, and the last one of nobody, that was looked at.
    own: u64,
    others: u64,
    done: Done,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Done {
    #[default]
    Nothing,
    Own,
    All,
}

impl Erasing {
    /// Whether nothing is left to do.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.done == Done::All
    }

    /// Does the next step: first the person's own rows and those of the same events that are nobody's, then the rows of
    /// the machine, and audits, that name the person. Copies in pages are `Store::scrub`'s, when all steps are done.
    ///
    /// # Errors
    /// When the file or a row cannot be read or written.
    pub fn step(mut self, tx: &Tx<'_>, person: &str) -> Result<Self, JournalError> {
        match self.done {
            Done::Nothing => {
                let own = tx.rows_of_person(person, self.own, STEP)?;
                let mut seqs: Vec<u64> = own.iter().map(|(seq, _)| *seq).collect();
                for event in own.iter().filter_map(|(_, event)| event.as_deref()) {
                    let linked = tx.rows_of(event)?;
                    let neighbours = linked.into_iter().filter(|row| {
                        row.body.is_some() && row.index.person.as_deref().is_none_or(|of| of == person)
                    });
                    seqs.extend(neighbours.map(|row| row.seq));
                }
                seqs.sort_unstable();
                seqs.dedup();
                match own.last() {
                    Some((last, _)) => self.own = *last,
                    None => {
                        tx.forget(person)?;
                        self.done = Done::Own;
                    }
                }
                self.empty(tx, &seqs)?;
            }
            Done::Own => {
                let rows = tx.rows_of_machine(Kind::Audit.as_str(), self.others, STEP)?;
                let mut seqs = Vec::new();
                for row in rows.iter().filter(|row| row.kind != Kind::Epoch.as_str()) {
                    let body = row.body.as_deref().unwrap_or_default();
                    let fields =
                        Fields::parse(body).map_err(|_| JournalError::Unreadable { seq: row.seq })?;
                    let values = fields.iter().map(|(_, value)| serde_json::from_str::<Value>(value));
                    if values.flatten().any(|value| names(&value, person)) {
                        seqs.push(row.seq);
                    }
                }
                match rows.last() {
                    Some(last) => self.others = last.seq,
                    None => {
                        self.done = Done::All;
                        tx.leaves_traces();
                    }
                }
                self.empty(tx, &seqs)?;
            }
            Done::All => {}
        }
        Ok(self)
    }

    fn empty(&mut self, tx: &Tx<'_>, seqs: &[u64]) -> Result<(), JournalError> {
        tx.empty(seqs)?;
        self.rows += seqs.len() as u64;
        Ok(())
    }
}

/// Whether a person's id stands in a value, as a whole word of any of its texts.
fn names(value: &Value, person: &str) -> bool {
    match value {
        Value::String(text) => text.match_indices(person).any(|(at, _)| {
            let before = text.get(..at).and_then(|text| text.chars().next_back());
            let after = text.get(at + person.len()..).and_then(|text| text.chars().next());
            !before.is_some_and(char::is_alphanumeric) && !after.is_some_and(char::is_alphanumeric)
        }),
        Value::Array(values) => values.iter().any(|value| names(value, person)),
        Value::Object(values) => values.iter().any(|(name, value)| name == person || names(value, person)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

/// Empties at most `limit` of the oldest rows from before this time, oldest first; how many.
///
/// # Errors
/// When the file cannot be read or written.
pub fn prune(tx: &Tx<'_>, before: Millis, limit: u32) -> Result<u64, JournalError> {
    let seqs = tx.oldest(before, limit)?;
    tx.empty(&seqs)?;
    Ok(seqs.len() as u64)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::names;

    #[test]
    fn a_name_is_a_whole_word() {
        for value in [
            json!("jane"),
            json!({ "by": { "user": "jane" } }),
            json!(["x", "of jane, gone"]),
            json!({"jane": 1}),
        ] {
            assert!(names(&value, "jane"), "{value}");
        }
        for value in [json!("janet"), json!("trojane"), json!(7), json!(null), json!([])] {
            assert!(!names(&value, "jane"), "{value}");
        }
    }
}
