//! What we seal, opened by a second reading of RFC 9180 and of the public tool's frame, written from their texts on
//! another library's X25519, HMAC and ChaCha20-Poly1305 (AWS-LC); and the other way round.
//!
//! Nothing here uses the `hpke` crate or a function of ours but the one under test.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use aws_lc_rs::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::agreement::{PrivateKey as Agreement, UnparsedPublicKey, X25519, agree};
use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use proptest::prelude::*;
use shared_seal::{KeyPair, OVERHEAD, OpenError, PrivateKey, PublicKey, Seed, open, seal};

/// RFC 9180, section 4.1 and 7: DHKEM(X25519, HKDF-SHA256).
const KEM: &[u8] = b"KEM\x00\x20";
/// Section 5.1: "HPKE", the KEM, HKDF-SHA256, ChaCha20Poly1305.
const SUITE: &[u8] = b"HPKE\x00\x20\x00\x01\x00\x03";

/// RFC 5869.
fn extract(salt: &[u8], ikm: &[u8]) -> Vec<u8> {
    hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, salt), ikm).as_ref().to_vec()
}

/// RFC 5869 for at most 32 bytes.
fn expand(prk: &[u8], info: &[u8], length: usize) -> Vec<u8> {
    let block = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, prk), &[info, &[1]].concat());
    block.as_ref()[..length].to_vec()
}

fn labeled_extract(suite: &[u8], salt: &[u8], label: &str, ikm: &[u8]) -> Vec<u8> {
    extract(salt, &[b"HPKE-v1", suite, label.as_bytes(), ikm].concat())
}

fn labeled_expand(suite: &[u8], prk: &[u8], label: &str, info: &[u8], length: u16) -> Vec<u8> {
    let info = [&length.to_be_bytes(), b"HPKE-v1".as_slice(), suite, label.as_bytes(), info].concat();
    expand(prk, &info, usize::from(length))
}

/// Section 4.1, the shared secret of `Encap` and `Decap`.
fn shared_secret(mine: &Agreement, theirs: &[u8], enc: &[u8], recipient: &[u8]) -> Vec<u8> {
    let dh = agree(mine, UnparsedPublicKey::new(&X25519, theirs), (), |dh| Ok(dh.to_vec())).unwrap();
    let prk = labeled_extract(KEM, b"", "eae_prk", &dh);
    labeled_expand(KEM, &prk, "shared_secret", &[enc, recipient].concat(), 32)
}

/// Section 5.1, base mode with empty `info`: key and nonce of the first message.
fn context(secret: &[u8]) -> (LessSafeKey, Nonce) {
    let psk_id = labeled_extract(SUITE, b"", "psk_id_hash", b"");
    let info = labeled_extract(SUITE, b"", "info_hash", b"");
    let context = [&[0], psk_id.as_slice(), &info].concat();
    let secret = labeled_extract(SUITE, secret, "secret", b"");
    let key = labeled_expand(SUITE, &secret, "key", &context, 32);
    let nonce = labeled_expand(SUITE, &secret, "base_nonce", &context, 12);
    let key = UnboundKey::new(&CHACHA20_POLY1305, &key).unwrap();
    (LessSafeKey::new(key), Nonce::try_assume_unique_for_key(&nonce).unwrap())
}

fn agreement(private: &str) -> Agreement {
    Agreement::from_private_key(&X25519, &STANDARD.decode(private).unwrap()).unwrap()
}

/// Opens a blob; `None` when the tag says no.
fn open_again(private: &str, text: &str) -> Option<Vec<u8>> {
    let blob = STANDARD.decode(text).unwrap();
    assert_eq!(blob[0], 3);
    let (enc, rest) = blob[1..].split_at(32);
    let (length, sealed) = rest.split_at(8);
    let length = u64::from_le_bytes(length.try_into().unwrap());
    assert_eq!(sealed.len() as u64, length + 16);
    let mine = agreement(private);
    let public = mine.compute_public_key().unwrap();
    let (key, nonce) = context(&shared_secret(&mine, enc, enc, public.as_ref()));
    let mut sealed = sealed.to_vec();
    key.open_in_place(nonce, Aad::empty(), &mut sealed).ok().map(|plain| plain.to_vec())
}

/// Seals a blob with this ephemeral key.
fn seal_again(recipient: &str, ephemeral: &[u8; 32], plain: &[u8]) -> String {
    let recipient = STANDARD.decode(recipient).unwrap();
    let mine = Agreement::from_private_key(&X25519, ephemeral).unwrap();
    let enc = mine.compute_public_key().unwrap();
    let (key, nonce) = context(&shared_secret(&mine, &recipient, enc.as_ref(), &recipient));
    let mut sealed = plain.to_vec();
    key.seal_in_place_append_tag(nonce, Aad::empty(), &mut sealed).unwrap();
    let length = (plain.len() as u64).to_le_bytes();
    STANDARD.encode([&[3], enc.as_ref(), &length, &sealed].concat())
}

#[derive(serde::Deserialize)]
struct Vector {
    private_key: String,
    public_key: String,
    sealed: String,
    plain: String,
}

/// The reading is right: it opens what the public tool made, and no other key does.
#[test]
fn the_second_reading_opens_the_public_vector() {
    let vector: Vector = serde_json::from_str(include_str!("vectors/matched-data-v3.json")).unwrap();
    assert_eq!(open_again(&vector.private_key, &vector.sealed).unwrap(), vector.plain.as_bytes());
    assert_eq!(
        agreement(&vector.private_key).compute_public_key().unwrap().as_ref(),
        STANDARD.decode(vector.public_key).unwrap()
    );
    assert_eq!(open_again(&STANDARD.encode([9; 32]), &vector.sealed), None);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn what_we_seal_it_opens(plain in prop::collection::vec(any::<u8>(), 0..3000), key: [u8; 32], seed: [u8; 32]) {
        let pair = KeyPair::derive(Seed::new(key));
        let sealed = seal(&pair.public, &plain, Seed::new(seed)).unwrap();
        prop_assert_eq!(STANDARD.decode(&sealed).unwrap().len(), plain.len() + OVERHEAD);
        prop_assert_eq!(open_again(&pair.private.to_base64(), &sealed), Some(plain));
    }

    #[test]
    fn what_it_seals_we_open(plain in prop::collection::vec(any::<u8>(), 0..3000), key: [u8; 32], ephemeral: [u8; 32]) {
        let private = PrivateKey::parse(&STANDARD.encode(key)).unwrap();
        let public = agreement(&STANDARD.encode(key)).compute_public_key().unwrap();
        let public = STANDARD.encode(public.as_ref());
        prop_assert_eq!(PublicKey::parse(&public).unwrap(), private.public());
        let sealed = seal_again(&public, &ephemeral, &plain);
        prop_assert_eq!(&*open(&private, &sealed).unwrap(), &plain);
        let other = KeyPair::derive(Seed::new(ephemeral));
        prop_assert_eq!(open(&other.private, &sealed).unwrap_err(), OpenError::Refused);
    }
}
