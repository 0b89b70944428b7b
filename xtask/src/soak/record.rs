//! Campaigns against the record's durability: processes that are killed, machines that lose their power.

use anyhow::Result;

use crate::{paths, step};

/// What is done to whoever writes the record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Campaign {
    /// The process is ended at once, in the middle of its writes.
    Kill,
    /// The disk keeps what was flushed, and of the rest what chance wants.
    PowerCut,
}

impl Campaign {
    pub(super) const ALL: [Self; 2] = [Self::Kill, Self::PowerCut];

    /// Runs it so many times; thousands where nothing is said.
    pub(super) fn run(self, rounds: Option<u64>) -> Result<()> {
        let (title, variable, binary, test, usual) = match self {
            Self::Kill => (
                "kill -9 while appending",
                "PROMPTGATE_KILLS",
                "journal",
                "kill::what_was_acknowledged_survives_kill_9",
                2_000,
            ),
            Self::PowerCut => (
                "power cuts while appending",
                "PROMPTGATE_CUTS",
                "power",
                "no_power_cut_loses_what_was_acknowledged",
                5_000,
            ),
        };
        let rounds = rounds.unwrap_or(usual).to_string();
        step::run(
            &format!("{rounds} {title}"),
            paths::cargo().env(variable, &rounds).args([
                "test",
                "--release",
                "--package",
                "host-journal",
                "--test",
                binary,
                "--",
                "--exact",
                test,
                "--nocapture",
            ]),
        )
    }
}
