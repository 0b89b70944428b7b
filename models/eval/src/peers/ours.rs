//! Our own engines, asked in the same way.

use std::time::Instant;

use anyhow::Result;
use host_classify::encoder::EncoderError;
use host_classify::linear::{Model, ModelError};
use host_classify::{Classification, Engine};
use shared_protocol::{Operation, Part, PartKind, Prompt, Topic};

use super::process::Answer;

/// Where medium begins.
const MEDIUM: f32 = 0.5;

/// The engine with all that it has, or with less.
#[derive(Clone, Copy, Debug)]
pub(crate) enum With {
    /// As the product answers.
    All,
    Rules,
    RulesAndLinear,
    RulesAndEncoder,
}

/// The engine with `with`; `linear` takes the place of the linear model that ships.
pub(crate) fn engine(with: With, linear: Option<Model<'static>>) -> Result<Engine> {
    let mut engine = Engine::builtin()?;
    if let Some(model) = linear {
        engine = engine.with_model(model);
    }
    Ok(match with {
        With::All => engine,
        With::Rules => engine.without_model(ModelError::Foreign).without_encoder(EncoderError::Foreign),
        With::RulesAndLinear => engine.without_encoder(EncoderError::Foreign),
        With::RulesAndEncoder => engine.without_model(ModelError::Foreign),
    })
}

/// What `engine` says of `topic`; its spans are the findings whose label begins with `family`.
pub(crate) fn ask(engine: &Engine, texts: &[&str], topic: &Topic, family: &str) -> Vec<Answer> {
    let answer = |text: &&str| {
        let mut prompt = Prompt::new(Operation::SendPrompt);
        prompt.parts.push(Part { kind: PartKind::Text, name: None, text: (*text).into() });
        let start = Instant::now();
        let Classification { findings, topics, .. } = engine.classify(&prompt);
        let ms = start.elapsed().as_secs_f64() * 1e3;
        let score = topics.iter().find(|found| found.topic == *topic).map_or(0.0, |found| found.score);
        let spans = findings
            .iter()
            .filter(|finding| finding.label.as_str().starts_with(family))
            .map(|finding| (finding.start, finding.end, finding.label.as_str().to_owned()));
        Answer { score, flagged: score >= MEDIUM, spans: spans.collect(), ms }
    };
    // The first text is slow for everybody and is not measured.
    if let Some(first) = texts.first() {
        answer(first);
    }
    texts.iter().map(answer).collect()
}
