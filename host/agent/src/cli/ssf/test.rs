//! `ssf send-test`: the level that this person has, told once more. It moves nothing at the receiver.

use anyhow::{Context, Result};
use host_risk::keep;
use host_risk::set::Kind;
use host_store::{OutboxRow, OutboxState, Store, StoreError};
use serde_json::json;
use shared_protocol::Level;

use super::receiver;
use crate::exit::Exit;
use crate::live::{self, Active};
use crate::native::now;
use crate::os::Env;
use crate::out;
use crate::record::{self, Recorder};
use crate::settings::SsfSettings;
use crate::ssf::{self, Sender, Step, keys};

/// To whom.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// The receiver's name, where there are several.
    #[arg(long, value_name = "NAME")]
    to: Option<String>,
}

pub(super) fn run(args: &Args, ssf: &SsfSettings, env: &Env, json: bool) -> Result<Exit> {
    let receiver = receiver(ssf, args.to.as_deref())?;
    // Before a message is written down: what is wrong with the key is told here, and not in the outbox.
    keys::signing(&ssf.key_file)?;
    let data = env.data().context("no home folder is known; set HOME")?;
    drop(Store::existing(&data, Store::BUSY)?);
    let active = Active::load(env);
    let whom = ssf::may_speak(&active).map_err(anyhow::Error::msg)?;
    let person = whom.person.clone();
    let scoring = active.scoring();
    let recorder = Recorder::new(Some(data.clone()), live::person(env), Box::new(move || active.holders()));
    let recorder = {
        let person = person.clone();
        recorder.naming(Box::new(move || person.clone()))
    };
    let at = now();
    let rules = scoring
        .map(|scoring| scoring.rules)
        .context("risk is not scored here: see [risk] in the settings")?;
    let level = recorder.look(|view| keep::standing(view, &person, &rules, at))?;
    let level = level.map_or(Level::None, |standing| standing.level).number();
    let row = OutboxRow {
        id: 0,
        event: Kind::Risk.as_str().to_owned(),
        jti: record::uuid()?,
        txn: record::uuid()?,
        receiver: receiver.name.clone(),
        person: person.clone(),
        at,
        before: level,
        after: level,
        cause: "test".to_owned(),
        reasons: "[]".to_owned(),
        claims: None,
        state: OutboxState::Waiting,
        attempts: 0,
        key_refusals: 0,
        retry_at: 0,
        fault: None,
        done_at: None,
    };
    let lease = ssf::lease(&data).with_context(|| format!("no lease can be had in {}", data.display()))?;
    ssf::mark(&recorder, Some(ssf))?;
    recorder.in_record(|tx, _| Ok(tx.add_outbox(&row)?))?;
    if lease.is_some() {
        let mut sender = Sender::new(ssf.clone(), receiver.clone());
        while let Step::Sent(_) = sender.step(&recorder, &whom, now())? {}
    } else {
        out::note("a browser's host sends at this moment and takes it within seconds");
        std::thread::sleep(std::time::Duration::from_secs(3));
    }
    let done = Store::existing(&data, Store::BUSY)?.read::<_, StoreError>(|view| view.outbox_of(&row.jti))?;
    let (state, fault) = done.map_or((OutboxState::Overtaken, None), |row| (row.state, row.fault));
    if json {
        out::line(
            &json!({"receiver": receiver.name, "jti": row.jti, "state": state.as_str(), "fault": fault})
                .to_string(),
        );
    } else {
        let fault = fault.map_or_else(String::new, |fault| format!(": {fault}"));
        let what = match state {
            OutboxState::Sent => "accepted; whether it was applied shows its own log only".to_owned(),
            OutboxState::Waiting => format!("waits{fault}"),
            OutboxState::Parked => format!("refused{fault}"),
            OutboxState::Overtaken => "overtaken by a newer message".to_owned(),
        };
        out::line(&format!("{} {}: {what}", receiver.name, row.jti));
    }
    Ok(if matches!(state, OutboxState::Sent | OutboxState::Overtaken) { Exit::Done } else { Exit::Fault })
}
