//! The browser's end of the wire.

use std::collections::VecDeque;
use std::io::{Read, Write as _};
use std::process::{Child, ChildStdin, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use native_messaging::host::{decode_message_opt, encode_message};
use serde_json::Value;
use serde_json::value::RawValue;
use shared_protocol::frame::{CHUNK_BYTES, Joiner, split};
use shared_protocol::{
    App, Browser as Which, Choice, Code, EventId, Hello, Judge, Operation, Outcome, PROTOCOL, Part, PartKind,
    Prompt, Reading, ToExtension, ToHost, Verdict, Welcome,
};

use crate::home::Home;

/// Chromium's id of the extension, as its manifest's key makes it.
pub(crate) const ORIGIN: &str = "chrome-extension://opcjljmeemjdjidbhgdoofdfkopfmldn/";

/// Longer than anything here takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(120);

/// Long ago, so that nothing counts it as recent.
pub(crate) const AT: u64 = 1_700_000_000_000;

/// A browser that started the host.
pub(crate) struct Browser {
    child: Child,
    stdin: Option<ChildStdin>,
    said: Receiver<ToExtension>,
    passed: VecDeque<ToExtension>,
    heard: Arc<Mutex<Vec<Value>>>,
    stderr: Option<thread::JoinHandle<String>>,
    next: u32,
}

impl Browser {
    /// Starts the host without a word.
    pub(crate) fn silent(home: &Home, args: &[&str]) -> Self {
        let mut command = home.command();
        command.args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut stdout = child.stdout.take().unwrap();
        let (tell, said) = channel();
        let heard = Arc::<Mutex<Vec<Value>>>::default();
        let list = Arc::clone(&heard);
        thread::spawn(move || {
            let mut joiner = Joiner::default();
            while let Ok(Some(frame)) = decode_message_opt(&mut stdout, CHUNK_BYTES) {
                if let Some(message) = joiner.push(&frame).unwrap() {
                    list.lock().unwrap().push(serde_json::from_str(&message).unwrap());
                    let message = serde_json::from_str(&message).unwrap();
                    if tell.send(message).is_err() {
                        return;
                    }
                }
            }
        });
        let mut stderr = child.stderr.take().unwrap();
        let stderr = thread::spawn(move || {
            let mut text = String::new();
            stderr.read_to_string(&mut text).unwrap();
            text
        });
        let stdin = child.stdin.take();
        Self { child, stdin, said, passed: VecDeque::new(), heard, stderr: Some(stderr), next: 0 }
    }

    /// Starts the host as Chromium does, and introduces itself.
    pub(crate) fn start(home: &Home) -> Self {
        let mut browser = Self::silent(home, &[ORIGIN]);
        browser.hello();
        browser
    }

    pub(crate) fn hello(&mut self) -> Welcome {
        self.hello_in(None)
    }

    /// Of a person who reads this language.
    pub(crate) fn hello_in(&mut self, language: Option<&str>) -> Welcome {
        self.send(&ToHost::Hello(Hello {
            protocol: PROTOCOL,
            extension: "0.1.0".to_owned(),
            browser: Which::Chromium,
            language: language.map(str::to_owned),
        }));
        self.wait(|message| match message {
            ToExtension::Welcome(welcome) => Some(welcome.clone()),
            _ => None,
        })
    }

    /// All that the host has said, as it wrote it.
    pub(crate) fn heard(&self) -> Vec<Value> {
        self.heard.lock().unwrap().clone()
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// One frame of these bytes.
    pub(crate) fn frame(&mut self, bytes: &[u8]) {
        let length = u32::try_from(bytes.len()).unwrap().to_ne_bytes();
        self.raw(&[&length, bytes].concat());
    }

    /// These bytes, as they are.
    pub(crate) fn raw(&mut self, bytes: &[u8]) {
        let stdin = self.stdin.as_mut().unwrap();
        stdin.write_all(bytes).unwrap();
        stdin.flush().unwrap();
    }

    /// A JSON text, in pieces when it is large.
    pub(crate) fn text(&mut self, text: &str) {
        self.next += 1;
        for piece in split(self.next, text) {
            let frame = encode_message(&RawValue::from_string(piece).unwrap()).unwrap();
            self.raw(&frame);
        }
    }

    pub(crate) fn send(&mut self, message: &ToHost) {
        self.text(&serde_json::to_string(message).unwrap());
    }

    /// The first message, also of those passed over before, that `wanted` takes.
    pub(crate) fn wait<T>(&mut self, wanted: impl Fn(&ToExtension) -> Option<T>) -> T {
        if let Some(at) = self.passed.iter().position(|message| wanted(message).is_some()) {
            let message = self.passed.remove(at).unwrap();
            return wanted(&message).unwrap();
        }
        loop {
            let message = self.said.recv_timeout(PATIENCE).expect("the host says something in time");
            if let Some(found) = wanted(&message) {
                return found;
            }
            self.passed.push_back(message);
        }
    }

    /// The verdict on an event.
    pub(crate) fn verdict(&mut self, event: &EventId) -> Verdict {
        self.wait(|message| match message {
            ToExtension::Verdict(verdict) if verdict.event == *event => Some((**verdict).clone()),
            ToExtension::Error { code, event: Some(about) } if about == event => {
                panic!("{code:?} in place of a verdict")
            }
            _ => None,
        })
    }

    /// A fault without or with an event.
    pub(crate) fn error(&mut self) -> (Code, Option<EventId>) {
        self.wait(|message| match message {
            ToExtension::Error { code, event } => Some((*code, event.clone())),
            _ => None,
        })
    }

    /// Judges a text as a prompt to ChatGPT.
    pub(crate) fn judge(&mut self, event: &EventId, text: &str) -> Verdict {
        self.send(&ToHost::Judge(Box::new(ask(event, text))));
        self.verdict(event)
    }

    pub(crate) fn answer(&mut self, event: &EventId, choice: Choice) -> Outcome {
        self.send(&ToHost::Answered { event: event.clone(), choice, at: AT + 1 });
        self.wait(|message| match message {
            ToExtension::Go { event: about, outcome } if about == event => Some(*outcome),
            ToExtension::Error { code, event: Some(about) } if about == event => {
                panic!("{code:?} in place of a go")
            }
            _ => None,
        })
    }

    /// Whether it still answers.
    pub(crate) fn is_alive(&mut self) -> bool {
        self.send(&ToHost::Status);
        self.wait(|message| matches!(message, ToExtension::Status(_)).then_some(true))
    }

    /// Closes the connection; what it said on stderr.
    pub(crate) fn close(mut self) -> (ExitStatus, String) {
        drop(self.stdin.take());
        let status = self.child.wait().unwrap();
        (status, self.stderr.take().unwrap().join().unwrap())
    }

    /// Ends the host at once, as a crash would.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // A test that failed leaves no process behind.
        let _ended = self.child.kill();
        let _ended = self.child.wait();
    }
}

/// An event id.
pub(crate) fn event(number: u32) -> EventId {
    EventId::try_from(format!("00000000-0000-4000-8000-{number:012x}")).unwrap()
}

/// A text as a prompt to ChatGPT.
pub(crate) fn ask(event: &EventId, text: &str) -> Judge {
    let mut prompt = Prompt::new(Operation::SendPrompt);
    prompt.parts.push(Part { kind: PartKind::Text, name: None, text: text.into() });
    judge(event, Reading::Prompt(prompt))
}

pub(crate) fn judge(event: &EventId, reading: Reading) -> Judge {
    Judge {
        event: event.clone(),
        app: App::new("chatgpt"),
        at: AT,
        reading,
        private_window: false,
        page: None,
        placeholders: Vec::new(),
    }
}
