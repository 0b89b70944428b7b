//! Writes what the tests' generator makes: texts with a secret of each kind, and texts with what misses its format by a little.
//!
//! `cargo run --release -p host-classify --example made-secrets -- HOW-MANY`, so many of each kind: lines of
//! `{"text", "label", "span": [start, end]}` in code points, and of near misses `{"text", "label", "is_filler"}`, which is whether
//! it is what documentation writes and not a letter off.

#![expect(clippy::print_stdout, reason = "an example prints")]
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "the generator belongs to the tests"
)]

#[path = "../tests/secrets/form.rs"]
#[expect(dead_code, reason = "the tests use all of it")]
mod form;
#[path = "../tests/secrets/kinds.rs"]
mod kinds;
#[path = "../tests/secrets/places.rs"]
mod places;
#[path = "../tests/secrets/recipe.rs"]
mod recipe;

use form::{Fill, Random, token};
use kinds::{Miss, kinds, misses};
use places::placed;
use serde_json::json;

fn main() {
    let many = std::env::args().nth(1).and_then(|word| word.parse().ok()).unwrap_or(1_usize);
    for kind in kinds() {
        // Other tokens than the tests make.
        let mut random = Random::new(kind.seed() + 100);
        let places = kind.places();
        let label = &kind.label;
        for round in 0..many {
            let form = &kind.forms[round % kind.forms.len()];
            let place = places[random.below(places.len())];
            let secret = token(form, &mut random, Fill::Random).text;
            let (text, span) = placed(place, kind.name(), &secret);
            println!("{}", json!({ "text": text, "label": label, "span": span }));
            let missed: Vec<_> =
                misses(form, &mut random).into_iter().filter(|(miss, _)| !kind.free.contains(miss)).collect();
            if !missed.is_empty() {
                let (miss, secret) = &missed[random.below(missed.len())];
                let is_filler = *miss == Miss::Filler;
                let (text, _) = placed(place, kind.name(), secret);
                println!("{}", json!({ "text": text, "label": label, "is_filler": is_filler }));
            }
        }
    }
}
