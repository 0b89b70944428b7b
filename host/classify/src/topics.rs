//! Which topics a label is evidence for, and what the findings say about each topic.
//!
//! INVARIANT: a topic that no rule can see has score 0 and level none; nothing is guessed.

use shared_protocol::{Label, Level, Topic, TopicScore};

/// The topic a label is evidence for first.
#[must_use]
pub fn topic_of(label: &Label) -> Option<Topic> {
    topics_of(label).into_iter().next()
}

/// All topics a label is evidence for, the strongest first. Numbers of cards and accounts are personal data, and a
/// little financial.
#[must_use]
pub fn topics_of(label: &Label) -> Vec<Topic> {
    match label.as_str() {
        "pii.payment-card" | "pii.iban" => vec![Topic::ContentPii, Topic::ContentFinancial],
        "data.customer-records" => vec![Topic::ContentCustomerData, Topic::ContentPii],
        label if label.starts_with("data.") => vec![Topic::ContentFinancial],
        label if label.starts_with("code.") => vec![Topic::ContentSourceCode],
        label if label.starts_with("pii.") => vec![Topic::ContentPii],
        label if label.starts_with("secret.") => vec![Topic::ContentCredentials],
        _ => Vec::new(),
    }
}

/// What a finding says about a topic that is not its first.
const SECOND: f32 = 0.3;

/// What one finding says.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Evidence<'a> {
    /// What it is evidence for, the strongest first.
    pub(crate) topics: &'a [Topic],
    pub(crate) weight: f32,
    /// More of its kind say no more than the surest.
    pub(crate) once: bool,
    pub(crate) confidence: f32,
}

/// The eight topics and an organisation's `own`, given what was found.
pub(crate) fn score<'a>(own: &[Topic], found: impl Iterator<Item = Evidence<'a>>) -> Vec<TopicScore> {
    // Independent evidence: the chance that none of it is right. What counts once is one piece of evidence together.
    let all = Topic::BUILTIN.into_iter().chain(own.iter().cloned());
    let mut doubts: Vec<(Topic, f32, f32)> = all.map(|topic| (topic, 1.0, 1.0)).collect();
    for Evidence { topics, weight, once, confidence } in found {
        for (rank, topic) in topics.iter().enumerate() {
            let share = if rank == 0 { weight } else { SECOND };
            let Some((_, doubt, least)) = doubts.iter_mut().find(|(other, ..)| other == topic) else {
                continue;
            };
            let one = 1.0 - share * confidence;
            match (rank, once) {
                (0, false) => *doubt *= one,
                (0, true) => *least = least.min(one),
                _ => *doubt = doubt.min(one),
            }
        }
    }
    let scored = doubts.into_iter().map(|(topic, doubt, least)| {
        let score = 1.0 - doubt * least;
        TopicScore { topic, score, level: level(score) }
    });
    scored.collect()
}

/// Where a score is enough for which level.
pub(crate) fn level(score: f32) -> Level {
    match score {
        score if score >= 0.8 => Level::High,
        score if score >= 0.5 => Level::Medium,
        score if score >= 0.2 => Level::Low,
        _ => Level::None,
    }
}
