//! One sign-in: the address that is opened, the one answer that counts, and what is made of it.
//!
//! INVARIANT: `state`, `nonce` and the PKCE verifier are drawn for this sign-in and used once. INVARIANT: the person in
//! the browser is told how it ended only after the tokens were checked.

use std::borrow::Cow;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use host_net::NetError;
use openidconnect::core::{CoreAuthPrompt, CoreErrorResponseType, CoreResponseType};
use openidconnect::{
    AuthenticationContextClass, AuthenticationFlow, AuthorizationCode, CsrfToken, LoginHint, Nonce,
    OAuth2TokenResponse as _, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, RequestTokenError, Scope,
    StandardErrorResponse, TokenResponse as _,
};

use crate::error::told;
use crate::loopback::{Callback, Loopback};
use crate::{Demand, Discovered, IdentityError, SignedIn, Tokens, Unmet};

/// A sign-in that was begun. Its port is held until it ends.
pub struct Attempt<'a> {
    found: &'a Discovered,
    demand: Demand,
    also: Demand,
    only: Option<String>,
    listener: Loopback,
    redirect: RedirectUrl,
    url: String,
    state: CsrfToken,
    nonce: Nonce,
    verifier: PkceCodeVerifier,
    began: i64,
}

impl Discovered {
    /// Opens the way back and makes the address that the person's browser is sent to. `about`: the one person who may
    /// come back, by their `sub`, and an address to fill in for them.
    ///
    /// # Errors
    /// When no port can be listened on.
    pub fn begin(
        &self,
        demand: &Demand,
        about: Option<(&str, Option<&str>)>,
    ) -> Result<Attempt<'_>, IdentityError> {
        let listener = Loopback::open(&self.provider.redirect_ports)?;
        let redirect = RedirectUrl::new(listener.address())
            .map_err(|_| IdentityError::Listen("its address is none".to_owned()))?;
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let flow = AuthenticationFlow::<CoreResponseType>::AuthorizationCode;
        let mut request = self
            .oidc
            .authorize_url(flow, CsrfToken::new_random, Nonce::new_random)
            .set_redirect_uri(Cow::Borrowed(&redirect))
            .set_pkce_challenge(challenge)
            .add_scopes(self.provider.scopes.iter().cloned().map(Scope::new));
        for acr in &demand.acr {
            request = request.add_auth_context_value(AuthenticationContextClass::new(acr.clone()));
        }
        if let Some(max_age_s) = demand.max_age_s {
            request = request.set_max_age(Duration::from_secs(max_age_s.into()));
        }
        if demand.max_age_s == Some(0) {
            request = request.add_prompt(CoreAuthPrompt::Login);
        }
        if let Some((_, Some(address))) = about {
            request = request.set_login_hint(LoginHint::new(address.to_owned()));
        }
        let (url, state, nonce) = request.url();
        Ok(Attempt {
            found: self,
            demand: demand.clone(),
            also: Demand::default(),
            only: about.map(|(sub, _)| sub.to_owned()),
            listener,
            url: url.into(),
            redirect,
            state,
            nonce,
            verifier,
            began: now(),
        })
    }
}

impl Attempt<'_> {
    /// What the person's browser is sent to.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Holds the sign-in against this demand too, which it need not meet: [`SignedIn::meets_also`] says whether it does.
    #[must_use]
    pub fn also(self, also: Demand) -> Self {
        Self { also, ..self }
    }

    /// Waits for the answer, at most this long, and checks it.
    ///
    /// # Errors
    /// When nobody came back, or it is not the sign-in that was asked for.
    pub fn finish(self, patience: Duration) -> Result<SignedIn, IdentityError> {
        self.finish_unless(patience, &|| false)
    }

    /// The same, unless it is given up while nobody has come back yet.
    ///
    /// # Errors
    /// As above, and when it was given up.
    pub fn finish_unless(
        self,
        patience: Duration,
        is_over: &dyn Fn() -> bool,
    ) -> Result<SignedIn, IdentityError> {
        let Self { found, demand, also, only, listener, redirect, state, nonce, verifier, began, .. } = self;
        let mut callback = listener.wait(state.secret(), Instant::now() + patience, is_over)?;
        let made =
            code(found, &mut callback).and_then(|code| exchanged(found, code, redirect, verifier)).and_then(
                |response| accepted(found, &response, &nonce, (&demand, &also), only.as_deref(), began),
            );
        callback.answer(made.as_ref().map(drop));
        made
    }
}

/// The code, if the answer is this provider's and no refusal.
fn code(found: &Discovered, callback: &mut Callback) -> Result<AuthorizationCode, IdentityError> {
    let expected = found.issuer.as_str();
    let has_to = found.metadata.additional_metadata().authorization_response_iss_parameter_supported;
    // RFC 9207 section 2.4: before anything else of the answer counts, a refusal included.
    match callback.take("iss") {
        Some(got) if got != expected => {
            return Err(IdentityError::MixedUp { expected: expected.to_owned(), got: told(&got) });
        }
        None if has_to => {
            return Err(IdentityError::MixedUp { expected: expected.to_owned(), got: String::new() });
        }
        Some(_) | None => {}
    }
    if let Some(error) = callback.take("error") {
        let description = callback.take("error_description").unwrap_or_default();
        return Err(IdentityError::Refused { error: told(&error), description: told(&description) });
    }
    let code = callback.take("code").filter(|code| !code.is_empty());
    code.map(AuthorizationCode::new).ok_or_else(|| IdentityError::Exchange("no code came back".to_owned()))
}

fn exchanged(
    found: &Discovered,
    code: AuthorizationCode,
    redirect: RedirectUrl,
    verifier: PkceCodeVerifier,
) -> Result<crate::token::Response, IdentityError> {
    let request = found.oidc.exchange_code(code);
    let request = request.map_err(|_| IdentityError::Exchange("it has no token endpoint".to_owned()))?;
    let request = request.set_pkce_verifier(verifier).set_redirect_uri(Cow::Owned(redirect));
    request.request(&found.http()).map_err(unusable)
}

fn accepted(
    found: &Discovered,
    response: &crate::token::Response,
    nonce: &Nonce,
    (demand, also): (&Demand, &Demand),
    only: Option<&str>,
    began: i64,
) -> Result<SignedIn, IdentityError> {
    let token = response.id_token();
    let token = token.ok_or_else(|| IdentityError::Exchange("it holds no ID token".to_owned()))?;
    let now = now();
    let claims = found.checked(token, nonce, began, now)?;
    let claims = found.completed(claims, response.access_token())?;
    let person = found.provider.claims.person(&claims)?;
    if only.is_some_and(|sub| sub != person.sub) {
        return Err(IdentityError::Unmet(Unmet::OtherPerson));
    }
    demand.check(&person, &claims, began, now).map_err(IdentityError::Unmet)?;
    let meets_also = also.check(&person, &claims, began, now).is_ok();
    let tokens = Tokens {
        id_token: token.to_string(),
        refresh_token: response.refresh_token().map(|token| token.secret().clone()),
    };
    let address = found.provider.claims.address(&claims)?;
    Ok(SignedIn { person, tokens, address, meets_also })
}

/// What the token endpoint said instead of tokens.
pub(crate) fn unusable(
    fault: RequestTokenError<NetError, StandardErrorResponse<CoreErrorResponseType>>,
) -> IdentityError {
    match fault {
        RequestTokenError::ServerResponse(said) => IdentityError::Refused {
            error: told(said.error().as_ref()),
            description: told(said.error_description().map_or("", String::as_str)),
        },
        RequestTokenError::Request(why) => IdentityError::Net { what: "a token", why },
        RequestTokenError::Parse(at, _) => {
            IdentityError::Exchange(format!("`{}` is not understood", told(&at.path().to_string())))
        }
        RequestTokenError::Other(_) => IdentityError::Exchange("it is not understood".to_owned()),
    }
}

/// Unix seconds.
pub(crate) fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}
