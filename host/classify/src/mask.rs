//! A finding with all but a hint hidden.
//!
//! INVARIANT: at least half of it is hidden, and how long it is does not show.

use crate::detector::Shown;

const HIDDEN: &str = "••••••";

/// The mask of `found`.
pub(crate) fn mask(found: &str, shown: Shown) -> String {
    let length = found.chars().count();
    let room = length / 2;
    let head = shown.head.min(room);
    let tail = shown.tail.min(room - head);
    let mut masked: String = found.chars().take(head).collect();
    masked.push_str(HIDDEN);
    masked.extend(found.chars().skip(length - tail));
    masked
}

#[cfg(test)]
mod tests {
    use super::mask;
    use crate::detector::Shown;

    #[test]
    fn both_ends_at_most() {
        assert_eq!(mask("4111 1111 1111 1234", Shown { head: 0, tail: 4 }), "••••••1234");
        assert_eq!(mask("jä@b", Shown { head: 4, tail: 4 }), "jä••••••");
        assert_eq!(mask("", Shown { head: 1, tail: 1 }), "••••••");
    }
}
