//! Long campaigns over the same tests: kill -9 loops of the record, and properties with many more cases.

use std::time::{Duration, Instant};

use anyhow::Result;

use crate::{paths, step};

/// Repeats the campaigns until `minutes` are over.
pub fn run(minutes: u64) -> Result<()> {
    let end = Instant::now() + Duration::from_secs(minutes * 60);
    let mut round = 0;
    while round == 0 || Instant::now() < end {
        round += 1;
        step::run(
            &format!("round {round}: kill -9 while appending"),
            paths::cargo().env("PROMPTGATE_KILLS", "500").args([
                "test",
                "--quiet",
                "--release",
                "--package",
                "host-journal",
                "--test",
                "kill",
            ]),
        )?;
        step::run(
            &format!("round {round}: properties, 20,000 cases each"),
            paths::cargo().env("PROPTEST_CASES", "20000").args([
                "test",
                "--quiet",
                "--release",
                "--package",
                "shared-protocol",
                "--package",
                "shared-sites",
                "--package",
                "shared-seal",
                "--package",
                "host-classify",
                "--package",
                "host-policy",
                "--package",
                "host-journal",
                "--package",
                "extension",
            ]),
        )?;
    }
    Ok(())
}
