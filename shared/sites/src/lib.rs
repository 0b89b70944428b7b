//! Reads and edits the requests of the known sites, and rebuilds their answers.
//!
//! INVARIANT: pure: no I/O, no clock, no randomness; a site is data in `sites/<site>/site.toml`, never code.
//! INVARIANT: total: no bytes of a page make it panic, and what it cannot read is a value with a reason.

mod answer;
mod batch;
mod check;
mod content;
mod data;
mod draft;
mod drift;
mod edit;
mod error;
mod handle;
pub mod har;
mod hook;
mod json;
mod left;
mod navigation;
mod net;
mod path;
mod piece;
mod plan;
mod question;
mod read;
mod repair;
mod request;
mod route;
mod sites;
mod source;
mod upload;
mod url;
mod words;

pub use answer::{AnswerFormat, Decoder, Limits, SocketItem, SocketReader};
pub use error::{EditError, SiteError};
pub use handle::{HANDLE_BYTES, Handle, place};
pub use hook::{HookData, HookSite};
pub use net::{NetAction, NetCondition, NetRule, NetSite, Sighting, is_vouched};
pub use read::{Read, Reading, Thread};
pub use repair::SITE_BYTES;
pub use request::{Api, Body, FormPart, Request};
pub use sites::{Refusal, Sites};
