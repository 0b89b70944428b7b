//! AWS access key ids: four letters for the kind, sixteen of base 32 (which has no 0, 1, 8, 9). AWS itself tells the
//! account of an id (<https://docs.aws.amazon.com/STS/latest/APIReference/API_GetAccessKeyInfo.html>); how is not
//! described, but ids say it: in those whose first bit is set, forty of the next bits are the account's number.

use crate::candidate::Candidate;
use crate::check::Passed;

/// Account numbers have twelve digits.
const ACCOUNTS: u64 = 1_000_000_000_000;
/// What an id says whose number no account can have: made up, or of a kind that is not known here.
const NO_ACCOUNT: f32 = 0.85;

/// The characters after the kind are base 32, and not one of the published examples, which end in `EXAMPLE`.
pub(crate) fn key_id(candidate: Candidate<'_>) -> Option<Passed> {
    let id = candidate.value();
    let (_, body) = id.split_at_checked(4)?;
    let factor = if account(body)? < ACCOUNTS { 1.0 } else { NO_ACCOUNT };
    (!id.ends_with("EXAMPLE")).then(|| Passed { factor, ..Passed::whole(candidate) })
}

/// The number in the first 48 bits; 0 for the older ids that hold none.
fn account(body: &str) -> Option<u64> {
    let digit = |byte: u8| match byte {
        b'A'..=b'Z' => Some(u64::from(byte - b'A')),
        b'2'..=b'7' => Some(u64::from(byte - b'2') + 26),
        _ => None,
    };
    let bits = body.bytes().take(10).try_fold(0_u64, |bits, byte| Some(bits << 5 | digit(byte)?))? >> 2;
    Some(if bits >> 47 == 1 { bits >> 7 & 0xFF_FFFF_FFFF } else { 0 })
}

#[cfg(test)]
mod tests {
    use super::account;

    #[test]
    fn the_number_is_above_seven_bits() {
        assert_eq!(account("QAAAAAAFAAAAAAAA"), Some(10));
        assert_eq!(account("AAAAAAAFAAAAAAAA"), Some(0));
        assert_eq!(account("0AAAAAAFAAAAAAAA"), None);
    }
}
