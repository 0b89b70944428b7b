//! What begins in the text before and ends in this one: a value that somebody split over two prompts.
//!
//! INVARIANT: only adds. What this text says by itself is said whatever came before it.
//! It reads with the rules alone. A request that is split so that neither half asks for anything is not seen here.

use shared_protocol::{Finding, Prompt};
use zeroize::Zeroizing;

use crate::engine::Engine;
use crate::mask::mask;
use crate::settle::Hit;

/// Code points of the text before, and of this one, that are read together. Longer than any value that has to be whole.
const EACH: usize = 2_000;

/// What lies over the joint.
struct Over {
    detector: usize,
    /// As if the text began at the joint.
    finding: Finding,
    /// A secret before personal data, then the longest, as ever.
    hit: (bool, usize),
}

impl Engine {
    /// What stands over the joint of `before` and the prompt's first part, with its detector. `own` is what the parts say by
    /// themselves.
    ///
    /// The spans are of the prompt's side. They are read as if nothing stood between them, and as if a space did: nobody
    /// sees spaces and line ends there.
    pub(crate) fn across(&self, before: &str, prompt: &Prompt, own: &[Finding]) -> Option<(usize, Finding)> {
        let before = before.trim_end();
        let text = prompt.parts.first()?.text.expose();
        let bare = text.trim_start();
        if before.is_empty() || bare.is_empty() {
            return None;
        }
        let skipped = text.chars().count() - bare.chars().count();
        let from = before.char_indices().rev().nth(EACH - 1).map_or(0, |(at, _)| at);
        let to = bare.char_indices().nth(EACH).map_or(bare.len(), |(at, _)| at);
        let (before, text) = (before.get(from..).unwrap_or_default(), bare.get(..to).unwrap_or_default());
        let read = ["", " "].map(|between| self.over_the_joint(before, between, text));
        // Both lie over the joint: the one that would stand if they were in one text.
        let best = read.into_iter().flatten().max_by(|one, other| one.hit.cmp(&other.hit));
        let shifted = best.map(|Over { detector, finding, .. }| {
            (detector, Finding { start: skipped, end: skipped + finding.end, ..finding })
        });
        // What lies whole on this side is no news.
        shifted.filter(|(_, found)| {
            let same = |one: &&Finding| one.part == 0 && one.label == found.label && one.start < found.end;
            !own.iter().any(|one| same(&one))
        })
    }

    /// The same with this between the two; the spans are of `text`.
    fn over_the_joint(&self, before: &str, between: &str, text: &str) -> Option<Over> {
        let joined = Zeroizing::new([before, between, text].concat());
        let joint = before.len() + between.len();
        let hits = self.scan(&joined);
        let hit = hits.iter().find(|hit| hit.start < before.len() && hit.end > joint)?;
        // Whole before the joint, and only longer with what happens to follow: an address of mail, a name, code.
        let is_whole = |one: &Hit<'_>| one.detector == hit.detector && one.end > hit.start;
        if self.scan(before).iter().any(is_whole) {
            return None;
        }
        let (label, shown) = self.called(hit.detector)?;
        let end = joined.get(joint..hit.end).unwrap_or_default().chars().count();
        let (mask, confidence) = (mask(hit.text, shown), hit.confidence);
        let finding = Finding { label: label.clone(), part: 0, start: 0, end, confidence, mask };
        Some(Over { detector: hit.detector, finding, hit: (hit.secret, hit.end - hit.start - between.len()) })
    }
}
