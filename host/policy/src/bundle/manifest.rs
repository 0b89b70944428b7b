//! `.manifest`: what a bundle says of itself, in the Open Policy Agent layout.
//!
//! `{"metadata":{"promptgate":{…}},"revision":"acme 42","roots":[""]}`. Written with sorted keys and without white
//! space, for which its raw bytes and Open Policy Agent's hash of structured files agree.
//! INVARIANT: read only after the signature over its bytes was verified, and by the bounded reader.

use serde::{Deserialize, Serialize};

use super::PublicKey;
use super::json::{self, JsonError, Limits};

/// The file's name in the archive.
pub(super) const NAME: &str = ".manifest";

/// Most keys that a manifest may name.
pub const MAX_KEYS: usize = 8;

/// Most characters of a bundle's name and of an audience.
pub const MAX_NAME: usize = 100;

/// The greatest version: what every JSON reader holds exactly (RFC 8259, section 6).
pub const MAX_VERSION: u64 = (1 << 53) - 1;

const LIMITS: Limits = Limits { bytes: 16 * 1024, depth: 5, items: 64 };

/// What a bundle says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Manifest {
    /// Its name.
    pub name: String,
    /// From 1; a machine never goes back to a smaller one.
    pub version: u64,
    /// For whom it is; a machine that names an audience takes only bundles with the same.
    pub audience: Option<String>,
    /// When it was made, in seconds since 1970.
    pub issued: i64,
    /// From when on it is stale, in seconds since 1970.
    pub expires: i64,
    /// The least version of the program that understands it, as `0.1.0`.
    pub agent: Option<String>,
    /// Who signs from the next bundle on; empty when that stays as it is.
    pub keys: Vec<PublicKey>,
    /// The kill switch: nothing acts, everything is recorded as what would have been.
    pub monitor: bool,
}

/// The manifest says something that cannot be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ManifestError {
    /// Not the JSON of a manifest.
    #[error("{0}")]
    Json(#[from] JsonError),
    /// The bundle speaks for a part of the tree only.
    #[error("`roots` must be `[\"\"]`: a bundle is whole")]
    Roots,
    /// A name or an audience that is empty, too long or has control characters in it.
    #[error("`{0}` has 1 to {MAX_NAME} characters and none that cannot be printed")]
    Name(&'static str),
    /// No version from 1 on.
    #[error("`version` is a whole number from 1 to {MAX_VERSION}")]
    Version,
    /// Expired before it was issued.
    #[error("`expires` is not after `issued`")]
    Times,
    /// Not three numbers.
    #[error("`agent` is a version of three numbers, as `0.1.0`")]
    Agent,
    /// Too many keys, or one of them twice.
    #[error("`keys` names at most {MAX_KEYS} keys, each once")]
    Keys,
}

/// In the order of the alphabet, which is the order of the bytes.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Whole {
    metadata: Metadata,
    revision: String,
    roots: Vec<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Metadata {
    promptgate: Fields,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Fields {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    agent: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    audience: Option<String>,
    expires: i64,
    issued: i64,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    keys: Vec<PublicKey>,
    #[serde(default, skip_serializing_if = "is_false")]
    monitor: bool,
    name: String,
    version: u64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
fn is_false(value: &bool) -> bool {
    !value
}

impl Manifest {
    /// The canonical bytes.
    ///
    /// # Errors
    /// When it says something that [`Self::from_bytes`] would refuse.
    pub fn to_bytes(&self) -> Result<Vec<u8>, ManifestError> {
        self.check()?;
        let whole = Whole {
            metadata: Metadata {
                promptgate: Fields {
                    agent: self.agent.clone(),
                    audience: self.audience.clone(),
                    expires: self.expires,
                    issued: self.issued,
                    keys: self.keys.clone(),
                    monitor: self.monitor,
                    name: self.name.clone(),
                    version: self.version,
                },
            },
            revision: format!("{} {}", self.name, self.version),
            roots: vec![String::new()],
        };
        Ok(serde_json::to_vec(&whole).map_err(JsonError::from)?)
    }

    /// Reads a manifest. White space and another order of keys are fine; a member that is not known is not.
    ///
    /// # Errors
    /// When the bytes are something else.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ManifestError> {
        let whole: Whole = json::read(bytes, &LIMITS)?;
        if whole.roots != [""] {
            return Err(ManifestError::Roots);
        }
        let Fields { agent, audience, expires, issued, keys, monitor, name, version } =
            whole.metadata.promptgate;
        let manifest = Self { name, version, audience, issued, expires, agent, keys, monitor };
        manifest.check()?;
        Ok(manifest)
    }

    fn check(&self) -> Result<(), ManifestError> {
        // The two line separators are what JSON writers do not agree on.
        let plain = |c: char| !c.is_control() && !matches!(c, '\u{2028}' | '\u{2029}');
        let printable =
            |text: &str| (1..=MAX_NAME).contains(&text.chars().count()) && text.chars().all(plain);
        if !printable(&self.name) {
            return Err(ManifestError::Name("name"));
        }
        if !self.audience.as_deref().is_none_or(printable) {
            return Err(ManifestError::Name("audience"));
        }
        if !(1..=MAX_VERSION).contains(&self.version) {
            return Err(ManifestError::Version);
        }
        if self.expires <= self.issued {
            return Err(ManifestError::Times);
        }
        if self.agent.as_deref().is_some_and(|text| Release::strict(text).is_none()) {
            return Err(ManifestError::Agent);
        }
        let twice = self.keys.iter().enumerate().any(|(at, key)| self.keys.iter().take(at).any(|k| k == key));
        if self.keys.len() > MAX_KEYS || twice {
            return Err(ManifestError::Keys);
        }
        Ok(())
    }
}

/// Which program a manifest asks for, read ahead of the rest: what a newer one may say besides is not known here.
#[derive(Deserialize)]
struct Asks {
    metadata: AsksMetadata,
}

#[derive(Deserialize)]
struct AsksMetadata {
    promptgate: AsksFields,
}

#[derive(Deserialize)]
struct AsksFields {
    #[serde(default)]
    agent: Option<String>,
}

/// The version that the manifest asks for, when `agent` is older than that.
pub(super) fn needs_newer(bytes: &[u8], agent: &str) -> Option<String> {
    let asks: Asks = json::read(bytes, &LIMITS).ok()?;
    let needs = asks.metadata.promptgate.agent?;
    let wanted = Release::strict(&needs)?;
    // A program that cannot say its version is older than any.
    let have = Release::of(agent).unwrap_or_default();
    (have < wanted).then_some(needs)
}

/// Three numbers.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Release([u32; 3]);

impl Release {
    /// Three numbers and nothing else.
    fn strict(text: &str) -> Option<Self> {
        let mut out = [0; 3];
        let mut parts = text.split('.');
        for number in &mut out {
            let part = parts.next()?;
            let plain = !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
            *number = plain.then(|| part.parse().ok()).flatten()?;
        }
        parts.next().is_none().then_some(Self(out))
    }

    /// The numbers of a program's version, whatever follows them (`0.2.0-dev`).
    fn of(text: &str) -> Option<Self> {
        Self::strict(text.split(['-', '+']).next()?)
    }
}
