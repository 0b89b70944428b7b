//! A day without a network, a receiver that comes and goes, a message about somebody else: with time as an argument.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpListener;
use std::path::Path;
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use host_risk::keep::{self, Tell};
use host_risk::set::{Kind, Profile, Said};
use host_risk::{Rules, Seen, Sign};
use host_store::OutboxState;
use shared_protocol::{Label, Level};

use super::{Sender, Step, Whom, keys};
use crate::record::Recorder;
use crate::settings::{ReceiverSettings, SsfSettings};

mod elsewhere;
mod lost;
mod outlived;
mod speaking;

const MINUTE: u64 = 60_000;
const DAY: u64 = 24 * 60 * MINUTE;
/// When it all begins.
const START: u64 = 20_000 * DAY;

struct Machine {
    folder: tempfile::TempDir,
    recorder: Recorder,
    rules: Rules,
    seed: u8,
}

impl Machine {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("promptgate");
        let recorder = Recorder::new(Some(data), "jane".to_owned(), Box::new(|| None));
        recorder.open().unwrap();
        keys::make(&folder.path().join("key")).unwrap();
        Self { folder, recorder, rules: Rules::builtin().unwrap(), seed: 0 }
    }

    fn sender(&self, port: u16) -> Sender {
        sender(self.folder.path(), port, Profile::Okta)
    }

    /// One step about jane, whom nobody signed in.
    fn step(&self, sender: &mut Sender, now: u64) -> Step {
        sender.step(&self.recorder, &Whom { person: "jane".to_owned(), since: 0 }, now).unwrap()
    }

    /// Something besides a level of risk.
    fn tell(&mut self, kind: Kind, said: &Said, holds: bool, at: u64) {
        self.seed += 1;
        let tell = Tell { receivers: &["okta".to_owned()], seed: [self.seed; 16] };
        let tell = |tx: &host_store::Tx<'_>| keep::tell(tx, "jane", kind, said, holds, at, tell);
        self.recorder.in_record(|tx, _| Ok(tell(tx)?)).unwrap();
    }

    fn see(&mut self, who: &str, at: u64) {
        self.seed += 1;
        let labels = BTreeMap::from([(Label::try_from("secret.jwt".to_owned()).unwrap(), 1)]);
        let seen =
            Seen { sign: Sign::Prompt { topics: BTreeMap::new(), labels }, at, event: None, signal: None };
        let tell = Tell { receivers: &["okta".to_owned()], seed: [self.seed; 16] };
        let see = |tx: &host_store::Tx<'_>| keep::observe(tx, who, &self.rules, at, &[seen], None, tell);
        self.recorder.in_record(|tx, _| Ok(see(tx)?)).unwrap();
    }

    fn settle(&mut self, at: u64) {
        self.seed += 1;
        let tell = Tell { receivers: &["okta".to_owned()], seed: [self.seed; 16] };
        self.recorder.in_record(|tx, _| Ok(keep::settle(tx, &self.rules, at, tell)?)).unwrap();
    }

    fn reset(&mut self, at: u64) {
        self.seed += 1;
        let tell = Tell { receivers: &["okta".to_owned()], seed: [self.seed; 16] };
        let said = keep::Said { by: "lee", note: "x" };
        let reset = |tx: &host_store::Tx<'_>| keep::reset(tx, "jane", &self.rules, at, None, said, tell);
        self.recorder.in_record(|tx, _| Ok(reset(tx)?)).unwrap();
    }

    /// Oldest first: state, level before and after.
    fn rows(&self) -> Vec<(OutboxState, u8, u8)> {
        let mut rows = self.recorder.look(|view| view.outbox(1_000)).unwrap();
        rows.reverse();
        rows.into_iter().map(|row| (row.state, row.before, row.after)).collect()
    }
}

fn sender(folder: &Path, port: u16, profile: Profile) -> Sender {
    let (ssf, receiver) = settings(folder, port, profile);
    Sender::new(ssf, receiver)
}

fn settings(folder: &Path, port: u16, profile: Profile) -> (SsfSettings, ReceiverSettings) {
    let receiver = ReceiverSettings {
        name: "okta".to_owned(),
        profile,
        address: format!("http://127.0.0.1:{port}/"),
        audience: "https://customer.okta.com".to_owned(),
        ca: None,
        proxy: None,
        token_file: None,
        timeout: Duration::from_secs(20),
    };
    let ssf = SsfSettings {
        issuer: "https://ssf.host.example".to_owned(),
        jwks_uri: "https://ssf.host.example/jwks.json".to_owned(),
        key_file: folder.join("key"),
        person: "jane.doe@example.com".to_owned(),
        receivers: vec![receiver.clone()],
    };
    (ssf, receiver)
}

fn closed_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// Answers with these statuses in turn, the last one for ever, 0 by hanging up; tells the bodies.
fn answering(statuses: &'static [u16]) -> (u16, Receiver<String>) {
    refusing(statuses, "")
}

/// The same, with why it refuses.
fn refusing(statuses: &'static [u16], why: &'static str) -> (u16, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let (tell, told) = channel();
    thread::spawn(move || {
        let mut statuses = statuses.iter().peekable();
        for stream in listener.incoming() {
            let mut stream = BufReader::new(stream.unwrap());
            let mut length = 0;
            loop {
                let mut line = String::new();
                stream.read_line(&mut line).unwrap();
                if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length: ") {
                    length = value.trim().parse().unwrap();
                }
                if line.trim().is_empty() {
                    break;
                }
            }
            let mut body = vec![0; length];
            stream.read_exact(&mut body).unwrap();
            tell.send(String::from_utf8(body).unwrap()).unwrap();
            let status = if statuses.len() > 1 { statuses.next() } else { statuses.peek().copied() };
            if status == Some(&0) {
                continue;
            }
            let (status, said) = (status.unwrap(), if status == Some(&400) { why } else { "" });
            let length = said.len();
            let answer =
                format!("HTTP/1.1 {status} X\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{said}");
            stream.get_mut().write_all(answer.as_bytes()).unwrap();
        }
    });
    (port, told)
}

#[test]
fn a_day_without_a_network_leaves_the_newest_to_be_told() {
    let mut machine = Machine::new();
    let mut nowhere = machine.sender(closed_port());
    let (mut now, mut tries) = (START, 0);
    machine.see("jane", now);
    while now < START + DAY {
        match machine.step(&mut nowhere, now) {
            Step::Later(until, why) => {
                assert!(until > now && until <= now + 5 * MINUTE, "{until}");
                assert!(why.contains("cannot be reached"), "{why}");
                tries += 1;
                // Not a moment before.
                assert_eq!(machine.step(&mut nowhere, until - 1), Step::Idle);
                now = until;
            }
            other => panic!("{other:?}"),
        }
        if tries == 20 {
            machine.see("jane", now);
        }
        if tries == 40 {
            machine.see("jane", now);
        }
    }
    // Slower and slower, to five minutes: some hundreds of tries in a day, and not thousands.
    assert!((280..620).contains(&tries), "{tries}");
    let (port, told) = answering(&[202]);
    let mut there = machine.sender(port);
    assert!(matches!(machine.step(&mut there, now), Step::Sent(_)));
    assert_eq!(machine.step(&mut there, now), Step::Idle);
    let rows = machine.rows();
    assert!(rows[..rows.len() - 1].iter().all(|row| row.0 == OutboxState::Overtaken), "{rows:?}");
    assert_eq!(rows.last().unwrap().0, OutboxState::Sent);
    assert_eq!(told.try_iter().count(), 1);
    let last = machine.recorder.look(|view| view.outbox_last_sent("okta", "jane", "risk")).unwrap().unwrap();
    let claims = last.claims.unwrap();
    assert!(claims.contains("\"previous_level\":\"none\""), "{claims}");
    // The next one says from where the receiver's level moves, and a reset is told too.
    machine.reset(now + MINUTE);
    assert!(matches!(machine.step(&mut there, now + MINUTE), Step::Sent(_)));
    let last = machine.recorder.look(|view| view.outbox_last_sent("okta", "jane", "risk")).unwrap().unwrap();
    assert_eq!((keep::level_of(last.after), last.cause.as_str()), (Level::None, "reset"));
}

#[test]
fn a_receiver_that_comes_and_goes_gets_the_same_bytes_until_it_takes_them() {
    let mut machine = Machine::new();
    let (port, told) = answering(&[503, 500, 429, 202]);
    let mut sender = machine.sender(port);
    machine.see("jane", START);
    let mut now = START;
    let mut steps = Vec::new();
    while steps.last() != Some(&"sent") {
        match machine.step(&mut sender, now) {
            Step::Later(until, _) => {
                steps.push("later");
                now = until;
                // A process that died and came back knows as much.
                sender = machine.sender(port);
            }
            Step::Sent(_) => steps.push("sent"),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(steps, ["later", "later", "later", "sent"]);
    let bodies: Vec<String> = told.try_iter().collect();
    assert!(bodies.len() == 4 && bodies.iter().all(|body| *body == bodies[0]));
}

#[test]
fn a_level_that_fades_is_told_and_what_moves_nothing_there_is_not() {
    let mut machine = Machine::new();
    let (port, told) = answering(&[202]);
    let mut sender = machine.sender(port);
    for minute in 0..4 {
        machine.see("jane", START + minute * MINUTE);
    }
    for days in 1..20 {
        machine.settle(START + days * DAY);
        while let Step::Sent(_) = machine.step(&mut sender, START + days * DAY) {}
    }
    assert_eq!(machine.step(&mut sender, START + 20 * DAY), Step::Idle);
    let rows = machine.rows();
    let to: Vec<u8> = rows.iter().map(|row| row.2).collect();
    assert_eq!(to, [1, 2, 1, 0]);
    // Of the first ones only the newest, for they were a day old; and none is low already for the receiver.
    let states: Vec<OutboxState> = rows.iter().map(|row| row.0).collect();
    use OutboxState::{Overtaken, Sent};
    assert_eq!(states, [Overtaken, Sent, Sent, Overtaken]);
    assert_eq!(told.try_iter().count(), 2);
}

#[test]
fn a_key_that_is_missing_is_told_and_waited_for() {
    let mut machine = Machine::new();
    let (port, told) = answering(&[202]);
    let mut sender = machine.sender(port);
    machine.see("jane", START);
    let (key, away) = (machine.folder.path().join("key"), machine.folder.path().join("away"));
    std::fs::rename(&key, &away).unwrap();
    let Step::Later(until, why) = machine.step(&mut sender, START) else { panic!("it has no key") };
    assert!(why.contains("ssf keygen"), "{why}");
    std::fs::rename(&away, &key).unwrap();
    assert!(matches!(machine.step(&mut sender, until), Step::Sent(_)));
    assert_eq!(told.try_iter().count(), 1);
}

/// Every profile, every kind of message, every answer: what becomes of it. `--nocapture` prints it.
#[test]
fn the_matrix_of_receivers() {
    let said = Said {
        device: Some("d7".to_owned()),
        namespace: Some("https://idp.example".to_owned()),
        level: Some("verified".to_owned()),
    };
    println!("{:8} {:26} {:>6}  becomes", "profile", "message", "answer");
    for profile in [Profile::Okta, Profile::Caep] {
        for kind in [Kind::Risk, Kind::SessionRevoked, Kind::DeviceCompliance, Kind::Assurance] {
            for status in [202, 400, 401, 403, 404, 429, 500, 503] {
                let mut machine = Machine::new();
                let statuses: &'static [u16] = Box::leak(Box::new([status]));
                let (port, told) = answering(statuses);
                let mut sender = sender(machine.folder.path(), port, profile);
                match kind {
                    Kind::Risk => machine.see("jane", START),
                    Kind::SessionRevoked | Kind::DeviceCompliance | Kind::Assurance => {
                        machine.tell(kind, &said, false, START);
                    }
                }
                let _step = machine.step(&mut sender, START);
                let becomes = machine.rows()[0].0;
                println!("{:8} {:26} {status:>6}  {}", profile.as_str(), kind.as_str(), becomes.as_str());
                let is_taken = kind.event(profile).is_some();
                let wanted = match status {
                    _ if !is_taken => OutboxState::Parked,
                    202 => OutboxState::Sent,
                    429 | 500 | 503 => OutboxState::Waiting,
                    _ => OutboxState::Parked,
                };
                assert_eq!(becomes, wanted, "{profile:?} {kind:?} {status}");
                assert_eq!(told.try_iter().count(), usize::from(is_taken));
            }
        }
    }
}

fn claims_of(machine: &Machine) -> serde_json::Value {
    let row = machine.recorder.look(|view| view.outbox(1)).unwrap().remove(0);
    serde_json::from_str(&row.claims.unwrap()).unwrap()
}

#[test]
fn a_wrong_clock_dates_nothing_ahead_of_itself_and_stops_nothing() {
    // It was a day ahead when something happened, and was set right since.
    let mut machine = Machine::new();
    let (port, _told) = answering(&[202]);
    machine.see("jane", START + DAY);
    assert!(matches!(machine.step(&mut machine.sender(port), START), Step::Sent(_)));
    let claims = claims_of(&machine);
    let event = &claims["events"][Profile::Okta.event()];
    assert_eq!(
        (claims["iat"].as_u64(), event["event_timestamp"].as_u64()),
        (Some(START / 1000), Some(START / 1000))
    );

    // It was ahead at the first try, and the receiver refused what is dated ahead: the same message goes once it is let go.
    let mut machine = Machine::new();
    let (port, told) = answering(&[400, 202]);
    machine.see("jane", START + DAY);
    let ahead = machine.step(&mut machine.sender(port), START + DAY);
    assert!(matches!(ahead, Step::Parked(_)), "{ahead:?}");
    machine.recorder.in_record(|tx, _| Ok(tx.unpark_outbox(None)?)).unwrap();
    assert!(matches!(machine.step(&mut machine.sender(port), START + DAY + 1), Step::Sent(_)));
    let bodies: Vec<String> = told.try_iter().collect();
    assert_eq!(bodies.len(), 2);
    assert_eq!(bodies[0], bodies[1]);

    // A pause that a clock of next year wrote down is not waited for.
    let mut machine = Machine::new();
    machine.see("jane", START + 300 * DAY);
    let (port, _told) = answering(&[503]);
    let mut busy = machine.sender(port);
    assert!(matches!(machine.step(&mut busy, START + 300 * DAY), Step::Later(..)));
    let before = claims_of(&machine);
    let (port, _told) = answering(&[202]);
    assert!(matches!(machine.step(&mut machine.sender(port), START), Step::Sent(_)));
    // And what it dated is dated anew, under the same id.
    let after = claims_of(&machine);
    assert_eq!((&after["jti"], after["iat"].as_u64()), (&before["jti"], Some(START / 1000)));
}

/// One key signs, then another, between two tries of one message: the same id and the same claims, another signature.
#[test]
fn a_key_that_is_rotated_between_two_tries_signs_the_same_claims() {
    let mut machine = Machine::new();
    let (port, told) = answering(&[503, 202]);
    machine.see("jane", START);
    let Step::Later(until, _) = machine.step(&mut machine.sender(port), START) else {
        panic!("it is not there")
    };
    let key = machine.folder.path().join("key");
    std::fs::remove_file(&key).unwrap();
    keys::make(&key).unwrap();
    assert!(matches!(machine.step(&mut machine.sender(port), until), Step::Sent(_)));
    let bodies: Vec<String> = told.try_iter().collect();
    let parts: Vec<Vec<&str>> = bodies.iter().map(|body| body.split('.').collect()).collect();
    assert_eq!(parts[0][1], parts[1][1]);
    assert!(parts[0][0] != parts[1][0] && parts[0][2] != parts[1][2]);
}
