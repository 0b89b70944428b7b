//! Given names that are common somewhere and hardly ever another word: who writes in small letters still names people.
//!
//! It only blanks a word out for the model; names as findings are not its business.

use std::sync::LazyLock;

/// Whether `word` is one, in any case of letters.
pub(super) fn is_given_name(word: &str) -> bool {
    let (at, bit) = place(word);
    SEEN.get(at).is_some_and(|bits| bits & bit != 0)
        && NAMES.binary_search(&word.to_ascii_lowercase().as_str()).is_ok()
}

/// A bit for each name: hardly any other word is compared.
static SEEN: LazyLock<[u64; 1024]> = LazyLock::new(|| {
    let mut seen = [0; 1024];
    for (at, bit) in NAMES.iter().map(|name| place(name)) {
        if let Some(bits) = seen.get_mut(at) {
            *bits |= bit;
        }
    }
    seen
});

fn place(word: &str) -> (usize, u64) {
    let sum = word.bytes().fold(0xCBF2_9CE4_8422_2325_u64, |sum, byte| {
        (sum ^ u64::from(byte.to_ascii_lowercase())).wrapping_mul(0x0100_0000_01B3)
    });
    (usize::try_from(sum >> 54).unwrap_or_default(), 1 << (sum >> 48 & 63))
}

/// In small letters, sorted.
static NAMES: LazyLock<Vec<&'static str>> = LazyLock::new(|| include_str!("names.txt").lines().collect());

#[cfg(test)]
mod tests {
    #[test]
    fn the_list_is_sorted() {
        assert!(super::NAMES.is_sorted() && super::NAMES.len() > 300);
        assert!(super::is_given_name("Maria") && !super::is_given_name("report"));
    }
}
