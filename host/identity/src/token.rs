//! Checking an ID token, and what its claims and the userinfo endpoint's say.
//!
//! INVARIANT: `alg` is one of [`ALGORITHMS`]: never `none`, and never one with a shared secret, which this program does
//! not have. INVARIANT: `sub`, times, `acr` and `amr` are the ID token's, whatever else a provider sends.

use std::collections::BTreeMap;

use openidconnect::core::{
    CoreGenderClaim, CoreJsonWebKey, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm,
    CoreTokenType,
};
use openidconnect::{
    AccessToken, AdditionalClaims, ClaimsVerificationError, ClientId, EmptyExtraTokenFields, IdToken,
    IdTokenFields, IdTokenVerifier, NonceVerifier, SignatureVerificationError, StandardTokenResponse,
    SubjectIdentifier, UserInfoClaims, UserInfoError,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::error::told;
use crate::{Discovered, IdentityError, SKEW_S};

/// Every other claim.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub(crate) struct Extra {
    #[serde(flatten)]
    all: BTreeMap<String, Value>,
}
impl AdditionalClaims for Extra {}

pub(crate) type Token =
    IdToken<Extra, CoreGenderClaim, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm>;
type Fields = IdTokenFields<
    Extra,
    EmptyExtraTokenFields,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJwsSigningAlgorithm,
>;
pub(crate) type Response = StandardTokenResponse<Fields, CoreTokenType>;

/// With a private key of the provider's, and no other ones (RFC 7518, RFC 8037).
const ALGORITHMS: [CoreJwsSigningAlgorithm; 9] = [
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha384,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha512,
    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
    CoreJwsSigningAlgorithm::RsaSsaPssSha384,
    CoreJwsSigningAlgorithm::RsaSsaPssSha512,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::EcdsaP384Sha384,
    CoreJwsSigningAlgorithm::EdDsa,
];

/// Claims of the protocol: the ID token's word alone.
const OF_TOKEN: [&str; 12] =
    ["iss", "sub", "aud", "exp", "iat", "nbf", "auth_time", "nonce", "acr", "amr", "azp", "sid"];

impl Discovered {
    /// The claims of a token that checks out. `began`: when it was asked for, before which it cannot have been made.
    pub(crate) fn checked(
        &self,
        token: &Token,
        nonce: impl NonceVerifier,
        began: i64,
        now: i64,
    ) -> Result<Map<String, Value>, IdentityError> {
        let verifier: IdTokenVerifier<'_, CoreJsonWebKey> = IdTokenVerifier::new_public_client(
            ClientId::new(self.provider.client_id.clone()),
            self.issuer.clone(),
            self.metadata.jwks().clone(),
        )
        .set_allowed_algs(ALGORITHMS);
        let claims = token.claims(&verifier, nonce).map_err(|fault| IdentityError::Token(wrong(&fault)))?;
        let claims = object(serde_json::to_value(claims))?;
        // A date that is none is as old as can be.
        let at = claims.get("iat").and_then(Value::as_i64).unwrap_or(i64::MIN);
        issued(at, began, now)?;
        match claims.get("azp") {
            // For whom it was made, where it says so (OpenID Connect Core section 3.1.3.7).
            Some(azp) if azp.as_str() != Some(self.provider.client_id.as_str()) => {
                Err(IdentityError::Token("it was made for another app".to_owned()))
            }
            Some(_) | None => Ok(claims),
        }
    }

    /// The same with what the userinfo endpoint adds, where something is missing.
    pub(crate) fn completed(
        &self,
        claims: Map<String, Value>,
        access: &AccessToken,
    ) -> Result<Map<String, Value>, IdentityError> {
        if self.metadata.userinfo_endpoint().is_none() || !self.provider.claims.lacks(&claims) {
            return Ok(claims);
        }
        let sub = claims.get("sub").and_then(Value::as_str).unwrap_or_default();
        let more = self.userinfo(access, sub)?;
        let more = more.into_iter().filter(|(name, _)| !OF_TOKEN.contains(&name.as_str()));
        // In this order: what the signed token says wins.
        Ok(more.chain(claims).collect())
    }

    /// What the userinfo endpoint says of `sub`.
    pub(crate) fn userinfo(
        &self,
        access: &AccessToken,
        sub: &str,
    ) -> Result<Map<String, Value>, IdentityError> {
        let unusable = |what: &str| IdentityError::Exchange(format!("its userinfo {what}"));
        let asked = self.oidc.user_info(access.clone(), Some(SubjectIdentifier::new(sub.to_owned())));
        let asked = asked.map_err(|_| unusable("has no address"))?;
        let told: UserInfoClaims<Extra, CoreGenderClaim> =
            asked.request(&self.http()).map_err(|fault| match fault {
                UserInfoError::Request(why) => IdentityError::Net { what: "the userinfo", why },
                UserInfoError::ClaimsVerification(ClaimsVerificationError::InvalidSubject(_)) => {
                    IdentityError::OtherPerson
                }
                UserInfoError::ClaimsVerification(fault) => {
                    unusable(&format!("does not check out ({})", wrong(&fault)))
                }
                UserInfoError::Response(status, ..) => unusable(&format!("has status {status}")),
                _ => unusable("is not understood"),
            })?;
        object(serde_json::to_value(told))
    }
}

/// Made after it was asked for, and not in the future.
fn issued(at: i64, began: i64, now: i64) -> Result<(), IdentityError> {
    let bad = |what: &str| Err(IdentityError::Token(what.to_owned()));
    if at.saturating_sub(now) > SKEW_S {
        return bad("it is dated ahead: set this machine's clock");
    }
    if began.saturating_sub(at) > SKEW_S {
        return bad(
            "it is older than this sign-in: set this machine's clock, or somebody plays back an old one",
        );
    }
    Ok(())
}

fn object(value: serde_json::Result<Value>) -> Result<Map<String, Value>, IdentityError> {
    match value {
        // Absent and null are one.
        Ok(Value::Object(map)) => Ok(map.into_iter().filter(|(_, value)| !value.is_null()).collect()),
        Ok(_) | Err(_) => Err(IdentityError::Token("its claims are no object".to_owned())),
    }
}

/// What does not check out, in our words: the library's hold values of the token.
fn wrong(fault: &ClaimsVerificationError) -> String {
    match fault {
        ClaimsVerificationError::Expired(_) => {
            "it has expired: set this machine's clock, or sign in again".to_owned()
        }
        ClaimsVerificationError::InvalidAudience(_) => "it was made for another app".to_owned(),
        ClaimsVerificationError::InvalidIssuer(_) => "another issuer made it".to_owned(),
        ClaimsVerificationError::InvalidNonce(_) => "it answers another sign-in".to_owned(),
        ClaimsVerificationError::InvalidSubject(_) => "it is about somebody else".to_owned(),
        ClaimsVerificationError::Other(what) => told(what),
        ClaimsVerificationError::SignatureVerification(fault) => match fault {
            SignatureVerificationError::NoSignature => "it is not signed".to_owned(),
            SignatureVerificationError::DisallowedAlg(_) | SignatureVerificationError::UnsupportedAlg(_) => {
                "it is signed by an algorithm that is not taken".to_owned()
            }
            SignatureVerificationError::NoMatchingKey | SignatureVerificationError::AmbiguousKeyId(_) => {
                "no key of the provider signed it".to_owned()
            }
            _ => "its signature is wrong".to_owned(),
        },
        _ => "it is not understood".to_owned(),
    }
}
