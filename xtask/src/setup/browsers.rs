//! The browsers and the driver that come as system packages.

use std::path::PathBuf;

use super::system;

/// A program under one of several names, and the package that brings it.
pub struct Program {
    names: &'static [&'static str],
    package: &'static str,
}

/// Chromium, or Google Chrome where it is there already.
pub const CHROMIUM: Program = Program { names: &["chromium"], package: "chromium" };
/// Its driver.
pub const CHROMEDRIVER: Program = Program { names: &["chromedriver"], package: "chromium-driver" };
/// Firefox: the extended support release on Debian, the plain one elsewhere.
pub const FIREFOX: Program = Program { names: &["firefox-esr", "firefox"], package: "firefox-esr" };

impl Program {
    /// Where it is.
    pub fn find(&self) -> Option<PathBuf> {
        self.names.iter().find_map(|name| system::find(name))
    }

    /// The package to install, when it is not there.
    pub fn missing(&self) -> Option<&'static str> {
        self.find().is_none().then_some(self.package)
    }
}
