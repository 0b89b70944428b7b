//! What stands beside a name: the name says whose it is, so it says more.
//!
//! A name alone is little evidence, and so is a number that belongs to nobody. Together they tell a person.

use shared_protocol::Label;

use crate::settle::Hit;

/// How far apart they may be, in bytes.
const NEAR: usize = 200;

const NAME: &str = "pii.name";

/// Whether a label is personal data that is more than a name.
pub(crate) fn is_personal(label: &Label) -> bool {
    label.as_str().starts_with("pii.") && label.as_str() != NAME
}

/// The surest personal data near a name, as evidence once more. `hits` are in order and do not overlap.
pub(crate) fn beside_a_name<'a>(
    hits: &[Hit<'_>],
    label: impl Fn(usize) -> Option<&'a Label>,
) -> Option<(usize, f32)> {
    let is = |hit: &Hit<'_>, what: &dyn Fn(&Label) -> bool| label(hit.detector).is_some_and(what);
    let mut surest: Option<(usize, f32)> = None;
    for pair in neighbours(hits) {
        let (name, other) = match pair {
            (one, two) if is(one, &|label| label.as_str() == NAME) => (one, two),
            (one, two) => (two, one),
        };
        let told = is(name, &|label| label.as_str() == NAME) && is(other, &is_personal);
        if told && surest.is_none_or(|(_, confidence)| confidence < other.confidence) {
            surest = Some((other.detector, other.confidence));
        }
    }
    surest
}

/// Hits next to each other, or with one between, that are near.
fn neighbours<'h, 'a>(hits: &'h [Hit<'a>]) -> impl Iterator<Item = (&'h Hit<'a>, &'h Hit<'a>)> {
    let next = hits.iter().zip(hits.iter().skip(1));
    let beyond = hits.iter().zip(hits.iter().skip(2));
    next.chain(beyond).filter(|(one, two)| two.start.saturating_sub(one.end) <= NEAR)
}
