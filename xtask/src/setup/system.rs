//! The system's package manager: browsers, chromedriver and Node.js on Debian 12 or later, or on an Ubuntu
//! whose browsers are deb packages.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use anyhow::Result;

use super::{Cannot, Needs, browsers, receivers};
use crate::step;

/// Installs what is missing, announced first.
pub fn packages(needs: Needs) -> Result<()> {
    let mut missing = Vec::new();
    if needs.chromium {
        missing.extend(browsers::CHROMIUM.missing());
        missing.extend(browsers::CHROMEDRIVER.missing());
    }
    if needs.firefox {
        missing.extend(browsers::FIREFOX.missing());
    }
    if needs.linters || needs.receivers {
        missing.extend(find("node").is_none().then_some("nodejs"));
        missing.extend(find("npm").is_none().then_some("npm"));
    }
    if needs.receivers {
        missing.extend(receivers::missing());
    }
    if on_path("cc").is_none() {
        missing.push("build-essential");
    }
    refuse_snaps(needs)?;
    if missing.is_empty() {
        return Ok(());
    }
    if !is_supported(&fs::read_to_string("/etc/os-release").unwrap_or_default()) {
        return Err(Cannot(format!(
            "missing: {}; this is set up by itself on Debian 12 or later only: install them and run again",
            missing.join(", ")
        ))
        .into());
    }
    let root = step::output(Command::new("id").arg("-u"))?.trim() == "0";
    if !root && on_path("sudo").is_none() {
        return Err(Cannot(format!("run as root: apt-get install {}", missing.join(" "))).into());
    }
    let apt = || {
        let mut command = if root { Command::new("apt-get") } else { Command::new("sudo") };
        if !root {
            command.arg("apt-get");
        }
        command.env("DEBIAN_FRONTEND", "noninteractive");
        command
    };
    step::run("apt-get update", apt().args(["update", "-qq"]))?;
    let what = format!("apt-get install {}", missing.join(" "));
    step::run(&what, apt().args(["install", "-y", "-qq", "--no-install-recommends"]).args(&missing))
}

/// A snap's browser lives in a sandbox of its own: it reads neither our extension nor our host.
fn refuse_snaps(needs: Needs) -> Result<()> {
    let wanted = [(needs.chromium, &browsers::CHROMIUM), (needs.firefox, &browsers::FIREFOX)];
    for (_, program) in wanted.into_iter().filter(|(wanted, _)| *wanted) {
        if let Some(path) = program.find().filter(|path| is_snap(path)) {
            return Err(Cannot(format!(
                "{} is a snap, which can load neither an unpacked extension nor its host: install the deb package",
                path.display()
            ))
            .into());
        }
    }
    Ok(())
}

fn is_snap(path: &Path) -> bool {
    let real = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let wrapper = || fs::read(path).is_ok_and(|bytes| bytes.len() < 8192 && contains(&bytes, b"/snap/bin/"));
    real.starts_with("/snap") || real.ends_with("usr/bin/snap") || wrapper()
}

fn contains(bytes: &[u8], what: &[u8]) -> bool {
    bytes.windows(what.len()).any(|window| window == what)
}

/// Debian 12 or later. Ubuntu's own chromium package is a snap, so apt is no help there.
fn is_supported(os_release: &str) -> bool {
    let field = |name: &str| {
        let line = os_release.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('='))?;
        Some(line.trim_matches('"').to_owned())
    };
    let version = field("VERSION_ID").and_then(|version| version.parse::<u32>().ok());
    // Debian testing has no VERSION_ID.
    field("ID").as_deref() == Some("debian") && version.is_none_or(|version| version >= 12)
}

/// A program on PATH or where Debian puts system programs.
pub fn find(program: &str) -> Option<PathBuf> {
    on_path(program)
}

fn on_path(program: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path).map(|dir| dir.join(program)).find(|path| path.is_file())
}

#[cfg(test)]
mod tests {
    use super::is_supported;

    #[test]
    fn debian_from_12_on() {
        assert!(is_supported("ID=debian\nVERSION_ID=\"12\"\n"));
        assert!(is_supported("ID=debian\nVERSION_CODENAME=forky\n"));
        assert!(!is_supported("ID=debian\nVERSION_ID=\"11\"\n"));
        assert!(!is_supported("ID=ubuntu\nVERSION_ID=\"24.04\"\n"));
        assert!(!is_supported(""));
    }
}
