//! The Windows registry through `reg.exe`, which every Windows has: four commands, no unsafe code.
//!
//! Elsewhere nothing calls it: a row has no key there.

use std::io;
use std::path::Path;
use std::process::{Command, Stdio};

/// Whether a key is there.
pub(super) fn exists(key: &str) -> bool {
    run(&["query", key]).is_some()
}

/// A key's default value.
pub(super) fn value(key: &str) -> Option<String> {
    default_value(&run(&["query", key, "/ve"])?)
}

/// Sets a key's default value.
pub(super) fn set(key: &str, path: &Path) -> io::Result<()> {
    let path = path.to_string_lossy();
    run(&["add", key, "/ve", "/t", "REG_SZ", "/d", &path, "/f"]).map(drop).ok_or_else(|| refused(key))
}

/// Removes a key.
pub(super) fn remove(key: &str) -> io::Result<()> {
    run(&["delete", key, "/f"]).map(drop).ok_or_else(|| refused(key))
}

fn refused(key: &str) -> io::Error {
    io::Error::other(format!("the registry refused `{key}`; for --system run as administrator"))
}

fn run(args: &[&str]) -> Option<String> {
    let mut command = Command::new("reg.exe");
    let output = command.args(args).stdin(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

/// The line `    (Default)    REG_SZ    C:\..`; the first word is translated, the type is not.
fn default_value(output: &str) -> Option<String> {
    let (_, value) = output.lines().find_map(|line| line.split_once("REG_SZ"))?;
    Some(value.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::default_value;

    #[test]
    fn the_default_value_is_read_in_any_language() {
        let output =
            "\r\nHKEY_CURRENT_USER\\Software\\X\r\n    (Standard)    REG_SZ    C:\\a b\\c.json\r\n\r\n";
        assert_eq!(default_value(output).as_deref(), Some("C:\\a b\\c.json"));
        assert_eq!(default_value("ERROR: not found"), None);
    }
}
