//! Keys in Bech32: a name, `1`, and letters of which the last six are a checksum (BIP 173).
//! <https://github.com/bitcoin/bips/blob/master/bip-0173.mediawiki>

use crate::candidate::Candidate;
use crate::check::Passed;

/// The alphabet, in the order of its values.
const LETTERS: &[u8] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";
const GENERATOR: [u32; 5] = [0x3b6a_57b2, 0x2650_8e6d, 0x1ea1_19fa, 0x3d42_33dd, 0x2a14_62b3];

pub(crate) fn pass(candidate: Candidate<'_>) -> Option<Passed> {
    let lower = candidate.value().to_ascii_lowercase();
    let (name, letters) = lower.rsplit_once('1')?;
    let values = letters.bytes().map(|letter| {
        LETTERS.iter().position(|other| *other == letter).and_then(|at| u32::try_from(at).ok())
    });
    let values = values.collect::<Option<Vec<u32>>>()?;
    let high = name.bytes().map(|byte| u32::from(byte >> 5));
    let low = name.bytes().map(|byte| u32::from(byte & 31));
    let sum = high.chain([0]).chain(low).chain(values).fold(1, step);
    (sum == 1).then(|| Passed::whole(candidate))
}

/// One value more in the remainder.
fn step(sum: u32, value: u32) -> u32 {
    let top = sum >> 25;
    let next = (sum & 0x01ff_ffff) << 5 ^ value;
    let taken = GENERATOR.iter().enumerate().filter(|(bit, _)| top >> bit & 1 == 1);
    taken.fold(next, |sum, (_, part)| sum ^ part)
}

#[cfg(test)]
mod tests {
    use super::pass;
    use crate::candidate::Candidate;

    fn holds(text: &str) -> bool {
        pass(Candidate { text, start: 0, end: text.len() }).is_some()
    }

    /// From the vectors of BIP 173.
    #[test]
    fn the_vectors_of_its_description() {
        assert!(holds("A12UEL5L"));
        assert!(holds("abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxw"));
        assert!(!holds("A1G7SGD8"));
        assert!(!holds("abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxq"));
    }
}
