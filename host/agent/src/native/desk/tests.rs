//! Faults inside, which no message from outside can bring about: a judgement that panics, one that hangs.

mod coded;

use std::fs;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel, sync_channel};
use std::thread;
use std::time::Duration;

use host_journal::Timings;
use host_policy::bundle::PublicKey;
use shared_protocol::{
    App, Browser, Code, EventId, Hello, Judge, Operation, Outcome, PROTOCOL, Prompt, Reading, ToExtension,
    ToHost, Verdict,
};

use super::Desk;
use crate::judge::{Asked, Judgement, Snapshot};
use crate::live::{Active, Live};
use crate::native::drafts::DraftRows;
use crate::native::heart::Heart;
use crate::native::queue::{Limits, Pool};
use crate::native::reply;
use crate::native::watch::Watch;
use crate::os::{Env, Os};
use crate::record::Recorder;

const LONG: Duration = Duration::from_secs(60);

struct Office {
    desk: Arc<Desk>,
    pool: Pool<EventId>,
    watch: Watch,
    said: Receiver<ToExtension>,
    recorder: Arc<Recorder>,
    _home: tempfile::TempDir,
}

type Fault = fn(&Snapshot, &Asked<'_>, &dyn Fn() -> Duration) -> (Judgement, Timings);

fn office(settings: &str, fault: Fault) -> Office {
    office_trusting(settings, fault, Vec::new())
}

fn office_trusting(settings: &str, fault: Fault, keys: Vec<PublicKey>) -> Office {
    // Made before the clock of a deadline runs.
    office_after(settings, fault, keys, |active| assert!(active.snapshot().is_ok()))
}

fn office_after(
    settings: &str,
    fault: Fault,
    keys: Vec<PublicKey>,
    begin: impl FnOnce(Arc<Active>),
) -> Office {
    let home = tempfile::tempdir().unwrap();
    let env = Env::new(Os::Linux, [("HOME", home.path().to_str().unwrap().to_owned())]);
    let path = env.own_settings().unwrap();
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, settings).unwrap();
    let live = Arc::new(Live::trusting(&env, keys));
    begin(live.active());
    let recorder = Arc::new(Recorder::new(env.data(), "jane".to_owned(), Box::new(|| None)));
    let (out, said) = sync_channel(64);
    let watch = Watch::start(LONG, || {});
    let settings = reply::Settings::new(Arc::clone(&live), out.clone());
    let heart = Arc::new(Heart::new(Arc::clone(&live), Arc::clone(&recorder)));
    let drafts = Arc::new(DraftRows::new(Arc::clone(&live), Arc::clone(&recorder)));
    let mut desk = Desk::new(live, Arc::clone(&recorder), out, watch.alarms(), settings, heart, drafts);
    desk.judge = fault;
    let pool = Pool::start(2, Limits { jobs: 8, bytes: 1 << 20 });
    let office = Office { desk: Arc::new(desk), pool, watch, said, recorder, _home: home };
    let (extension, browser) = ("1".to_owned(), Browser::Firefox);
    office.say(&ToHost::Hello(Hello { protocol: PROTOCOL, extension, browser, language: None }));
    assert!(matches!(office.said.recv_timeout(LONG).unwrap(), ToExtension::Welcome(_)));
    assert!(matches!(office.said.recv_timeout(LONG).unwrap(), ToExtension::Sites { .. }));
    office
}

impl Office {
    fn say(&self, message: &ToHost) {
        self.desk.message(&serde_json::to_string(message).unwrap(), &self.pool);
    }

    fn judge(&self, event: &EventId) -> Verdict {
        self.prompt(event);
        match self.said.recv_timeout(LONG).unwrap() {
            ToExtension::Verdict(verdict) => *verdict,
            other => panic!("{other:?}"),
        }
    }

    fn prompt(&self, event: &EventId) {
        let reading = Reading::Prompt(Prompt::new(Operation::SendPrompt));
        let (event, app) = (event.clone(), App::new("claude"));
        self.say(&ToHost::Judge(Box::new(Judge {
            event,
            app,
            at: 1,
            reading,
            private_window: false,
            page: None,
            placeholders: Vec::new(),
        })));
    }

    fn close(self) {
        self.pool.finish();
        self.watch.finish();
    }
}

fn event(number: u8) -> EventId {
    EventId::try_from(format!("00000000-0000-4000-8000-0000000000{number:02x}")).unwrap()
}

fn panics(_: &Snapshot, _: &Asked<'_>, _: &dyn Fn() -> Duration) -> (Judgement, Timings) {
    std::panic::resume_unwind(Box::new("words of a prompt"))
}

fn hangs(snapshot: &Snapshot, ask: &Asked<'_>, clock: &dyn Fn() -> Duration) -> (Judgement, Timings) {
    thread::sleep(Duration::from_millis(1_500));
    snapshot.judge(ask, clock)
}

#[test]
fn a_panic_is_a_fault_that_is_answered_and_recorded() {
    for (setting, outcome) in
        [("allow", Outcome::Release), ("justify", Outcome::Ask), ("block", Outcome::Refuse)]
    {
        let office = office(
            &format!("policy = \"builtin-enforce\"\n[fail]\ndeadline_ms = 60000\ndeadline = \"{setting}\""),
            panics,
        );
        // More often than there are threads.
        for number in 0..5 {
            let verdict = office.judge(&event(number));
            assert_eq!((verdict.outcome, verdict.fault), (outcome, Some(Code::Internal)));
            let (known, app) = office.recorder.known(&event(number)).unwrap();
            assert_eq!(known.judged.unwrap().fault, Some(Code::Internal));
            assert_eq!(app.unwrap().as_str(), "claude");
        }
        office.close();
    }
}

#[test]
fn a_judgement_that_hangs_is_answered_once_and_in_time() {
    let settings = "policy = \"builtin-enforce\"\n[fail]\ndeadline_ms = 100\ndeadline = \"warn\"";
    let office = office(settings, hangs);
    let verdict = office.judge(&event(1));
    assert_eq!((verdict.outcome, verdict.fault), (Outcome::Ask, Some(Code::Deadline)));
    let Office { desk, pool, watch, said, recorder, _home } = office;
    // The judgement ends later and has nothing more to say.
    pool.finish();
    watch.finish();
    drop(desk);
    assert_eq!(said.iter().count(), 0);
    assert_eq!(recorder.known(&event(1)).unwrap().0.judged.unwrap().fault, Some(Code::Deadline));
}

#[test]
fn while_rules_are_still_read_the_deadline_is_told() {
    let (go, goes) = channel::<()>();
    let settings = "policy = \"builtin-enforce\"\n[fail]\ndeadline_ms = 100\ndeadline = \"warn\"";
    let office = office_after(settings, Snapshot::judge, Vec::new(), |active| {
        let (begin, begun) = channel();
        thread::spawn(move || {
            active.make_slowly(|| {
                begin.send(()).unwrap();
                let _gone = goes.recv();
            });
        });
        begun.recv_timeout(LONG).unwrap();
    });
    office.prompt(&event(1));
    match office.said.recv_timeout(LONG).unwrap() {
        ToExtension::Error { code, event: named } => {
            assert_eq!((code, named), (Code::Deadline, Some(event(1))));
        }
        other => panic!("{other:?}"),
    }
    go.send(()).unwrap();
    let Office { desk, pool, watch, said, recorder, _home } = office;
    pool.finish();
    watch.finish();
    drop(desk);
    assert_eq!(said.iter().count(), 0);
    // The extension's late entry tells of it.
    assert!(recorder.known(&event(1)).unwrap().0.judged.is_none());
}

#[test]
fn late_entries_that_were_lost_are_asked_for_until_they_are_written() {
    use std::sync::atomic::Ordering;

    let office = office("policy = \"builtin-enforce\"", Snapshot::judge);
    office.desk.late_lost.store(true, Ordering::Release);
    for _ in 0..2 {
        assert_eq!(office.desk.status(), Err(Code::NotRecorded));
    }
    office.say(&ToHost::Late { entries: Vec::new() });
    assert_eq!(office.desk.status(), Ok(()));
    office.close();
}
