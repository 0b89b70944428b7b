//! The public vector opens; what we seal opens; anything else is refused with its reason.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use proptest::prelude::*;
use shared_seal::{KeyPair, OVERHEAD, OpenError, PrivateKey, PublicKey, Seed, TOO_LARGE, open, seal};

#[derive(serde::Deserialize)]
struct Vector {
    private_key: String,
    public_key: String,
    sealed: String,
    plain: String,
}

fn vector() -> Vector {
    serde_json::from_str(include_str!("vectors/matched-data-v3.json")).unwrap()
}

fn pair(byte: u8) -> KeyPair {
    KeyPair::derive(Seed::new([byte; 32]))
}

#[test]
fn the_public_vector_opens() {
    let vector = vector();
    let private = PrivateKey::parse(&vector.private_key).unwrap();
    assert_eq!(private.public().to_base64(), vector.public_key);
    assert_eq!(*open(&private, &vector.sealed).unwrap(), vector.plain.as_bytes());
}

#[test]
fn every_cut_of_the_vector_is_refused() {
    let vector = vector();
    let private = PrivateKey::parse(&vector.private_key).unwrap();
    let blob = STANDARD.decode(&vector.sealed).unwrap();
    for length in 0..blob.len() {
        let cut = open(&private, &STANDARD.encode(&blob[..length]));
        assert_eq!(cut.unwrap_err(), OpenError::Cut, "{length}");
    }
    let mut text = vector.sealed;
    while text.pop().is_some() {
        assert!(open(&private, &text).is_err(), "{}", text.len());
    }
}

/// Every bit of the frame, and every third of what is encrypted: each byte, each place in a byte.
#[test]
fn a_changed_bit_of_the_vector_is_refused() {
    let vector = vector();
    let private = PrivateKey::parse(&vector.private_key).unwrap();
    let blob = STANDARD.decode(&vector.sealed).unwrap();
    let is_frame = |bit: &usize| bit / 8 == 0 || (33..41).contains(&(bit / 8));
    for bit in (0..blob.len() * 8).filter(|bit| is_frame(bit) || bit % 3 == 0) {
        let mut changed = blob.clone();
        changed[bit / 8] ^= 1 << (bit % 8);
        let refused = open(&private, &STANDARD.encode(&changed)).unwrap_err();
        match bit / 8 {
            0 => assert_eq!(refused, OpenError::Version(changed[0])),
            33..41 => assert!(matches!(refused, OpenError::Cut | OpenError::Trailing), "{bit}"),
            _ => assert_eq!(refused, OpenError::Refused, "{bit}"),
        }
    }
}

#[test]
fn other_keys_trailing_bytes_and_bad_base64_are_refused() {
    let vector = vector();
    let private = PrivateKey::parse(&vector.private_key).unwrap();
    assert_eq!(open(&pair(9).private, &vector.sealed).unwrap_err(), OpenError::Refused);
    let mut longer = STANDARD.decode(&vector.sealed).unwrap();
    longer.push(0);
    assert_eq!(open(&private, &STANDARD.encode(longer)).unwrap_err(), OpenError::Trailing);
    let unpadded = vector.sealed.trim_end_matches('=');
    let url_safe = vector.sealed.replace('+', "-").replace('/', "_");
    let bad = ["!", unpadded, &url_safe, &format!("{}\n", vector.sealed), &format!(" {}", vector.sealed)];
    for text in bad {
        assert_eq!(open(&private, text).unwrap_err(), OpenError::Base64, "{text}");
    }
    assert_eq!(open(&private, TOO_LARGE).unwrap_err(), OpenError::TooLarge);
    assert_eq!(open(&private, "").unwrap_err(), OpenError::Cut);
}

#[test]
fn keys_are_32_bytes_in_base64() {
    for text in
        ["", "AAAA", &STANDARD.encode([1; 31]), &STANDARD.encode([1; 33]), &"A".repeat(44), &"=".repeat(44)]
    {
        assert!(PublicKey::parse(text).is_err(), "{text}");
        assert!(PrivateKey::parse(text).is_err(), "{text}");
    }
    let pair = pair(1);
    let read = PrivateKey::parse(&pair.private.to_base64()).unwrap();
    assert_eq!(read.public(), PublicKey::parse(&pair.public.to_base64()).unwrap());
}

#[test]
fn debug_shows_the_short_name_only() {
    let pair = pair(1);
    let id = pair.public.id();
    assert_eq!(id.as_str().len(), 16);
    assert_eq!(
        format!("{pair:?}"),
        format!("KeyPair {{ private: PrivateKey(of {id}), public: PublicKey({id}) }}")
    );
    assert_ne!(id, self::pair(2).public.id());
}

#[test]
fn the_short_name_is_a_hash_others_can_make() {
    // base64 -d < public.key | sha256sum | cut -c 1-16
    let vector = vector();
    assert_eq!(PublicKey::parse(&vector.public_key).unwrap().id().as_str(), "064f06a26eebac4c");
}

#[test]
fn a_long_text_goes_round() {
    let pair = pair(3);
    let plain = vec![0x41; 300_000];
    let sealed = seal(&pair.public, &plain, Seed::new([7; 32])).unwrap();
    assert_eq!(*open(&pair.private, &sealed).unwrap(), plain);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn what_is_sealed_opens(plain in prop::collection::vec(any::<u8>(), 0..3000), key: [u8; 32], seed: [u8; 32]) {
        let pair = KeyPair::derive(Seed::new(key));
        let sealed = seal(&pair.public, &plain, Seed::new(seed)).unwrap();
        let blob = STANDARD.decode(&sealed).unwrap();
        prop_assert_eq!(blob.len(), plain.len() + OVERHEAD);
        prop_assert_eq!(&*open(&pair.private, &sealed).unwrap(), &plain);
        let other = KeyPair::derive(Seed::new(seed));
        if other.public != pair.public {
            prop_assert_eq!(open(&other.private, &sealed).unwrap_err(), OpenError::Refused);
        }
    }

    #[test]
    fn opening_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..200), text: String, head: bool) {
        let private = pair(4).private;
        let mut blob = bytes;
        if head {
            blob.insert(0, 3);
        }
        prop_assert!(open(&private, &STANDARD.encode(blob)).is_err());
        prop_assert!(open(&private, &text).is_err());
    }
}
