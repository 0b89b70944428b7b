//! What encoder and linear model say of a topic, joined: `models/active/joined.toml`.
//!
//! INVARIANT: no weight is below zero, so that neither takes away what the other says.

use std::collections::BTreeMap;

use serde::Deserialize;
use shared_protocol::Topic;

use crate::encoder::Head;
use crate::linear::{HEADS, chance};

/// The file that is compiled in.
static BUILTIN: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../models/active/joined.toml"));

/// How much each counts for a topic, in log odds.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Weights {
    encoder: f32,
    linear: f32,
    offset: f32,
}

/// The weights of the topics that both know, in the order of the encoder's heads.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Joined([Option<Weights>; HEADS]);

impl Joined {
    /// The weights that are compiled in; nothing where they are none for these heads.
    pub(crate) fn builtin(heads: &[Head]) -> Option<Self> {
        Self::parse(BUILTIN, heads)
    }

    fn parse(text: &str, heads: &[Head]) -> Option<Self> {
        let by_topic: BTreeMap<Topic, Weights> = toml::from_str(text).ok()?;
        let mut joined = [None; HEADS];
        for (joined, head) in joined.iter_mut().zip(heads) {
            let weights = *by_topic.get(&head.topic)?;
            let is_sound = weights.encoder >= 0.0 && weights.linear >= 0.0 && weights.offset.is_finite();
            *joined = Some(is_sound.then_some(weights)?);
        }
        (by_topic.len() == heads.len()).then_some(Self(joined))
    }

    /// 0 to 1 for each topic; 0.2, 0.5 and 0.8 are where low, medium and high begin. `weights` are those of the strongest
    /// sentences by the encoder, `linear` the log odds of the linear model. Where one did not answer the other does alone.
    pub(crate) fn scores(
        &self,
        heads: &[Head],
        weights: &[f32; HEADS],
        linear: Option<&[f32; HEADS]>,
    ) -> [f32; HEADS] {
        let mut scores = [0.0; HEADS];
        for (at, (score, head)) in scores.iter_mut().zip(heads).enumerate() {
            let weight = weights.get(at).copied().filter(|weight| weight.is_finite());
            let linear = linear.and_then(|odds| odds.get(at)).copied().filter(|odds| odds.is_finite());
            let odds = match (weight, linear, self.0.get(at).copied().flatten()) {
                (Some(weight), Some(linear), Some(joined)) => {
                    weight * joined.encoder + linear * joined.linear + joined.offset
                }
                (Some(weight), _, _) => weight * head.alone[0] + head.alone[1],
                (None, Some(linear), _) => linear,
                (None, None, _) => continue,
            };
            *score = chance(odds);
        }
        scores
    }
}

#[cfg(test)]
mod tests {
    use super::{BUILTIN, Joined};
    use crate::encoder::builtin;

    #[test]
    fn the_file_is_for_the_encoder_and_takes_nothing_away() {
        let heads = builtin().unwrap().heads();
        assert!(Joined::builtin(heads).is_some());
        let model = crate::linear::builtin().unwrap();
        let of_linear: Vec<_> = model.heads().iter().map(|head| &head.topic).collect();
        assert_eq!(heads.iter().map(|head| &head.topic).collect::<Vec<_>>(), of_linear);
        let turned = BUILTIN.replacen("linear = ", "linear = -", 1);
        assert!(Joined::parse(&turned, heads).is_none());
        let other = BUILTIN.replace("intent.pii", "custom.other");
        assert!(Joined::parse(&other, heads).is_none());
        assert!(Joined::parse("", heads).is_none());
    }
}
