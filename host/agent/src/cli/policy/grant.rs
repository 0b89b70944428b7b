//! `policy grant`: a one-time code that lets one person past what stands in the way of a request, signed by an admin,
//! taken offline.
//!
//! INVARIANT: a value is never on the command line of others: `--value -` reads it, and only its hash goes into the code.

use std::io::Read as _;

use anyhow::{Context, Result, anyhow, bail};
use host_policy::grant::{self, Grant, GrantFor};
use jiff::{Span, SpanRelativeTo};
use serde_json::json;
use shared_protocol::Topic;
use zeroize::Zeroizing;

use super::signing;
use crate::cli::log::filter::shown;
use crate::exit::Exit;
use crate::native::now;
use crate::out;

/// Who may do what.
#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("what").required(true).multiple(true).args(["topic", "policy", "value"]))]
pub(in crate::cli) struct Args {
    #[command(flatten)]
    key: signing::Given,
    /// The person, as `log list` shows them under USER.
    #[arg(long, value_name = "P")]
    person: String,
    /// Text of this topic, such as content.pii. A code has to name all that stands in the way of the request, so this
    /// and the next two may be given several times and together.
    #[arg(long, value_name = "T")]
    topic: Vec<String>,
    /// What this policy stops.
    #[arg(long, value_name = "ID")]
    policy: Vec<String>,
    /// This exact value; `-` reads them from standard input, a line each, so that nobody sees them among the running
    /// programs.
    #[arg(long, value_name = "TEXT")]
    value: Vec<String>,
    /// How long: 15m, 1h, 2d.
    #[arg(long = "for", value_name = "TIME", default_value = "1h")]
    hold: String,
    /// Why, for the record.
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
}

pub(super) fn run(args: &Args, json: bool) -> Result<Exit> {
    if args.person.trim().is_empty() {
        bail!("name a person; `promptgate log list` shows them under USER");
    }
    let seconds = seconds(&args.hold)?;
    let now = i64::try_from(now() / 1_000).unwrap_or(i64::MAX);
    let not_after = now.saturating_add(seconds);
    let id: String = signing::random::<8>()?.iter().map(|byte| format!("{byte:02x}")).collect();
    let what = what(args, &id)?;
    let said = said(&what);
    let grant =
        Grant { id: id.clone(), person: args.person.clone(), what, not_after, reason: args.reason.clone() };
    let code = grant::write(&grant, args.key.open()?.as_ref())?;
    if json {
        let told = json!({ "code": code, "id": id, "person": args.person, "not_after": not_after });
        out::line(&told.to_string());
        return Ok(Exit::Done);
    }
    out::line(&code);
    let until = shown(u64::try_from(not_after).unwrap_or(0).saturating_mul(1_000));
    out::note(&format!(
        "grant {id}: {} may {said}, once, until {until}; give them the code, they paste it into the card",
        args.person
    ));
    Ok(Exit::Done)
}

fn what(args: &Args, id: &str) -> Result<Vec<GrantFor>> {
    let mut what = Vec::new();
    for topic in &args.topic {
        what.push(GrantFor::Topic(Topic::try_from(topic.clone())?));
    }
    what.extend(args.policy.iter().cloned().map(GrantFor::Policy));
    for given in &args.value {
        let mut text = Zeroizing::new(given.clone());
        if given == "-" {
            text.clear();
            std::io::stdin().read_to_string(&mut text).context("the value cannot be read")?;
        }
        // Line breaks belong to the terminal.
        let lines = text.lines().filter(|line| !line.is_empty());
        let before = what.len();
        what.extend(lines.map(|value| GrantFor::value(id, value)));
        if what.len() == before {
            bail!("the value is empty");
        }
    }
    if what.len() > grant::MAX_MATTERS {
        bail!("a code is for {} things at most; make two requests of it", grant::MAX_MATTERS);
    }
    Ok(what)
}

fn said(what: &[GrantFor]) -> String {
    let said = |one: &GrantFor| match one {
        GrantFor::Topic(topic) => format!("send text of the topic {}", String::from(topic.clone())),
        GrantFor::Policy(id) => format!("do what the policy {id} stops"),
        GrantFor::Value(_) => "send the value".to_owned(),
    };
    what.iter().map(said).collect::<Vec<_>>().join(" and ")
}

fn seconds(text: &str) -> Result<i64> {
    let wrong = || anyhow!("`{text}` is no time a grant can hold; write 15m, 1h or 2d, 7d at most");
    let span: Span = text.parse().map_err(|_| wrong())?;
    // A grant's days have 24 hours, whatever the clocks do.
    let hold = span.to_duration(SpanRelativeTo::days_are_24_hours()).map_err(|_| wrong())?;
    Some(hold.as_secs()).filter(|seconds| (1..=grant::MAX_LIFE).contains(seconds)).ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use super::seconds;

    #[test]
    fn a_grant_holds_for_a_while_and_not_for_ever() {
        for (text, expected) in
            [("15m", 900), ("1h", 3_600), ("2d", 172_800), ("7d", 604_800), ("1h 30m", 5_400)]
        {
            assert_eq!(seconds(text).unwrap(), expected, "{text}");
        }
        for text in ["", "0s", "8d", "-1h", "soon", "1 year"] {
            assert!(seconds(text).is_err(), "{text}");
        }
    }
}
