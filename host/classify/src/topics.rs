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
        label if label.starts_with("pii.") => vec![Topic::ContentPii],
        label if label.starts_with("secret.") => vec![Topic::ContentCredentials],
        _ => Vec::new(),
    }
}

/// What a finding says about a topic that is not its first.
const SECOND: f32 = 0.3;

/// The eight topics and an organisation's `own`, given what was found: its topics, weight, confidence.
pub(crate) fn score<'a>(
    own: &[Topic],
    found: impl Iterator<Item = (&'a [Topic], f32, f32)>,
) -> Vec<TopicScore> {
    // Independent evidence: the chance that none of it is right.
    let all = Topic::BUILTIN.into_iter().chain(own.iter().cloned());
    let mut doubts: Vec<(Topic, f32)> = all.map(|topic| (topic, 1.0)).collect();
    for (topics, weight, confidence) in found {
        for (rank, topic) in topics.iter().enumerate() {
            let share = if rank == 0 { weight } else { SECOND };
            if let Some((_, doubt)) = doubts.iter_mut().find(|(other, _)| other == topic) {
                *doubt = if rank == 0 {
                    *doubt * (1.0 - share * confidence)
                } else {
                    doubt.min(1.0 - share * confidence)
                };
            }
        }
    }
    let scored = doubts.into_iter().map(|(topic, doubt)| {
        let score = 1.0 - doubt;
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
