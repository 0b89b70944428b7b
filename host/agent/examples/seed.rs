//! A record to look at: some weeks of invented interactions, sealed to a key that is made beside it.
//!
//! `cargo run -p host-agent --example seed -- HOME [INTERACTIONS]` writes under `HOME/.local/share/promptgate`; then
//! `HOME=HOME promptgate log view`. `HOME/sample.key` opens the texts, as `sample-protected.key` does with the passphrase
//! "look inside". Numbers come from a counter: the same call writes the same weeks, up to now.

#![expect(clippy::print_stdout, reason = "says what it wrote")]

use std::error::Error;
use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

use host_journal::{
    Answered, Beat, ChoiceWord, Drifted, Ended, Entry, Heartbeat, JournalError, Judged, NewRow, Plain,
    PolicyUse, Refused, RefusedBy, Released, Responded, Salt, Sealed, Seen, Shown, SiteWord, Timings,
    TopicNote, append,
};
use host_store::Store;
use shared_protocol::{
    Action, App, Browser, Capture, Drift, DriftKind, EndReason, EventId, Label, Level, Mode, Obligation,
    Operation, Outcome, Part, PartKind, PolicySource, Prompt, Response, Road, Topic, Uncovered,
};
use shared_seal::{Cost, KeyPair, Seed, protect};

const DAY: u64 = 24 * 60 * 60 * 1000;
const DAYS: u64 = 28;
const APPS: [&str; 4] = ["chatgpt", "claude", "gemini", "perplexity"];
const PEOPLE: [&str; 7] = ["ana", "bruno", "chidi", "dana", "emre", "fatima", "grete"];
const MODELS: [&str; 4] = ["gpt-5", "claude-sonnet", "gemini-pro", "sonar"];

/// What is asked: text, label, topic, policy, action.
const ASKED: [(&str, &str, Option<Topic>, &str, Action); 12] = [
    ("How do I centre a heading over two columns?", "", None, "", Action::Allow),
    ("Summarise the minutes of the planning meeting in five points.", "", None, "", Action::Allow),
    ("Translate into German: we shall be pleased to answer by Friday.", "", None, "", Action::Allow),
    ("What is a good name for a service that counts things?", "", None, "", Action::Allow),
    ("Write a test for a function that adds two dates.", "", None, "", Action::Allow),
    ("Explain the difference between a mutex and a semaphore.", "", None, "", Action::Allow),
    (
        "Write to jo.sample@example.org that the parcel is late.",
        "pii.email",
        Some(Topic::ContentPii),
        "email-coach",
        Action::Coach,
    ),
    (
        "Why does nobody answer at +49 30 5550 1234?",
        "pii.phone",
        Some(Topic::ContentPii),
        "phone-warn",
        Action::Warn,
    ),
    (
        "Is DE02 1203 0000 0000 2020 51 a valid account?",
        "pii.iban",
        Some(Topic::ContentFinancial),
        "iban-justify",
        Action::Justify,
    ),
    (
        "Why was card 4111 1111 1111 1111 declined at the till?",
        "pii.payment-card",
        Some(Topic::ContentFinancial),
        "card-redact",
        Action::Redact,
    ),
    (
        "Why does this fail: aws configure set aws_access_key_id AKIAEXAMPLEEXAMPLE00",
        "secret.aws",
        Some(Topic::ContentCredentials),
        "secrets-block",
        Action::Block,
    ),
    ("And shorter?", "", None, "", Action::Allow),
];

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args_os().skip(1);
    let home = arguments.next().map(PathBuf::from).ok_or("name a home folder")?;
    let count: u64 = arguments.next().and_then(|count| count.to_str()?.parse().ok()).unwrap_or(2_000);
    let data = home.join(".local/share/promptgate");
    let store = Store::open(&data, Store::BUSY)?;
    let pair = KeyPair::derive(Seed::new([41; 32]));
    let key = home.join("sample.key");
    std::fs::write(&key, format!("{}\n", pair.private.to_base64().as_str()))?;
    let cost = Cost { memory_kib: 8 * 1024, passes: 1, lanes: 1 };
    std::fs::write(
        home.join("sample-protected.key"),
        protect(&pair.private, "look inside", cost, Seed::new([43; 32]))?,
    )?;
    let now = u64::try_from(SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis())?;
    // Whole days, so that office hours are those of the clock.
    let start = (now / DAY + 1).saturating_sub(DAYS) * DAY;
    let mut sample = Sample { start, now, pair, draws: 7, rows: Vec::new() };
    let mut written = 0;
    for day in 0..DAYS {
        sample.day(day)?;
    }
    for number in 0..count {
        sample.interaction(number, count)?;
        if sample.rows.len() > 2_000 || number + 1 == count {
            written += sample.rows.len();
            let rows = std::mem::take(&mut sample.rows);
            store.write::<_, JournalError>(|tx| {
                let device = host_journal::device(tx, "6f1f7c9e-7d5c-4f3c-9a58-0d3f2b1f0001")?;
                append(tx, &device, &rows)
            })?;
        }
    }
    println!("{count} interactions, {written} rows; their key is {}", key.display());
    Ok(())
}

struct Sample {
    start: u64,
    now: u64,
    pair: KeyPair,
    draws: u64,
    rows: Vec<NewRow>,
}

impl Sample {
    /// The next number below `most`: a counter through a mixer.
    fn draw(&mut self, most: u64) -> u64 {
        self.draws =
            self.draws.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.draws >> 33) % most.max(1)
    }

    fn interaction(&mut self, number: u64, count: u64) -> Result<(), Box<dyn Error>> {
        let at = self.time(number, count);
        let conversation = number / 3;
        let app = *APPS.get(usize::try_from(conversation % 4)?).ok_or("a site")?;
        let person = *PEOPLE.get(usize::try_from(conversation * 5 % 7)?).ok_or("a person")?;
        let place = if number % 3 == 2 && self.draw(2) == 0 { 11 } else { self.draw(11).min(self.draw(14)) };
        let asked = ASKED.get(usize::try_from(place)?).ok_or("a prompt")?;
        let event = EventId::try_from(format!("01890a5d-ac96-474b-bcce-{number:012x}"))?;
        let base = Base { at, app, person, event: Some(event.clone()) };
        let mut prompt = Prompt::new(Operation::SendPrompt);
        prompt.conversation_id = Some(format!("c-{conversation:06x}"));
        prompt.parent_id = (!number.is_multiple_of(3)).then(|| format!("a-{:06x}", number.saturating_sub(1)));
        prompt.message_id = Some(format!("m-{number:06x}"));
        prompt.model = MODELS.get(usize::try_from(conversation % 4)?).map(|&model| model.to_owned());
        prompt.parts.push(Part { kind: PartKind::Text, name: None, text: asked.0.into() });
        let judged = self.judged(&prompt, asked)?;
        let outcome = judged.outcome;
        let text = Plain::prompt(event.clone(), at, App::new(app), &prompt);
        self.push(&base, Entry::Judged(Box::new(judged)), Some(&text))?;
        let after = |more| Base { at: at + more, ..base.clone() };
        let mut gone = outcome == Outcome::Release;
        if outcome != Outcome::Release {
            self.push(&after(60), Entry::Shown(Shown {}), None)?;
        }
        if outcome == Outcome::Ask {
            let choice = match (asked.4, self.draw(5)) {
                (_, 0) => ChoiceWord::Edit,
                (Action::Redact, _) => ChoiceWord::Redact,
                (Action::Justify, _) => ChoiceWord::Justify,
                (_, 1) => ChoiceWord::None,
                _ => ChoiceWord::SendAnyway,
            };
            let is_justified = choice == ChoiceWord::Justify;
            let reason =
                Plain::reason(event.clone(), at, App::new(app), "The bank asked for it by e-mail.".into());
            let answered = Answered { choice, reason_bytes: if is_justified { 32 } else { 0 } };
            self.push(&after(6_400), Entry::Answered(answered), is_justified.then_some(&reason))?;
            gone = !matches!(choice, ChoiceWord::Edit | ChoiceWord::None);
        }
        if !gone {
            let by = if asked.4 == Action::Block { RefusedBy::Policy } else { RefusedBy::Person };
            return self.push(&after(6_401), Entry::Refused(Refused { by }), None);
        }
        let edited = asked.4 == Action::Redact;
        self.push(&after(6_401), Entry::Released(Released { edited }), None)?;
        let told = "Yes. Here is one way to do it, in three short steps:\n\n1. Begin small.\n2. Look at what happens.\n3. Go on.";
        let response = Response {
            conversation_id: prompt.conversation_id.clone(),
            message_id: Some(format!("a-{number:06x}")),
            model: prompt.model.clone(),
            text: told.into(),
            complete: true,
            ..Response::default()
        };
        let answer = Plain::answer(event, at, App::new(app), prompt.conversation_id.clone(), told.into());
        self.push(&after(9_000), Entry::Response(Responded::from(&response)), Some(&answer))?;
        self.push(&after(9_001), Entry::Ended(Ended { reason: EndReason::Complete }), None)?;
        self.health(number, &base)
    }

    /// Office hours of the weeks before now, mostly.
    fn time(&mut self, number: u64, count: u64) -> u64 {
        let through = (self.now - self.start) * number / count.max(1);
        let day = through / DAY * DAY;
        let hour = 8 * 60 + (through % DAY) * 10 * 60 / DAY;
        (self.start + day + hour * 60_000 + self.draw(50_000)).min(self.now)
    }

    fn judged(
        &mut self,
        prompt: &Prompt,
        asked: &(&str, &str, Option<Topic>, &str, Action),
    ) -> Result<Judged, Box<dyn Error>> {
        let (_, label, topic, policy, action) = asked;
        let (outcome, obligations) = match action {
            Action::Allow => (Outcome::Release, vec![]),
            Action::Coach => (Outcome::Release, vec![Obligation::Coach]),
            Action::Warn => (Outcome::Ask, vec![Obligation::Warn]),
            Action::Justify => (Outcome::Ask, vec![Obligation::Justify]),
            Action::Redact => (Outcome::Ask, vec![Obligation::Redact]),
            Action::Block => (Outcome::Refuse, vec![]),
        };
        let mut judged =
            Judged::new(*action, outcome, Mode::Enforce, PolicySource::BuiltinEnforce, Capture::Full)
                .about(prompt);
        judged.obligations = obligations;
        judged.browser = Some(if self.draw(3) == 0 { Browser::Firefox } else { Browser::Chrome });
        judged.engines = vec!["patterns".to_owned()];
        let classify_us = 900 + self.draw(2_600);
        judged.timings = Timings {
            classify_us,
            decide_us: 210,
            total_us: classify_us + 3_400,
            previewed: self.draw(4) == 0,
        };
        if !label.is_empty() {
            judged.labels.insert(Label::try_from((*label).to_owned())?, 1 + self.draw(2));
        }
        if let Some(topic) = topic {
            let level = if *action == Action::Coach { Level::Low } else { Level::High };
            judged.topics = vec![TopicNote { topic: topic.clone(), level, score: 930 }];
        }
        if !policy.is_empty() {
            judged.policies.push(PolicyUse {
                id: (*policy).to_owned(),
                action: *action,
                mode: Mode::Enforce,
            });
        }
        Ok(judged)
    }

    /// Now and then something that is not an interaction.
    fn health(&mut self, number: u64, base: &Base) -> Result<(), Box<dyn Error>> {
        let alone = Base { event: None, ..base.clone() };
        if number % 190 == 33 {
            let path = "POST /backend-api/f/{}".to_owned();
            let drift = Drift {
                what: DriftKind::LeftOver,
                operation: None,
                path,
                place: Some("/note".to_owned()),
                size: Some(70),
            };
            self.push(&alone, Entry::Drift(Drifted { drift }), None)?;
        }
        if number % 260 == 91 {
            let seen = Uncovered { road: Road::Resource, path: "GET /i/{}".to_owned(), stopped: true };
            self.push(&alone, Entry::Uncovered(Seen { seen }), None)?;
        }
        Ok(())
    }

    /// The heartbeats of a day: office hours, with a break at noon, and one connection that breaks off.
    fn day(&mut self, day: u64) -> Result<(), Box<dyn Error>> {
        for (browser, first, last) in [(Browser::Chrome, 31, 74), (Browser::Firefox, 34, 70)] {
            for quarter in first..=last {
                let beat = match quarter {
                    52 if browser == Browser::Chrome => Beat::Connected,
                    49 if browser == Browser::Chrome => Beat::Ended,
                    50 | 51 if browser == Browser::Chrome => continue,
                    _ if quarter == first => Beat::Connected,
                    _ if quarter == last && day % 9 == 4 => break,
                    _ if quarter == last => Beat::Ended,
                    _ => Beat::Alive,
                };
                let at = self.start + day * DAY + quarter * 900_000;
                let alone = Base { at, app: "chatgpt", person: "ana", event: None };
                let word = |word: &str| SiteWord::from(word);
                let (extension, host) = (word("0.1.0"), word("0.1.0"));
                let source = PolicySource::BuiltinEnforce;
                if at < self.now {
                    self.push(
                        &alone,
                        Entry::Heartbeat(Heartbeat { beat, browser, extension, host, source }),
                        None,
                    )?;
                }
            }
        }
        Ok(())
    }

    fn push(&mut self, base: &Base, entry: Entry, text: Option<&Plain>) -> Result<(), Box<dyn Error>> {
        let mut sealed = Vec::new();
        if let Some(text) = text {
            let mut seed = [0; 32];
            seed.fill_with(|| u8::try_from(self.draw(256)).unwrap_or_default());
            let blob = shared_seal::seal(&self.pair.public, &text.to_bytes()?, Seed::new(seed))?;
            sealed.push(Sealed { key_id: self.pair.public.id().to_string(), blob });
        }
        self.rows.push(NewRow {
            at: base.at,
            event: base.event.clone(),
            app: Some(App::new(base.app)),
            person: base.person.to_owned(),
            entry,
            sealed,
            salt: Salt::new([u8::try_from(self.rows.len() % 251)?; 32]),
        });
        Ok(())
    }
}

#[derive(Clone)]
struct Base {
    at: u64,
    app: &'static str,
    person: &'static str,
    event: Option<EventId>,
}
