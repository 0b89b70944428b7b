//! The native-messaging host: what a browser talks to.
//!
//! One thread reads, a bounded pool judges, one thread writes, a watchdog sees to it that every judgement is
//! answered in time. INVARIANT: nothing that comes in ends the loop; only the end of the stream does.
//! It deliberately keeps nothing between two starts but the record.

mod desk;
mod drafts;
mod health;
mod heart;
mod incoming;
mod outgoing;
mod queue;
mod reply;
mod watch;

use std::io::{self, BufReader, Read};
use std::panic;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use shared_protocol::EventId;

use crate::bundles;
use crate::exit::Exit;
use crate::identity::renew;
use crate::judge::Snapshot;
use crate::live::{self, Live};
use crate::origin;
use crate::os::Env;
use crate::out;
use crate::record::Recorder;
use crate::retention::Retention;
use crate::risk;
use crate::ship;
use crate::ssf;
use desk::Desk;
pub(crate) use desk::now;
use drafts::DraftRows;
pub(crate) use heart::DOCTOR;
use heart::Heart;
use incoming::{Frames, Incoming};
use queue::{Limits, Pool};
use watch::Watch;

/// Messages that wait for a judging thread at most, and their bytes together.
const LIMITS: Limits = Limits { jobs: 256, bytes: 64 * 1024 * 1024 };

/// How often a changed settings file is looked for when nothing else happens.
const TICK: Duration = Duration::from_millis(500);

/// Talks to the browser until it closes the connection.
pub(crate) fn run(extension: &str, env: &Env) -> Exit {
    let live = Arc::new(Live::load(env));
    if !origin::known(extension, &live.active().configured.extensions) {
        out::note(
            "started by an extension that is not Promptgate's; if it is under development, add its id to \
             [developer] extensions in the settings",
        );
        return Exit::BadOrigin;
    }
    hush_panics();
    let (sender, writer) = outgoing::spawn(out::wire());
    let whose = {
        let live = Arc::clone(&live);
        Box::new(move || live.active().holders())
    };
    let at_keyboard = {
        let live = Arc::clone(&live);
        Box::new(move || live.active().known().person.clone())
    };
    let scores = {
        let live = Arc::clone(&live);
        Box::new(move || live.active().scoring())
    };
    let recorder = Recorder::new(env.data(), live::person(env), whose).naming(at_keyboard).scoring(scores);
    let recorder = Arc::new(recorder);
    warm(&live, &recorder);
    risk::start(Arc::clone(&live), Arc::clone(&recorder), env.data());
    if let Some(data) = env.data() {
        ship::start(Arc::clone(&live), Arc::clone(&recorder), data.clone());
        renew::start(Arc::clone(&live), Arc::clone(&recorder), data.clone());
        ssf::inbox::start(Arc::clone(&live), Arc::clone(&recorder), data.clone());
        ssf::start(Arc::clone(&live), Arc::clone(&recorder), data);
    }

    let settings = reply::Settings::new(Arc::clone(&live), sender.clone());
    let fetching = env.data().map(|data| {
        let settings = settings.clone();
        bundles::start(Arc::clone(&live), Arc::clone(&recorder), data, move || settings.refresh())
    });
    let heart = Arc::new(Heart::new(Arc::clone(&live), Arc::clone(&recorder)));
    let drafts = Arc::new(DraftRows::new(Arc::clone(&live), Arc::clone(&recorder)));
    let watch = Watch::start(TICK, {
        let (settings, heart, drafts) = (settings.clone(), Arc::clone(&heart), Arc::clone(&drafts));
        move || {
            settings.refresh_aside();
            heart.tick(Instant::now());
            drafts.due();
        }
    });
    let retention = Retention::start(Arc::clone(&live), Arc::clone(&recorder), env.data());
    let alarms = watch.alarms();
    let desk = Desk::new(
        live,
        Arc::clone(&recorder),
        sender,
        alarms,
        settings,
        Arc::clone(&heart),
        Arc::clone(&drafts),
    );
    let desk = Arc::new(desk);
    let threads = thread::available_parallelism().map_or(2, |cores| cores.get().clamp(2, 4));
    let pool: Pool<EventId> = Pool::start(threads, LIMITS);

    let mut frames = Frames::new(BufReader::new(io::stdin()));
    loop {
        match frames.next() {
            Incoming::Message(text) => desk.message(&text, &pool),
            Incoming::Fault(code, named) => desk.bad(code, named, &pool),
            Incoming::End => break,
        }
    }
    desk.no_more_files();
    pool.finish();
    watch.finish();
    retention.finish();
    drafts.all();
    heart.ended();
    if let Err(fault) = recorder.close(now()) {
        out::note(&format!("the last epoch stays open: {fault:#}"));
    }
    if let Some(fetching) = fetching {
        fetching.forget();
    }
    // The writer ends when the last sender is gone.
    drop(desk);
    // A writer that panicked has told its place; the browser is gone either way.
    let _ended = writer.join();
    Exit::Done
}

/// Whole messages of a stream that ends, and how many were dropped. What a message says of itself is looked for too, as it
/// is when nobody understands it.
pub(crate) fn read_all(from: impl Read) -> (Vec<String>, usize) {
    let (mut messages, mut dropped) = (Vec::new(), 0);
    let mut frames = Frames::new(from);
    loop {
        match frames.next() {
            Incoming::Message(text) => {
                let _named = incoming::name(&text);
                messages.push(text);
            }
            Incoming::Fault(..) => dropped += 1,
            Incoming::End => return (messages, dropped),
        }
    }
}

/// A panic's message can hold text: only its place is told.
fn hush_panics() {
    panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(|place| format!("{}:{}", place.file(), place.line()));
        out::note(&format!("internal fault at {}", place.unwrap_or_default()));
    }));
}

/// What the first judgement needs is made while the extension still introduces itself.
fn warm(live: &Arc<Live>, recorder: &Arc<Recorder>) {
    let (live, recorder) = (Arc::clone(live), Arc::clone(recorder));
    thread::spawn(move || {
        let active = live.active();
        let steps = [active.snapshot().map(Snapshot::warm), recorder.open(), active.warm_recipients()];
        for fault in steps.into_iter().filter_map(Result::err) {
            out::note(&format!("{fault:#}"));
        }
    });
}
