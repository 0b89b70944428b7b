//! `.signatures.json`: tokens over the hashes of all files, in the Open Policy Agent form.
//!
//! `{"signatures":["<JWT>"]}`; a token's header names the key (`kid`), its payload is
//! `{"files":[{"name":"…","hash":"<hex>","algorithm":"SHA-256"}],"iat":…}` (RFC 7515, RFC 7519). The hash is over a file's
//! raw bytes, whatever kind of file it is: also over those of `.manifest`, which Open Policy Agent hashes in a canonical
//! form, the one that ours is written in.
//!
//! INVARIANT: header and list are read by the bounded reader; the payload is read after its signature was verified.
//! INVARIANT: the algorithm is the trusted key's. A header that names another one, none at all, or a key of its own is
//! refused. A header or claim that is not known here might take something back, so it is refused too.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{DecodingKey, Validation};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::json::{self, JsonError, Limits};
use super::{Algorithm, Files, MAX_FILE, PublicKey, Refused, SignError, Signer, hex, unhex};

/// The file's name in the archive. It is the one file that is not hashed.
pub(super) const NAME: &str = ".signatures.json";

/// Most tokens.
pub const MAX_SIGNATURES: usize = 8;

const LIST: Limits = Limits { bytes: MAX_FILE, depth: 2, items: MAX_SIGNATURES + 4 };
const HEADER: Limits = Limits { bytes: 512, depth: 3, items: 16 };

/// The one algorithm of hashes.
const HASH: &str = "SHA-256";

/// Hashes by path.
pub(super) type Hashes = BTreeMap<String, [u8; 32]>;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct List {
    signatures: Vec<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    alg: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    kid: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    typ: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Claims {
    files: Vec<Entry>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    iat: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    iss: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    name: String,
    hash: String,
    algorithm: String,
}

/// The hashes of files.
pub(super) fn hashes(files: &Files) -> Hashes {
    files.iter().map(|(path, data)| (path.clone(), Sha256::digest(data).into())).collect()
}

/// What a trusted key signed, and the key's id: of several tokens the first that one did.
pub(super) fn verify(list: &[u8], keys: &[PublicKey]) -> Result<(Hashes, String), Refused> {
    let List { signatures } = json::read(list, &LIST).map_err(|error| malformed(&error.to_string()))?;
    if signatures.is_empty() {
        return Err(Refused::NoSignature);
    }
    if signatures.len() > MAX_SIGNATURES {
        return Err(malformed(&format!("more than {MAX_SIGNATURES} signatures")));
    }
    let (mut unknown, mut bad) = (Vec::new(), None);
    for token in &signatures {
        let Header { alg, kid, typ: _ } = header(token)?;
        let Some(key) = keys.iter().find(|key| Some(key.id()) == kid) else {
            unknown.extend(kid.filter(|id| is_id(id)));
            continue;
        };
        // INVARIANT: the header may agree with the key, it cannot choose.
        let claims = if alg == word(key.algorithm()) { claims(token, key)? } else { None };
        match claims {
            Some(claims) => return Ok((listed(claims)?, key.id())),
            None => bad = Some(key.id()),
        }
    }
    Err(match bad {
        Some(key) => Refused::BadSignature { key },
        None => Refused::UnknownKey { keys: unknown },
    })
}

/// A token's header, of which nothing is trusted.
fn header(token: &str) -> Result<Header, Refused> {
    let header = token.split('.').next().unwrap_or_default();
    let header =
        URL_SAFE_NO_PAD.decode(header).map_err(|_| malformed("a token's header is not base64url"))?;
    json::read(&header, &HEADER).map_err(|error| malformed(&format!("a token's header: {error}")))
}

/// Only what looks like a key's id is repeated in an error.
fn is_id(id: &str) -> bool {
    id.len() == 16 && id.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// What tokens call an algorithm (RFC 7518, RFC 8037).
const fn word(algorithm: Algorithm) -> &'static str {
    match algorithm {
        Algorithm::Ed25519 => "EdDSA",
        Algorithm::P256 => "ES256",
    }
}

/// What a token says, when the key signed it.
fn claims(token: &str, key: &PublicKey) -> Result<Option<Claims>, Refused> {
    let (algorithm, decoding) = match key.algorithm() {
        Algorithm::Ed25519 => (jsonwebtoken::Algorithm::EdDSA, DecodingKey::from_ed_der(key.raw())),
        Algorithm::P256 => (jsonwebtoken::Algorithm::ES256, DecodingKey::from_ec_der(key.raw())),
    };
    let mut validation = Validation::new(algorithm);
    // Times are the manifest's; the library would look at a clock.
    validation.required_spec_claims.clear();
    validation.validate_exp = false;
    match jsonwebtoken::decode(token, &decoding, &validation) {
        Ok(read) => Ok(Some(read.claims)),
        Err(error) => match error.kind() {
            ErrorKind::Json(error) => {
                // The header was read before, so this is the payload, and the key signed it.
                let what: serde_json::Error = serde::de::Error::custom(error);
                Err(malformed(&format!("a token's payload: {}", JsonError::from(what))))
            }
            _ => Ok(None),
        },
    }
}

fn listed(claims: Claims) -> Result<Hashes, Refused> {
    let mut hashes = Hashes::new();
    for Entry { name, hash, algorithm } in claims.files {
        if algorithm != HASH {
            return Err(malformed(&format!("`{name}` is hashed otherwise than with {HASH}")));
        }
        let hash = unhex(&hash).ok_or_else(|| malformed(&format!("the hash of `{name}` is no {HASH}")))?;
        if hashes.insert(name.clone(), hash).is_some() {
            return Err(malformed(&format!("`{name}` is listed twice")));
        }
    }
    Ok(hashes)
}

fn malformed(reason: &str) -> Refused {
    Refused::Signatures { reason: reason.to_owned() }
}

/// `.signatures.json` over `hashes`.
pub(super) fn sign(hashes: &Hashes, issued: i64, signer: &dyn Signer) -> Result<Vec<u8>, SignError> {
    let alg = word(signer.key().algorithm()).to_owned();
    let header = Header { alg, kid: Some(signer.key().id()), typ: Some("JWT".to_owned()) };
    let entry = |(name, hash): (&String, &[u8; 32])| Entry {
        name: name.clone(),
        hash: hex(hash),
        algorithm: HASH.to_owned(),
    };
    let claims = Claims { files: hashes.iter().map(entry).collect(), iat: Some(issued), iss: None };
    let failed = |error: serde_json::Error| SignError::new(error.to_string());
    let part = |bytes: Result<Vec<u8>, _>| bytes.map(|bytes| URL_SAFE_NO_PAD.encode(bytes)).map_err(failed);
    let message = format!("{}.{}", part(serde_json::to_vec(&header))?, part(serde_json::to_vec(&claims))?);
    let signature = signer.sign(message.as_bytes())?;
    let token = format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature));
    serde_json::to_vec(&List { signatures: vec![token] }).map_err(failed)
}
