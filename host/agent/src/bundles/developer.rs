//! A folder that nobody signed, by an explicit setting.
//!
//! INVARIANT: it is told everywhere that nobody signed it; with a slip in it nothing goes.

use std::path::{Path, PathBuf};

use host_policy::Problem;
use shared_protocol::{PolicySource, PolicyState};

use super::folder::Folder;
use super::in_force::{Fault, InForce, Rules, closed, lay};
use super::looked::Looked;
use crate::settings::{Configured, Stamp};

/// The files of a folder of guardrails, as far as any of them counts.
pub(super) fn walk(folder: &Path, depth: u8, seen: &mut Vec<(PathBuf, Option<Stamp>)>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            if depth > 0 {
                walk(&path, depth - 1, seen);
            }
        } else {
            let stamp = Stamp::of(&path);
            seen.push((path, stamp));
        }
    }
}

/// Follows it, or closes the machine.
pub(super) fn unsigned(configured: &mut Configured, root: &Path) -> InForce {
    let fault = |what: String| Fault { code: "content".to_owned(), what };
    let looked = match Folder::read(root) {
        Ok(folder) => Looked::in_force(&folder),
        Err(why) => return slipped(configured, fault(format!("{why:#}"))),
    };
    let what: Vec<String> = looked.problems.iter().map(Problem::to_string).collect();
    let (name, version, monitor) = match &looked.sheet {
        Some(sheet) => (sheet.name.clone(), sheet.version.unwrap_or_default(), sheet.monitor),
        None => (String::new(), 0, false),
    };
    let Some(whole) = looked.whole() else {
        return slipped(configured, fault(what.join("; ")));
    };
    let state = PolicyState { name, version, unsigned: true, monitor, ..PolicyState::default() };
    lay(configured, PolicySource::DeveloperFile, &whole.guardrails, state);
    InForce {
        rules: Rules::Theirs(Box::new(whole.guardrails)),
        grant_keys: Vec::new(),
        stale: false,
        fault: None,
        fresh: None,
        seen: Vec::new(),
    }
}

/// A developer's folder that is not followed.
fn slipped(configured: &mut Configured, fault: Fault) -> InForce {
    let closed = closed(configured, None, Some(fault.code.clone()));
    if let Some(policy) = &mut configured.settings.policy {
        policy.unsigned = true;
    }
    InForce { fault: Some(fault), ..closed }
}
