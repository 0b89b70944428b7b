//! Exact data match and document fingerprints: an organisation's own values and documents, found without being there.
//!
//! ```text
//! admin: cells, documents --> fold --> keyed hashes, cut to 48 bits, sorted --> parts of a bundle      (build, prints)
//! here:  a prompt's words --> fold --> the same hashes of every window ------> looked up               (look)
//! ```
//! INVARIANT: what is found is folded by the very code that folded the cell ([`words`], [`kind`]).
//! INVARIANT: no cell and no sentence of a document stands in a part; what stands there and what that is worth is said in
//! SECURITY.md: who has a part can try guesses.
//! Findings may overlap those of the rules: that an address is a customer's does not make it less of an address.

mod build;
mod csv;
mod engine;
mod key;
mod kind;
mod look;
mod part;
mod prints;
mod set;
mod shapes;
mod table;
mod weak;
mod words;

pub use build::{Built, Column, MOST_CELLS, TableSpec, build};
pub use engine::{EXACT, FINGERPRINTS, PART_ENDING, check};
pub use key::{Key, SALT};
pub use kind::Kind;
pub use part::{Grades, MAX_PIECE, PartError, pieces};
pub use prints::{Document, PrintsBuilt, PrintsSpec, fingerprint};
pub use weak::Weak;

pub(crate) use engine::{Exact, beside};
pub(crate) use look::Match;

#[cfg(test)]
mod tests;
