//! The one SQLite file of this machine: opening, migrations, and typed access to its tables.
//!
//! ```text
//! let store = Store::open(folder, Store::BUSY)?;            // makes folder (0700) and file (0600), migrates
//! store.write(|tx| { tx.head()?; tx.append(&row, &topics, &sealed)?; Ok(()) })?;   // one BEGIN IMMEDIATE
//! store.read(|view| view.list(&filter, &page))?;            // one consistent snapshot
//! Store::beside(folder, Store::BUSY)?;                      // a second connection, for cursors: see there
//! ```
//!
//! INVARIANT: when `write` returns Ok, what was written survives a crash of the process and of the machine
//! (WAL, `synchronous=FULL`). When it returns an error, nothing was written.
//! INVARIANT: several processes may have the file open; the head read in a `write` is the head at its commit.
//! It knows no meaning of a row: encoding, chain and kinds belong to the crate that writes rows.

mod epoch;
mod erase;
mod error;
mod filter;
mod group;
mod migrate;
mod neighbour;
mod open;
mod outbox;
mod place;
mod risk;
mod row;
mod scan;
mod scrub;
mod signal;
mod sink;
mod store;
mod tally;
mod view;

pub use epoch::EpochKey;
pub use erase::{Size, bytes_on_disk};
pub use error::StoreError;
pub use filter::{Filter, Order, Page};
pub use migrate::SCHEMA;
pub use neighbour::NeighbourRow;
pub use outbox::{OutboxRow, OutboxState};
pub use place::FILE;
pub use risk::{RiskChangeRow, RiskRow};
pub use row::{Head, Index, Link, Row, SealedBlob, TopicLevel};
pub use scan::Whole;
pub use scrub::Scrubbing;
pub use signal::PlaceRow;
pub use sink::{DeadLetter, SinkState};
pub use store::Store;
pub use tally::{Column, Cut, Followed, Listed, Tally};
pub use view::{Tx, View};
