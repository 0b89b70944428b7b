//! What the seals on the rows say: epochs one after the other, each ended by the key before, each row made with its key.

use host_store::Row;

use super::Fault;
use crate::epoch::{ChainKey, Roots};

/// The key of any epoch whose line could be opened. Quick where epochs are asked for in order.
pub(super) struct Keys<'a> {
    roots: &'a Roots,
    at: Option<(u64, ChainKey)>,
}

impl<'a> Keys<'a> {
    pub(super) fn new(roots: &'a Roots) -> Self {
        Self { roots, at: None }
    }

    /// The key of this epoch.
    pub(super) fn key(&mut self, epoch: u64) -> Option<&ChainKey> {
        let (first, root) = self.roots.of(epoch)?;
        let known = self.at.take().filter(|(at, _)| *at <= epoch && *at >= first);
        let (mut at, mut key) = known.unwrap_or_else(|| (first, root.clone()));
        while at < epoch {
            key = key.next();
            at += 1;
        }
        Some(&self.at.insert((at, key)).1)
    }
}

/// Where the seals stand while rows go by.
pub(super) struct Seals<'a> {
    keys: Keys<'a>,
    /// The epoch of the row before.
    epoch: Option<u64>,
    /// Rows were absent since the last beginning of a line: another line may have begun among them.
    lost: bool,
}

impl<'a> Seals<'a> {
    pub(super) fn new(roots: &'a Roots) -> Self {
        Self { keys: Keys::new(roots), epoch: None, lost: false }
    }

    /// Checks a row against the one before, whose hash is `before`; none where rows between are absent. `true` when its
    /// key is known and made its seal.
    pub(super) fn check(&mut self, row: &Row, before: Option<&[u8; 32]>) -> Result<bool, Fault> {
        self.lost |= before.is_none();
        let (epoch, mac) = match (row.epoch, &row.mac, self.epoch) {
            (None, None, None) => return Ok(false),
            (Some(epoch), Some(mac), _) => (epoch, mac.as_slice()),
            (None, _, _) | (Some(_), None, _) => return Err(Fault::Unsealed),
        };
        let (own, closing) = mac.split_first_chunk::<32>().ok_or(Fault::Unsealed)?;
        let old = self.epoch.replace(epoch);
        let begins_line = row.kind == crate::Kind::Epoch.as_str();
        self.lost &= !begins_line;
        match old {
            old if before.is_none() && old.is_none_or(|old| old <= epoch) => {}
            // The very first epoch has none before it to be closed.
            None if epoch == 0 && begins_line && closing.is_empty() => {}
            Some(old) if old == epoch && closing.is_empty() && !begins_line => {}
            Some(old) if old.checked_add(1) == Some(epoch) && closing.len() == 32 => {
                if let (Some(key), Some(before)) = (self.keys.key(old), before)
                    && key.closing(old, before).as_slice() != closing
                    && !self.lost
                {
                    return Err(Fault::Closing);
                }
            }
            None | Some(_) => return Err(Fault::Epochs),
        }
        match self.keys.key(epoch) {
            Some(key) if key.mac(epoch, &row.hash) == *own => Ok(true),
            Some(_) if !self.lost => Err(Fault::Seal),
            Some(_) | None => Ok(false),
        }
    }
}
