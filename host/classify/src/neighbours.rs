//! Confirmed mistakes: what the models said of texts of which it was wrong, and what that takes away from texts like them.
//!
//! INVARIANT: takes away only what the models alone say of a topic that was confirmed; what rules say stays, whatever is
//! near. A text loses a topic whole or not at all: only if each sentence that says it lies near one of one and the same
//! mistake, says it hardly more strongly, and nothing that is left comes to low. So what is appended to such a text
//! counts as ever.

use shared_protocol::Level;

use crate::classification::Classification;
use crate::saying::{Compared, Saying};
use crate::topics::level;

/// How alike a sentence has to be: `models/README.md` has what that was chosen from.
pub const NEAR: f32 = 0.92;

/// How much more strongly it may be said, in log odds.
pub const STRONGER: f32 = 1.0;

/// How many times as long a text may be.
pub const LONGER: f32 = 1.4;

/// The name under which it stands among the engines that answered.
const NAME: &str = "neighbours";

/// What was said of each text that was reported, and confirmed. One entry for each report.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Neighbours(Vec<Vec<Saying>>);

impl Neighbours {
    /// Of these mistakes.
    #[must_use]
    pub fn new(confirmed: Vec<Vec<Saying>>) -> Self {
        Self(confirmed)
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether the same, and no more, was confirmed to be wrong.
    fn know(&self, saying: &Saying) -> bool {
        self.0.iter().flatten().any(|confirmed| covers(confirmed, saying))
    }
}

fn covers(confirmed: &Saying, saying: &Saying) -> bool {
    let is_near = |one: Compared| one.like >= NEAR && one.stronger <= STRONGER && one.longer <= LONGER;
    level(saying.rest) == Level::None && saying.compared(confirmed).is_some_and(is_near)
}

impl Classification {
    /// Takes away what `neighbours` correct, and says so among the engines: `neighbours intent.pii high` for a topic that was
    /// high before.
    pub fn correct(&mut self, neighbours: &Neighbours) {
        if neighbours.is_empty() {
            return;
        }
        for topic in &mut self.topics {
            let sayings = || self.said.all.iter().filter(|saying| saying.topic == topic.topic);
            let by_models = sayings().map(|saying| saying.score).fold(0.0, f32::max);
            // Where anything else says as much, nothing of it is the models' alone.
            if topic.score > by_models || topic.level == Level::None {
                continue;
            }
            let left =
                sayings().map(|saying| if neighbours.know(saying) { saying.rest } else { saying.score });
            let left = left.fold(self.said.by_rules(&topic.topic), f32::max);
            if level(left) < topic.level {
                let name = String::from(topic.topic.clone());
                self.engines.push(format!("{NAME} {name} {}", word(topic.level)));
                (topic.score, topic.level) = (left, level(left));
            }
        }
    }
}

/// What one of the engines that answered says that was taken away, and how much it was: `intent.pii high`.
#[must_use]
pub fn corrected(engine: &str) -> Option<&str> {
    engine.strip_prefix(NAME)?.strip_prefix(' ')
}

fn word(level: Level) -> &'static str {
    match level {
        Level::None => "none",
        Level::Low => "low",
        Level::Medium => "medium",
        Level::High => "high",
    }
}
