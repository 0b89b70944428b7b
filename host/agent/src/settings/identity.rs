//! `[identity]` in the settings: the provider that says who is at the keyboard, and what a sign-in has to be.
//!
//! ```toml
//! [identity]
//! issuer = "https://example.okta.com"             # or …/oauth2/default, or https://login.microsoftonline.com/TENANT/v2.0
//! client_id = "0oa1b2c3d4"                        # a native app; it has no secret
//! scopes = ["profile", "email", "groups", "offline_access"]
//! groups_claim = "groups"                         # person_claim, email_claim, department_claim likewise
//! address_claim = "ipaddr"                        # the address that it saw the person at, for [risk.travel]
//! redirect_ports = [8914, 8915]                   # where the provider takes no other port; else any that is free
//!
//! [identity.enrol]                                # without it whoever signs in counts as enrolled
//! acr = ["urn:okta:loa:2fa:any"]
//! amr = ["mfa"]
//! max_age_s = 300
//! claims = { idp = "nametag" }
//!
//! [identity.verify]                               # `login --step-up`; without it as for enrolment, and proved now
//! acr = ["urn:okta:loa:2fa:any"]
//! max_age_s = 0                                   # a proof made for this; it is so where nothing is said
//! again_days = 30                                 # after this somebody is no longer verified
//! ```
//! INVARIANT: what is said here and cannot be followed is an error with its place, not passed over.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use host_identity::{ClaimNames, Demand, Provider};
use host_net::Reach;
use serde::Deserialize;
use toml::Spanned;

use super::sink::Wrong;

/// Asked for where the file is silent.
const SCOPES: [&str; 3] = ["profile", "email", "offline_access"];
/// For one call to the provider.
const TIMEOUT_S: u64 = 30;
/// For a person to come back from the browser.
const LOGIN_S: u64 = 300;
/// Between two silent sign-ins.
const REFRESH_MINUTES: u64 = 60;
/// How long somebody counts without a word of the provider.
const OFFLINE_HOURS: u64 = 72;
/// How old a proof may be for an enrolment where the file is silent.
const MAX_AGE_S: u32 = 300;
/// And for a step-up: it lowers risk, and a proof from before what it is about would say nothing of that.
const NOW_S: u32 = 0;
/// Most bytes of an answer: metadata and keys of large providers have tens of kilobytes.
const MOST: usize = 1024 * 1024;

/// Who says who is at the keyboard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct IdentitySettings {
    /// Where people sign in.
    pub(crate) provider: Provider,
    /// For a person to come back from the browser.
    pub(crate) patience: Duration,
    /// Between two silent sign-ins.
    pub(crate) refresh: Duration,
    /// How long somebody counts without a word of the provider.
    pub(crate) offline: Duration,
    /// What binding a person to this device asks for. None: signing in is enough.
    pub(crate) enrol: Option<Demand>,
    /// What `login --step-up` asks for.
    pub(crate) verify: Demand,
    /// Days after which somebody is no longer verified.
    pub(crate) again_days: Option<u32>,
    /// Where the key of the tokens lies.
    pub(crate) key_store: KeyStore,
}

/// Where the key of the tokens lies.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum KeyStore {
    /// In the system's: Keychain, Credential Manager, Secret Service. A file where there is none.
    #[default]
    Platform,
    /// In a file of this person alone.
    File,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Written {
    issuer: Spanned<String>,
    client_id: Spanned<String>,
    scopes: Option<Spanned<Vec<String>>>,
    person_claim: Option<Spanned<String>>,
    email_claim: Option<Spanned<String>>,
    department_claim: Option<Spanned<String>>,
    groups_claim: Option<Spanned<String>>,
    address_claim: Option<Spanned<String>>,
    #[serde(default)]
    redirect_ports: Vec<Spanned<u16>>,
    ca: Option<PathBuf>,
    proxy: Option<String>,
    timeout_s: Option<u64>,
    login_s: Option<u64>,
    refresh_minutes: Option<u64>,
    offline_hours: Option<u64>,
    #[serde(default)]
    key_store: KeyStore,
    enrol: Option<Spanned<WrittenDemand>>,
    verify: Option<Spanned<WrittenVerify>>,
}

#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenDemand {
    #[serde(default)]
    acr: Vec<String>,
    #[serde(default)]
    amr: Vec<String>,
    #[serde(default)]
    claims: BTreeMap<String, String>,
    max_age_s: Option<u32>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenVerify {
    #[serde(default)]
    acr: Vec<String>,
    #[serde(default)]
    amr: Vec<String>,
    #[serde(default)]
    claims: BTreeMap<String, String>,
    max_age_s: Option<u32>,
    again_days: Option<Spanned<u32>>,
}

impl Written {
    /// What was written, understood.
    pub(super) fn understood(self) -> Result<IdentitySettings, Wrong> {
        let wrong = |at: usize, what: &str| Err((at, what.to_owned()));
        let issuer = self.issuer.get_ref();
        if !issuer.starts_with("https://") || issuer.contains(['?', '#', ' ']) {
            let what =
                "an issuer is an address under https without `?` and `#`, such as `https://example.okta.com`";
            return wrong(self.issuer.span().start, what);
        }
        if self.client_id.get_ref().is_empty() {
            return wrong(self.client_id.span().start, "write the id that the provider gave this app");
        }
        if let Some(scopes) = &self.scopes
            && scopes.get_ref().iter().any(|scope| scope.is_empty() || scope.contains(char::is_whitespace))
        {
            return wrong(scopes.span().start, "a scope is one word; write each in quotes of its own");
        }
        let defaults = ClaimNames::default();
        let claims = ClaimNames {
            person: name(self.person_claim, defaults.person)?,
            email: name(self.email_claim, defaults.email)?,
            department: name(self.department_claim, defaults.department)?,
            groups: name(self.groups_claim, defaults.groups)?,
            address: self.address_claim.map(|claim| name(Some(claim), String::new())).transpose()?,
        };
        if let Some(port) = self.redirect_ports.iter().find(|port| *port.get_ref() == 0) {
            return wrong(port.span().start, "0 is no port; leave `redirect_ports` out for any that is free");
        }
        let enrol = match self.enrol {
            None => None,
            Some(written) => Some(demand(written.span().start, written.into_inner(), MAX_AGE_S)?),
        };
        let mut again_days = None;
        let verify = match self.verify {
            None => Demand { max_age_s: Some(NOW_S), ..enrol.clone().unwrap_or_default() },
            Some(written) => {
                let at = written.span().start;
                let WrittenVerify { acr, amr, claims, max_age_s, again_days: days } = written.into_inner();
                if let Some(days) = days {
                    if *days.get_ref() == 0 {
                        return wrong(days.span().start, "somebody is verified for a day at least");
                    }
                    again_days = Some(days.into_inner());
                }
                demand(at, WrittenDemand { acr, amr, claims, max_age_s }, NOW_S)?
            }
        };
        let scopes = self.scopes.map_or_else(|| SCOPES.map(str::to_owned).to_vec(), Spanned::into_inner);
        let total = Duration::from_secs(self.timeout_s.unwrap_or(TIMEOUT_S).clamp(1, 600));
        let hours = |hours: u64| Duration::from_secs(hours.clamp(1, 24 * 365) * 3600);
        Ok(IdentitySettings {
            provider: Provider {
                issuer: self.issuer.into_inner(),
                client_id: self.client_id.into_inner(),
                // `openid` goes without saying.
                scopes: scopes.into_iter().filter(|scope| scope != "openid").collect(),
                claims,
                redirect_ports: self.redirect_ports.into_iter().map(Spanned::into_inner).collect(),
                reach: Reach { ca: self.ca, proxy: self.proxy, total, answer: MOST, ..Reach::default() },
            },
            patience: Duration::from_secs(self.login_s.unwrap_or(LOGIN_S).clamp(1, 3600)),
            refresh: Duration::from_secs(
                self.refresh_minutes.unwrap_or(REFRESH_MINUTES).clamp(1, 24 * 60) * 60,
            ),
            offline: hours(self.offline_hours.unwrap_or(OFFLINE_HOURS)),
            enrol,
            verify,
            again_days,
            key_store: self.key_store,
        })
    }
}

fn name(written: Option<Spanned<String>>, default: String) -> Result<String, Wrong> {
    match written {
        None => Ok(default),
        Some(name) if name.get_ref().is_empty() => {
            Err((name.span().start, "a claim has a name, such as `groups`".to_owned()))
        }
        Some(name) => Ok(name.into_inner()),
    }
}

/// `silent`: how old a proof may be where nothing is said of it.
fn demand(at: usize, written: WrittenDemand, silent: u32) -> Result<Demand, Wrong> {
    let WrittenDemand { acr, amr, claims, max_age_s } = written;
    if acr.is_empty() && amr.is_empty() && claims.is_empty() && max_age_s.is_none() {
        let what = "this asks for nothing: write `acr`, `amr`, `claims` or `max_age_s`";
        return Err((at, what.to_owned()));
    }
    if acr.iter().chain(&amr).any(String::is_empty) {
        return Err((at, "an empty word in `acr` or `amr` is met by nobody".to_owned()));
    }
    // A proof of whenever would say nothing of who sits there now.
    Ok(Demand { acr, amr, claims, max_age_s: Some(max_age_s.unwrap_or(silent)) })
}

#[cfg(test)]
mod tests;
