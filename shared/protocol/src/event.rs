//! The name of one interaction, and the clock all messages use.

use serde::{Deserialize, Serialize};

/// Milliseconds since 1970-01-01T00:00:00Z. Always an argument, never read here.
pub type Millis = u64;

/// Links the rows of one interaction: a UUID in lower-case hexadecimal with hyphens (RFC 9562), drawn by the
/// extension outside the page.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EventId(String);

/// The text is not a UUID as RFC 9562 writes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an event id is a lower-case UUID of 36 characters")]
pub struct EventIdError;

impl EventId {
    /// The id as written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for EventId {
    type Error = EventIdError;

    fn try_from(id: String) -> Result<Self, Self::Error> {
        let shaped = id.len() == 36
            && id.bytes().enumerate().all(|(at, byte)| match at {
                8 | 13 | 18 | 23 => byte == b'-',
                _ => byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte),
            });
        if shaped { Ok(Self(id)) } else { Err(EventIdError) }
    }
}

impl From<EventId> for String {
    fn from(id: EventId) -> Self {
        id.0
    }
}

#[cfg(test)]
mod tests {
    use super::EventId;

    #[test]
    fn only_lower_case_uuids_pass() {
        assert!(EventId::try_from("01890a5d-ac96-774b-bcce-b302099a8057".to_owned()).is_ok());
        for bad in ["", "01890A5D-ac96-774b-bcce-b302099a8057", "01890a5dac96-774b-bcce-b302099a80570"] {
            assert!(EventId::try_from(bad.to_owned()).is_err(), "{bad}");
        }
    }
}
