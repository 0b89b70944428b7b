//! A text and what is known of it.

use shared_protocol::Topic;

/// The topics that the model is trained for.
pub const TOPICS: [Topic; 3] = [Topic::IntentPii, Topic::IntentCodeAbuse, Topic::IntentJailbreak];

/// Whether a text is of a topic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Truth {
    /// It is.
    Yes,
    /// It is not.
    No,
    /// Nobody has said, or they would not agree.
    Unknown,
}

/// A text and what is known of it.
#[derive(Clone, Debug)]
pub struct Row {
    /// The text.
    pub text: String,
    /// The set it is from; what is held out is held out by this.
    pub source: String,
    /// For each of [`TOPICS`].
    pub truth: [Truth; TOPICS.len()],
    /// How much its labels are believed, 0 to 1.
    pub belief: f32,
}

impl Row {
    /// A row that is of none of the topics.
    #[must_use]
    pub fn plain(source: &str, text: String) -> Self {
        Self { text, source: source.to_owned(), truth: [Truth::No; TOPICS.len()], belief: 1.0 }
    }

    /// What is known of the topic at `head`.
    #[must_use]
    pub fn of(&self, head: usize) -> Truth {
        self.truth.get(head).copied().unwrap_or(Truth::Unknown)
    }
}
