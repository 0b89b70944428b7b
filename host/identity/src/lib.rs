//! Who is at the keyboard: signing in at the organisation's OpenID Connect provider.
//!
//! ```text
//! let found = Discovered::at(provider)?;                    // metadata and keys, over TLS
//! let attempt = found.begin(&demand, hint, now)?;           // a listener on 127.0.0.1, and the address to open
//! let signed_in = attempt.finish(patience)?;                // one answer, exchanged and checked
//! found.refresh(&tokens, &person, keep)?                    // silently; who it is stays, groups may change
//! found.end_session(&tokens), found.revoke(&tokens)         // signing out
//! ```
//!
//! The flow is the authorization code flow of a native app (RFC 8252) with PKCE by S256 (RFC 7636), `state` and
//! `nonce`, and the `iss` of the answer against mix-ups (RFC 9207). There is no client secret: on a laptop it is none.
//!
//! INVARIANT: nobody is somebody before signature, issuer, audience, nonce and times of an ID token were checked here.
//! What a sign-in was asked to be (`acr`, `amr`, claims, `auth_time`) is checked here too, since providers ignore wishes
//! that they do not know. INVARIANT: tokens are in no error and in no `Debug`. It keeps nothing: where tokens and
//! people are written down is the caller's.

mod demand;
mod discovered;
mod error;
mod http;
mod leaving;
mod loopback;
mod person;
mod refreshing;
mod signing_in;
mod token;

use std::fmt;
use std::net::IpAddr;

pub use demand::{Demand, Unmet};
pub use discovered::Discovered;
pub use error::IdentityError;
pub use person::{ClaimNames, Person};
pub use signing_in::Attempt;

/// Two clocks may be this far apart, in seconds.
const SKEW_S: i64 = 60;
/// And so far, where a proof of now is asked for: an older one is not to pass for it.
const SKEW_NOW_S: i64 = 5;

/// A provider, as configured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Provider {
    /// `https://idp.example` or `https://idp.example/oauth2/default`: as the provider writes it in its tokens.
    pub issuer: String,
    /// The id under which the provider knows this program, as a native app without a secret.
    pub client_id: String,
    /// What is asked for besides `openid`.
    pub scopes: Vec<String>,
    /// What claims are called.
    pub claims: ClaimNames,
    /// Ports that the provider knows for the way back, tried in turn. Empty: any that is free, which RFC 8252 section 7.3
    /// wants a provider to take.
    pub redirect_ports: Vec<u16>,
    /// How it is reached.
    pub reach: host_net::Reach,
}

/// Somebody, and what the next silent sign-in needs.
#[derive(Debug)]
pub struct SignedIn {
    /// Who.
    pub person: Person,
    /// Their tokens.
    pub tokens: Tokens,
    /// The address at which the provider saw them prove who they are, where it is asked for and said. A silent sign-in has
    /// none: nobody was seen anywhere.
    pub address: Option<IpAddr>,
    /// Whether it is what [`Attempt::also`] asks for too. A silent sign-in proves nothing.
    pub meets_also: bool,
}

/// What is kept of a token response. The access token is not: nothing of ours is behind it.
#[derive(Clone, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tokens {
    /// The ID token, a hint for signing out.
    pub id_token: String,
    /// For the next silent sign-in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refresh_token: Option<String>,
}

impl fmt::Debug for Tokens {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Tokens(..)")
    }
}
