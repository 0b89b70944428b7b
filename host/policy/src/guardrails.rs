//! What an organisation says, as a folder of files: policies and everything that goes with them.
//!
//! INVARIANT: nothing is guessed. One error in one file refuses the whole, and a file that has no place here is an
//! error: somebody meant something by it.
//! It opens no archive and trusts no signature. What a site's or a detector's file says is checked by their own
//! crates; here they are text.

mod exceptions;
mod messages;
mod settings;
mod story;

use std::collections::BTreeMap;
use std::sync::Arc;

use shared_protocol::{Mode, Topic};

pub use exceptions::Exception;
pub use messages::Messages;
pub use settings::{AppSettings, BundleSettings, FailOverrides};
pub use story::{Difference, Expect, Given, Story, Told};

use crate::{Policy, Problem};

/// The files of a folder: path with `/` to bytes.
pub type Files = BTreeMap<String, Vec<u8>>;

/// An organisation's guardrails, read and checked. Immutable; swapped whole.
#[derive(Clone, Debug)]
pub struct Guardrails {
    /// `policy/*.cedar`. It knows the exceptions.
    pub policy: Policy,
    /// `settings.toml`.
    pub settings: BundleSettings,
    /// `messages/*.toml`.
    pub messages: Messages,
    /// `exceptions.toml`, in the order of the file.
    pub exceptions: Arc<[Exception]>,
    /// `topics.toml`: each custom topic with its description.
    pub topics: BTreeMap<Topic, String>,
    /// `sites/*.toml`: site to the text of its repaired data, not yet checked.
    pub sites: BTreeMap<String, String>,
    /// `detectors/*.toml`: path to text, not yet checked.
    pub detectors: BTreeMap<String, String>,
    /// `stories/*.toml`, in the order of files and then of the text.
    pub stories: Vec<Story>,
    /// What somebody should look at.
    pub warnings: Vec<Problem>,
}

/// The files are no guardrails. Holds at least one error, in the order of files and text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", .problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
pub struct ContentError {
    /// Errors and warnings, each with its file.
    pub problems: Vec<Problem>,
}

impl Guardrails {
    /// Reads `files`. With `monitor` none of it acts: all is decided as would-be.
    ///
    /// `bundle.toml`, which says how an archive is made, may be among them and is not looked at.
    ///
    /// # Errors
    /// All that is wrong with them.
    pub fn read(files: &Files, monitor: bool) -> Result<Self, ContentError> {
        let _ = (files, monitor, Mode::Monitor);
        Err(ContentError { problems: Vec::new() })
    }
}
