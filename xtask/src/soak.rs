//! Long campaigns over the same tests: kill -9 loops of the record and of the outbox, properties with many more cases, and every
//! parser of foreign bytes under a fuzzer.

mod fuzz;
pub mod instrument;
mod record;

use std::time::{Duration, Instant};

use anyhow::Result;

use crate::{paths, step};

/// What to run, and for how long.
#[derive(Debug, PartialEq, Eq)]
pub struct Options {
    /// Of the loops together, and of each fuzz target.
    minutes: u64,
    /// Only the fuzz targets.
    only_fuzz: bool,
    /// Only these campaigns: kills, power cuts, kills around the outbox.
    record: Vec<record::Campaign>,
    /// How many of each.
    rounds: Option<u64>,
    /// Only these of them; empty for all.
    targets: Vec<String>,
    /// The fuzz table as JSON.
    json: bool,
}

impl Options {
    /// Reads what stands behind `soak`; an error says what is wanted.
    pub fn read(words: &[&str]) -> Result<Self, String> {
        let mut options = Self {
            minutes: 10,
            only_fuzz: false,
            record: Vec::new(),
            rounds: None,
            targets: Vec::new(),
            json: false,
        };
        let mut words = words.iter();
        while let Some(word) = words.next() {
            match *word {
                "--fuzz" => options.only_fuzz = true,
                "--kill" => options.record.push(record::Campaign::Kill),
                "--outbox" => options.record.push(record::Campaign::Outbox),
                "--power-cut" => options.record.push(record::Campaign::PowerCut),
                "--rounds" => {
                    let rounds = words.next().and_then(|rounds| rounds.parse().ok());
                    options.rounds = Some(rounds.ok_or("--rounds wants a whole number")?);
                }
                "--json" => options.json = true,
                "--minutes" => {
                    let minutes = words.next().and_then(|minutes| minutes.parse().ok());
                    options.minutes = minutes.ok_or("--minutes wants a whole number")?;
                }
                "--target" => {
                    options.only_fuzz = true;
                    let name = words.next().ok_or("--target wants the name of a fuzz target")?;
                    options.targets.push((*name).to_owned());
                }
                other => return Err(format!("`{other}` is no option of soak")),
            }
        }
        if options.rounds.is_some() && options.record.is_empty() {
            return Err("--rounds goes with --kill, --power-cut or --outbox".to_owned());
        }
        if options.json && !options.only_fuzz {
            return Err("--json goes with --fuzz".to_owned());
        }
        Ok(options)
    }
}

/// `cargo xtask soak`
pub fn run(options: &Options) -> Result<()> {
    if !options.record.is_empty() {
        return options.record.iter().try_for_each(|campaign| campaign.run(options.rounds));
    }
    if !options.only_fuzz {
        loops(options.minutes)?;
    }
    fuzz::run(options)
}

/// Repeats kill loops and properties until `minutes` are over.
fn loops(minutes: u64) -> Result<()> {
    let end = Instant::now() + Duration::from_secs(minutes * 60);
    let mut round = 0;
    while round == 0 || Instant::now() < end {
        round += 1;
        for campaign in record::Campaign::ALL {
            campaign.turn()?;
        }
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

#[cfg(test)]
mod tests {
    use super::Options;

    #[test]
    fn options_are_read() {
        let usual = Options::read(&[]).unwrap();
        assert_eq!((usual.minutes, usual.only_fuzz, usual.json), (10, false, false));
        let some = Options::read(&["--target", "har", "--minutes", "2", "--json"]).unwrap();
        assert_eq!((some.minutes, some.only_fuzz, some.json), (2, true, true));
        assert_eq!(some.targets, ["har"]);
        let record = Options::read(&["--kill", "--power-cut", "--outbox", "--rounds", "7"]).unwrap();
        assert_eq!((record.record.len(), record.rounds), (3, Some(7)));
        for bad in [
            &["--rounds", "7"][..],
            &["--kill", "--rounds"],
            &["--minutes"],
            &["--minutes", "x"],
            &["--json"],
            &["--target"],
            &["x"],
        ] {
            assert!(Options::read(bad).is_err(), "{bad:?}");
        }
    }
}
