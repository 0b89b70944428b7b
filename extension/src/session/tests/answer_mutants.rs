//! Proof by mutation, of answers: every recorded stream of `shared/sites/answers` is changed as a site might change
//! overnight, all of it alike, and played to the session as a relay plays it.
//!
//! A mutant is *read* when the answer that is reported has the same text; a *row* when a drift row says that an answer
//! ended with no text. Anything else is a *slip*: text that is lost, or other text than the answer's, without a word.
//! Streams whose answer is empty or an error of the site have nothing to lose and are left out. What one text is
//! encoded to where it stands is not tried: it is still text, which no rule can tell from an answer.
//! INVARIANT: of every format at least [`FLOOR`] of a hundred mutants are no slip.
//! `MUTATION=1 cargo test -p extension answer_mutants -- --nocapture` shows the figures and every slip.

mod changed;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::Value;
use shared_protocol::{App, DriftKind, Operation, ToHost};
use shared_sites::AnswerFormat;

use self::changed::{Kind, Recording, mutants};
use super::{CopyEnd, EventId, FromRelay, Head, Script, ToExtension, enforcing, event};
use crate::session::copy::About;

/// Of a hundred mutants of a format, how many must not slip through. Of requests it is more: an answer of which only a part is
/// read any more has text, and leaves no row.
const FLOOR: usize = 92;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    Read,
    Row,
    Slip,
}

#[derive(Clone, Copy, Debug, Default)]
struct Tally {
    read: usize,
    row: usize,
    slip: usize,
}

impl Tally {
    fn count(&mut self, fate: Fate) {
        match fate {
            Fate::Read => self.read += 1,
            Fate::Row => self.row += 1,
            Fate::Slip => self.slip += 1,
        }
    }

    fn all(self) -> usize {
        self.read + self.row + self.slip
    }

    fn is_enough(self) -> bool {
        self.all() > 0 && (self.all() - self.slip) * 100 >= self.all() * FLOOR
    }

    fn line(self, name: &str) -> String {
        let Self { read, row, slip } = self;
        let share = (self.all() - slip) as f64 * 100.0 / self.all().max(1) as f64;
        format!("{name:<28} {:>6} {read:>6} {row:>6} {slip:>5} {share:>6.2} %", self.all())
    }
}

/// One recorded answer: its name and the recording, the text that must come of it.
struct Case {
    name: String,
    recording: Recording,
    text: String,
}

/// The cases of a format whose answer has a text and is no error.
fn cases(format: AnswerFormat) -> Vec<Case> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/sites/answers").join(format.name());
    let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "stream"));
    paths.sort();
    let case = |path: &Path| {
        let expect = fs::read_to_string(path.with_extension("expect")).unwrap();
        let expect: Value = serde_json::from_str(&expect).unwrap();
        let text = expect["text"].as_str().unwrap().to_owned();
        // A frame of a stream that was cut may end inside a character.
        let stream = String::from_utf8_lossy(&fs::read(path).unwrap()).into_owned();
        let frames = fs::read_to_string(path.with_extension("frames")).unwrap_or_default();
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let recording = Recording::read(format, &stream, &frames);
        (!text.is_empty() && expect["error"].is_null()).then_some(Case { name, recording, text })
    };
    paths.iter().filter_map(|path| case(path)).collect()
}

/// Plays an answer whose prompt another session let go, to its end; what the host is told.
fn play(
    script: &mut Script,
    event: &EventId,
    format: AnswerFormat,
    answer: (&str, &[String]),
) -> Vec<ToHost> {
    let (stream, frames) = answer;
    let app = App::new("chatgpt");
    let about = About { app, operation: Operation::SendPrompt, format, conversation: None };
    let head = Head { status: 200, content_type: "text/event-stream".to_owned() };
    let mut effects = script.relay(FromRelay::Resume {
        event: event.clone(),
        ticket: about.ticket().unwrap(),
        head: Some(head),
        text: stream.into(),
    });
    effects.extend(script.end(event, CopyEnd::End));
    for frame in frames {
        let url = "wss://ws.chatgpt.com/".to_owned();
        effects.extend(script.relay(FromRelay::Frame { url, text: frame.as_str().into() }));
    }
    let mut said = script.host_hears(&effects);
    // The wait for a request that goes on with it, then the one for a socket.
    for wait in [10_000, 30 * 60_000] {
        if said.iter().any(|message| matches!(message, ToHost::Ended { .. })) {
            break;
        }
        let effects = script.wait(wait);
        said.extend(script.host_hears(&effects));
    }
    assert!(said.iter().any(|message| matches!(message, ToHost::Ended { .. })), "an answer never ended");
    script.host(&ToExtension::Noted { event: event.clone() });
    script.effects.clear();
    said
}

fn text(said: &[ToHost]) -> Option<&str> {
    said.iter().find_map(|message| match message {
        ToHost::Response { response, .. } => Some(response.text.expose()),
        _ => None,
    })
}

fn fate(said: &[ToHost], expected: &str) -> Fate {
    let is_told =
        |message: &ToHost| matches!(message, ToHost::Drift { drift, .. } if drift.what == DriftKind::Answer);
    if text(said) == Some(expected) {
        Fate::Read
    } else if said.iter().any(is_told) {
        Fate::Row
    } else {
        Fate::Slip
    }
}

/// The figures of one format.
#[derive(Default)]
struct Run {
    by_kind: BTreeMap<Kind, Tally>,
    total: Tally,
    slips: Vec<String>,
}

impl Run {
    fn case(&mut self, case: &Case) {
        let Case { name, recording, text: expected } = case;
        let mut script = Script::with_host(enforcing());
        let (stream, frames) = recording.plain();
        let said = play(&mut script, &event(1), recording.format, (&stream, &frames));
        let read = text(&said).unwrap_or_default().to_owned();
        // Items of a socket whose turn never ended stay with their reader.
        assert!(read == *expected || !frames.is_empty() && !read.is_empty(), "{name} reads as `{read}`");
        for (mutant, n) in mutants(recording, &read).into_iter().zip(2..) {
            if !frames.is_empty() {
                // Items of a socket are passed over when they come again.
                script = Script::with_host(enforcing());
            }
            let said = play(&mut script, &event(n), recording.format, (&mutant.stream, &mutant.frames));
            let fate = fate(&said, &read);
            self.total.count(fate);
            self.by_kind.entry(mutant.kind).or_default().count(fate);
            if fate == Fate::Slip {
                self.slips.push(format!("{name}: {:?}: {}", mutant.kind, mutant.how));
            }
        }
    }

    fn tell(&self, format: AnswerFormat, cases: usize) {
        let title = format!("{}, {cases} cases", format.name());
        println!("{title:<28} {:>6} {:>6} {:>6} {:>5}", "all", "read", "row", "slip");
        self.by_kind.iter().for_each(|(kind, tally)| println!("{}", tally.line(&format!("{kind:?}"))));
        println!("{}", self.total.line(format.name()));
        if std::env::var_os("MUTATION").is_some() {
            self.slips.iter().for_each(|slip| println!("slip {slip}"));
        }
    }
}

#[test]
fn changes_overnight_of_an_answer_do_not_slip_through() {
    let mut short = Vec::new();
    for format in AnswerFormat::ALL {
        let cases = cases(format);
        let mut run = Run::default();
        cases.iter().for_each(|case| run.case(case));
        run.tell(format, cases.len());
        assert_eq!(run.by_kind.len(), 4, "{}: a kind of change was not tried", format.name());
        if !run.total.is_enough() {
            short.push(run.total.line(format.name()));
        }
    }
    assert!(short.is_empty(), "too many slips (MUTATION=1 names them):\n{}", short.join("\n"));
}
