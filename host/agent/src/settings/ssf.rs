//! `[ssf]` in the settings: who is told of changes of risk (OpenID Shared Signals Framework), and in whose name.
//!
//! ```toml
//! [ssf]
//! issuer = "https://ssf.example.com"              # as it is registered at the receivers, to the letter
//! jwks_uri = "https://ssf.example.com/jwks.json"  # where the public keys are hosted; without it the issuer's /jwks.json
//! key_file = "/home/jane/.config/promptgate/ssf.key"
//! person = "jane.doe@example.com"                 # the one person that this machine may speak of, by their sign-in name
//!
//! [[ssf.receiver]]
//! name = "okta"
//! profile = "okta"                                # okta: user-risk-change, caep: risk-level-change
//! address = "https://example.okta.com/security/api/v1/security-events"
//! audience = "https://example.okta.com"
//! ca = "/etc/promptgate/ca.pem"
//! proxy = "http://proxy.example:3128"
//! token_file = "/etc/promptgate/ssf.token"        # for receivers that want one; Okta does not
//! ```
//! INVARIANT: what is said here and cannot work is an error with its place, not passed over.

use std::path::PathBuf;
use std::time::Duration;

use host_risk::set::Profile;
use serde::Deserialize;
use toml::Spanned;

use super::sink::Wrong;
use crate::ship::check_address;

/// For one message.
const TIMEOUT_S: u64 = 20;

/// In whose name, and to whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SsfSettings {
    /// The issuer of messages.
    pub(crate) issuer: String,
    /// Where the public keys are hosted.
    pub(crate) jwks_uri: String,
    /// The private key.
    pub(crate) key_file: PathBuf,
    /// The one person that this machine may speak of.
    pub(crate) person: String,
    /// To whom.
    pub(crate) receivers: Vec<ReceiverSettings>,
}

/// A receiver.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ReceiverSettings {
    /// Its messages go by this name.
    pub(crate) name: String,
    /// What it understands.
    pub(crate) profile: Profile,
    /// Where to.
    pub(crate) address: String,
    /// How messages name it.
    pub(crate) audience: String,
    /// A PEM file of the authorities that count.
    pub(crate) ca: Option<PathBuf>,
    /// An HTTP proxy.
    pub(crate) proxy: Option<String>,
    /// A file that holds the receiver's token.
    pub(crate) token_file: Option<PathBuf>,
    /// Most time for one message, connecting included.
    pub(crate) timeout: Duration,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Written {
    issuer: Spanned<String>,
    jwks_uri: Option<Spanned<String>>,
    key_file: PathBuf,
    person: Spanned<String>,
    #[serde(default)]
    receiver: Vec<Receiver>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Receiver {
    name: Spanned<String>,
    profile: Spanned<String>,
    address: Spanned<String>,
    audience: Spanned<String>,
    ca: Option<PathBuf>,
    proxy: Option<String>,
    token_file: Option<PathBuf>,
    timeout_s: Option<u64>,
}

/// What was written, understood.
pub(super) fn understood(written: Written) -> Result<SsfSettings, Wrong> {
    let wrong = |spanned: &Spanned<String>, what: &str| (spanned.span().start, what.to_owned());
    let issuer = written.issuer.get_ref();
    // SSF 1.0, section 7.1.
    if !issuer.starts_with("https://") || issuer.len() <= 8 || issuer.contains(['?', '#', ' ']) {
        let what =
            "the issuer is an https:// address without `?` and `#`, as it is registered at the receivers";
        return Err(wrong(&written.issuer, what));
    }
    let person = written.person.get_ref();
    let is_mail = person.split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.contains('.'));
    if !is_mail || person.chars().any(|char| char.is_whitespace() || char.is_control()) {
        return Err(wrong(&written.person, "write the e-mail address with which this person signs in"));
    }
    if let Some(place) = &written.jwks_uri {
        check_address(place.get_ref()).map_err(|what| wrong(place, what))?;
    }
    let hosted = || format!("{}/jwks.json", issuer.trim_end_matches('/'));
    let mut receivers: Vec<ReceiverSettings> = Vec::new();
    for one in written.receiver {
        let place = one.name.span().start;
        let receiver = one.understood()?;
        if receivers.iter().any(|other| other.name == receiver.name) {
            let what = format!("two receivers are called `{}`: give each a name of its own", receiver.name);
            return Err((place, what));
        }
        receivers.push(receiver);
    }
    Ok(SsfSettings {
        jwks_uri: written.jwks_uri.as_ref().map_or_else(hosted, |place| place.get_ref().clone()),
        issuer: issuer.clone(),
        key_file: written.key_file,
        person: person.clone(),
        receivers,
    })
}

impl Receiver {
    fn understood(self) -> Result<ReceiverSettings, Wrong> {
        let wrong = |spanned: &Spanned<String>, what: String| (spanned.span().start, what);
        let name = self.name.get_ref();
        let is_plain = |char: char| char.is_ascii_alphanumeric() || matches!(char, '-' | '_' | '.');
        if name.is_empty() || name.len() > 64 || !name.chars().all(is_plain) {
            let what = "a receiver's name has 1 to 64 letters, digits, `-`, `_` or `.`".to_owned();
            return Err(wrong(&self.name, what));
        }
        let profile = Profile::parse(self.profile.get_ref()).ok_or_else(|| {
            wrong(&self.profile, format!("`{}` is no profile; write okta or caep", self.profile.get_ref()))
        })?;
        check_address(self.address.get_ref()).map_err(|what| wrong(&self.address, what.to_owned()))?;
        let audience = self.audience.get_ref();
        if audience.is_empty() || audience.contains(char::is_whitespace) {
            return Err(wrong(
                &self.audience,
                "write how the receiver names itself; for Okta `https://` and the org's domain".to_owned(),
            ));
        }
        if profile == Profile::Okta && (audience.ends_with('/') || audience.contains("-admin.")) {
            let what = "Okta's audience is the org's address without `-admin` and without `/` at its end";
            return Err(wrong(&self.audience, what.to_owned()));
        }
        Ok(ReceiverSettings {
            name: name.clone(),
            profile,
            address: self.address.into_inner(),
            audience: audience.clone(),
            ca: self.ca,
            proxy: self.proxy,
            token_file: self.token_file,
            timeout: Duration::from_secs(self.timeout_s.unwrap_or(TIMEOUT_S).clamp(1, 120)),
        })
    }
}
