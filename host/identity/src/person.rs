//! A person, as the claims of a provider say.
//!
//! INVARIANT: what a claim says wrongly is an error, not passed over: a policy could forbid something to a group whose
//! name was lost on the way.

use std::collections::BTreeSet;
use std::net::IpAddr;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::IdentityError;

/// Most groups of a person, and most bytes of a name.
const MOST_GROUPS: usize = 2_000;
const MOST_BYTES: usize = 512;

/// What claims are called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimNames {
    /// The one that policies and rows know a person by. `sub` never changes hands; an address may.
    pub person: String,
    /// E-mail address.
    pub email: String,
    /// Department.
    pub department: String,
    /// Groups: a list of names, or one.
    pub groups: String,
    /// The address that the provider saw the person at, such as Entra's `ipaddr`. None: nobody asks for it.
    pub address: Option<String>,
}

impl Default for ClaimNames {
    fn default() -> Self {
        let name = str::to_owned;
        Self {
            person: name("sub"),
            email: name("email"),
            department: name("department"),
            groups: name("groups"),
            address: None,
        }
    }
}

/// Somebody who signed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Person {
    /// Who says so.
    pub issuer: String,
    /// The provider's own name for them, which never changes hands.
    pub sub: String,
    /// The name that policies and rows know them by.
    pub id: String,
    /// E-mail address, unless the provider says that nobody checked it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Department.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub department: Option<String>,
    /// Groups.
    #[serde(default)]
    pub groups: BTreeSet<String>,
    /// In what context they signed in (OpenID Connect Core section 2).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acr: Option<String>,
    /// By what methods (RFC 8176).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub amr: Vec<String>,
    /// When they proved who they are, in unix seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auth_time: Option<i64>,
}

impl ClaimNames {
    /// Whether the ID token leaves out what another answer of the provider may say.
    pub(crate) fn lacks(&self, claims: &Map<String, Value>) -> bool {
        [&self.person, &self.email, &self.department, &self.groups]
            .into_iter()
            .chain(&self.address)
            .any(|name| !claims.contains_key(name))
    }

    /// Where the provider saw them, where it says so.
    pub(crate) fn address(&self, claims: &Map<String, Value>) -> Result<Option<IpAddr>, IdentityError> {
        let Some(claim) = &self.address else { return Ok(None) };
        let bad = |_| IdentityError::Claim {
            claim: claim.clone(),
            what: "is no IP address: name another claim in `address_claim`, or leave it out",
        };
        text(claims, claim)?.map(|address| address.trim().parse().map_err(bad)).transpose()
    }

    /// The person of these claims, which were checked.
    pub(crate) fn person(&self, claims: &Map<String, Value>) -> Result<Person, IdentityError> {
        let needed = |claim: &str| {
            text(claims, claim)?.ok_or_else(|| IdentityError::Claim {
                claim: claim.to_owned(),
                what: "is missing: have the provider send it, or name another in the settings",
            })
        };
        left_out(claims, &self.groups)?;
        // An address that nobody checked is whatever its holder typed.
        let is_unchecked = claims.get("email_verified").is_some_and(|checked| checked != &Value::Bool(true));
        if is_unchecked && self.person == self.email {
            return Err(IdentityError::Claim {
                claim: self.email.clone(),
                what: "is not verified by the provider, so it can name nobody: verify it there, or use `sub`",
            });
        }
        let email = if is_unchecked { None } else { text(claims, &self.email)? };
        Ok(Person {
            issuer: needed("iss")?,
            sub: needed("sub")?,
            id: needed(&self.person)?,
            email,
            department: text(claims, &self.department)?,
            groups: list(claims, &self.groups)?.into_iter().collect(),
            acr: text(claims, "acr")?,
            amr: list(claims, "amr")?,
            auth_time: claims.get("auth_time").and_then(Value::as_i64),
        })
    }
}

/// A provider that leaves out a list for its length says so by a claim of its own (OpenID Connect Core section 5.6.2, and
/// `hasgroups` of Microsoft's).
fn left_out(claims: &Map<String, Value>, groups: &str) -> Result<(), IdentityError> {
    let elsewhere = claims.get("_claim_names").is_some_and(|names| names.get(groups).is_some());
    let too_many = claims.get("hasgroups").is_some_and(|flag| flag == &Value::Bool(true));
    if elsewhere || too_many {
        return Err(IdentityError::Claim {
            claim: groups.to_owned(),
            what: "is left out by the provider, as there are too many: have it send only the groups assigned to this app",
        });
    }
    Ok(())
}

fn text(claims: &Map<String, Value>, claim: &str) -> Result<Option<String>, IdentityError> {
    match claims.get(claim) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) if text.is_empty() => Ok(None),
        Some(Value::String(text)) if text.len() <= MOST_BYTES => Ok(Some(text.clone())),
        Some(_) => Err(IdentityError::Claim {
            claim: claim.to_owned(),
            what: "is no name of at most 512 bytes: name another claim in the settings",
        }),
    }
}

fn list(claims: &Map<String, Value>, claim: &str) -> Result<Vec<String>, IdentityError> {
    let bad = || IdentityError::Claim {
        claim: claim.to_owned(),
        what: "is no list of at most 2,000 names: name another claim in the settings",
    };
    let one = |value: &Value| value.as_str().filter(|name| name.len() <= MOST_BYTES).map(str::to_owned);
    match claims.get(claim) {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::Array(names)) if names.len() <= MOST_GROUPS => {
            names.iter().map(one).collect::<Option<Vec<_>>>().ok_or_else(bad)
        }
        Some(single) => one(single).map(|name| vec![name]).ok_or_else(bad),
    }
}
