//! Whether everything that says what a prompt is answers: the rules and both models.

use host_classify::Engine;
use host_classify::encoder::EncoderError;
use host_classify::linear::ModelError;

use super::{Check, State};

const CHECK: &str = "classifier";
const FIX: &str = "install promptgate anew: what is compiled into the program is damaged";

pub(super) fn check() -> Check {
    match Engine::builtin() {
        Ok(engine) => told(engine.labels().count(), engine.model_fault(), engine.encoder_fault()),
        Err(fault) => Check::wrong(CHECK, format!("the rules cannot be used: {fault}"), FIX),
    }
}

fn told(labels: usize, linear: Option<ModelError>, encoder: Option<EncoderError>) -> Check {
    let faults: Vec<String> = linear
        .map(|fault| fault.to_string())
        .into_iter()
        .chain(encoder.map(|fault| fault.to_string()))
        .collect();
    if faults.is_empty() {
        let what = format!("rules for {labels} kinds of findings, linear model and encoder answer");
        return Check::new(CHECK, State::Ok, what);
    }
    Check::wrong(CHECK, format!("the rest goes on without it: {}", faults.join("; ")), FIX)
}

#[cfg(test)]
mod tests {
    use super::{EncoderError, ModelError, State, check, told};

    #[test]
    fn what_does_not_answer_is_told() {
        assert_eq!(check().state, State::Ok);
        for (linear, encoder) in [
            (Some(ModelError::Damaged), None),
            (None, Some(EncoderError::Damaged)),
            (Some(ModelError::Damaged), Some(EncoderError::Foreign)),
        ] {
            let check = told(3, linear, encoder);
            assert_eq!(check.state, State::Wrong);
            assert!(check.fix.is_some() && check.what.contains("goes on without"), "{}", check.what);
        }
    }
}
