//! What a prompt asks for, by a linear model over hashed words and pieces of words.
//!
//! A text is written plainly ([`plain`]), read word by word into hashed features ([`read`]), and every stretch of
//! sentences in it is weighed ([`Model`]); what was disguised is taken out of its disguise and weighed as well
//! ([`disguises`]). The strongest stretch counts.
//!
//! INVARIANT: pure, and linear in the text. What comes behind a sentence never makes that sentence weigh less.
//! It finds no places and is evidence for topics only. Training is in `models/train`, which reads by the same functions.

mod confusables;
mod disguise;
mod model;
mod names;
mod plain;
mod read;
mod stretch;

pub use disguise::disguises;
pub use model::{HEADS, Head, Model, ModelError};
pub(crate) use plain::bare;
pub use plain::plain;
pub use read::{Sink, read};
pub use stretch::{LONGEST, Stretch, Weighed, worth};

/// The model that is compiled in.
static BUILTIN: &[u8] =
    include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../models/active/linear.bin"));

/// The name under which this engine answers.
pub(crate) const NAME: &str = "linear";

/// The model that is compiled in.
///
/// # Errors
/// When it is damaged: then the rules answer alone.
pub fn builtin() -> Result<Model<'static>, ModelError> {
    Model::parse(BUILTIN)
}

/// How much the strongest stretch of a text weighs for each head, disguises included.
#[must_use]
pub fn weigh(model: &Model<'_>, text: &str) -> [f32; HEADS] {
    let plain = plain(text);
    let mut best = model.weigh(&plain);
    for hidden in disguises(&plain) {
        for (best, other) in best.iter_mut().zip(model.weigh(&hidden)) {
            *best = best.max(other);
        }
    }
    best
}

/// Log odds as a chance.
pub(crate) fn chance(odds: f32) -> f32 {
    1.0 / (1.0 + (-odds).exp())
}

/// What the model says of one text: for each of its topics 0 to 1.
#[must_use]
pub fn scores(model: &Model<'_>, text: &str) -> [f32; HEADS] {
    model.scores(&weigh(model, text))
}
