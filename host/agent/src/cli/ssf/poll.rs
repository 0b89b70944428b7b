//! Asks transmitters now, and says what came of it.

use anyhow::{Context, Result, bail};
use host_store::Store;
use serde_json::json;

use crate::exit::Exit;
use crate::live::{self, Active};
use crate::native::now;
use crate::os::Env;
use crate::out;
use crate::record::Recorder;
use crate::ssf::inbox::{self, Inbox, Whose};

/// Whom.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// The transmitter's name in the settings; without it all of them.
    name: Option<String>,
}

pub(super) fn run(args: &Args, env: &Env, json: bool) -> Result<Exit> {
    let data = env.data().context("no home folder is known; set HOME")?;
    drop(Store::open(&data, Store::BUSY)?);
    let active = Active::load(env);
    let all = active.configured.signals.clone();
    if all.is_empty() {
        bail!("nobody is asked: add [[signal]] to the settings (`promptgate doctor` says which file)");
    }
    let is_meant = |name: &str| args.name.as_deref().is_none_or(|wanted| wanted == name);
    if !all.iter().any(|one| is_meant(&one.name)) {
        let names: Vec<&str> = all.iter().map(|one| one.name.as_str()).collect();
        bail!("no signal has this name; the settings have {}", names.join(", "));
    }
    let whose = Whose::of(&active, data.clone())
        .context("nobody is signed in whom signals could be about: `promptgate login`")?;
    let scoring = active.scoring();
    let person = active.known().person.clone();
    let recorder = Recorder::new(Some(data.clone()), live::person(env), Box::new(move || active.holders()))
        .naming(Box::new(move || person.clone()))
        .scoring(Box::new(move || scoring.clone()));
    let Some(_lease) = inbox::lease(&data)? else {
        bail!("a browser's host asks at this moment, and goes on asking by itself");
    };
    let mut exit = Exit::Done;
    for settings in all.into_iter().filter(|one| is_meant(&one.name)) {
        let name = settings.name.clone();
        let polled = Inbox::new(settings).round(&recorder, &whose, now());
        let (polled, fault) = match polled {
            Ok(polled) => (polled.clone(), polled.fault),
            Err(fault) => (inbox::Polled::default(), Some(format!("{fault:#}"))),
        };
        if fault.is_some() {
            exit = Exit::Fault;
        }
        if json {
            let told = json!({
                "name": name, "counted": polled.counted, "passed": polled.passed, "refused": polled.refused,
                "left": polled.left, "fault": fault,
            });
            out::line(&told.to_string());
        } else {
            let fault = fault.map_or_else(String::new, |fault| format!("; {fault}"));
            out::line(&format!(
                "{name}: {} about this person, {} that say nothing here, {} not believed, {} left there{fault}",
                polled.counted, polled.passed, polled.refused, polled.left
            ));
        }
    }
    Ok(exit)
}
