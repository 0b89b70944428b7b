//! A browser with extension and host for hand work: builds both, then hands over to the program that starts the browser, watches
//! the sources and loads anew what changed.

use std::process::Command;

use anyhow::Result;

use crate::demo::environment;
use crate::setup::{self, Needs};
use crate::{build, paths, step};

/// What was asked for.
#[derive(Debug, PartialEq, Eq)]
pub struct Options<'a> {
    browser: &'a str,
    sites: &'a str,
}

impl<'a> Options<'a> {
    /// `[--browser chromium|firefox] [--sites stand-ins|real]`
    pub fn read(words: &[&'a str]) -> Result<Self, String> {
        let mut options = Self { browser: "chromium", sites: "stand-ins" };
        for pair in words.chunks(2) {
            match pair {
                ["--browser", browser @ ("chromium" | "firefox")] => options.browser = browser,
                ["--sites", sites @ ("stand-ins" | "real")] => options.sites = sites,
                _ => {
                    return Err(
                        "run takes --browser chromium or firefox, --sites stand-ins or real".to_owned()
                    );
                }
            }
        }
        Ok(options)
    }
}

/// `cargo xtask run`
pub fn run(options: &Options<'_>) -> Result<()> {
    let Options { browser, sites } = options;
    setup::all(Needs {
        chromium: *browser == "chromium",
        firefox: *browser == "firefox",
        linters: false,
        receivers: false,
    })?;
    let built = build::all(build::Profile::Dev)?;
    step::announce(&format!("{browser} for hand work, in front of {sites} sites"));
    let mut hand = Command::new(paths::target().join("debug/hand"));
    hand.args(["--browser", browser, "--sites", sites, "--tree"]).arg(paths::root());
    environment(&mut hand, &built)?;
    become_it(hand.current_dir(paths::root()))
}

/// Takes this process's place, so that Ctrl-C ends one program, which tidies up.
#[cfg(unix)]
fn become_it(program: &mut Command) -> Result<()> {
    use std::os::unix::process::CommandExt as _;
    Err(program.exec().into())
}

#[cfg(not(unix))]
fn become_it(program: &mut Command) -> Result<()> {
    let status = program.status()?;
    anyhow::ensure!(status.success(), "it ended with {status}");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::Options;

    #[test]
    fn options_have_defaults_and_nothing_else_is_taken() {
        let defaults = Options { browser: "chromium", sites: "stand-ins" };
        assert_eq!(Options::read(&[]), Ok(defaults));
        let both = Options::read(&["--sites", "real", "--browser", "firefox"]);
        assert_eq!(both, Ok(Options { browser: "firefox", sites: "real" }));
        for wrong in [&["--browser", "both"][..], &["--browser"], &["--sites", "x"], &["now"]] {
            assert!(Options::read(wrong).is_err(), "{wrong:?}");
        }
    }
}
