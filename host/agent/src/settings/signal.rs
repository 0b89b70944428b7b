//! `[[signal]]` in the settings: transmitters that tell of this person (OpenID Shared Signals Framework), asked by polling
//! (RFC 8936).
//!
//! ```toml
//! [[signal]]
//! name = "idp"
//! issuer = "https://idp.example.com"              # of its tokens, to the letter
//! audience = "https://promptgate.example.com"     # how its tokens name this receiver
//! address = "https://idp.example.com/ssf/poll"    # the stream's endpoint_url
//! jwks_uri = "https://idp.example.com/jwks.json"
//! token_file = "/etc/promptgate/idp.token"        # what the stream wants for authorisation
//! subject = "email"                               # or iss_sub: by what it names this person
//! # or: subject = "opaque", with its `id` and `person`, the address or subject of whom it means
//! every_s = 60
//! ca = "/etc/promptgate/ca.pem"
//! proxy = "http://proxy.example:3128"
//! ```
//! INVARIANT: what is said here and cannot work is an error with its place, not passed over.

use std::path::PathBuf;
use std::time::Duration;

use serde::Deserialize;
use toml::Spanned;

use super::sink::Wrong;
use crate::ship::check_address;

const EVERY_S: u64 = 60;
const TIMEOUT_S: u64 = 20;

/// A transmitter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SignalSettings {
    /// Its signals go by this name.
    pub(crate) name: String,
    /// The issuer of its tokens.
    pub(crate) issuer: String,
    /// How it names this receiver.
    pub(crate) audience: String,
    /// Where it is asked.
    pub(crate) address: String,
    /// Where its keys are.
    pub(crate) jwks_uri: String,
    /// By what it names a person.
    pub(crate) by: Named,
    /// A file that holds what it wants for authorisation.
    pub(crate) token_file: Option<PathBuf>,
    /// A PEM file of the authorities that count.
    pub(crate) ca: Option<PathBuf>,
    /// An HTTP proxy.
    pub(crate) proxy: Option<String>,
    /// Between two questions.
    pub(crate) every: Duration,
    /// Most time for one of them.
    pub(crate) timeout: Duration,
}

/// By what a person is named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Named {
    /// Their address, as the provider says it.
    Email,
    /// The provider and its name for them.
    IssSub,
    /// An id of its own, and whom it means: their address, or the provider's name for them.
    Opaque { id: String, person: String },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Written {
    name: Spanned<String>,
    issuer: Spanned<String>,
    audience: Spanned<String>,
    address: Spanned<String>,
    jwks_uri: Spanned<String>,
    subject: Option<Spanned<String>>,
    id: Option<Spanned<String>>,
    person: Option<Spanned<String>>,
    token_file: Option<PathBuf>,
    ca: Option<PathBuf>,
    proxy: Option<String>,
    every_s: Option<u64>,
    timeout_s: Option<u64>,
}

/// What was written, understood. `ours`: the issuer of our own tokens.
pub(super) fn understood(written: Vec<Written>, ours: Option<&str>) -> Result<Vec<SignalSettings>, Wrong> {
    let mut all: Vec<SignalSettings> = Vec::new();
    for one in written {
        let place = one.name.span().start;
        let signal = one.understood(ours)?;
        if all.iter().any(|other| other.name == signal.name) {
            let what = format!("two signals are called `{}`: give each a name of its own", signal.name);
            return Err((place, what));
        }
        all.push(signal);
    }
    Ok(all)
}

impl Written {
    fn understood(self, ours: Option<&str>) -> Result<SignalSettings, Wrong> {
        let wrong = |spanned: &Spanned<String>, what: &str| (spanned.span().start, what.to_owned());
        let name = self.name.get_ref();
        let is_plain = |char: char| char.is_ascii_alphanumeric() || matches!(char, '-' | '_' | '.');
        if name.is_empty() || name.len() > 64 || !name.chars().all(is_plain) {
            return Err(wrong(&self.name, "a signal's name has 1 to 64 letters, digits, `-`, `_` or `.`"));
        }
        for one in [&self.issuer, &self.audience] {
            if one.get_ref().is_empty() || one.get_ref().contains(char::is_whitespace) {
                return Err(wrong(one, "write it as the transmitter's tokens have it"));
            }
        }
        if ours == Some(self.issuer.get_ref().as_str()) {
            return Err(wrong(
                &self.issuer,
                "this is the issuer of `[ssf]`: what this machine tells is no news to it",
            ));
        }
        for one in [&self.address, &self.jwks_uri] {
            check_address(one.get_ref()).map_err(|what| wrong(one, what))?;
        }
        let word = self.subject.as_ref().map_or("email", |word| word.get_ref().as_str());
        let said = |one: &Option<Spanned<String>>| one.as_ref().map(|one| one.get_ref().clone());
        let said = |one| said(one).filter(|one| !one.is_empty());
        let by = match (word, &self.id, &self.person) {
            ("email", None, None) => Named::Email,
            ("iss_sub", None, None) => Named::IssSub,
            ("opaque", id, person) => match (said(id), said(person)) {
                (Some(id), Some(person)) => Named::Opaque { id, person },
                _ => {
                    let what = "`subject = \"opaque\"` wants an `id`, and the `person` whom it means";
                    return Err(wrong(&self.name, what));
                }
            },
            (_, Some(one), _) | (_, _, Some(one)) => {
                return Err(wrong(one, "`id` and `person` go with `subject = \"opaque\"` only"));
            }
            _ => {
                let place = self.subject.as_ref().unwrap_or(&self.name);
                return Err(wrong(place, "a subject is email, iss_sub or opaque"));
            }
        };
        Ok(SignalSettings {
            name: name.clone(),
            issuer: self.issuer.into_inner(),
            audience: self.audience.into_inner(),
            address: self.address.into_inner(),
            jwks_uri: self.jwks_uri.into_inner(),
            by,
            token_file: self.token_file,
            ca: self.ca,
            proxy: self.proxy,
            every: Duration::from_secs(self.every_s.unwrap_or(EVERY_S).clamp(5, 24 * 3_600)),
            timeout: Duration::from_secs(self.timeout_s.unwrap_or(TIMEOUT_S).clamp(1, 120)),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{Named, Written, understood};

    const GOOD: &str = "name = \"idp\"\nissuer = \"https://idp.example\"\naudience = \"https://r.example\"\n\
                        address = \"https://idp.example/poll\"\njwks_uri = \"https://idp.example/jwks.json\"\n";

    #[derive(serde::Deserialize)]
    struct File {
        signal: Vec<Written>,
    }

    fn read(text: &str) -> Result<Vec<super::SignalSettings>, super::Wrong> {
        let file: File = toml::from_str(text).unwrap();
        understood(file.signal, Some("https://ssf.host.example"))
    }

    #[test]
    fn a_transmitter_is_understood_or_says_where_not() {
        let good = format!("[[signal]]\n{GOOD}");
        let one = read(&good).unwrap().remove(0);
        assert_eq!((one.by, one.every.as_secs()), (Named::Email, 60));
        let by = |more: &str| read(&format!("{good}{more}")).map(|mut all| all.remove(0).by);
        assert_eq!(by("subject = \"iss_sub\"\n"), Ok(Named::IssSub));
        let theirs = Named::Opaque { id: "u7".to_owned(), person: "jane@example.com".to_owned() };
        assert_eq!(by("subject = \"opaque\"\nid = \"u7\"\nperson = \"jane@example.com\"\n"), Ok(theirs));
        for (text, place) in [
            (format!("{good}subject = \"mail\"\n"), "\"mail\""),
            (format!("{good}id = \"u7\"\n"), "\"u7\""),
            (format!("{good}subject = \"opaque\"\n"), "\"idp\""),
            (format!("{good}subject = \"opaque\"\nid = \"u7\"\n"), "\"idp\""),
            (format!("{good}person = \"p\"\n"), "\"p\""),
            (good.replace("https://idp.example\"\na", "https://ssf.host.example\"\na"), "\"https://ssf.host"),
            (good.replace("https://idp.example/poll", "idp.example/poll"), "\"idp.example"),
            (good.replace("\"idp\"", "\"i d\""), "\"i d\""),
        ] {
            let (start, what) = read(&text).unwrap_err();
            let from = text.get(start..).unwrap();
            assert!(from.starts_with(place), "{what}: {from}");
        }
        let (start, what) = read(&format!("{good}{good}")).unwrap_err();
        assert!(start > good.len() && what.contains("two signals"), "{what}");
    }
}
