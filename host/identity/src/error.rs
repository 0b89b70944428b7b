//! Why nobody signed in, told apart by what a person does next.

use host_net::NetError;

use crate::Unmet;

/// Most characters of what a provider says that are shown.
const MOST_SAID: usize = 200;

/// Why nobody signed in. Carries no token.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IdentityError {
    /// The provider, on the way to it.
    #[error("{what} of the provider cannot be had: {why}")]
    Net {
        /// What was asked for.
        what: &'static str,
        /// Why it did not come.
        why: NetError,
    },
    /// What the provider says of itself is of no use.
    #[error(
        "`{issuer}` is no provider that can be used ({why}): compare `issuer` with what the provider calls itself"
    )]
    Discovery {
        /// As configured.
        issuer: String,
        /// What is wrong.
        why: String,
    },
    /// An address without TLS.
    #[error("`{0}` is not under https: a provider is spoken to under TLS only")]
    Insecure(String),
    /// No way back.
    #[error(
        "no port of 127.0.0.1 can be listened on ({0}): close what holds it, or write other `redirect_ports`"
    )]
    Listen(String),
    /// The person did not come back.
    #[error("nobody came back from the browser in time: sign in again")]
    TimedOut,
    /// The page was closed, or another sign-in was begun.
    #[error("the provider's page was closed before anybody came back from it: sign in again")]
    GivenUp,
    /// The provider said no.
    #[error("the provider refused (`{error}`{}): {}", said(.description), remedy(.error))]
    Refused {
        /// Its word, such as `access_denied`.
        error: String,
        /// Its sentence; empty for none.
        description: String,
    },
    /// The answer names another provider, or none where it has to (RFC 9207).
    #[error(
        "the answer comes from `{got}` and not from `{expected}`: somebody may be mixing up providers; sign in again, \
         and tell your administrator if it comes back"
    )]
    MixedUp {
        /// Who was asked.
        expected: String,
        /// Who says it answers.
        got: String,
    },
    /// What came for the code is no token response.
    #[error("the provider's token response cannot be used: {0}")]
    Exchange(String),
    /// The ID token does not check out.
    #[error("the ID token does not check out ({0}): nobody is signed in")]
    Token(String),
    /// What the provider says of a person is about somebody else.
    #[error("the provider speaks of two different people in one sign-in: nobody is signed in")]
    OtherPerson,
    /// A claim is not what it should be.
    #[error("the claim `{claim}` {what}")]
    Claim {
        /// Which.
        claim: String,
        /// What is wrong, and what to do.
        what: &'static str,
    },
    /// It was not the sign-in that was asked for.
    #[error("{0}")]
    Unmet(Unmet),
    /// The silent sign-in has come to its end.
    #[error("the provider has ended this sign-in: run `promptgate login`")]
    Ended,
}

/// What a provider says, made fit for a line of ours.
pub(crate) fn told(text: &str) -> String {
    let plain = text.chars().map(|char| if char.is_control() { ' ' } else { char });
    plain.take(MOST_SAID).collect()
}

fn said(description: &str) -> String {
    if description.is_empty() { String::new() } else { format!(", {description}") }
}

/// What to do about a word of RFC 6749 section 4.1.2.1 or OpenID Connect Core section 3.1.2.6.
fn remedy(error: &str) -> &'static str {
    match error {
        "access_denied" => "sign in with an account that may use this app",
        "unmet_authentication_requirements" => {
            "the account cannot sign in as strongly as is asked for; enrol what is missing at the provider"
        }
        "invalid_scope" => "compare `scopes` with what the provider allows this app",
        "unauthorized_client" | "invalid_client" => "compare `client_id` with the app at the provider",
        "invalid_request" => {
            "compare the app's redirect addresses at the provider with `redirect_ports`, and `scopes`"
        }
        _ => "sign in again",
    }
}
