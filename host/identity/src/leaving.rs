//! Signing out at the provider.

use host_net::Call;
use openidconnect::url::Url;
use openidconnect::url::form_urlencoded::Serializer;

use crate::discovered::secure;
use crate::{Discovered, IdentityError, Tokens};

impl Discovered {
    /// The address that ends the browser's session at the provider (OpenID Connect RP-Initiated Logout 1.0); `None` when
    /// it has none.
    #[must_use]
    pub fn end_session(&self, tokens: &Tokens) -> Option<String> {
        let address = self.metadata.additional_metadata().end_session_endpoint.as_deref()?;
        secure(address).ok()?;
        let mut url = Url::parse(address).ok()?;
        url.query_pairs_mut()
            .append_pair("id_token_hint", &tokens.id_token)
            .append_pair("client_id", &self.provider.client_id);
        Some(url.into())
    }

    /// Takes the refresh token back (RFC 7009), where the provider knows how. `false` when there was nothing to do.
    ///
    /// # Errors
    /// When the provider cannot be reached or refuses.
    pub fn revoke(&self, tokens: &Tokens) -> Result<bool, IdentityError> {
        let address = self.metadata.additional_metadata().revocation_endpoint.as_deref();
        let (Some(address), Some(token)) = (address, &tokens.refresh_token) else { return Ok(false) };
        secure(address)?;
        let body = Serializer::new(String::new())
            .append_pair("token", token)
            .append_pair("token_type_hint", "refresh_token")
            .append_pair("client_id", &self.provider.client_id)
            .finish();
        let headers = [("content-type", b"application/x-www-form-urlencoded".as_slice())];
        let call = Call { method: "POST", url: address, headers: &headers, body: body.as_bytes() };
        let answer = self.call(&call).map_err(|why| IdentityError::Net { what: "an end", why })?;
        if answer.status == 200 {
            return Ok(true);
        }
        Err(IdentityError::Exchange(format!("taking back the refresh token has status {}", answer.status)))
    }
}
