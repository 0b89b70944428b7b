//! Tokens of Discord's bots: the first piece is base64 of the bot's id, a number of 17 to 20 digits.
//! <https://discord.com/developers/docs/reference#authentication>

use crate::candidate::Candidate;
use crate::check::Passed;
use crate::check::base64_run::decode;

pub(crate) fn token(candidate: Candidate<'_>) -> Option<Passed> {
    let (id, _) = candidate.value().split_once('.')?;
    let decoded = decode(id)?;
    let number = (17..=20).contains(&decoded.len()) && decoded.iter().all(u8::is_ascii_digit);
    number.then(|| Passed::whole(candidate))
}
