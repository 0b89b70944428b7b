//! `promptgate doctor`: what is installed, connected and protected, and a fix for each fault.
//!
//! INVARIANT: every check that is not right names what to do; the exit code says whether one was.
//! It deliberately repairs nothing.

mod beats;
mod browser;
mod bundle;
mod clock;
mod drift;
mod engines;
mod host;
mod key;
mod live;
mod person;
mod pictures;
mod policies;
mod profiles;
mod reach;
mod rights;
mod room;
mod sandboxed;
mod sharing;
mod sinks;
mod versions;

use anyhow::{Context, Result};
use host_store::{Store, StoreError};
use serde::Serialize;
use shared_protocol::PolicySource;

use super::table;
use crate::exit::Exit;
use crate::install;
use crate::live::Active;
use crate::os::Env;
use crate::out;
use crate::settings::{Configured, Source};

/// How a check went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
enum State {
    /// As it should be.
    Ok,
    /// Good to know.
    Note,
    /// Something is wrong.
    Wrong,
}

/// One check.
#[derive(Debug, Serialize)]
struct Check {
    check: String,
    state: State,
    what: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    fix: Option<String>,
}

#[derive(Serialize)]
struct Told<'a> {
    ok: bool,
    version: &'static str,
    checks: &'a [Check],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    policies: Vec<profiles::Policy>,
}

/// What to look at.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// What could not be read on the sites, grouped, with the next step for who keeps their data.
    #[arg(long, conflicts_with = "live")]
    drift: bool,
    /// A checklist to run on the real sites in five minutes.
    #[arg(long)]
    live: bool,
}

impl Check {
    fn new(check: &str, state: State, what: impl Into<String>) -> Self {
        Self { check: check.to_owned(), state, what: what.into(), fix: None }
    }

    /// Good to know, and something can be done about it.
    fn note(check: &str, what: impl Into<String>, fix: impl Into<String>) -> Self {
        Self { fix: Some(fix.into()), ..Self::new(check, State::Note, what) }
    }

    fn wrong(check: &str, what: impl Into<String>, fix: impl Into<String>) -> Self {
        Self { fix: Some(fix.into()), ..Self::new(check, State::Wrong, what) }
    }
}

pub(super) fn run(args: &Args, env: &Env, json: bool) -> Result<Exit> {
    if args.drift {
        return drift::run(env, json);
    }
    if args.live {
        return live::run(env, json);
    }
    let program = std::env::current_exe().context("this program's own path is not known")?;
    // With what a bundle lays over them.
    let active = Active::load(env);
    let configured = &active.configured;
    let mut checks = browser::checks(env, &program, &configured.extensions);
    let is_found = checks.iter().any(|check| check.state == State::Ok);
    checks.extend(sandboxed::checks(env));
    checks.extend(profiles::checks(env, &configured.extensions));
    checks.extend(policies::checks(env, &configured.extensions));
    checks.push(settings(configured));
    checks.extend(rights::check(env, configured, &program));
    checks.extend(bundle::checks(env, &active));
    checks.push(key::check(env, configured));
    checks.extend(person::check(env, configured));
    checks.push(record(env));
    checks.extend(room::check(env));
    checks.push(engines::check());
    checks.push(pictures::check(configured));
    checks.extend(sinks::checks(env, configured));
    checks.extend(sharing::checks(env, &active));
    checks.extend(reach::checks(configured));
    let beats = beats::read(env);
    checks.extend(beats::checks(&beats, is_found));
    checks.extend(versions::checks(&beats));
    checks.extend(clock::check(env));
    checks.push(host::check(&program));
    let ok = checks.iter().all(|check| check.state != State::Wrong);
    let policies = profiles::policies(env, &configured.extensions);
    if json {
        let told = Told { ok, version: env!("CARGO_PKG_VERSION"), checks: &checks, policies };
        out::line(&serde_json::to_string(&told)?);
    } else {
        tell(&checks);
        policies.iter().flat_map(profiles::Policy::lines).for_each(|line| {
            out::line(&line);
        });
    }
    Ok(if ok { Exit::Done } else { Exit::Fault })
}

fn tell(checks: &[Check]) {
    let cells = |check: &Check| {
        let state = match check.state {
            State::Ok => "ok",
            State::Note => "note",
            State::Wrong => "WRONG",
        };
        vec![state.to_owned(), check.check.clone(), check.what.clone()]
    };
    let rows: Vec<_> = checks.iter().map(cells).collect();
    let mut lines = table::align(&["STATE", "CHECK", "WHAT"], &rows).into_iter();
    lines.next().iter().for_each(|head| {
        out::line(head);
    });
    for (line, check) in lines.zip(checks) {
        out::line(&line);
        if let Some(fix) = &check.fix {
            out::line(&format!("       to fix {}: {fix}", check.check));
        }
    }
}

fn settings(configured: &Configured) -> Check {
    let path = match &configured.source {
        Source::Trial => {
            let what = "no file: a trial that watches and stops nobody";
            return Check::new("settings", State::Note, what);
        }
        Source::Own(path) | Source::Managed(path) => path.display(),
    };
    let source = configured.settings.source;
    match &configured.fault {
        Some(fault) => {
            let until = match source {
                PolicySource::ManagedWithoutBundle => "everything with text is refused",
                PolicySource::BuiltinMonitor
                | PolicySource::BuiltinEnforce
                | PolicySource::DeveloperFile
                | PolicySource::Bundle => "the built-in policy is enforced and every fault refuses",
            };
            Check::wrong("settings", format!("{path}: {fault}; until then {until}"), format!("edit {path}"))
        }
        None => {
            let word = serde_json::to_value(source).unwrap_or_default();
            let managed = if configured.settings.managed { "managed, " } else { "" };
            let what = format!("{managed}{}, from {path}", word.as_str().unwrap_or_default());
            Check::new("settings", State::Ok, what)
        }
    }
}

fn record(env: &Env) -> Check {
    let Some(data) = env.data() else {
        return Check::wrong("record", "no home folder is known", "set HOME");
    };
    let place = data.join(host_store::FILE);
    let counted = Store::existing(&data, Store::BUSY).and_then(|store| {
        store.check()?;
        store.probe()?;
        let rows = store.read(|view| view.count(&host_store::Filter::default()))?;
        let sealed = store.read(|view| view.epoch_key())?.is_some();
        Ok((rows, sealed, host_store::bytes_on_disk(&data)?))
    });
    match counted {
        Ok((rows, sealed, bytes)) => {
            let seals = if sealed { "sealed row by row" } else { "chain only until there is a recipient" };
            let what = format!("{rows} rows, {} kB, {seals}, in {}", bytes / 1024, place.display());
            Check::new("record", State::Ok, what)
        }
        Err(StoreError::Missing) => {
            Check::new("record", State::Note, "made when a browser first starts the host")
        }
        // The error says what to do after its colon.
        Err(fault) => {
            let said = fault.to_string();
            let (what, fix) = said.split_once(": ").unwrap_or((&said, "run it again"));
            Check::wrong("record", what, fix)
        }
    }
}

/// The browsers on this machine, told when there is none.
fn none_installed(env: &Env) -> Option<Check> {
    install::present(env).is_empty().then(|| {
        let what = "no browser found on this machine";
        Check::wrong("browsers", what, "install one, or name it: `promptgate install --browser chromium`")
    })
}
