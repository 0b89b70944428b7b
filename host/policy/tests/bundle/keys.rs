//! Keys as text, and against the known answers of their makers.

use host_policy::bundle::{Algorithm, PublicKey, SecretKey, Signer as _};

use crate::raw::Key;

/// RFC 8032, section 7.1, tests 1 and 2: seed, public key, message, signature.
const KNOWN: [[&str; 4]; 2] = [
    [
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ],
    [
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ],
];

fn bytes(hex: &str) -> Vec<u8> {
    let digit = |byte: &u8| u8::try_from(char::from(*byte).to_digit(16).unwrap()).unwrap();
    hex.as_bytes().chunks(2).map(|pair| digit(&pair[0]) << 4 | digit(&pair[1])).collect()
}

#[test]
fn seeds_sign_as_the_specification_says() {
    for [seed, public, message, signature] in KNOWN {
        let key = SecretKey::from_seed(bytes(seed).try_into().unwrap()).unwrap();
        assert_eq!(key.key().raw(), bytes(public));
        assert_eq!(key.sign(&bytes(message)).unwrap(), bytes(signature));
        assert!(!format!("{key:?}").contains(seed.get(..8).unwrap()));
    }
}

#[test]
fn a_key_reads_as_it_is_written() {
    for key in [Key::ed25519(1), Key::p256()] {
        let text = key.key().to_string();
        assert_eq!(&text.parse::<PublicKey>().unwrap(), key.key());
        assert_eq!(&format!(" {text}\n").parse::<PublicKey>().unwrap(), key.key());
        let json = serde_json::to_string(key.key()).unwrap();
        assert_eq!(json, format!("\"{text}\""));
        assert_eq!(&serde_json::from_str::<PublicKey>(&json).unwrap(), key.key());
        assert_eq!(key.key().id().len(), 16);
        for cut in 0..text.len() {
            assert!(text.get(..cut).unwrap().parse::<PublicKey>().is_err(), "{cut}");
        }
    }
}

#[test]
fn what_is_no_key_is_told_with_a_remedy() {
    let swapped = Key::ed25519(1).key().to_string().replacen("ed25519", "p256", 1);
    // The point is not on the curve.
    let mut off = Key::p256().key().raw().to_vec();
    off[40] ^= 1;
    let off = PublicKey::new(Algorithm::P256, &off).unwrap_err().to_string();
    assert!(off.contains("no p256 key"), "{off}");
    for (text, says) in [
        ("", "begins with `ed25519:`"),
        ("rsa:AAAA", "begins with `ed25519:`"),
        ("ed25519:***", "not base64"),
        ("ed25519:AAAA", "3 bytes"),
        (swapped.as_str(), "32 bytes"),
    ] {
        let error = text.parse::<PublicKey>().unwrap_err().to_string();
        assert!(error.contains(says), "{text}: {error}");
    }
}
