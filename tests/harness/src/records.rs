//! What the native host recorded, read as an administrator reads it: with `promptgate log`.

use crate::browser::Home;
use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::{Duration, Instant};

/// The records of one home.
pub struct Records<'a> {
    host: PathBuf,
    home: &'a Home,
}

impl<'a> Records<'a> {
    pub(crate) fn new(host: &Path, home: &'a Home) -> Records<'a> {
        Records { host: host.to_owned(), home }
    }

    /// `promptgate log list --json` with more arguments: one value for each row, without the word where the next page
    /// begins.
    pub fn list(&self, arguments: &[&str]) -> Result<Vec<Value>> {
        let output = self.run(&[&["log", "list", "--json"], arguments].concat())?;
        let mut rows = values(&output)?;
        rows.retain(|row| row.get("next").is_none());
        Ok(rows)
    }

    /// `promptgate log show EVENT --json`.
    pub fn show(&self, event: &str) -> Result<Vec<Value>> {
        let output = self.run(&["log", "show", event, "--json"])?;
        values(&output)
    }

    /// The output of any command of the host in this home.
    pub fn run(&self, arguments: &[&str]) -> Result<String> {
        let output = self.output(arguments)?;
        if !output.status.success() {
            let fault = String::from_utf8_lossy(&output.stderr).into_owned();
            bail!("promptgate {} ended with {}: {fault}", arguments.join(" "), output.status);
        }
        Ok(String::from_utf8(output.stdout)?)
    }

    /// The same, also of a command that tells of a fault by how it ends.
    pub fn told(&self, arguments: &[&str]) -> Result<String> {
        Ok(String::from_utf8(self.output(arguments)?.stdout)?)
    }

    fn output(&self, arguments: &[&str]) -> Result<Output> {
        let mut command = Command::new(&self.host);
        self.home.enter(&mut command);
        let output = command.args(arguments).output();
        output.with_context(|| format!("cannot run {}", self.host.display()))
    }

    /// Waits until the list satisfies `enough`, and returns it: rows about an answer come after the page has it.
    pub async fn wait_for(
        &self,
        deadline: Duration,
        enough: impl Fn(&[Value]) -> bool,
    ) -> Result<Vec<Value>> {
        self.wait_for_those(&[], deadline, enough).await
    }

    /// The same for a list with more arguments.
    pub async fn wait_for_those(
        &self,
        arguments: &[&str],
        deadline: Duration,
        enough: impl Fn(&[Value]) -> bool,
    ) -> Result<Vec<Value>> {
        let end = Instant::now() + deadline;
        let mut poll = tokio::time::interval(Duration::from_millis(50));
        loop {
            // Until the host has started for the first time there is no record to read.
            let rows = self.list(arguments);
            if let Ok(rows) = &rows
                && enough(rows)
            {
                return Ok(rows.clone());
            }
            if Instant::now() > end {
                bail!("the records do not become what is awaited; they are:\n{}", lines(&rows?));
            }
            poll.tick().await;
        }
    }
}

/// The values of an output that is one JSON array, or one value a line.
fn values(output: &str) -> Result<Vec<Value>> {
    let stream = serde_json::Deserializer::from_str(output).into_iter::<Value>();
    let values = stream.collect::<Result<Vec<_>, _>>().context("the host's output is no JSON")?;
    Ok(match values.as_slice() {
        [Value::Array(rows)] => rows.clone(),
        _ => values,
    })
}

fn lines(rows: &[Value]) -> String {
    rows.iter().map(|row| format!("{row}\n")).collect()
}
