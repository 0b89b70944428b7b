//! What `log` reads: the record of this machine, or what many devices exported (`exports`).

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use host_store::{Store, StoreError, Whole};

use super::exports::Exports;
use crate::out;

/// Where to read from.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct From {
    /// Reads what `log export` wrote, of one or many devices, in place of this machine's record.
    #[arg(long, value_name = "DIR")]
    from: Option<PathBuf>,
}

impl From {
    pub(super) fn folder(&self) -> Option<&Path> {
        self.from.as_deref()
    }
}

/// Records.
pub(super) struct Books {
    /// One, or one for each device.
    pub(super) stores: Vec<Store>,
    /// They are of other devices, so that each line says which.
    pub(super) exported: bool,
}

impl Books {
    /// The record of this machine.
    pub(super) fn of(store: Store) -> Self {
        Self { stores: vec![store], exported: false }
    }

    /// What was exported into a folder, and into the folders in it. Lines that are none are told and passed over.
    pub(super) fn from(folder: &Path) -> Result<Self> {
        let exports = Exports::read(folder)?;
        for odd in &exports.odd {
            if odd.is_clash {
                bail!("{odd}; `promptgate log verify --from {}` tells more", folder.display());
            }
            out::note(&odd.to_string());
        }
        let stores = exports.devices.into_values().map(|device| device.store).collect();
        Ok(Self { stores, exported: true })
    }

    /// All devices as one record in memory, by time. Its sequences are places in it and not those of the devices, so it
    /// is for reading only.
    pub(super) fn into_one(self) -> Result<Store> {
        let mut stores = self.stores;
        if stores.len() == 1
            && let Some(store) = stores.pop()
        {
            return Ok(store);
        }
        let mut rows: Vec<Whole> = Vec::new();
        for store in &stores {
            store.read(|view| {
                view.scan(2_000, |some| {
                    rows.extend_from_slice(some);
                    Ok::<_, StoreError>(true)
                })
            })?;
        }
        // Within a device the sequence decides: its clock may have been put back.
        rows.sort_by(|one, next| {
            let (one, next) = (&one.row, &next.row);
            if one.device == next.device { one.seq.cmp(&next.seq) } else { one.at.cmp(&next.at) }
        });
        let merged = Store::in_memory()?;
        merged.write(|tx| {
            for (seq, whole) in (1..).zip(&mut rows) {
                whole.row.seq = seq;
                match tx.append(&whole.row, &whole.topics, &whole.sealed) {
                    // The same interaction on two devices: a copied record. One of them is enough to look at.
                    Ok(()) | Err(StoreError::Duplicate) => {}
                    Err(fault) => return Err(fault),
                }
            }
            Ok(())
        })?;
        Ok(merged)
    }
}
