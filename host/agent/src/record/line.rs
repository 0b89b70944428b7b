//! The record's keys: a line of them for the recipients of now.
//!
//! INVARIANT: the first key of a line is random, made here, and leaves this module only sealed and in the transaction
//! that begins the line; it stands in the record's file until the next epoch takes its place.

use std::sync::PoisonError;

use anyhow::Result;
use host_journal::{ChainKey, JournalError, NewLine, Salt};

use super::random::random;
use super::{Opened, sealed_bytes};
use crate::keys::Recipient;
use crate::native::now;

/// Begins a line, unless the current one is for the same recipients. Nothing happens while they are not known.
pub(super) fn begin(opened: &Opened, to: &Option<Vec<Recipient>>) -> Result<Result<(), JournalError>> {
    let Some(to) = to.as_ref().filter(|to| !to.is_empty()) else { return Ok(Ok(())) };
    let names: Vec<String> = to.iter().map(|one| one.id.to_string()).collect();
    // Held until the line stands: of the first writers one begins it, and none writes before it.
    let mut known = opened.line.lock().unwrap_or_else(PoisonError::into_inner);
    if *known == names {
        return Ok(Ok(()));
    }
    let key = ChainKey::new(random()?);
    let plain = key.to_bytes()?;
    let sealed = sealed_bytes(&plain, to)?;
    let line = NewLine { at: now(), key, sealed, salt: Salt::new(random()?) };
    let begun = opened.store.write(|tx| host_journal::begin(tx, &opened.device, line));
    if begun.is_ok() {
        *known = names;
    }
    Ok(begun.map(drop))
}
