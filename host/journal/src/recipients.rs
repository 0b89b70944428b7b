//! Whom text was sealed to last, so that a change of it can be put on record.
//!
//! INVARIANT: looked up and noted in the transaction that appends the first row for the new keys.

use std::collections::BTreeSet;

use host_store::Tx;

use crate::JournalError;

/// Where the keys' short names stand among the file's small facts.
const RECIPIENTS: &str = "recipients";

/// Notes that text is sealed to `keys` from now on; the keys before, when they were others. The first keys of a file
/// take nobody's place, and the order of keys says nothing.
///
/// # Errors
/// When the file cannot be read or written.
pub fn sealed_to(tx: &Tx<'_>, keys: &[String]) -> Result<Option<Vec<String>>, JournalError> {
    let now: BTreeSet<&str> = keys.iter().map(String::as_str).collect();
    let noted = tx.meta(RECIPIENTS)?;
    let before: Option<BTreeSet<&str>> = noted.as_deref().map(|names| names.split_whitespace().collect());
    if before.as_ref() == Some(&now) {
        return Ok(None);
    }
    tx.set_meta(RECIPIENTS, &now.into_iter().collect::<Vec<_>>().join(" "))?;
    Ok(before.map(|names| names.into_iter().map(str::to_owned).collect()))
}
