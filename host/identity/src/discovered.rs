//! A provider's metadata and keys (OpenID Connect Discovery 1.0).
//!
//! INVARIANT: the issuer it names is the configured one, byte for byte, and every address of it that is used is under
//! https.

use host_net::{Answer, Call, Client, NetError};
use openidconnect::core::{
    CoreAuthDisplay, CoreAuthPrompt, CoreClaimName, CoreClaimType, CoreClientAuthMethod,
    CoreErrorResponseType, CoreGenderClaim, CoreGrantType, CoreJsonWebKey, CoreJweContentEncryptionAlgorithm,
    CoreJweKeyManagementAlgorithm, CoreResponseMode, CoreResponseType, CoreRevocableToken,
    CoreRevocationErrorResponse, CoreSubjectIdentifierType, CoreTokenIntrospectionResponse,
};
use openidconnect::{
    AdditionalProviderMetadata, ClientId, DiscoveryError, EndpointMaybeSet, EndpointNotSet, EndpointSet,
    HttpRequest, HttpResponse, IssuerUrl, ProviderMetadata, StandardErrorResponse,
};
use serde::{Deserialize, Serialize};

use crate::error::told;
use crate::http;
use crate::token::{Extra, Response};
use crate::{IdentityError, Provider};

/// What a provider says of itself beyond the core.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub(crate) struct More {
    /// OpenID Connect RP-Initiated Logout 1.0.
    pub(crate) end_session_endpoint: Option<String>,
    /// RFC 7009.
    pub(crate) revocation_endpoint: Option<String>,
    /// RFC 9207.
    #[serde(default)]
    pub(crate) authorization_response_iss_parameter_supported: bool,
    /// RFC 8414.
    pub(crate) code_challenge_methods_supported: Option<Vec<String>>,
}
impl AdditionalProviderMetadata for More {}

type Metadata = ProviderMetadata<
    More,
    CoreAuthDisplay,
    CoreClientAuthMethod,
    CoreClaimName,
    CoreClaimType,
    CoreGrantType,
    CoreJweContentEncryptionAlgorithm,
    CoreJweKeyManagementAlgorithm,
    CoreJsonWebKey,
    CoreResponseMode,
    CoreResponseType,
    CoreSubjectIdentifierType,
>;

type Oidc = openidconnect::Client<
    Extra,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    StandardErrorResponse<CoreErrorResponseType>,
    Response,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// A provider that was found.
pub struct Discovered {
    pub(crate) provider: Provider,
    pub(crate) issuer: IssuerUrl,
    pub(crate) metadata: Metadata,
    pub(crate) oidc: Oidc,
    client: Client,
}

impl Discovered {
    /// Fetches metadata and keys.
    ///
    /// # Errors
    /// When the provider cannot be reached, or what it says of itself is of no use.
    pub fn at(provider: Provider) -> Result<Self, IdentityError> {
        let bad = |why: String| IdentityError::Discovery { issuer: provider.issuer.clone(), why };
        secure(&provider.issuer)?;
        let client =
            Client::new(&provider.reach).map_err(|why| IdentityError::Net { what: "the metadata", why })?;
        let issuer =
            IssuerUrl::new(provider.issuer.clone()).map_err(|_| bad("it is no address".to_owned()))?;
        let found = Metadata::discover(&issuer, &|request: HttpRequest| http::call(&client, &request));
        let metadata = found.map_err(|fault| match fault {
            DiscoveryError::Request(why) => IdentityError::Net { what: "the metadata", why },
            DiscoveryError::Response(status, ..) => bad(format!("it answers with status {status}")),
            DiscoveryError::Validation(why) => bad(told(&why)),
            DiscoveryError::Parse(at) => bad(format!("`{}` is not understood", told(&at.path().to_string()))),
            _ => bad("its metadata is not understood".to_owned()),
        })?;
        secure(metadata.authorization_endpoint().as_str())?;
        secure(metadata.jwks_uri().as_str())?;
        let token = metadata.token_endpoint().ok_or_else(|| bad("it has no token endpoint".to_owned()))?;
        secure(token.as_str())?;
        if let Some(address) = metadata.userinfo_endpoint() {
            secure(address.as_str())?;
        }
        let more = metadata.additional_metadata();
        if more
            .code_challenge_methods_supported
            .as_ref()
            .is_some_and(|all| !all.iter().any(|one| one == "S256"))
        {
            return Err(bad("it does not take PKCE with S256".to_owned()));
        }
        let id = ClientId::new(provider.client_id.clone());
        let oidc = Oidc::from_provider_metadata(metadata.clone(), id, None);
        Ok(Self { provider, issuer, metadata, oidc, client })
    }

    /// A call that openidconnect does not make.
    pub(crate) fn call(&self, call: &Call<'_>) -> Result<Answer, NetError> {
        self.client.call(call)
    }

    /// For openidconnect.
    pub(crate) fn http(&self) -> impl Fn(HttpRequest) -> Result<HttpResponse, NetError> {
        |request| http::call(&self.client, &request)
    }
}

/// Under https only.
pub(crate) fn secure(address: &str) -> Result<(), IdentityError> {
    let is_secure = address.get(..8).is_some_and(|scheme| scheme.eq_ignore_ascii_case("https://"));
    if is_secure { Ok(()) } else { Err(IdentityError::Insecure(told(address))) }
}
