//! `policy status`: what is in force on this machine, where it comes from, how old it is, and what was refused last.
//!
//! INVARIANT: changes and fetches nothing. What is told of a kept bundle was verified again just now, as the host does.

mod kept;

use anyhow::{Context, Result};
use jiff::{SpanRound, Timestamp, Unit};
use serde_json::{Value, json};
use shared_protocol::{Mode, PolicySource};

use self::kept::Kept;
use super::build::day;
use super::told::word;
use crate::exit::Exit;
use crate::live::Active;
use crate::os::Env;
use crate::out;
use crate::settings::Source;

/// Nothing to choose.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {}

pub(super) fn run(_args: &Args, env: &Env, json: bool) -> Result<Exit> {
    let active = Active::load(env);
    let data = env.data().context("no home folder is known; set HOME")?;
    let configured = &active.configured;
    let settings = match &configured.source {
        Source::Trial => None,
        Source::Own(path) | Source::Managed(path) => Some(path.clone()),
    };
    let kept = configured.bundle.as_ref().map(|bundle| Kept::read(&data, bundle));
    let developer = configured.developer.as_ref().map(|folder| folder.display().to_string());
    let from = configured.bundle.as_ref().map(|bundle| bundle.from.to_string()).or(developer);
    // Of a kept bundle it is told with the bundle.
    let fault = active.in_force.fault.as_ref().filter(|_| kept.is_none());
    let snapshot = active.snapshot()?;
    let source = configured.settings.source;
    let is_wrong = fault.is_some() || configured.fault.is_some() || kept.as_ref().is_some_and(Kept::is_wrong);
    let exit = if is_wrong { Exit::Fault } else { Exit::Done };
    if json {
        let told = json!({
            "source": source, "mode": snapshot.policy.mode(), "policies": snapshot.policy.ids().count(),
            "settings": settings.as_ref().map(|path| path.display().to_string()),
            "managed": configured.settings.managed,
            "fault": configured.fault.as_ref().map(ToString::to_string),
            "from": from, "policy": configured.settings.policy,
            "not_used": active.in_force.fault.as_ref().map(|fault| &fault.code),
            "bundle": kept.as_ref().map_or(Value::Null, Kept::json),
        });
        out::line(&told.to_string());
        return Ok(exit);
    }
    let place =
        settings.as_ref().map_or("no settings: a trial".to_owned(), |path| path.display().to_string());
    let mut lines = vec![
        ("in force", said(source, snapshot.policy.mode(), kept.as_ref())),
        ("policies", snapshot.policy.ids().count().to_string()),
        ("settings", place),
    ];
    lines.extend(from.map(|from| ("from", from)));
    if let Some(kept) = &kept {
        lines.extend(kept.lines());
    }
    if let Some(fault) = fault {
        lines.push(("wrong", fault.what.clone()));
    }
    if let Some(fault) = &configured.fault {
        lines.push(("wrong", fault.to_string()));
    }
    for (what, told) in lines {
        out::line(&format!("{what:<9} {told}"));
    }
    Ok(exit)
}

fn said(source: PolicySource, mode: Mode, kept: Option<&Kept>) -> String {
    let acts = match mode {
        Mode::Enforce => "it acts",
        Mode::Monitor => "it only watches",
    };
    let bundle = kept.and_then(Kept::name);
    match (source, bundle) {
        (PolicySource::Bundle, Some(name)) => format!("the bundle {name}; {acts}"),
        (PolicySource::ManagedWithoutBundle, _) => {
            "there is no bundle that holds: everything with text is refused".to_owned()
        }
        (PolicySource::DeveloperFile, _) => format!("a developer's folder, unsigned; {acts}"),
        (PolicySource::BuiltinMonitor | PolicySource::BuiltinEnforce | PolicySource::Bundle, _) => {
            format!("{}; {acts}", word(source))
        }
    }
}

/// A moment in unix seconds and how long ago it was, in its largest units.
fn ago(at: i64) -> String {
    let age = Timestamp::from_second(at).ok().and_then(|at| {
        let span = at.until(Timestamp::now()).ok()?;
        let round = SpanRound::new().largest(Unit::Day).smallest(Unit::Minute).days_are_24_hours();
        span.round(round).ok()
    });
    age.map_or_else(|| day(at), |age| format!("{} ({age:#} ago)", day(at)))
}
