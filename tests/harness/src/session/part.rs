//! The product's processes in a running browser: which they are, how much memory they hold, whether they run at all.
//!
//! Told by the system, not by the product.

use super::Session;
use crate::browser::Browser;
use anyhow::{Context, Result, ensure};
use std::fs;

/// A part of the product that is a process of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The process in which the browser runs the extension's background and pages.
    Extension,
    /// The native host.
    Host,
}

/// Memory of processes, in kilobytes of 1,024 bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Resident {
    /// In memory (`VmRSS`); what is shared with others counts whole.
    pub resident: u64,
    /// Of that, what no other process has.
    pub private: u64,
}

impl Part {
    /// Whether a process of this name and these arguments is it.
    fn is(self, browser: Browser, name: &str, arguments: &str) -> bool {
        match (self, browser) {
            (Part::Host, _) => name == "promptgate",
            (Part::Extension, Browser::Chromium) => arguments.contains("--extension-process"),
            (Part::Extension, Browser::Firefox) => name == "WebExtensions",
        }
    }
}

impl Session {
    /// The memory of a part of the product; an error when it does not run.
    pub fn resident(&self, part: Part) -> Result<Resident> {
        let processes = self.processes(part);
        ensure!(!processes.is_empty(), "no process of this part runs: {part:?}");
        processes.into_iter().try_fold(Resident::default(), |sum, process| {
            let status = fs::read_to_string(format!("/proc/{process}/status"))?;
            let rollup = fs::read_to_string(format!("/proc/{process}/smaps_rollup")).unwrap_or_default();
            let private = ["Private_Clean:", "Private_Dirty:"].iter().filter_map(|name| field(&rollup, name));
            Ok(Resident {
                resident: sum.resident + field(&status, "VmRSS:").context("no VmRSS")?,
                private: sum.private + private.sum::<u64>(),
            })
        })
    }

    /// Waits until no process of a part runs.
    pub async fn until_gone(&self, part: Part) -> Result<()> {
        let look = async || Ok(self.processes(part).is_empty().then_some(()));
        self.until(&format!("end of {part:?}"), look).await
    }

    pub(super) fn processes(&self, part: Part) -> Vec<u32> {
        let is_part = |process: &u32| {
            let name = fs::read_to_string(format!("/proc/{process}/comm")).unwrap_or_default();
            let arguments = fs::read(format!("/proc/{process}/cmdline")).unwrap_or_default();
            part.is(self.browser, name.trim_end(), &String::from_utf8_lossy(&arguments))
        };
        self.process.tree().into_iter().filter(is_part).collect()
    }
}

/// A number of kilobytes in a file of `/proc`.
fn field(file: &str, name: &str) -> Option<u64> {
    file.lines().find_map(|line| line.strip_prefix(name)?.split_whitespace().next()?.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::{Part, field};
    use crate::browser::Browser;

    #[test]
    fn memory_is_read_from_the_systems_own_words() {
        let status = "Name:\tpromptgate\nVmHWM:\t  30000 kB\nVmRSS:\t  27812 kB\n";
        assert_eq!(field(status, "VmRSS:"), Some(27_812));
        assert_eq!(field(status, "Private_Dirty:"), None);
    }

    #[test]
    fn each_browser_has_a_process_of_its_own_for_extensions() {
        let renderer = "chromium\0--type=renderer\0--extension-process\0";
        assert!(Part::Extension.is(Browser::Chromium, "chromium", renderer));
        assert!(!Part::Extension.is(Browser::Chromium, "chromium", "chromium\0--type=renderer\0"));
        assert!(Part::Extension.is(Browser::Firefox, "WebExtensions", "firefox\0-contentproc\0"));
        assert!(Part::Host.is(Browser::Firefox, "promptgate", ""));
        assert!(!Part::Host.is(Browser::Firefox, "WebExtensions", ""));
    }
}
