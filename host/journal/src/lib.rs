//! The record: what is written down of every interaction, in an order that cannot be changed unseen.
//!
//! ```text
//! device(&tx, &fresh_uuid)?                        this machine's id, made once
//! append(&tx, &device, &[NewRow { .. }])?          rows and chain, in a transaction of host-store
//! known(&tx, &event)? -> Known                     idempotency: what an event has come to (`Known::state`)
//! list(&view, &Filter { .. }, &page)? -> Vec<Record>      count(&view, &filter)?
//! event(&view, &id)? -> Vec<Record>                one interaction, oldest row first
//! conversation(&view, None, "id")? -> Vec<Turn>    from first prompt to last answer
//! sealed(&view, record.seq)? -> Vec<Sealed>        the text, for whoever has the key
//! Plain::prompt(..) | answer(..) | reason(..)      what is inside the sealed text; `to_bytes`, `from_bytes`
//! figures(&view, &filter, offset)?, policies(..)?  counts over time, and what became of each policy's cards
//! connected(&view, since)?                         when a browser's extension was there
//! begin(&tx, &device, NewLine { .. })?             a line of keys for whoever can open its first (`encoding`, `epoch`)
//! sealed_to(&tx, &keys)? -> Option<Vec<String>>    the keys before, when text is sealed to others from now on
//! head(&view, &device, now)? -> Option<SignedHead> what every export carries
//! verify(&view)? -> Verified                       the first bad row, named; with keys and heads: `Checking`
//! sink::..                                         rows as lines of the formats that others read
//! ```
//!
//! A row ([`Entry`]) says one thing about one event and is never changed. `judged` and, when no answer is
//! needed, `released` or `refused` are appended in one transaction before the verdict leaves.
//!
//! INVARIANT: what a person wrote or an assistant answered is in a row only sealed. Everything else in it is
//! metadata: ids, labels, counts, words of closed sets, names that the site or the organisation gave.
//! INVARIANT: time, ids, salts and sealed text are arguments. The module [`encoding`] says which bytes are
//! hashed. It does not seal, decide, or send anything anywhere.

mod append;
mod content;
pub mod encoding;
mod entry;
mod epoch;
mod erase;
mod error;
mod figures;
mod head;
mod health;
mod known;
mod read;
mod recipients;
mod record;
pub mod sink;
mod site_word;
mod verify;

pub use append::{NewRow, Salt, append, device};
pub use content::{Content, Plain, PromptText};
pub use entry::{
    Answered, Audit, Beat, By, Change, ChoiceWord, Drafted, Drifted, Ended, Entry, Epoch, FactsJson,
    FileNote, Health, Heartbeat, Judged, Kind, Late, Mistaken, PolicyUse, Refused, RefusedBy, Released,
    Responded, Seen, Shown, Timings, ToolUse, TopicNote, Trouble,
};
pub use epoch::{ChainKey, NewLine, Roots, begin, close};
pub use erase::{Erasing, prune};
pub use error::JournalError;
pub use figures::{Figures, PolicyFigures, figures, policies, words};
pub use head::{SignedHead, head};
pub use health::{BEAT_COUNTS, Connected, connected};
pub use host_store::{Column, Order, Page};
pub use known::{Known, State, StoredVerdict, granted, known};
pub use read::{
    Filter, Turn, conversation, conversation_labels, conversation_topics, count, event, list, sealed,
};
pub use recipients::sealed_to;
pub use record::{Record, Sealed, SealedNote};
pub use site_word::SiteWord;
pub use verify::{Absent, Bad, Checking, Fault, HeadFault, Verified, verify};
