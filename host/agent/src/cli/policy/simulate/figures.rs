//! What a simulation counts: changes of the decision, of each policy's matches, and examples by event.

use std::collections::BTreeMap;

use host_journal::Record;
use serde_json::{Value, json};
use shared_protocol::{Action, Mode};

use super::Replayed;
use crate::cli::log::filter::shown;
use crate::cli::policy::told::action;
use crate::cli::table;

/// An action, and whether it is only watched.
type Reported = (Action, bool);

/// What was counted.
pub(super) struct Figures {
    /// Most examples of each change.
    most: usize,
    read: u64,
    unknown: u64,
    faults: u64,
    changes: BTreeMap<(Reported, Reported), Change>,
    /// Policy to how often it matched then and would match now.
    policies: BTreeMap<String, (u64, u64)>,
}

#[derive(Default)]
struct Change {
    count: u64,
    examples: Vec<Example>,
}

struct Example {
    event: String,
    at: u64,
    app: String,
    person: String,
    policies: Vec<String>,
}

impl Figures {
    pub(super) fn new(most: usize) -> Self {
        Self { most, read: 0, unknown: 0, faults: 0, changes: BTreeMap::new(), policies: BTreeMap::new() }
    }

    /// Rows so far.
    pub(super) fn read(&self) -> u64 {
        self.read
    }

    /// A row that cannot be replayed.
    pub(super) fn unknown(&mut self) {
        self.unknown += 1;
    }

    /// A row that a fail setting decided.
    pub(super) fn fault(&mut self) {
        self.faults += 1;
    }

    /// A row that was.
    pub(super) fn count(&mut self, record: &Record, one: &Replayed) {
        self.read += 1;
        for id in &one.before {
            self.policies.entry(id.clone()).or_default().0 += 1;
        }
        for id in &one.after {
            self.policies.entry(id.clone()).or_default().1 += 1;
        }
        let [was, now] = [one.was, one.now].map(|(action, mode)| (action, mode == Mode::Monitor));
        if was == now {
            return;
        }
        let change = self.changes.entry((was, now)).or_default();
        change.count += 1;
        if change.examples.len() < self.most {
            let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
            change.examples.push(Example {
                event: text(record.event.as_ref().map(shared_protocol::EventId::as_str)),
                at: record.at,
                app: text(record.app.as_ref().map(|app| app.as_str())),
                person: text(record.person.as_deref()),
                policies: one.after.clone(),
            });
        }
    }

    fn changed(&self) -> u64 {
        self.changes.values().map(|change| change.count).sum()
    }

    /// Those that would be decided more strictly.
    fn stricter(&self) -> u64 {
        let strict = |(action, watched): &Reported| if *watched { Action::Allow } else { *action };
        let stricter = self.changes.iter().filter(|((was, now), _)| strict(now) > strict(was));
        stricter.map(|(_, change)| change.count).sum()
    }

    /// For people.
    pub(super) fn lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        if !self.changes.is_empty() {
            let rows: Vec<_> = self
                .changes
                .iter()
                .map(|((was, now), change)| vec![said(*was), said(*now), change.count.to_string()])
                .collect();
            lines.extend(table::align(&["WAS", "WOULD BE", "COUNT"], &rows));
            lines.push(String::new());
            let rows: Vec<_> = self
                .changes
                .iter()
                .flat_map(|((was, now), change)| {
                    change.examples.iter().map(|one| {
                        let dash =
                            |text: &str| if text.is_empty() { "-".to_owned() } else { text.to_owned() };
                        vec![
                            shown(one.at),
                            dash(&one.app),
                            dash(&one.person),
                            said(*was),
                            said(*now),
                            dash(&one.policies.join(",")),
                            one.event.clone(),
                        ]
                    })
                })
                .collect();
            let head = ["TIME", "APP", "USER", "WAS", "WOULD BE", "POLICIES", "EVENT"];
            lines.extend(table::align(&head, &rows));
            lines.push(String::new());
        }
        let moved: Vec<_> = self
            .policies
            .iter()
            .filter(|(_, (was, now))| was != now)
            .map(|(id, (was, now))| vec![id.clone(), was.to_string(), now.to_string()])
            .collect();
        if !moved.is_empty() {
            lines.extend(table::align(&["POLICY", "MATCHED", "WOULD MATCH"], &moved));
            lines.push(String::new());
        }
        let mut line = format!(
            "{} decisions replayed: {} would change, {} of them to something stricter",
            self.read,
            self.changed(),
            self.stricter()
        );
        for (number, what) in [
            (self.unknown, "keep no facts that can be replayed"),
            (self.faults, "were decided by a fail setting"),
        ] {
            if number > 0 {
                line.push_str(&format!("; {number} {what}"));
            }
        }
        lines.push(line);
        lines
    }

    /// For programs.
    pub(super) fn json(&self) -> Value {
        let reported = |(action, watched): &Reported| json!({ "action": action, "mode": mode(*watched) });
        let changes: Vec<_> = self
            .changes
            .iter()
            .map(|((was, now), change)| {
                let examples = change.examples.iter().map(|one| {
                    json!({
                        "event": one.event, "at": one.at, "app": one.app, "person": one.person,
                        "policies": one.policies,
                    })
                });
                json!({
                    "was": reported(was), "now": reported(now), "count": change.count,
                    "examples": examples.collect::<Vec<_>>(),
                })
            })
            .collect();
        let policies: BTreeMap<&str, Value> = self
            .policies
            .iter()
            .map(|(id, (was, now))| (id.as_str(), json!({ "matched": was, "would_match": now })))
            .collect();
        json!({
            "replayed": self.read, "changed": self.changed(), "stricter": self.stricter(),
            "without_facts": self.unknown, "by_fail_setting": self.faults, "changes": changes, "policies": policies,
        })
    }
}

fn mode(watched: bool) -> Mode {
    if watched { Mode::Monitor } else { Mode::Enforce }
}

fn said((reported, watched): Reported) -> String {
    action((reported, mode(watched)))
}
