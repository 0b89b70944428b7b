//! What an organisation says, as a folder of files: policies and everything that goes with them.
//!
//! INVARIANT: nothing is guessed. One error in one file refuses the whole, and a file that has no place here is an
//! error: somebody meant something by it.
//! It opens no archive and trusts no signature. What a site's or a detector's file or a table says is checked by their own
//! crates; here they are text.

mod exceptions;
mod folder;
mod messages;
mod reader;
mod settings;
mod story;
mod topics;

use std::collections::BTreeMap;
use std::sync::Arc;

use shared_protocol::{Mode, Topic};

pub use exceptions::Exception;
pub use messages::Messages;
pub use settings::{AppSettings, BundleSettings, FailOverrides};
pub use story::{Difference, Expect, Given, Story, Told};

use crate::bundle::Files;
use crate::{Determining, Policy, Problem, Weight};
use folder::Folder;

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
    /// The prompts that say by example what belongs to a custom topic.
    pub examples: BTreeMap<Topic, Vec<String>>,
    /// `sites/*.toml`: site to the text of its repaired data, not yet checked.
    pub sites: BTreeMap<String, String>,
    /// `risk.toml`: the text of how risk is scored, not yet checked.
    pub risk: Option<String>,
    /// `detectors/*.toml`: path to text, not yet checked.
    pub detectors: BTreeMap<String, String>,
    /// `exact/*.table` and `fingerprints/*.table`: path to bytes, not yet checked.
    pub tables: BTreeMap<String, Arc<[u8]>>,
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
        let mut problems = Vec::new();
        let folder = Folder::sort(files, &mut problems);
        let topics =
            folder.topics.map(|(file, text)| topics::read(file, text, &mut problems)).unwrap_or_default();
        let topics::Own { described: topics, examples } = topics;
        let own = topics::names(&topics);
        let mode = if monitor { Mode::Monitor } else { Mode::Enforce };
        let policy = folder.policy(mode, &own, &mut problems);
        // Where a policy is wrong its id is still one, so that the other files are not blamed for it.
        let ids: Vec<&str> = match &policy {
            Some(policy) => policy.ids().collect(),
            None => folder.ids(),
        };
        let settings =
            folder.settings.map(|(file, text)| settings::read(file, text, &mut problems)).unwrap_or_default();
        let mut messages = Messages::default();
        for (language, file, text) in &folder.messages {
            messages.read(language, file, text, &ids, &mut problems);
        }
        let exceptions =
            folder.exceptions.map(|(file, text)| exceptions::read(file, text, &ids, &mut problems));
        let mut stories = Vec::new();
        for (file, text) in &folder.stories {
            stories.extend(story::read(
                file,
                text,
                &story::Known { policies: &ids, topics: &own },
                &mut problems,
            ));
        }
        folder.schema_is_current(&own, &mut problems);
        if settings.recipients.is_empty() {
            let rules = policy.iter().flat_map(|policy| policy.rules().values());
            problems.extend(rules.filter_map(|rule| rule.keeps.clone()));
        }
        problems.sort_by(|one, other| (&one.file, one.span.start).cmp(&(&other.file, other.span.start)));
        let policy = match policy {
            Some(policy) if problems.iter().all(|problem| problem.weight == Weight::Warning) => policy,
            _ => return Err(ContentError { problems }),
        };
        let exceptions: Arc<[Exception]> = exceptions.unwrap_or_default().into();
        Ok(Self {
            policy: policy.with_exceptions(Arc::clone(&exceptions)),
            settings,
            messages,
            exceptions,
            topics,
            examples,
            sites: folder.sites,
            risk: folder.risk,
            detectors: folder.detectors,
            tables: folder.tables,
            stories,
            warnings: problems,
        })
    }

    /// What the card says of a policy that matched, in `language` where there are words in it.
    #[must_use]
    pub fn message<'a>(&'a self, policy: &'a Determining, language: Option<&str>) -> Option<&'a str> {
        language.and_then(|language| self.messages.of(&policy.id, language)).or(policy.message.as_deref())
    }
}
