//! One policy's own words: what its annotations say, checked.

use std::collections::BTreeSet;

use shared_protocol::{Action, Capture, Mode, Operation, Severity};

use crate::RedactTarget;
use crate::problem::Problem;
use crate::sieve::Sieve;

/// A policy besides its condition.
#[derive(Clone, Debug)]
pub(crate) struct Rule {
    /// `@id`.
    pub(crate) id: String,
    /// `@action`. Never allow.
    pub(crate) action: Action,
    /// `@fallback`: what stands in for redact where there is nothing that redaction could take out.
    pub(crate) fallback: Action,
    /// `@mode`, or the mode of the whole policy.
    pub(crate) mode: Mode,
    /// `@message`.
    pub(crate) message: Option<String>,
    /// `@link`.
    pub(crate) link: Option<String>,
    /// `@severity`.
    pub(crate) severity: Severity,
    /// `@capture`: what is kept of the text where it matches, in place of the setting.
    pub(crate) capture: Option<Capture>,
    /// What `redact` takes out; empty for other actions.
    pub(crate) targets: Vec<RedactTarget>,
    /// The labels and families that its condition names.
    pub(crate) labels: BTreeSet<String>,
    /// The operations it speaks of.
    pub(crate) operations: BTreeSet<Operation>,
    /// What is known of it without Cedar.
    pub(crate) sieve: Sieve,
    /// Where it says that text is kept: an error where nobody could open it.
    pub(crate) keeps: Option<Problem>,
}
