//! The rules of the house that the compiler does not know. Run as a test, so that nobody has to remember them.
//!
//! Each rule is a pure function from the tree's files to complaints, with tests that plant what it forbids.

mod cases;
mod crates;
mod files;
mod purity;
#[cfg(test)]
mod tests;

use std::path::Path;
use std::process::Command;

use anyhow::{Result, bail};

use crate::{paths, step};

/// A file of the work tree.
#[derive(Clone, Debug)]
pub struct File {
    /// Relative to the root, with `/`.
    pub path: String,
    /// Its text; empty for binary files.
    pub text: String,
}

/// Checks the work tree.
pub fn run() -> Result<()> {
    step::announce("tidy");
    let complaints = check(&read_tree(&paths::root())?);
    for complaint in &complaints {
        println!("   {complaint}");
    }
    match complaints.len() {
        0 => Ok(()),
        count => bail!("tidy: {count} to put right"),
    }
}

pub(crate) use cases::faults;

/// All complaints, sorted.
pub fn check(files: &[File]) -> Vec<String> {
    let mut complaints =
        [cases::check(files), crates::check(files), files::check(files), purity::check(files)].concat();
    complaints.sort();
    complaints
}

/// Tracked files and new ones that git does not ignore.
pub fn read_tree(root: &Path) -> Result<Vec<File>> {
    let mut git = Command::new("git");
    git.current_dir(root).args(["ls-files", "--cached", "--others", "--exclude-standard", "-z"]);
    let listed = step::output(&mut git)?;
    let mut files = Vec::new();
    for path in listed.split('\0').filter(|path| !path.is_empty()) {
        // Listed but deleted in the work tree: nothing to check.
        let Ok(bytes) = std::fs::read(root.join(path)) else { continue };
        files.push(File { path: path.to_owned(), text: String::from_utf8(bytes).unwrap_or_default() });
    }
    Ok(files)
}
