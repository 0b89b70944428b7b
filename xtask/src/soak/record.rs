//! Campaigns against what has to survive: the record, when processes are killed and machines lose their power, and the outbox
//! of messages about risk, when host processes are killed between a change and the receiver's answer.

use anyhow::Result;

use crate::{paths, step};

/// What is done, and to whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Campaign {
    /// The process that writes the record is ended at once, in the middle of its writes.
    Kill,
    /// The disk keeps what was flushed, and of the rest what chance wants.
    PowerCut,
    /// Host processes are ended between a change of risk and the receiver's answer.
    Outbox,
}

/// A test that does it as often as a variable says.
struct Test {
    title: &'static str,
    variable: &'static str,
    /// How cargo builds it.
    build: &'static [&'static str],
    name: &'static str,
    /// Rounds where nothing is said, and in a turn of all loops.
    usual: u64,
    turn: u64,
}

impl Campaign {
    pub(super) const ALL: [Self; 3] = [Self::Kill, Self::PowerCut, Self::Outbox];

    fn test(self) -> Test {
        match self {
            Self::Kill => Test {
                title: "kill -9 while appending",
                variable: "PROMPTGATE_KILLS",
                build: &["--release", "--package", "host-journal", "--test", "journal"],
                name: "kill::what_was_acknowledged_survives_kill_9",
                usual: 2_000,
                turn: 500,
            },
            Self::PowerCut => Test {
                title: "power cuts while appending",
                variable: "PROMPTGATE_CUTS",
                build: &["--release", "--package", "host-journal", "--test", "power"],
                name: "no_power_cut_loses_what_was_acknowledged",
                usual: 5_000,
                turn: 500,
            },
            // The selection and the profile of all tests: the program under test is built for them anyway.
            Self::Outbox => Test {
                title: "rounds of kill -9 of two hosts between commit and send",
                variable: "PROMPTGATE_KILLS",
                build: &["--workspace", "--exclude", "xtask", "--test", "agent"],
                name: "outage::killed_between_commit_and_send_nothing_is_lost_and_order_is_kept",
                usual: 300,
                turn: 50,
            },
        }
    }

    /// Runs it so many times; hundreds or thousands where nothing is said.
    pub(super) fn run(self, rounds: Option<u64>) -> Result<()> {
        let test = self.test();
        let rounds = rounds.unwrap_or(test.usual).to_string();
        step::run(
            &format!("{rounds} {}", test.title),
            paths::cargo().env(test.variable, &rounds).arg("test").args(test.build).args([
                "--",
                "--exact",
                test.name,
                "--nocapture",
            ]),
        )
    }

    /// Runs its share of a turn of all loops.
    pub(super) fn turn(self) -> Result<()> {
        self.run(Some(self.test().turn))
    }
}
