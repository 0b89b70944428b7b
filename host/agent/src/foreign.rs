//! The parsers of foreign bytes in this crate, for the fuzzer: what a browser sends, what a file of settings says, a
//! line of questions.
//!
//! INVARIANT: pure over the bytes: nothing is written, opened or sent. Nothing else calls these.

use std::collections::BTreeSet;
use std::io::Read;
use std::sync::OnceLock;

use host_classify::Engine;
use host_policy::{Policy, UserFacts};
use serde_json::Value;
use shared_protocol::{Mode, Settings};

use crate::cli;
use crate::files;
use crate::judge::Snapshot;
use crate::native::read_all;
use crate::settings;

/// Reads `from` as a browser's side of native messaging until it ends: whole messages, and how many were dropped.
pub fn native_messages(from: impl Read) -> (Vec<String>, usize) {
    read_all(from)
}

/// Reads a file as the reading process does: how many texts, their bytes, how many reasons why there are not more.
pub fn file(bytes: &[u8]) -> (usize, usize, usize) {
    files::read_unbounded(bytes)
}

/// Reads the text of a settings file. `Err` is the error as people see it.
///
/// # Errors
/// What is wrong with it, with line and column.
pub fn settings_file(text: &str, managed: bool) -> Result<Settings, String> {
    settings::understood(text, managed).map_err(|fault| fault.to_string())
}

/// Answers a line of `scan --jsonl` under the policy that is compiled in. `Err` is the column where it stops being a
/// question.
///
/// # Errors
/// When it is no question, or cannot be judged at all.
pub fn question(line: &[u8]) -> Result<Value, usize> {
    static SNAPSHOT: OnceLock<Option<Snapshot>> = OnceLock::new();
    let made = SNAPSHOT.get_or_init(|| {
        let engine = Engine::builtin().ok()?.into();
        let policy = Policy::builtin(Mode::Enforce);
        let user = UserFacts { groups: BTreeSet::new(), ..UserFacts::default() };
        Some(Snapshot {
            settings: Settings::TRIAL,
            policy,
            engine,
            user,
            may_keep_text: false,
            takes_codes: false,
            messages: host_policy::Messages::default(),
            theirs: host_policy::BundleSettings::default(),
            stale: false,
        })
    });
    let Some(snapshot) = made else { return Err(0) };
    cli::question(line, snapshot)
}
