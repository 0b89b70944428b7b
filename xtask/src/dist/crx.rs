//! CRX3: a zip with a header that proves whose it is.
//!
//! The form is Chromium's `components/crx_file/crx3.proto`. INVARIANT: the same zip and key give the same bytes: RSA with
//! PKCS #1 v1.5 has no chance in it, and ECDSA takes its number from the message (RFC 6979).
//! It deliberately makes no key.

use anyhow::{Result, bail};
use p256::ecdsa::signature::Signer as _;
use p256::pkcs8::EncodePublicKey as _;
use prost::Message as _;
use rsa::pkcs8::{DecodePrivateKey as _, EncodePublicKey as _};
use rsa::signature::{SignatureEncoding as _, Signer as _};
use sha2::{Digest as _, Sha256};

/// What stands in front of what is signed, its end included.
const CONTEXT: &[u8] = b"CRX3 SignedData\0";

/// How to make a key, for whoever has none.
pub const MAKE_A_KEY: &str = "openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out crx.pem";

#[derive(prost::Message)]
struct FileHeader {
    #[prost(message, repeated, tag = "2")]
    sha256_with_rsa: Vec<Proof>,
    #[prost(message, repeated, tag = "3")]
    sha256_with_ecdsa: Vec<Proof>,
    #[prost(bytes = "vec", tag = "10000")]
    signed_header_data: Vec<u8>,
}

#[derive(prost::Message)]
struct Proof {
    #[prost(bytes = "vec", tag = "1")]
    public_key: Vec<u8>,
    #[prost(bytes = "vec", tag = "2")]
    signature: Vec<u8>,
}

#[derive(prost::Message)]
struct SignedData {
    #[prost(bytes = "vec", tag = "1")]
    crx_id: Vec<u8>,
}

/// The key that an organisation signs its extension with.
pub enum Key {
    /// As Chromium makes them.
    Rsa(Box<rsa::pkcs1v15::SigningKey<rsa::sha2::Sha256>>),
    /// The shorter kind.
    P256(Box<p256::ecdsa::SigningKey>),
}

impl Key {
    /// From a PEM file in PKCS #8.
    pub fn read(pem: &str) -> Result<Self> {
        if let Ok(key) = rsa::RsaPrivateKey::from_pkcs8_pem(pem) {
            return Ok(Self::Rsa(Box::new(rsa::pkcs1v15::SigningKey::new(key))));
        }
        if let Ok(key) = <p256::ecdsa::SigningKey as p256::pkcs8::DecodePrivateKey>::from_pkcs8_pem(pem) {
            return Ok(Self::P256(Box::new(key)));
        }
        bail!(
            "no private key of RSA or P-256 in PKCS #8 (`BEGIN PRIVATE KEY`); \
             `openssl pkcs8 -topk8 -nocrypt -in OLD -out NEW` rewrites one, `{MAKE_A_KEY}` makes one"
        )
    }

    /// Its public half as a SubjectPublicKeyInfo.
    fn public(&self) -> Result<Vec<u8>> {
        Ok(match self {
            Self::Rsa(key) => {
                use rsa::signature::Keypair as _;
                key.verifying_key().to_public_key_der()?.into_vec()
            }
            Self::P256(key) => key.verifying_key().to_public_key_der()?.into_vec(),
        })
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>> {
        Ok(match self {
            Self::Rsa(key) => key.try_sign(message)?.to_vec(),
            Self::P256(key) => {
                let signature: p256::ecdsa::DerSignature = key.try_sign(message)?;
                signature.as_bytes().to_vec()
            }
        })
    }

    /// The extension's id: the first half of the public key's hash, in letters from a to p.
    pub fn extension_id(&self) -> Result<String> {
        let letter = |nibble: u8| char::from(b'a' + nibble);
        Ok(self.crx_id()?.iter().flat_map(|byte| [letter(byte >> 4), letter(byte & 15)]).collect())
    }

    fn crx_id(&self) -> Result<Vec<u8>> {
        Ok(Sha256::digest(self.public()?).iter().take(16).copied().collect())
    }
}

/// A zip, signed.
pub fn sign(zip: &[u8], key: &Key) -> Result<Vec<u8>> {
    let signed = SignedData { crx_id: key.crx_id()? }.encode_to_vec();
    let length = |bytes: &[u8]| Ok::<_, anyhow::Error>(u32::try_from(bytes.len())?.to_le_bytes());
    let message = [CONTEXT, &length(&signed)?, &signed, zip].concat();
    let proof = vec![Proof { public_key: key.public()?, signature: key.sign(&message)? }];
    let header = match key {
        Key::Rsa(_) => {
            FileHeader { sha256_with_rsa: proof, sha256_with_ecdsa: vec![], signed_header_data: signed }
        }
        Key::P256(_) => {
            FileHeader { sha256_with_rsa: vec![], sha256_with_ecdsa: proof, signed_header_data: signed }
        }
    };
    let header = header.encode_to_vec();
    Ok([b"Cr24".as_slice(), &3_u32.to_le_bytes(), &length(&header)?, &header, zip].concat())
}
