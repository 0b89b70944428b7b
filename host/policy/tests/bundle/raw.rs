//! A bundle written by hand: blocks, tokens and streams, each of which can be made wrong.

use std::collections::BTreeMap;
use std::io::Write as _;

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::hmac;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use flate2::Compression;
use flate2::write::GzEncoder;
use host_policy::bundle::{Algorithm, PublicKey, SignError, Signer};
use serde_json::{Value, json};

/// A key of the tests.
pub(crate) enum Key {
    Ed25519(Ed25519KeyPair, PublicKey),
    P256(EcdsaKeyPair, PublicKey),
}

impl Key {
    pub(crate) fn ed25519(seed: u8) -> Self {
        let pair = Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).unwrap();
        let key = PublicKey::new(Algorithm::Ed25519, pair.public_key().as_ref()).unwrap();
        Self::Ed25519(pair, key)
    }

    pub(crate) fn p256() -> Self {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
        let key = PublicKey::new(Algorithm::P256, pair.public_key().as_ref()).unwrap();
        Self::P256(pair, key)
    }

    pub(crate) fn alg(&self) -> &'static str {
        match self {
            Self::Ed25519(..) => "EdDSA",
            Self::P256(..) => "ES256",
        }
    }
}

impl Signer for Key {
    fn key(&self) -> &PublicKey {
        match self {
            Self::Ed25519(_, key) | Self::P256(_, key) => key,
        }
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignError> {
        Ok(match self {
            Self::Ed25519(pair, _) => pair.sign(message).as_ref().to_vec(),
            Self::P256(pair, _) => pair.sign(&SystemRandom::new(), message).unwrap().as_ref().to_vec(),
        })
    }
}

/// The files that everything begins with.
pub(crate) fn files() -> BTreeMap<String, Vec<u8>> {
    let file = |path: &str, text: &str| (path.to_owned(), text.as_bytes().to_vec());
    BTreeMap::from([
        file("policy/start.cedar", "@id(\"a\") forbid (principal, action, resource);\n"),
        file("settings.toml", "[fail]\nunread = \"block\"\n"),
    ])
}

/// The manifest that everything begins with: version 7, from 1,000 to 9,000.
pub(crate) fn manifest() -> Value {
    json!({
        "revision": "acme 7",
        "roots": [""],
        "metadata": { "promptgate": {
            "name": "acme", "version": 7, "audience": "acme", "issued": 1_000, "expires": 9_000, "agent": "0.1.0",
        }},
    })
}

/// The list of hashes over files.
pub(crate) fn claims(files: &BTreeMap<String, Vec<u8>>) -> Value {
    let hex = |data: &[u8]| -> String {
        digest(&SHA256, data).as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
    };
    let entry = |(name, data): (&String, &Vec<u8>)| json!({ "name": name, "hash": hex(data), "algorithm": "SHA-256" });
    json!({ "files": files.iter().map(entry).collect::<Vec<_>>(), "iat": 1_000 })
}

/// A token of any header and payload; `sign` makes its last part.
pub(crate) fn token(header: &Value, claims: &Value, sign: impl Fn(&[u8]) -> Vec<u8>) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let message = format!("{}.{}", part(header), part(claims));
    let signature = sign(message.as_bytes());
    format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))
}

/// A token as it should be.
pub(crate) fn signed(key: &Key, claims: &Value) -> String {
    let header = json!({ "alg": key.alg(), "kid": key.key().id(), "typ": "JWT" });
    token(&header, claims, |message| key.sign(message).unwrap())
}

/// The classical confusion: the public key as a shared secret.
pub(crate) fn hs256(key: &Key, message: &[u8]) -> Vec<u8> {
    hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key.key().raw()), message).as_ref().to_vec()
}

/// One member, and what may be wrong with its header.
pub(crate) struct Member<'a> {
    pub(crate) name: &'a [u8],
    pub(crate) kind: u8,
    pub(crate) link: &'a [u8],
    pub(crate) prefix: &'a [u8],
    /// In place of the size's digits.
    pub(crate) size: Option<&'a [u8]>,
    pub(crate) magic: &'a [u8],
    /// Added to the checksum.
    pub(crate) off: u32,
    /// What fills the last block.
    pub(crate) filler: u8,
    pub(crate) data: &'a [u8],
}

impl<'a> Member<'a> {
    pub(crate) fn file(name: &'a [u8], data: &'a [u8]) -> Self {
        Self {
            name,
            kind: b'0',
            link: b"",
            prefix: b"",
            size: None,
            magic: b"ustar\x0000",
            off: 0,
            filler: 0,
            data,
        }
    }

    /// Its blocks.
    pub(crate) fn blocks(&self) -> Vec<u8> {
        let mut block = vec![0; 512];
        let mut put = |at: usize, text: &[u8]| block[at..at + text.len()].copy_from_slice(text);
        put(0, self.name);
        put(100, b"0000644\x000000000\x000000000\0");
        let size = format!("{:011o}\0", self.data.len());
        put(124, self.size.unwrap_or(size.as_bytes()));
        put(136, b"00000000000\0");
        put(148, b"        ");
        put(156, &[self.kind]);
        put(157, self.link);
        put(257, self.magic);
        put(345, self.prefix);
        let sum: u32 = block.iter().map(|byte| u32::from(*byte)).sum();
        block[148..156].copy_from_slice(format!("{:06o}\0 ", sum + self.off).as_bytes());
        block.extend_from_slice(self.data);
        let whole = block.len().next_multiple_of(512);
        block.resize(whole, self.filler);
        block
    }
}

/// The blocks of plain files, without an end.
pub(crate) fn members(files: &BTreeMap<String, Vec<u8>>) -> Vec<u8> {
    files.iter().flat_map(|(path, data)| Member::file(path.as_bytes(), data).blocks()).collect()
}

pub(crate) fn gzip(tar: &[u8]) -> Vec<u8> {
    let mut out = GzEncoder::new(Vec::new(), Compression::fast());
    out.write_all(tar).unwrap();
    out.finish().unwrap()
}

/// A whole archive of files.
pub(crate) fn archive(files: &BTreeMap<String, Vec<u8>>) -> Vec<u8> {
    gzip(&[members(files), vec![0; 1_024]].concat())
}

/// A good bundle of files and a manifest, signed by each key.
pub(crate) fn bundle(files: &BTreeMap<String, Vec<u8>>, manifest: &Value, keys: &[&Key]) -> Vec<u8> {
    let mut files = files.clone();
    files.insert(".manifest".to_owned(), manifest.to_string().into_bytes());
    let claims = claims(&files);
    let tokens: Vec<String> = keys.iter().map(|key| signed(key, &claims)).collect();
    files.insert(".signatures.json".to_owned(), json!({ "signatures": tokens }).to_string().into_bytes());
    archive(&files)
}
