//! Where long numbers stand: the stretches of digits, with what people put between them, that the rules for cards,
//! phones and such need to look at. One pass over the bytes; most texts have none.
//!
//! INVARIANT: a match of a rule with `numbers = true` lies inside one stretch. A property test compares a search in
//! the stretches with a search in everything.

use std::ops::Range;

/// Fewest digits of a number that any rule wants.
const FEWEST: usize = 7;
/// Most separators between two digits, in bytes.
const APART: usize = 6;

/// The stretches of `text`, in order.
pub(crate) fn stretches(text: &str) -> Vec<Range<usize>> {
    let mut stretches = Vec::new();
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(next) = bytes.iter().skip(at).position(u8::is_ascii_digit) {
        let first = at + next;
        let (last, digits) = follow(bytes, first);
        if digits >= FEWEST {
            let opened =
                bytes.iter().take(first).rev().take(2).take_while(|byte| matches!(byte, b'+' | b'(')).count();
            stretches.push(first - opened..last + 1);
        }
        at = last + 1;
    }
    stretches
}

/// The last digit of the stretch that begins at `first`, and how many there are.
fn follow(bytes: &[u8], first: usize) -> (usize, usize) {
    let (mut last, mut digits) = (first, 0);
    for (at, byte) in bytes.iter().enumerate().skip(first) {
        if byte.is_ascii_digit() {
            (last, digits) = (at, digits + 1);
        } else if at - last > APART || !is_separator(*byte) {
            break;
        }
    }
    (last, digits)
}

/// Separators, the two bytes of a no-break space among them. Each byte is judged alone: too much is only slower.
fn is_separator(byte: u8) -> bool {
    matches!(byte, b' ' | b'-' | b'.' | b'/' | b'(' | b')' | 0xC2 | 0xA0)
}

#[cfg(test)]
mod tests {
    use super::stretches;

    #[test]
    fn long_numbers_only() {
        let text = "a 12 or +1 (415) 555-0132, 2024-11-22 and 4111\u{a0}1111; 123456";
        let found: Vec<&str> = stretches(text).into_iter().map(|range| text.get(range).unwrap()).collect();
        assert_eq!(found, ["+1 (415) 555-0132", "2024-11-22", "4111\u{a0}1111"]);
        let text = "call (030) 1234567";
        assert_eq!(stretches(text).first().and_then(|range| text.get(range.clone())), Some("(030) 1234567"));
    }
}
