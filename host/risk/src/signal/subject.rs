//! Whom a token is about (RFC 9493; SSF 1.0, section 3.3), held against the person of this machine.
//!
//! INVARIANT: a subject that is not understood is nobody's here.

use serde_json::Value;

/// By what the person of this machine is known to a transmitter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// By their address.
    Email(String),
    /// By their provider's name for them.
    IssSub {
        /// The provider.
        iss: String,
        /// Its name for them.
        sub: String,
    },
    /// By an id that the transmitter and the settings agree on.
    Opaque(String),
}

/// Whether a token is about the person of this machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Match {
    /// It is.
    Person,
    /// It is about somebody else, or about nobody that is understood.
    Other,
    /// It is about the stream itself.
    Stream,
}

/// How deep subjects may be inside of each other: `complex`, then `aliases`, then one of the plain forms.
const DEEPEST: u8 = 3;

impl Subject {
    /// Whether `sub_id` names this person.
    #[must_use]
    pub(super) fn is(&self, subject: &Value) -> bool {
        self.is_within(subject, DEEPEST)
    }

    fn is_within(&self, subject: &Value, deep: u8) -> bool {
        let text = |name: &str| subject.get(name).and_then(Value::as_str);
        let Some(deep) = deep.checked_sub(1) else { return false };
        match (text("format"), self) {
            (Some("email"), Self::Email(mine)) => {
                text("email").is_some_and(|theirs| theirs.eq_ignore_ascii_case(mine))
            }
            (Some("account"), Self::Email(mine)) => text("uri")
                .and_then(|uri| uri.strip_prefix("acct:"))
                .is_some_and(|theirs| theirs.eq_ignore_ascii_case(mine)),
            (Some("iss_sub"), Self::IssSub { iss, sub }) => {
                text("iss") == Some(iss) && text("sub") == Some(sub)
            }
            (Some("opaque"), Self::Opaque(mine)) => text("id") == Some(mine),
            (Some("aliases"), _) => {
                let all = subject.get("identifiers").and_then(Value::as_array);
                all.is_some_and(|all| all.iter().take(16).any(|one| self.is_within(one, deep)))
            }
            // Okta's own tokens leave the format of a subject with members out.
            (Some("complex") | None, _) => subject.get("user").is_some_and(|user| self.is_within(user, deep)),
            (Some(_), _) => false,
        }
    }
}

/// The device that a subject names: a word for telling devices apart, and for nothing else.
pub(super) fn device(subject: &Value) -> Option<String> {
    let device = subject.get("device")?;
    let id = ["id", "sub", "uri"].iter().find_map(|name| device.get(*name)?.as_str())?;
    (!id.is_empty() && id.len() <= 256).then(|| id.to_owned())
}
