//! Tokens that end in their own checksum, as GitHub introduced them: CRC32 of the characters between prefix and
//! checksum, as six digits of base 62 (0-9, A-Z, a-z). <https://github.blog/engineering/platform-security/behind-githubs-new-authentication-token-formats/>

use crate::candidate::Candidate;
use crate::check::Passed;

/// A wrong checksum says "probably made up", not "surely": somebody may have slipped in a real one.
const WRONG: f32 = 0.6;

pub(crate) fn pass(candidate: Candidate<'_>) -> Option<Passed> {
    let token = candidate.value();
    let (_, body) = token.rsplit_once('_')?;
    let (random, sum) = body.split_at_checked(body.len().checked_sub(6)?)?;
    let factor = if decode(sum) == Some(u64::from(crc32(random.as_bytes()))) { 1.0 } else { WRONG };
    Some(Passed { factor, ..Passed::whole(candidate) })
}

fn decode(sum: &str) -> Option<u64> {
    sum.bytes().try_fold(0_u64, |value, byte| {
        let digit = match byte {
            b'0'..=b'9' => byte - b'0',
            b'A'..=b'Z' => byte - b'A' + 10,
            b'a'..=b'z' => byte - b'a' + 36,
            _ => return None,
        };
        value.checked_mul(62)?.checked_add(u64::from(digit))
    })
}

/// CRC-32 as in ISO 3309.
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(
            crc ^ u32::from(*byte),
            |crc, _| if crc & 1 == 1 { 0xEDB8_8320 ^ (crc >> 1) } else { crc >> 1 },
        )
    })
}

#[cfg(test)]
mod tests {
    use super::{WRONG, crc32, decode, pass};
    use crate::candidate::Candidate;

    #[test]
    fn the_standard_check_value() {
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
    }

    #[test]
    fn base62_counts_digits_then_capitals_then_small_letters() {
        assert_eq!(decode("00000z"), Some(61));
        assert_eq!(decode("000010"), Some(62));
        assert_eq!(decode("00000-"), None);
    }

    #[test]
    fn one_wrong_character_makes_it_less_sure() {
        let factor = |text: &str| pass(Candidate { text, start: 0, end: text.len() }).unwrap().factor;
        let token = concat!("gh", "p_y9Pf34qY6Nb3wWD25RQ4F5ZR3qa7yE2MEmB3");
        assert!((factor(token) - 1.0).abs() < f32::EPSILON);
        assert!((factor(&token.replace("y9P", "y8P")) - WRONG).abs() < f32::EPSILON);
    }
}
