//! Confirmations of mistakes: an admin agrees, with a signature, that the models were wrong about one reported prompt.
//!
//! `pc1.<payload>.<signature>`, as a grant code. INVARIANT: a confirmation is for one interaction, one person and exactly what
//! was kept of the prompt, by its digest: it cannot be carried over to another one. It does not end.

use serde::{Deserialize, Serialize};

use crate::bundle::{PublicKey, SignError, Signer};
use crate::coded::{Coded, Unread};
use crate::grant::MAX_WORD;

/// Most bytes of one.
const MAX: usize = 2_048;

const CONFIRMATION: Coded = Coded { prefix: "pc1.", domain: b"\0promptgate confirmation 1\n", most: MAX };

/// What an admin confirmed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Confirmation {
    /// Which interaction.
    pub event: String,
    /// Whose.
    pub person: String,
    /// SHA-256 of what is kept of the prompt.
    pub digest: [u8; 32],
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Payload {
    event: String,
    key: String,
    who: String,
    kept: String,
}

/// A confirmation that does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConfirmationError {
    /// None, or one that was not copied whole.
    #[error("this is no confirmation; copy it whole, from `pc1.` on")]
    Malformed,
    /// Signed with a key that is not trusted here.
    #[error(
        "this confirmation is signed with a key that is not trusted here; sign it with the key of the bundles"
    )]
    UnknownKey,
    /// Not that key's signature.
    #[error("this confirmation was changed or not copied whole; copy it again, from `pc1.` on")]
    BadSignature,
}

impl Confirmation {
    /// The digest as 64 hex digits.
    #[must_use]
    pub fn kept(&self) -> String {
        crate::bundle::hex(&self.digest)
    }

    /// A digest of 64 hex digits.
    #[must_use]
    pub fn digest(kept: &str) -> Option<[u8; 32]> {
        crate::bundle::unhex(kept)
    }

    /// Signs it.
    ///
    /// # Errors
    /// When the key does not sign, or names are longer than any are.
    pub fn write(&self, signer: &dyn Signer) -> Result<String, SignError> {
        let too_long = || SignError::new(format!("event and person have at most {MAX_WORD} characters"));
        if self.event.chars().count() > MAX_WORD || self.person.chars().count() > MAX_WORD {
            return Err(too_long());
        }
        let payload = Payload {
            event: self.event.clone(),
            key: signer.key().id(),
            who: self.person.clone(),
            kept: self.kept(),
        };
        let payload = serde_json::to_vec(&payload).map_err(|error| SignError::new(error.to_string()))?;
        CONFIRMATION.write(&payload, signer)?.ok_or_else(too_long)
    }

    /// Reads one that one of `keys` signed.
    ///
    /// # Errors
    /// When it does not count.
    pub fn read(code: &str, keys: &[PublicKey]) -> Result<Self, ConfirmationError> {
        let Payload { event, key: _, who, kept } =
            CONFIRMATION.read(code, keys).map_err(|why| match why {
                Unread::Malformed => ConfirmationError::Malformed,
                Unread::UnknownKey => ConfirmationError::UnknownKey,
                Unread::BadSignature => ConfirmationError::BadSignature,
            })?;
        let digest = Self::digest(&kept).ok_or(ConfirmationError::Malformed)?;
        Ok(Self { event, person: who, digest })
    }
}

#[cfg(test)]
mod tests {
    use super::{Confirmation, ConfirmationError};
    use crate::bundle::{SecretKey, Signer as _};
    use crate::grant;

    #[test]
    fn only_a_trusted_keys_whole_confirmation_counts() {
        let [key, other] = [1, 2].map(|seed| SecretKey::from_seed([seed; 32]).unwrap());
        let said = Confirmation { event: "e".to_owned(), person: "jane".to_owned(), digest: [7; 32] };
        let code = said.write(&key).unwrap();
        let trusted = [key.key().clone()];
        assert_eq!(Confirmation::read(&format!(" {code}\n"), &trusted).unwrap(), said);
        let read = |code: &str| Confirmation::read(code, &trusted).unwrap_err();
        assert_eq!(read(&said.write(&other).unwrap()), ConfirmationError::UnknownKey);
        assert_eq!(Confirmation::read(&code, &[]), Err(ConfirmationError::UnknownKey));
        // One report's signature under another's.
        let another = Confirmation { digest: [8; 32], ..said.clone() }.write(&key).unwrap();
        let (payload, signature) = (code.rsplit_once('.').unwrap().0, another.rsplit_once('.').unwrap().1);
        assert_eq!(read(&format!("{payload}.{signature}")), ConfirmationError::BadSignature);
        assert_eq!(read(payload), ConfirmationError::Malformed);
        assert_eq!(read("pc1."), ConfirmationError::Malformed);
        // One key signs both, and neither stands for the other.
        assert_eq!(read(&code.replacen("pc1.", "pg1.", 1)), ConfirmationError::Malformed);
        let grant = grant::read(&code.replacen("pc1.", "pg1.", 1), &trusted, "jane", 0);
        assert_eq!(grant, Err(grant::GrantError::BadSignature));
        let long = Confirmation { person: "j".repeat(201), ..said };
        assert!(long.write(&key).is_err());
    }
}
