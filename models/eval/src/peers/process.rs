//! Asks one peer in a process of its own: a line of JSON a text, a line of JSON an answer.

use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};
use std::thread;

use anyhow::{Context, Result, bail};
use serde::Deserialize;
use serde_json::json;

/// What somebody says of a text.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct Answer {
    /// The more, the surer.
    pub(crate) score: f32,
    /// Whether it is one, at its own threshold.
    pub(crate) flagged: bool,
    /// Start and end in code points, and the kind in its own words.
    pub(crate) spans: Vec<(usize, usize, String)>,
    /// How long it took.
    pub(crate) ms: f64,
}

/// Somebody who can be asked.
#[derive(Debug)]
pub(crate) struct Peer {
    /// As the tables name it.
    pub(crate) who: &'static str,
    pub(super) command: Command,
}

impl Peer {
    /// Its answers to `texts`, in their order.
    pub(crate) fn ask(mut self, texts: &[&str]) -> Result<Vec<Answer>> {
        self.command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = self.command.spawn().context("it does not start")?;
        let (Some(mut stdin), Some(stdout), Some(stderr)) =
            (child.stdin.take(), child.stdout.take(), child.stderr.take())
        else {
            bail!("it has no pipes")
        };
        let mut answers = BufReader::new(stdout).lines();
        let (asked, complaint) = thread::scope(|scope| {
            let complaint = scope.spawn(|| last_line(BufReader::new(stderr)));
            let mut asked = || -> Result<Vec<Answer>> {
                answers.next().context("it ended before it was ready")??;
                let mut given = Vec::with_capacity(texts.len());
                for text in texts {
                    writeln!(stdin, "{}", json!({ "text": text }))?;
                    let line = answers.next().context("it ended before its last answer")??;
                    given.push(serde_json::from_str(&line).context("its answer is none")?);
                }
                Ok(given)
            };
            let asked = asked();
            drop(stdin);
            (asked, complaint.join().unwrap_or_default())
        });
        child.wait()?;
        asked.with_context(|| complaint.chars().take(120).collect::<String>())
    }
}

/// The last that it had to say.
fn last_line(lines: impl BufRead) -> String {
    lines.lines().map_while(Result::ok).filter(|line| !line.trim().is_empty()).last().unwrap_or_default()
}
