//! Tells a secret from what documentation writes in its place.

/// Words that stand in examples and not in keys.
const WORDS: [&str; 10] =
    ["example", "placeholder", "xxxx", "dummy", "changeme", "redacted", "your", "insert", "sample", "fake"];

/// What standards and vendors print as an example, or give to everybody: RFC 6749, 6750, 7515 and 7617, the emulators of
/// Azure Storage and Cosmos DB, the manual of bcrypt.
const PUBLISHED: [&str; 9] = [
    "2YotnFZFEjr1zCsicMWpAA",
    "tGzv3JOkF0XG5Qx2TlKWIA",
    "czZCaGRSa3F0MzpnWDFmQmF0M2JW",
    "mF_9.B5f-4.1JqM",
    "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
    "QWxhZGRpbjpvcGVuIHNlc2FtZQ",
    "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq",
    "C2y6yDjf5/R+ob0N8A7Cgv30VRDJIWEHLM+4QDU5DE2nQ9nDuVTqobD4b8mGGyPMbIZnqyMsEcaGQy67XIw",
    "N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy",
];

/// Shortest run over the alphabet, over the digits or of one character that nobody draws at random.
const RUN: usize = 8;

/// Longest secret that is looked at this way: in long ones words and short runs come up by chance.
const LONGEST: usize = 256;
/// Shortest run over the alphabet in those.
const LONG_RUN: usize = 16;

/// Whether `secret` is a placeholder: a telling word, hardly any different characters, or a run such as `abcdefgh`
/// or `00000000`.
pub(crate) fn is_placeholder(secret: &str) -> bool {
    let lower = secret.to_ascii_lowercase();
    if secret.len() > LONGEST {
        return rising(&lower) >= LONG_RUN;
    }
    WORDS.iter().any(|word| lower.contains(word))
        || PUBLISHED.iter().any(|example| secret.contains(example))
        || distinct(secret) * 5 < secret.len().min(40)
        || runs(&lower)
}

/// Information per character in bits, from how often each occurs.
pub(crate) fn entropy(secret: &str) -> f32 {
    let mut counts = [0_u16; 256];
    for byte in secret.bytes() {
        if let Some(count) = counts.get_mut(usize::from(byte)) {
            *count = count.saturating_add(1);
        }
    }
    let total = u16::try_from(secret.len()).map_or(f32::from(u16::MAX), f32::from);
    counts
        .iter()
        .filter(|count| **count > 0)
        .map(|count| f32::from(*count) / total)
        .map(|p| -p * p.log2())
        .sum()
}

fn distinct(secret: &str) -> usize {
    let mut seen = [false; 256];
    for byte in secret.bytes() {
        if let Some(seen) = seen.get_mut(usize::from(byte)) {
            *seen = true;
        }
    }
    seen.iter().filter(|seen| **seen).count()
}

fn runs(lower: &str) -> bool {
    rising(lower) >= RUN || longest(lower, |one, two| one == two) >= RUN
}

/// The longest run over the alphabet or the digits.
fn rising(lower: &str) -> usize {
    longest(lower, |one, two| {
        two.wrapping_sub(one) == 1 || matches!([one, two], [b'9', b'0' | b'a'] | [b'z', b'0' | b'a'])
    })
}

/// The longest run of characters of which each goes on from the one before.
fn longest(text: &str, goes_on: impl Fn(u8, u8) -> bool) -> usize {
    let (mut run, mut longest) = (1, 0);
    for pair in text.as_bytes().windows(2) {
        let [one, two] = pair else { continue };
        run = if goes_on(*one, *two) { run + 1 } else { 1 };
        longest = longest.max(run);
    }
    longest
}

#[cfg(test)]
mod tests {
    use super::{entropy, is_placeholder};

    #[test]
    fn what_documentation_writes() {
        for placeholder in [
            "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
            "xxxxxxxxxxxxxxxx",
            "0123456789abcdef0123",
            "aaaabbbbaaaabbbbaaaabbbb",
            "YOUR_KEY_HERE",
            "2YotnFZFEjr1zCsicMWpAA",
        ] {
            assert!(is_placeholder(placeholder), "{placeholder}");
        }
        assert!(!is_placeholder("Jq3vT9bLxW2rN8cYp5KdZs7GmH4fQa1E"));
    }

    #[test]
    fn entropy_grows_with_variety() {
        assert!(entropy("aaaaaaaa") < 0.1);
        assert!((entropy("abcdefgh") - 3.0).abs() < 0.01);
    }
}
