//! Trains the linear model: rows of public sets and written examples to weights in one file.
//!
//! INVARIANT: the same rows and the same seed give the same bytes. Randomness is [`random::Random`], nothing else.
//! Text is read by `host_classify::linear`, so that what is trained is what runs.

pub mod background;
pub mod calibrate;
pub mod data;
pub mod fit;
pub mod pieces;
pub mod random;
pub mod reading;
pub mod relabel;
pub mod row;
pub mod written;
