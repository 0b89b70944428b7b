//! Reads a policy's annotations. Cedar takes any annotation with any value, so they are checked here.

use std::collections::BTreeSet;
use std::ops::Range;

use cedar_policy::Policy;
use shared_protocol::{Action, Capture, Mode, Severity};

use crate::nearest::nearest;
use crate::problem::{Problem, Weight};
use crate::rule::Rule;
use crate::sieve::Sieve;
use crate::source::Statement;

const NAMES: [&str; 8] = ["id", "action", "fallback", "message", "link", "mode", "severity", "capture"];
const ACTIONS: [(&str, Action); 5] = [
    ("coach", Action::Coach),
    ("warn", Action::Warn),
    ("justify", Action::Justify),
    ("redact", Action::Redact),
    ("block", Action::Block),
];
const FALLBACKS: [(&str, Action); 4] = [
    ("block", Action::Block),
    ("justify", Action::Justify),
    ("warn", Action::Warn),
    ("coach", Action::Coach),
];
const MODES: [(&str, Mode); 2] = [("monitor", Mode::Monitor), ("enforce", Mode::Enforce)];
const SEVERITIES: [(&str, Severity); 3] =
    [("low", Severity::Low), ("medium", Severity::Medium), ("high", Severity::High)];

const CAPTURES: [(&str, Capture); 4] = [
    ("full", Capture::Full),
    ("matches", Capture::Matches),
    ("masked", Capture::Masked),
    ("metadata", Capture::Metadata),
];

/// Longest `@message`, in code points: it stands in a card beside the composer.
pub(crate) const MESSAGE: usize = 400;

/// One statement with the text it stands in.
pub(crate) struct Reader<'a> {
    pub(crate) text: &'a str,
    pub(crate) statement: &'a Statement,
    pub(crate) policy: &'a Policy,
    pub(crate) problems: &'a mut Vec<Problem>,
}

impl Reader<'_> {
    /// The rule, or nothing when a required annotation is missing or wrong. `mode` is the whole policy's: one
    /// that only watches has no member that acts.
    pub(crate) fn rule(mut self, mode: Mode) -> Option<Rule> {
        self.names();
        let id = self.id();
        let action = self.action();
        let fallback = self.one_of("fallback", &FALLBACKS);
        if fallback.is_some() && action.is_some_and(|action| action != Action::Redact) {
            let at = self.place("fallback");
            self.error(at, "`@fallback` belongs to `@action(\"redact\")`", "remove it");
        }
        let own = self.one_of("mode", &MODES);
        let message = self.message();
        let link = self.link();
        let severity = self.one_of("severity", &SEVERITIES).unwrap_or_default();
        let capture = self.one_of("capture", &CAPTURES);
        let mode = match mode {
            Mode::Monitor => Mode::Monitor,
            Mode::Enforce => own.unwrap_or(Mode::Enforce),
        };
        let fallback = fallback.unwrap_or(Action::Block);
        let (targets, labels, operations) = (Vec::new(), BTreeSet::new(), BTreeSet::new());
        let (id, action) = (id?, action?);
        Some(Rule {
            id,
            action,
            fallback,
            mode,
            message,
            link,
            severity,
            capture,
            targets,
            labels,
            operations,
            sieve: Sieve::default(),
            keeps: None,
        })
    }

    fn names(&mut self) {
        for annotation in &self.statement.annotations {
            if !NAMES.contains(&annotation.name.as_str()) {
                let message = format!("`@{}` is no annotation that is known here", annotation.name);
                let help = match nearest(&annotation.name, &NAMES) {
                    Some(name) => format!("write `@{name}`"),
                    None => format!("known are @{}", NAMES.join(" @")),
                };
                self.error(annotation.name_at.clone(), message, help);
            }
        }
    }

    fn id(&mut self) -> Option<String> {
        let Some(id) = self.value("id") else {
            let at = self.statement.effect_at.clone();
            self.error(at, "a policy needs an id", "write `@id(\"what-it-is-for\")` above it");
            return None;
        };
        let shaped = (1..=64).contains(&id.len())
            && id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        if !shaped {
            let at = self.place("id");
            self.error(
                at,
                format!("`{id}` cannot be an id"),
                "write lower-case words joined by hyphens, 64 characters at most",
            );
        }
        shaped.then_some(id)
    }

    fn action(&mut self) -> Option<Action> {
        if self.value("action").is_none() {
            let at = self.statement.effect_at.clone();
            self.error(
                at,
                "a policy needs an action",
                "write `@action(\"…\")` above it: coach, warn, justify, redact or block",
            );
            return None;
        }
        if self.value("action").as_deref() == Some("allow") {
            let at = self.place("action");
            self.error(
                at,
                "what no policy matches is allowed",
                "remove the policy, or write its condition as `unless` in the one it should except from",
            );
            return None;
        }
        self.one_of("action", &ACTIONS)
    }

    fn message(&mut self) -> Option<String> {
        let message = self.value("message");
        let at = self.place("message");
        match &message {
            None => self.problems.push(
                Problem::at(self.text, at, Weight::Warning, "without `@message` people see only the id")
                    .help("write `@message(\"what is wrong, and what to do instead\")`"),
            ),
            Some(words) if words.trim().is_empty() => {
                self.error(at, "`@message` is empty", "write what is wrong, and what to do instead");
            }
            Some(words) if words.chars().count() > MESSAGE => self.error(
                at,
                format!("`@message` is longer than {MESSAGE} characters"),
                "say it shorter, and put the rest behind `@link`",
            ),
            Some(_) => {}
        }
        message
    }

    fn link(&mut self) -> Option<String> {
        let link = self.value("link")?;
        let host = link.strip_prefix("https://").and_then(|rest| rest.split('/').next());
        let shaped = host.is_some_and(|host| !host.is_empty())
            && !link.chars().any(|char| char.is_whitespace() || char.is_control());
        if !shaped {
            let at = self.place("link");
            self.error(at, "`@link` takes an https address", "write `@link(\"https://…\")`");
        }
        shaped.then_some(link)
    }

    fn one_of<T: Copy>(&mut self, name: &str, words: &[(&str, T)]) -> Option<T> {
        let value = self.value(name)?;
        let found = words.iter().find(|(word, _)| *word == value).map(|(_, meaning)| *meaning);
        if found.is_none() {
            let words: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
            let help = match nearest(&value, &words) {
                Some(word) => format!("write `@{name}(\"{word}\")`"),
                None => format!("write one of {}", words.join(", ")),
            };
            let at = self.place(name);
            self.error(at, format!("`{value}` is no {name}"), help);
        }
        found
    }

    fn value(&self, name: &str) -> Option<String> {
        self.policy.annotation(name).map(str::to_owned)
    }

    /// Where the value of annotation `name` stands, or the policy when it has none.
    fn place(&self, name: &str) -> Range<usize> {
        let named = self.statement.annotations.iter().find(|annotation| annotation.name == name);
        named.map_or_else(|| self.statement.effect_at.clone(), |annotation| annotation.value_at.clone())
    }

    fn error(&mut self, at: Range<usize>, message: impl Into<String>, help: impl Into<String>) {
        self.problems.push(Problem::at(self.text, at, Weight::Error, message).help(help));
    }
}
