//! What was found in the composer's text ahead of Send, for as long as that Send may come.
//!
//! INVARIANT: in memory only and without the text: an entry is a keyed hash of the exact text and what the engine
//! said of it; another text, however near, is another hash. Bounded in entries, places and time.
//! INVARIANT: belongs to one engine: it is made anew with every snapshot, key included.
//! It deliberately decides nothing: a Send is decided anew and recorded as ever.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use hmac::{Hmac, KeyInit as _, Mac as _};
use host_classify::Scanned;
use sha2::Sha256;
use zeroize::Zeroizing;

/// Most texts kept: a few composers, each with some of its last states.
const MOST: usize = 32;

/// Most places kept in all of them.
const MOST_PLACES: usize = 20_000;

/// How long a text is kept. Longer than most people look at what they pasted.
const KEEP: Duration = Duration::from_secs(10 * 60);

/// The texts of late.
pub(crate) struct Previews {
    /// Fresh for these; without randomness nothing is kept.
    key: Option<Zeroizing<[u8; 32]>>,
    /// Oldest first.
    kept: Mutex<VecDeque<Kept>>,
}

struct Kept {
    hash: [u8; 32],
    since: Instant,
    scanned: Arc<Scanned>,
}

impl Previews {
    /// None yet.
    pub(crate) fn new() -> Self {
        let mut key = Zeroizing::new([0_u8; 32]);
        let drawn = getrandom::fill(key.as_mut_slice()).is_ok();
        Self { key: drawn.then_some(key), kept: Mutex::default() }
    }

    /// What is known of this very text.
    pub(crate) fn known(&self, text: &str, now: Instant) -> Option<Arc<Scanned>> {
        // Nothing was read ahead: the text is not even hashed.
        if self.fresh(now).is_empty() {
            return None;
        }
        let hash = self.hash(text)?;
        let kept = self.fresh(now);
        kept.iter().find(|kept| kept.hash == hash).map(|kept| Arc::clone(&kept.scanned))
    }

    /// Keeps what the engine said of a text.
    pub(crate) fn keep(&self, text: &str, scanned: Arc<Scanned>, now: Instant) {
        let Some(hash) = self.hash(text) else { return };
        let mut kept = self.fresh(now);
        kept.retain(|kept| kept.hash != hash);
        kept.push_back(Kept { hash, since: now, scanned });
        let places = |kept: &VecDeque<Kept>| kept.iter().map(|kept| kept.scanned.places()).sum::<usize>();
        while kept.len() > MOST || places(&kept) > MOST_PLACES {
            kept.pop_front();
        }
    }

    /// What is not too old.
    fn fresh(&self, now: Instant) -> std::sync::MutexGuard<'_, VecDeque<Kept>> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        while kept.front().is_some_and(|oldest| now.saturating_duration_since(oldest.since) >= KEEP) {
            kept.pop_front();
        }
        kept
    }

    fn hash(&self, text: &str) -> Option<[u8; 32]> {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.key.as_ref()?.as_slice()).ok()?;
        mac.update(text.as_bytes());
        Some(mac.finalize().into_bytes().into())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, LazyLock};
    use std::time::Instant;

    use host_classify::Engine;

    use super::{KEEP, MOST, MOST_PLACES, Previews};

    static ENGINE: LazyLock<Engine> = LazyLock::new(|| Engine::builtin().unwrap());

    fn keep(previews: &Previews, text: &str, now: Instant) {
        previews.keep(text, Arc::new(ENGINE.look_through(text)), now);
    }

    #[test]
    fn only_the_very_same_text_is_known() {
        let (previews, now) = (Previews::new(), Instant::now());
        keep(&previews, "pay 4111 1111 1111 1111", now);
        assert_eq!(previews.known("pay 4111 1111 1111 1111", now).unwrap().places(), 1);
        let near =
            ["pay 4111 1111 1111 1111 ", "pay 4111 1111 1111 1112", "Pay 4111 1111 1111 1111", "pay", ""];
        for text in near {
            assert!(previews.known(text, now).is_none(), "{text}");
        }
        // Another process, or another snapshot, knows nothing of it.
        assert!(Previews::new().known("pay 4111 1111 1111 1111", now).is_none());
    }

    #[test]
    fn what_is_old_or_too_much_goes() {
        let (previews, now) = (Previews::new(), Instant::now());
        keep(&previews, "first", now);
        assert!(previews.known("first", now + KEEP / 2).is_some());
        assert!(previews.known("first", now + KEEP).is_none());
        for number in 0..=MOST {
            keep(&previews, &format!("text {number}"), now);
        }
        assert!(previews.known("text 0", now).is_none() && previews.known("text 1", now).is_some());
        let many = "jane.doe@example.com ".repeat(MOST_PLACES / 2 + 1);
        keep(&previews, &many, now);
        assert!(previews.known(&many, now).is_some());
        keep(&previews, &format!("{many}."), now);
        assert!(previews.known(&many, now).is_none());
    }
}
