//! What a security product says of the device, from a small file that it or a script of the organisation writes.
//!
//! ```json
//! {"level": "medium", "at": 1760499995}
//! {"score": 62, "at": 1760499995}
//! ```
//! `level` is none, low, medium or high. `score` is a trust score of 0 to 100, high is good: up to 50 is high risk, up to
//! 79 medium, as CrowdStrike's zero-trust scores are read elsewhere. `at`, in unix seconds, is when it was found out;
//! what is older than a day says nothing any more.

use serde::Deserialize;
use shared_protocol::{Level, Millis};

/// Most bytes of what it says.
pub const MOST: usize = 64 * 1024;
/// How long it counts.
const FRESH: Millis = 24 * 3_600_000;

#[derive(Deserialize)]
struct Written {
    level: Option<Level>,
    score: Option<u8>,
    at: Option<u64>,
}

/// The file says nothing that is understood.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the posture file is not understood: write {{\"level\": \"low\"}} or {{\"score\": 80}}, with `at` in unix seconds"
)]
pub struct PostureError;

/// The device's level as of `now`; `None` where the file is too old to say, which is not the same as well.
///
/// # Errors
/// When it is not of the form above.
pub fn level(text: &str, now: Millis) -> Result<Option<Level>, PostureError> {
    let Written { level, score, at } = serde_json::from_str(text).map_err(|_| PostureError)?;
    let of_score = |score| match score {
        0..=50 => Level::High,
        51..=79 => Level::Medium,
        _ => Level::None,
    };
    let level = level.or(score.filter(|score| *score <= 100).map(of_score)).ok_or(PostureError)?;
    let is_old = at.is_some_and(|at| at.saturating_mul(1_000).saturating_add(FRESH) < now);
    Ok((!is_old).then_some(level))
}

#[cfg(test)]
mod tests {
    use super::level;
    use shared_protocol::Level;

    #[test]
    fn levels_and_scores_are_read() {
        let now = 1_760_500_000_000;
        for (text, wanted) in [
            (r#"{"level":"high","product":"x"}"#, Some(Some(Level::High))),
            (r#"{"score":50}"#, Some(Some(Level::High))),
            (r#"{"score":79,"at":1760499995}"#, Some(Some(Level::Medium))),
            (r#"{"score":80}"#, Some(Some(Level::None))),
            // A day and some hours ago: it says nothing of now, neither ill nor well.
            (r#"{"level":"high","at":1760400000}"#, Some(None)),
            (r#"{"score":95,"at":1760400000}"#, Some(None)),
            (r#"{"score":101}"#, None),
            ("{}", None),
            ("high", None),
        ] {
            assert_eq!(level(text, now).ok(), wanted, "{text}");
        }
    }
}
