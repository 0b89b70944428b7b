//! Keys in a PKCS#11 token: P-256, made there and never taken out.
//!
//! The file that stands for such a key holds no secret:
//!
//! ```text
//! promptgate signing key in a token, version 1
//! public-key: p256:<65 bytes, base64>
//! module: /usr/lib/softhsm/libsofthsm2.so
//! token: <label>
//! key-id: <CKA_ID, hexadecimal>
//! ```
//! INVARIANT: what the token signs with is the key of the file's public half: a signature is made over a hash of its own
//! choice by nobody, and whoever reads the bundle checks it with that half.

use std::fmt::Display;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, anyhow};
use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::error::Error as TokenError;
use cryptoki::mechanism::Mechanism;
use cryptoki::object::{Attribute, AttributeType, KeyType, ObjectClass, ObjectHandle};
use cryptoki::session::{Session, UserType};
use cryptoki::types::AuthPin;
use host_policy::bundle::{Algorithm, PublicKey, SignError, Signer};
use sha2::{Digest as _, Sha256};

use super::signing;

const FIRST: &str = "promptgate signing key in a token, version 1";
const KIND: &str = "promptgate signing key in a token, version ";
/// What the key is called in the token.
const LABEL: &[u8] = b"promptgate policy";
/// secp256r1, as CKA_EC_PARAMS writes it: the DER of 1.2.840.10045.3.1.7.
const P256: [u8; 10] = [0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];
/// An uncompressed point.
const POINT: usize = 65;

/// Where a key lies.
pub(super) struct Reference {
    pub(super) public: PublicKey,
    pub(super) module: PathBuf,
    pub(super) token: String,
    id: Vec<u8>,
}

/// A key of a token, with the session it is used in.
pub(super) struct TokenKey {
    public: PublicKey,
    private: ObjectHandle,
    session: Session,
    /// Ends when the session has.
    _module: Pkcs11,
}

impl Reference {
    /// Reads a file's text; `None` when it says that it is something else.
    pub(super) fn parse(text: &str) -> Option<Result<Self>> {
        let mut lines = text.trim().lines().map(str::trim_end);
        let first = lines.next()?;
        if !first.starts_with(KIND) {
            return None;
        }
        if first != FIRST {
            return Some(Err(anyhow!("is of a version that is not known here; version 1 is")));
        }
        Some(Self::rest(lines))
    }

    fn rest<'a>(mut lines: impl Iterator<Item = &'a str>) -> Result<Self> {
        let mut value = |name: &str| {
            let line = lines.next().and_then(|line| line.strip_prefix(name)?.strip_prefix(": "));
            line.map(str::to_owned).with_context(|| format!("the line `{name}` is missing or wrong"))
        };
        let public = value("public-key")?.parse::<PublicKey>();
        let public = public.map_err(|_| anyhow!("the line `public-key` is missing or wrong"))?;
        let (module, token, id) = (value("module")?, value("token")?, value("key-id")?);
        let id = unhex(&id).context("the line `key-id` is missing or wrong")?;
        Ok(Self { public, module: PathBuf::from(module), token, id })
    }

    /// The text of the file.
    pub(super) fn to_text(&self) -> String {
        let Self { public, module, token, id } = self;
        format!(
            "{FIRST}\npublic-key: {public}\nmodule: {}\ntoken: {token}\nkey-id: {}\n",
            module.display(),
            hex(id)
        )
    }
}

/// Makes a key in the token called `label`.
pub(super) fn make(module: &Path, label: &str, pin: &str) -> Result<(Reference, PublicKey)> {
    let (_module, session) = log_in(module, label, pin)?;
    let id = signing::random::<8>()?.to_vec();
    let named = [Attribute::Token(true), Attribute::Id(id.clone()), Attribute::Label(LABEL.to_vec())];
    let public = [Attribute::Verify(true), Attribute::EcParams(P256.to_vec()), Attribute::Private(false)];
    let private = [
        Attribute::Sign(true),
        Attribute::Private(true),
        Attribute::Sensitive(true),
        Attribute::Extractable(false),
    ];
    let (public, _) = session
        .generate_key_pair(
            &Mechanism::EccKeyPairGen,
            &[named.as_slice(), &public].concat(),
            &[named.as_slice(), &private].concat(),
        )
        .map_err(|fault| refused("it makes no key on the curve P-256", &fault))?;
    let public = point(&session, public)?;
    let module = std::fs::canonicalize(module).unwrap_or_else(|_| module.to_owned());
    Ok((Reference { public: public.clone(), module, token: label.to_owned(), id }, public))
}

/// The key that a file names.
pub(super) fn open(reference: &Reference, pin: &str) -> Result<TokenKey> {
    let (module, session) = log_in(&reference.module, &reference.token, pin)?;
    let of = |class| {
        [Attribute::Class(class), Attribute::KeyType(KeyType::EC), Attribute::Id(reference.id.clone())]
    };
    let find = |class| {
        let found = session.find_objects(&of(class)).map_err(|fault| refused("it shows no keys", &fault))?;
        found.first().copied().with_context(|| {
            format!("the token `{}` has no key {}: was it made anew?", reference.token, hex(&reference.id))
        })
    };
    let private = find(ObjectClass::PRIVATE_KEY)?;
    if point(&session, find(ObjectClass::PUBLIC_KEY)?)? != reference.public {
        return Err(anyhow!("the key in the token `{}` is not the one that the file names", reference.token));
    }
    Ok(TokenKey { public: reference.public.clone(), private, session, _module: module })
}

impl Signer for TokenKey {
    fn key(&self) -> &PublicKey {
        &self.public
    }

    /// ECDSA over SHA-256: r and s, 32 bytes each, as RFC 7518 has them.
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignError> {
        let digest = Sha256::digest(message);
        self.session
            .sign(&Mechanism::Ecdsa, self.private, &digest)
            .map_err(|fault| SignError::new(format!("the token does not sign ({})", said(&fault))))
    }
}

fn log_in(module: &Path, label: &str, pin: &str) -> Result<(Pkcs11, Session)> {
    let context = Pkcs11::new(module).map_err(|_| {
        anyhow!(
            "{} is no PKCS#11 module that can be loaded; name the library of your token",
            module.display()
        )
    })?;
    context
        .initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK))
        .map_err(|fault| refused("it cannot be started", &fault))?;
    let slots = context.get_slots_with_token().map_err(|fault| refused("it shows no tokens", &fault))?;
    let labels: Vec<(cryptoki::slot::Slot, String)> = slots
        .into_iter()
        .filter_map(|slot| Some((slot, context.get_token_info(slot).ok()?.label().to_owned())))
        .collect();
    let mut named = labels.iter().filter(|(_, other)| other == label);
    let slot = match (named.next(), named.next()) {
        (Some((slot, _)), None) => *slot,
        (Some(_), Some(_)) => {
            return Err(anyhow!("several tokens are called `{label}`; give each a label of its own"));
        }
        (None, _) => {
            let all: Vec<&str> =
                labels.iter().map(|(_, label)| label.as_str()).filter(|label| !label.is_empty()).collect();
            let there = if all.is_empty() {
                "there is none".to_owned()
            } else {
                format!("there are {}", all.join(", "))
            };
            return Err(anyhow!("no token is called `{label}`; {there}"));
        }
    };
    let session = context.open_rw_session(slot).map_err(|fault| refused("it opens no session", &fault))?;
    session
        .login(UserType::User, Some(&AuthPin::from(pin.to_owned())))
        .map_err(|fault| refused("it does not take this PIN", &fault))?;
    Ok((context, session))
}

/// A public key's point. Most modules wrap it in an OCTET STRING, as the standard says; some do not.
fn point(session: &Session, key: ObjectHandle) -> Result<PublicKey> {
    let attributes = session
        .get_attributes(key, &[AttributeType::EcPoint])
        .map_err(|fault| refused("it does not show the public key", &fault))?;
    let bytes = attributes.into_iter().find_map(|one| match one {
        Attribute::EcPoint(bytes) => Some(bytes),
        _ => None,
    });
    let bytes = bytes.context("the token does not show the public key")?;
    let raw = bytes.strip_prefix(&[0x04, 0x41]).filter(|rest| rest.len() == POINT).unwrap_or(&bytes);
    PublicKey::new(Algorithm::P256, raw)
        .map_err(|_| anyhow!("the token's key is no point of the curve P-256"))
}

fn refused(what: &str, fault: &TokenError) -> anyhow::Error {
    anyhow!("the token: {what} ({})", said(fault))
}

/// What went wrong, without the words around it.
fn said(fault: &TokenError) -> String {
    match fault {
        TokenError::Pkcs11(why, _) => first_line(why),
        other => first_line(other),
    }
}

fn first_line(text: impl Display) -> String {
    text.to_string().lines().next().unwrap_or_default().trim_end_matches('.').to_owned()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let pairs = text.as_bytes().chunks(2).map(|pair| {
        let pair = std::str::from_utf8(pair).ok().filter(|pair| pair.len() == 2)?;
        u8::from_str_radix(pair, 16).ok()
    });
    pairs.collect::<Option<Vec<u8>>>().filter(|bytes| !bytes.is_empty())
}
