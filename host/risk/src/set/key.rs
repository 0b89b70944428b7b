//! The key that signs tokens: RSA of 2048 bits or more, signatures RS256 (the CAEP interoperability profile's MUST, and all
//! that Okta documents).
//!
//! A file holds one private key as PKCS #8 in PEM (RFC 5958, RFC 7468). INVARIANT: `kid` is the key's RFC 7638 thumbprint, so
//! that the same key has the same name everywhere. INVARIANT: no error and no `Debug` shows anything of a private key.
//! Making a key is the one thing here that draws randomness of its own: AWS-LC looks for the primes itself.

use std::fmt;

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::encoding::{AsDer as _, Pkcs8V1Der};
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::KeyPair as _;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};
use zeroize::Zeroizing;

const BEGIN: &str = "-----BEGIN PRIVATE KEY-----";
const END: &str = "-----END PRIVATE KEY-----";
/// Bits.
const LEAST: usize = 2_048;

/// The key is of no use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Not the file's form.
    #[error("this is no private key in PKCS #8 PEM (`{BEGIN}`): make one with `promptgate ssf keygen`")]
    Malformed,
    /// Not RSA.
    #[error("this is no RSA key: receivers take RS256 only; make one with `promptgate ssf keygen`")]
    NotRsa,
    /// Too short.
    #[error("the key has {0} bits, and {LEAST} are the least: make one with `promptgate ssf keygen`")]
    Short(usize),
    /// AWS-LC failed.
    #[error("the key could not be made or used")]
    Failed,
}

/// A key that signs.
pub struct SigningKey {
    /// RFC 8017, appendix A.1.2.
    encoding: EncodingKey,
    modulus: Vec<u8>,
    exponent: Vec<u8>,
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "SigningKey({})", self.kid())
    }
}

/// A new key as it stands in a file. It takes some tenths of a second.
///
/// # Errors
/// When AWS-LC fails.
pub fn generate() -> Result<Zeroizing<String>, KeyError> {
    let pair = KeyPair::generate(KeySize::Rsa2048).map_err(|_| KeyError::Failed)?;
    let der: Pkcs8V1Der<'_> = pair.as_der().map_err(|_| KeyError::Failed)?;
    let text = Zeroizing::new(STANDARD.encode(der.as_ref()));
    let mut pem = Zeroizing::new(format!("{BEGIN}\n"));
    for (at, char) in text.chars().enumerate() {
        if at > 0 && at % 64 == 0 {
            pem.push('\n');
        }
        pem.push(char);
    }
    pem.push('\n');
    pem.push_str(END);
    pem.push('\n');
    Ok(pem)
}

impl SigningKey {
    /// Reads a key file.
    ///
    /// # Errors
    /// When it holds no RSA key of at least 2048 bits.
    pub fn from_pem(text: &str) -> Result<Self, KeyError> {
        let inner = text.split_once(BEGIN).and_then(|(_, rest)| rest.split_once(END));
        let (inner, _) = inner.ok_or(KeyError::Malformed)?;
        let inner: Zeroizing<String> =
            Zeroizing::new(inner.chars().filter(|char| !char.is_whitespace()).collect());
        let der = Zeroizing::new(STANDARD.decode(inner.as_bytes()).map_err(|_| KeyError::Malformed)?);
        let pair = KeyPair::from_pkcs8(&der).map_err(|_| KeyError::NotRsa)?;
        let bits = pair.public_modulus_len() * 8;
        if bits < LEAST {
            return Err(KeyError::Short(bits));
        }
        let public = pair.public_key();
        let pkcs1 = pkcs1(&der).ok_or(KeyError::Malformed)?;
        Ok(Self {
            encoding: EncodingKey::from_rsa_der(pkcs1),
            modulus: public.modulus().big_endian_without_leading_zero().to_vec(),
            exponent: public.exponent().big_endian_without_leading_zero().to_vec(),
        })
    }

    /// The key's name: its thumbprint (RFC 7638, section 3.2: `e`, `kty`, `n` and nothing else, in this order).
    #[must_use]
    pub fn kid(&self) -> String {
        thumbprint(&self.n(), &self.e())
    }

    fn n(&self) -> String {
        URL_SAFE_NO_PAD.encode(&self.modulus)
    }

    fn e(&self) -> String {
        URL_SAFE_NO_PAD.encode(&self.exponent)
    }

    /// The public key (RFC 7517).
    #[must_use]
    pub fn jwk(&self) -> Value {
        json!({"kty": "RSA", "use": "sig", "alg": "RS256", "kid": self.kid(), "n": self.n(), "e": self.e()})
    }

    /// A token over the claims (RFC 7515, compact).
    ///
    /// # Errors
    /// When AWS-LC fails.
    pub fn sign(&self, claims: &Value) -> Result<String, KeyError> {
        let header = Header {
            typ: Some("secevent+jwt".to_owned()),
            kid: Some(self.kid()),
            ..Header::new(Algorithm::RS256)
        };
        jsonwebtoken::encode(&header, claims, &self.encoding).map_err(|_| KeyError::Failed)
    }
}

/// The thumbprint of an RSA key (RFC 7638), its two numbers written as in a JWK.
#[must_use]
pub fn thumbprint(n: &str, e: &str) -> String {
    let text = format!("{{\"e\":\"{e}\",\"kty\":\"RSA\",\"n\":\"{n}\"}}");
    URL_SAFE_NO_PAD.encode(digest(&SHA256, text.as_bytes()))
}

/// The public keys, as they are hosted.
#[must_use]
pub fn jwks(keys: &[SigningKey]) -> Value {
    json!({"keys": keys.iter().map(SigningKey::jwk).collect::<Vec<_>>()})
}

/// The transmitter's metadata, as far as a receiver of pushes asks for it (SSF 1.0, section 7.1).
#[must_use]
pub fn well_known(issuer: &str, jwks_uri: &str) -> Value {
    json!({
        "spec_version": "1_0",
        "issuer": issuer,
        "jwks_uri": jwks_uri,
        "delivery_methods_supported": ["urn:ietf:rfc:8935"],
    })
}

/// Where the metadata of an issuer is looked for: between host and path (SSF 1.0, section 7.2).
#[must_use]
pub fn well_known_address(issuer: &str) -> String {
    let rest = issuer.strip_prefix("https://").unwrap_or(issuer);
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let path = path.trim_end_matches('/');
    let path = if path.is_empty() { String::new() } else { format!("/{path}") };
    format!("https://{host}/.well-known/ssf-configuration{path}")
}

/// What is inside of PKCS #8's third field (RFC 5958, section 2): version, algorithm, then the key as an octet string.
fn pkcs1(der: &[u8]) -> Option<&[u8]> {
    let (_, inside, _) = value(der)?;
    let (_, _, rest) = value(inside)?;
    let (_, _, rest) = value(rest)?;
    let (tag, key, _) = value(rest)?;
    (tag == 0x04).then_some(key)
}

/// The first value of DER: its tag, what is in it, what comes after it (X.690, section 8.1).
fn value(der: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let [tag, length, rest @ ..] = der else { return None };
    let (length, rest) = match *length {
        short @ 0..=0x7f => (usize::from(short), rest),
        long => {
            let (bytes, rest) = rest.split_at_checked(usize::from(long & 0x7f))?;
            if bytes.is_empty() || bytes.len() > 3 {
                return None;
            }
            (bytes.iter().fold(0_usize, |sum, byte| sum << 8 | usize::from(*byte)), rest)
        }
    };
    let (inside, rest) = rest.split_at_checked(length)?;
    Some((*tag, inside, rest))
}
