//! What is done with each message.
//!
//! INVARIANT: a verdict, a go or a welcome leaves only after what it says is on record, or says that it is not.
//! INVARIANT: every `judge` that was understood so far that its event is known is answered, once.

mod bad;
mod coded;
mod files;
mod follow;
mod mine;
mod preview;
mod proving;
mod signing_in;

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::AtomicBool;
use std::sync::mpsc::SyncSender;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::Result;
use host_journal::Timings;
use shared_protocol::{
    Browser, Choice, Code, EventId, Hello, Judge, Millis, Outcome, PROTOCOL, ToExtension, ToHost, Verdict,
    Welcome,
};

use super::drafts::DraftRows;
use super::heart::Heart;
use super::incoming;
use super::queue::{Job, Pool};
use super::reply;
use super::watch::{Alarms, Turn};
use crate::clock::local;
use crate::files::{Answers, Attached, NONE, Readers, Shelf};
use crate::judge::{self, Around, Asked, Judgement, Snapshot};
use crate::live::{Active, Live};
use crate::neighbours::Mistakes;
use crate::out;
use crate::record::{self, Once, Place, Recorder};
use crate::tails::Tails;

/// The pure part: [`Snapshot::judge`].
type JudgePrompt = fn(&Snapshot, &Asked<'_>, &dyn Fn() -> Duration) -> (Judgement, Timings);

/// The desk.
pub(super) struct Desk {
    judge: JudgePrompt,
    live: Arc<Live>,
    recorder: Arc<Recorder>,
    out: SyncSender<ToExtension>,
    alarms: Alarms,
    settings: reply::Settings,
    heart: Arc<Heart>,
    drafts: Arc<DraftRows>,
    browser: OnceLock<Browser>,
    language: OnceLock<String>,
    /// Judgements on the way: a second `judge` of the same event waits for the first one's verdict.
    judging: Mutex<HashSet<EventId>>,
    bad_rows: Mutex<usize>,
    /// Requests whose card takes a code, or waits for a proof of who the person is.
    at_hand: Mutex<VecDeque<Arc<Judge>>>,
    /// How what was sent before ends.
    tails: Tails,
    /// Attached files.
    shelf: Arc<Shelf>,
    /// What people answered about them.
    answers: Answers,
    /// What people called a mistake, and what follows from it.
    mistakes: Arc<Mistakes>,
    /// Judgements that wait for files, with what was said of their events since.
    waiting: Mutex<HashMap<EventId, Vec<ToHost>>>,
    /// A sign-in that the extension started is under way.
    signing_in: Mutex<Option<signing_in::Waiting>>,
    /// Late entries could not be written down: until they are, no question of how things stand is answered, so that
    /// the extension keeps them.
    late_lost: AtomicBool,
}

/// One judgement on the way.
#[derive(Clone)]
struct Held {
    ask: Arc<Judge>,
    arrived: Instant,
    turn: Arc<Turn>,
    active: Arc<Active>,
    /// Looked up when it is first asked for.
    around: Arc<OnceLock<Around>>,
    /// The files that it names; none until they were waited for.
    files: Arc<OnceLock<Attached>>,
}

impl Desk {
    pub(super) fn new(
        live: Arc<Live>,
        recorder: Arc<Recorder>,
        out: SyncSender<ToExtension>,
        alarms: Alarms,
        settings: reply::Settings,
        heart: Arc<Heart>,
        drafts: Arc<DraftRows>,
    ) -> Self {
        let mistakes = Arc::new(Mistakes::new(live.env().data(), Arc::clone(&recorder)));
        Self {
            judge: Snapshot::judge,
            live,
            recorder,
            out,
            alarms,
            settings,
            heart,
            drafts,
            browser: OnceLock::new(),
            language: OnceLock::new(),
            judging: Mutex::new(HashSet::new()),
            bad_rows: Mutex::new(0),
            at_hand: Mutex::new(VecDeque::new()),
            tails: Tails::default(),
            shelf: Arc::new(Shelf::new(Readers::new())),
            answers: Answers::default(),
            mistakes,
            waiting: Mutex::default(),
            signing_in: Mutex::new(None),
            late_lost: AtomicBool::new(false),
        }
    }

    /// Takes one whole message.
    pub(super) fn message(self: &Arc<Self>, text: &str, pool: &Pool<EventId>) {
        let Ok(message) = serde_json::from_str::<ToHost>(text) else {
            return self.bad(Code::BadMessage, incoming::name(text), pool);
        };
        if !self.settings.is_greeted() && !matches!(message, ToHost::Hello(_)) {
            return self.bad(Code::BadMessage, incoming::name(text), pool);
        }
        match message {
            ToHost::Hello(hello) => {
                self.hello(&hello);
                // After the welcome, and beside the judgements: nobody waits for it.
                let heart = Arc::clone(&self.heart);
                let work = Box::new(move || heart.connected(&hello, Instant::now()));
                pool.put(Job { key: None, bytes: 0, work });
            }
            ToHost::Judge(ask) => self.hold(*ask, text.len(), None, pool),
            ToHost::Preview(ahead) => {
                let desk = Arc::clone(self);
                let work = Box::new(move || desk.preview(*ahead));
                pool.put(Job { key: None, bytes: text.len(), work });
            }
            ToHost::SignIn { what } => self.sign_in(what, None),
            ToHost::SignInClosed => self.sign_in_closed(),
            // The verdict that it answers was on record before it was told.
            ToHost::Answered { event, choice: Choice::Verify, at } => {
                let desk = Arc::clone(self);
                let (key, work) = (event.clone(), Box::new(move || desk.verify(event, at)));
                pool.put(Job { key: Some(key), bytes: text.len(), work });
            }
            // In the reading thread: what follows about these events must find them on record.
            ToHost::Late { entries } => self.late(&entries),
            ToHost::FileBegin { .. }
            | ToHost::FilePiece { .. }
            | ToHost::FileEnd { .. }
            | ToHost::FileGone { .. }
            | ToHost::FileNamed { .. } => self.file(message),
            other => {
                let Some(other) = self.unless_waiting(other) else { return };
                let key = follow::event(&other).cloned();
                let desk = Arc::clone(self);
                let work = Box::new(move || desk.follow(other));
                pool.put(Job { key, bytes: text.len(), work });
            }
        }
    }

    fn hello(&self, hello: &Hello) {
        let Some(protocol) = PROTOCOL.common(hello.protocol) else {
            return self.send(ToExtension::Error { code: Code::BadVersion, event: None });
        };
        // A second hello of the same connection changes nothing.
        let _known = self.browser.set(hello.browser);
        if let Some(language) = &hello.language {
            let _known = self.language.set(language.clone());
        }
        let host = env!("CARGO_PKG_VERSION").to_owned();
        self.settings.greet(|settings| ToExtension::Welcome(Welcome { protocol, host, settings }));
    }

    /// Starts a judgement; `code` when it can only be one of a fault.
    fn hold(self: &Arc<Self>, ask: Judge, bytes: usize, code: Option<Code>, pool: &Pool<EventId>) {
        self.settings.refresh();
        let is_new = self.judging().insert(ask.event.clone());
        if !is_new {
            return;
        }
        let active = self.live.active();
        let (ask, turn) = (Arc::new(ask), Arc::new(Turn::default()));
        let (around, files) = (Arc::default(), Arc::default());
        let held = Held { ask, arrived: Instant::now(), turn, active, around, files };
        if code.is_none() && self.waits_for_files(&held) {
            return;
        }
        self.start(held, bytes, code, |job| pool.put(job));
    }

    /// Judges what is held: `put` sees to it that it is done.
    fn start(self: &Arc<Self>, held: Held, bytes: usize, code: Option<Code>, put: impl FnOnce(Job<EventId>)) {
        let key = Some(held.ask.event.clone());
        let deadline = budget(held.active.settings().fail.deadline_ms);
        // What reading its files has left of their time is for looking through them.
        let files = held.files.get().filter(|files| !files.is_empty());
        let from = files.map_or(held.arrived, |_| held.arrived + self.file_time()).max(Instant::now());
        let until = from + deadline;
        let ticket = self.alarms.set(until, {
            let (desk, held) = (Arc::clone(self), held.clone());
            move || {
                if held.turn.claim() {
                    desk.end(&held, Err(Code::Deadline));
                }
            }
        });
        let desk = Arc::clone(self);
        let work = Box::new(move || {
            let done = match code {
                Some(code) => Err(code),
                None => desk.judge(&held),
            };
            desk.alarms.cancel(ticket);
            if held.turn.claim() {
                desk.end(&held, done);
            }
        });
        put(Job { key, bytes, work });
    }

    /// The pure part, with its panics caught.
    fn judge(&self, held: &Held) -> Result<(Judgement, Timings), Code> {
        let judge = || {
            let snapshot = held.active.snapshot().map_err(|_| Code::PolicyFault)?;
            let start = Instant::now();
            let clock = || start.elapsed();
            let known = |text: &str| held.active.previews.known(text, Instant::now());
            Ok((self.judge)(snapshot, &self.asked(held, &known), &clock))
        };
        catch_unwind(AssertUnwindSafe(judge)).unwrap_or(Err(Code::Internal))
    }

    /// Writes down what was decided, and says it.
    fn end(&self, held: &Held, done: Result<(Judgement, Timings), Code>) {
        let told = catch_unwind(AssertUnwindSafe(|| self.verdict(held, done)));
        self.judging().remove(&held.ask.event);
        if let Ok(Ok(verdict)) = &told
            && verdict.outcome == Outcome::Ask
            && verdict.card.as_ref().is_some_and(|card| card.may_code || card.may_verify)
        {
            self.keep(&held.ask);
        }
        if let Ok(Ok(verdict)) = &told {
            self.tails.judged(&held.ask, verdict.outcome, Instant::now());
        }
        self.send(match told {
            Ok(Ok(verdict)) => ToExtension::Verdict(Box::new(verdict)),
            Ok(Err(code)) => ToExtension::Error { code, event: Some(held.ask.event.clone()) },
            Err(_) => ToExtension::Error { code: Code::Internal, event: Some(held.ask.event.clone()) },
        });
        self.drafts.sent(&held.ask);
    }

    fn verdict(&self, held: &Held, done: Result<(Judgement, Timings), Code>) -> Result<Verdict, Code> {
        let Held { ask, arrived, active, .. } = held;
        let browser = self.browser.get().copied();
        let (judgement, mut timings) = match done {
            Ok(done) => done,
            // Said by the watchdog, which does not wait for rules that are still being read.
            Err(Code::Deadline) if !active.is_ready() => return Err(Code::Deadline),
            Err(code) => {
                let snapshot = active.snapshot().map_err(|_| Code::PolicyFault)?;
                (snapshot.fault(&self.asked(held, judge::UNKNOWN), code), Timings::default())
            }
        };
        timings.total_us = micros(arrived.elapsed());
        if self.drafts.count(ask, &judgement) {
            return Ok(judgement.verdict);
        }
        let drafts = record::judged(ask, browser, active.settings(), &judgement, timings);
        // Of the same moment as the judgement.
        let person = Some(active.known().person.as_str());
        let place = Place { event: &ask.event, app: Some(&ask.app), at: ask.at, person };
        let written = self.recorder.judge(&place, drafts, &|| active.recipients());
        if matches!(written, Ok(Once::Appended)) {
            self.drafts.recorded(ask, &judgement);
        }
        self.files_judged(held, &judgement);
        self.mistakes.remember(&ask.event, &judgement.found);
        let Judgement { verdict, facts, decision, .. } = judgement;
        match written {
            Ok(Once::Appended) => {
                self.asked_of_files(held, &decision.policies, &verdict);
                Ok(verdict)
            }
            Ok(Once::Before(known)) => match judge::again(verdict, &known) {
                judge::Again::Same(verdict) => Ok(verdict),
                judge::Again::Other(refused) => {
                    let by = host_journal::RefusedBy::Fault(Code::Internal);
                    self.recorder.refuse(&place, by).map_err(|fault| unwritten(&fault))?;
                    Ok(refused)
                }
            },
            Err(fault) => {
                unwritten(&fault);
                Ok(judge::unrecorded(&active.settings().fail, verdict, facts.operation))
            }
        }
    }

    fn asked<'a>(&'a self, held: &'a Held, known: judge::Known<'a>) -> Asked<'a> {
        Asked {
            judge: &held.ask,
            browser: self.browser.get().copied(),
            user: None,
            risk: self.recorder.risk(now()),
            known,
            around: held.around.get_or_init(|| self.around(&held.ask, &held.active)),
            files: held.files.get().unwrap_or(&NONE),
        }
    }

    fn around(&self, ask: &Judge, active: &Arc<Active>) -> Around {
        let looks_back = active.snapshot().is_ok_and(|snapshot| snapshot.policy.counts_conversation());
        Around {
            language: self.language.get().cloned(),
            local: local(ask.at),
            conversation: self.recorder.found_before(ask),
            counts: if looks_back { self.recorder.counted_before(ask) } else { BTreeMap::new() },
            tail: self.tails.before(ask, Instant::now()),
            neighbours: self.mistakes.confirmed(active),
        }
    }

    fn send(&self, message: ToExtension) {
        if let ToExtension::Go { event, outcome } = &message {
            self.tails.answered(event, *outcome, Instant::now());
            self.answers.answered(event, *outcome);
        }
        // When the browser is gone there is nobody to tell.
        let _gone = self.out.send(message);
    }

    fn judging(&self) -> std::sync::MutexGuard<'_, HashSet<EventId>> {
        self.judging.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Tells a fault of the record on stderr; its errors carry no text.
pub(super) fn unwritten(fault: &anyhow::Error) -> Code {
    out::note(&format!("not recorded: {fault:#}"));
    Code::NotRecorded
}

/// A tenth is left for the way back, so that the extension hears of the deadline before its own runs out.
fn budget(deadline_ms: u32) -> Duration {
    Duration::from_millis(u64::from(deadline_ms)) * 9 / 10
}

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}

/// The time of this machine.
pub(crate) fn now() -> Millis {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests;
