//! Shipping: the record's rows to the sinks of the settings, at least once and in order.
//!
//! Each sink has a thread of its own and a cursor; the cursors are written over a connection of their own that no
//! verdict waits for. INVARIANT: of all processes on this data folder one ships: who holds the lease. INVARIANT: a
//! cursor moves when the receiver has the rows, or refused one of them for good, which is then written down; so a
//! crash repeats rows and never loses one. INVARIANT: nothing here is on the way of a verdict.

mod again;
mod health;
mod kind;
mod standing;
mod web;
mod worker;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use host_journal::sink::Producer;
use host_store::Store;

use health::SinkHealth;
pub(crate) use kind::{KINDS, Key, Kind};
pub(crate) use standing::{Standing, standing};
pub(crate) use web::check as check_address;
pub(crate) use worker::{Step, Worker};

use crate::lease::Lease;
use crate::live::Live;
use crate::record::Recorder;
use crate::settings::SinkSettings;

/// Between two looks at the settings, and at the lease while another process holds it.
const TICK: Duration = Duration::from_secs(2);

/// The lease's file.
pub(crate) const LEASE: &str = "ship.lock";

/// What formats say about this program.
pub(crate) const PRODUCER: Producer<'static> = Producer { version: env!("CARGO_PKG_VERSION") };

/// A sink's thread.
struct Running {
    settings: SinkSettings,
    stop: Arc<AtomicBool>,
    thread: JoinHandle<()>,
}

/// Ships in the background for as long as this process lives. Nothing is waited for at its end: what was not
/// confirmed goes out again.
pub(crate) fn start(live: Arc<Live>, recorder: Arc<Recorder>, data: PathBuf) {
    thread::spawn(move || {
        let mut running = BTreeMap::new();
        let mut lease = None;
        loop {
            let sinks = live.active().configured.sinks.clone();
            if sinks.is_empty() && running.is_empty() {
                lease = None;
            } else if lease.is_none() {
                // A folder in which no lease can be had has no record either; doctor tells.
                lease = Lease::take(&data, LEASE).ok().flatten();
            }
            if lease.is_some() {
                arrange(&mut running, &sinks, &recorder, &data);
            }
            thread::sleep(TICK);
        }
    });
}

/// A thread for each sink of the settings and for no other.
fn arrange(
    running: &mut BTreeMap<String, Running>,
    sinks: &[SinkSettings],
    recorder: &Arc<Recorder>,
    data: &Path,
) {
    // One that ended by itself broke; it is started again below.
    running.retain(|_, one| !one.thread.is_finished());
    for one in running.values() {
        if !sinks.contains(&one.settings) {
            one.stop.store(true, Ordering::Relaxed);
        }
    }
    for sink in sinks {
        // Under a name that is still busy with its old settings the new one waits.
        if running.contains_key(&sink.name) {
            continue;
        }
        let Ok(store) = Store::beside(data, Store::BUSY) else { continue };
        let stop = Arc::new(AtomicBool::new(false));
        let (settings, stopped) = (sink.clone(), Arc::clone(&stop));
        let mut health = SinkHealth::new(Arc::clone(recorder), &sink.name);
        let thread = thread::spawn(move || Worker::new(settings).run(&store, &stopped, &mut health));
        running.insert(sink.name.clone(), Running { settings: sink.clone(), stop, thread });
    }
}
