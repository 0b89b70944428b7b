//! Brings a fresh machine to where the tasks can run: Rust's wasm target, browsers with their drivers, the
//! linter of extensions, the linter of licences.
//!
//! Nothing is done twice: each part looks first.

pub mod browsers;
pub mod cargo_tools;
pub mod receivers;
pub mod system;
pub mod toolchain;
pub mod web_ext;

use std::fmt;

use anyhow::Result;

/// This machine cannot do it. One line that says what to do; exit status 2.
#[derive(Debug)]
pub struct Cannot(pub String);

impl fmt::Display for Cannot {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl std::error::Error for Cannot {}

/// What a task drives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Needs {
    /// Chromium with its driver.
    pub chromium: bool,
    /// Firefox with its driver.
    pub firefox: bool,
    /// web-ext and cargo-deny.
    pub linters: bool,
    /// rsyslog, a collector, and readers of exports.
    pub receivers: bool,
}

/// Everything that `needs` asks for.
pub fn all(needs: Needs) -> Result<()> {
    toolchain::target(toolchain::WASM)?;
    system::packages(needs)?;
    if needs.firefox {
        cargo_tools::GECKODRIVER.install()?;
    }
    if needs.linters {
        cargo_tools::CARGO_DENY.install()?;
        web_ext::install()?;
    }
    if needs.receivers {
        receivers::install()?;
    }
    Ok(())
}
