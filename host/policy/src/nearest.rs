//! What a slip of the pen was probably meant to be.

/// The word among `words` that `typed` was probably meant to be: at most two letters away.
#[must_use]
pub fn nearest<'a>(typed: &str, words: &[&'a str]) -> Option<&'a str> {
    let near = words.iter().map(|word| (distance(typed, word), *word)).min()?;
    (near.0 <= 2 && near.0 < near.1.len()).then_some(near.1)
}

/// Insertions, deletions and replacements between two words.
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (line, char) in one.chars().enumerate() {
        let mut diagonal = line;
        let mut left = line + 1;
        let mut next = vec![left];
        for (wanted, above) in other.iter().zip(row.iter().skip(1)) {
            left = (diagonal + usize::from(char != *wanted)).min(left + 1).min(above + 1);
            diagonal = *above;
            next.push(left);
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{distance, nearest};

    #[test]
    fn a_slip_finds_its_word() {
        assert_eq!(distance("blokc", "block"), 2);
        assert_eq!(distance("", "warn"), 4);
        assert_eq!(nearest("mesage", &["mode", "message"]), Some("message"));
        assert_eq!(nearest("colour", &["mode", "message"]), None);
    }
}
