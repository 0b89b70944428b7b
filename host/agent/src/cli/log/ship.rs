//! `promptgate log ship`: runs the sinks by hand and says what went where.
//!
//! INVARIANT: ships only under the lease; a host that a browser started does the same work and is not disturbed.

use std::path::Path;
use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use host_store::{Store, StoreError};
use serde_json::{Value, json};

use super::filter::shown;
use crate::cli::table;
use crate::exit::Exit;
use crate::lease::Lease;
use crate::native::now;
use crate::os::Env;
use crate::out;
use crate::settings::{Configured, SinkSettings};
use crate::ship::{LEASE, Standing, Step, Worker, standing};

/// How long the lease is waited for: a host that is just ending gives it back.
const PATIENCE: Duration = Duration::from_secs(3);
/// Between two lines of progress.
const PROGRESS: Duration = Duration::from_secs(1);
/// Between two looks for new rows.
const PAUSE: Duration = Duration::from_millis(500);

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// Ends when every sink has everything, or could not take it.
    #[arg(long)]
    once: bool,
    /// Sends the rows again that the receiver of this sink refused for good, and ends.
    #[arg(long, value_name = "NAME", conflicts_with = "once")]
    again: Option<String>,
}

pub(super) fn run(args: &Args, env: &Env, json: bool) -> Result<Exit> {
    let data = env.data().context("no home folder is known; set HOME")?;
    let configured = Configured::load(env);
    if let Some(fault) = &configured.fault {
        anyhow::bail!("the settings are not understood: {fault}");
    }
    if configured.sinks.is_empty() {
        out::note(
            "no sink is configured; add a [[sink]] table to the settings (`promptgate doctor` says which file)",
        );
        return Ok(Exit::NotFound);
    }
    // Makes sure that there is a record, and says so if not.
    drop(Store::existing(&data, Store::BUSY)?);
    let mut sinks = configured.sinks;
    if let Some(name) = &args.again {
        let known: Vec<String> = sinks.iter().map(|sink| sink.name.clone()).collect();
        sinks.retain(|sink| sink.name == *name);
        if sinks.is_empty() {
            out::note(&format!("no sink is called `{name}`; the settings have {}", known.join(", ")));
            return Ok(Exit::NotFound);
        }
        let store = Store::beside(&data, Store::BUSY)?;
        if standing(&store, name)?.dead == 0 {
            out::note(&format!(
                "the receiver of `{name}` refused no row for good: there is nothing to send again"
            ));
            return tell(&data, &sinks, json);
        }
        store.write::<_, StoreError>(|tx| tx.ask_again(name, true))?;
    }
    let lease = lease(&data)?;
    if lease.is_none() {
        out::note(if args.again.is_some() {
            "a browser's host ships at this moment and sends them within seconds; `promptgate doctor` tells when it did"
        } else {
            "another process ships already (a browser's host, or this command elsewhere); it goes on"
        });
        return tell(&data, &sinks, json);
    }
    let once = args.once || args.again.is_some();
    let progress = Mutex::new(Instant::now());
    thread::scope(|scope| {
        let each = |sink: &SinkSettings| {
            let (sink, data, progress) = (sink.clone(), &data, &progress);
            scope.spawn(move || ship(sink, data, once, progress))
        };
        let threads: Vec<_> = sinks.iter().map(each).collect();
        for thread in threads {
            match thread.join() {
                Ok(done) => done?,
                Err(_) => {
                    anyhow::bail!("a sink's thread broke: this is a fault in promptgate, please report it")
                }
            }
        }
        Ok(())
    })?;
    tell(&data, &sinks, json)
}

/// The lease, waited for a little.
fn lease(data: &Path) -> Result<Option<Lease>> {
    let start = Instant::now();
    loop {
        let lease =
            Lease::take(data, LEASE).with_context(|| format!("no lease can be had in {}", data.display()))?;
        if lease.is_some() || start.elapsed() > PATIENCE {
            return Ok(lease);
        }
        thread::sleep(Duration::from_millis(100));
    }
}

/// Ships to one sink: until it has everything or fails, or for ever.
fn ship(sink: SinkSettings, data: &Path, once: bool, progress: &Mutex<Instant>) -> Result<()> {
    let store = Store::beside(data, Store::BUSY)?;
    let name = sink.name.clone();
    let mut worker = Worker::new(sink);
    loop {
        match worker.step(&store)? {
            Step::Idle if once => return Ok(()),
            Step::Idle => thread::sleep(PAUSE),
            Step::Moved(..) => {
                let mut last = progress.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                if last.elapsed() > PROGRESS {
                    *last = Instant::now();
                    let standing = standing(&store, &name)?;
                    let (cursor, head) = (standing.state.cursor, standing.head);
                    out::note(&format!("{name}: row {cursor} of {head}"));
                }
            }
            Step::Later(until, why) => {
                out::note(&format!("{name}: {why}"));
                if once {
                    return Ok(());
                }
                thread::sleep(Duration::from_millis(until.saturating_sub(now())));
            }
        }
    }
}

/// Where every sink stands; a fault when one has one.
fn tell(data: &Path, sinks: &[SinkSettings], json: bool) -> Result<Exit> {
    let store = Store::beside(data, Store::BUSY)?;
    let mut rows = Vec::new();
    let mut is_well = true;
    for sink in sinks {
        let standing = standing(&store, &sink.name)?;
        is_well &= standing.state.fault.is_none();
        if json {
            out::line(&told(sink, &standing).to_string());
        } else {
            rows.push(cells(sink, &standing));
        }
    }
    if !json {
        let head = ["SINK", "KIND", "FORMAT", "DELIVERED", "BEHIND", "DEAD", "LAST SENT", "STATE"];
        for line in table::align(&head, &rows) {
            out::line(&line);
        }
    }
    Ok(if is_well { Exit::Done } else { Exit::Fault })
}

fn cells(sink: &SinkSettings, standing: &Standing) -> Vec<String> {
    let state = match &standing.state.fault {
        Some(fault) => fault.clone(),
        None if standing.behind() == 0 => "up to date".to_owned(),
        None => "at work".to_owned(),
    };
    vec![
        sink.name.clone(),
        sink.kind.name.to_owned(),
        sink.format.name.to_owned(),
        standing.state.delivered.to_string(),
        standing.behind().to_string(),
        standing.dead.to_string(),
        standing.state.sent_at.map_or_else(|| "-".to_owned(), shown),
        state,
    ]
}

fn told(sink: &SinkSettings, standing: &Standing) -> Value {
    json!({
        "sink": sink.name,
        "kind": sink.kind.name,
        "format": sink.format.name,
        "address": sink.address,
        "cursor": standing.state.cursor,
        "delivered": standing.state.delivered,
        "behind": standing.behind(),
        "dead_letters": standing.dead,
        "last_dead_letter": standing.letter.as_ref().map(|letter| json!({
            "first": letter.first,
            "last": letter.last,
            "rows": letter.rows,
            "reason": letter.reason,
        })),
        "sent_at": standing.state.sent_at,
        "failures": standing.state.failures,
        "retry_at": standing.state.retry_at,
        "fault": standing.state.fault,
    })
}
