//! The silent sign-in: a refresh token for a new look at who somebody is.
//!
//! INVARIANT: it never says more of how somebody proved who they are: `acr`, `amr` and `auth_time` stay those of the
//! sign-in. INVARIANT: it is about the same person or about nobody. INVARIANT: a refresh token that came in place of the one
//! that was spent is handed over before anything else of the answer can fail.

use openidconnect::core::CoreErrorResponseType;
use openidconnect::{Nonce, OAuth2TokenResponse as _, RefreshToken, RequestTokenError, TokenResponse as _};
use serde_json::{Map, Value};

use crate::signing_in::{now, unusable};
use crate::{Discovered, IdentityError, Person, SignedIn, Tokens};

impl Discovered {
    /// Asks the provider again. `rotated`: keeps the refresh token that came in place of this one, with nothing else of
    /// the answer, which is not checked yet; whatever becomes of the rest, the next question needs it.
    ///
    /// # Errors
    /// [`IdentityError::Ended`] when the provider has ended the sign-in, or there is nothing to ask with.
    pub fn refresh(
        &self,
        tokens: &Tokens,
        person: &Person,
        rotated: impl FnOnce(Tokens),
    ) -> Result<SignedIn, IdentityError> {
        let refresh = tokens.refresh_token.clone().map(RefreshToken::new).ok_or(IdentityError::Ended)?;
        let began = now();
        let request = self.oidc.exchange_refresh_token(&refresh);
        let request = request.map_err(|_| IdentityError::Exchange("it has no token endpoint".to_owned()))?;
        let response = request.request(&self.http()).map_err(|fault| match &fault {
            RequestTokenError::ServerResponse(said)
                if *said.error() == CoreErrorResponseType::InvalidGrant =>
            {
                IdentityError::Ended
            }
            _ => unusable(fault),
        })?;
        let fresh = response.refresh_token().filter(|fresh| fresh.secret() != refresh.secret());
        if let Some(fresh) = fresh {
            rotated(Tokens { refresh_token: Some(fresh.secret().clone()), ..tokens.clone() });
        }
        let access = response.access_token();
        let claims = match response.id_token() {
            Some(token) => {
                // OpenID Connect Core section 12.2: there need not be a nonce.
                let claims = self.checked(token, |_: Option<&Nonce>| Ok(()), began, now())?;
                if claims.get("sub").and_then(Value::as_str) != Some(person.sub.as_str()) {
                    return Err(IdentityError::OtherPerson);
                }
                self.completed(claims, access)?
            }
            None if self.metadata.userinfo_endpoint().is_some() => {
                let mut claims = self.userinfo(access, &person.sub)?;
                claims.extend(named(person));
                claims
            }
            None => {
                return Ok(SignedIn {
                    person: person.clone(),
                    tokens: kept(tokens, &response),
                    address: None,
                    meets_also: false,
                });
            }
        };
        let again = self.provider.claims.person(&claims)?;
        let Person { acr, amr, auth_time, .. } = person.clone();
        let person = Person { acr, amr, auth_time, ..again };
        Ok(SignedIn { person, tokens: kept(tokens, &response), address: None, meets_also: false })
    }
}

/// Who it is about, as the sign-in said.
fn named(person: &Person) -> Map<String, Value> {
    [("iss", &person.issuer), ("sub", &person.sub)]
        .into_iter()
        .map(|(name, value)| (name.to_owned(), Value::String(value.clone())))
        .collect()
}

/// What the provider did not replace stays.
fn kept(old: &Tokens, response: &crate::token::Response) -> Tokens {
    Tokens {
        id_token: response.id_token().map_or_else(|| old.id_token.clone(), ToString::to_string),
        refresh_token: response
            .refresh_token()
            .map(|token| token.secret().clone())
            .or_else(|| old.refresh_token.clone()),
    }
}
