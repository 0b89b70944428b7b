//! RFC 9180, appendix A.2.1 (DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, ChaCha20Poly1305, base mode, first
//! message), run through the same two functions that seal and open records.

use super::{decrypt, encrypt};
use crate::{KeyPair, Seed};

fn hex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text.chars().map(|digit| digit.to_digit(16).unwrap() as u8).collect();
    digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect()
}

fn seed(text: &str) -> Seed {
    Seed::new(hex(text).try_into().unwrap())
}

const INFO: &str = "4f6465206f6e2061204772656369616e2055726e";
const AAD: &str = "436f756e742d30";
const IKM_E: &str = "909a9b35d3dc4713a5e72a4da274b55d3d3821a37e5d099e74a647db583a904b";
const IKM_R: &str = "1ac01f181fdf9f352797655161c58b75c656a6cc2716dcb66372da835542e1df";
const PK_R: &str = "4310ee97d88cc1f088a5576c77ab0cf5c3ac797f3d95139c6c84b5429c59662a";
const ENC: &str = "1afa08d3dec047a643885163f1180476fa7ddb54c6a8029ea33f95796bf2ac4a";
const PLAIN: &[u8] = b"Beauty is truth, truth beauty";
const SEALED: &str =
    "1c5250d8034ec2b784ba2cfd69dbdb8af406cfe3ff938e131f0def8c8b60b4db21993c62ce81883d2dd1b51a28";

#[test]
fn rfc_9180_a_2_1() {
    let pair = KeyPair::derive(seed(IKM_R));
    assert_eq!(pair.public, pair.private.public());
    let blob = encrypt(&pair.public, &hex(INFO), &hex(AAD), PLAIN, &seed(IKM_E)).unwrap();
    let sealed = hex(SEALED);
    let (body, tag) = sealed.split_at(PLAIN.len());
    let mut frame = vec![3];
    frame.extend(hex(ENC));
    frame.extend(29_u64.to_le_bytes());
    frame.extend(&sealed);
    assert_eq!(*blob, frame);
    let opened =
        decrypt(&pair.private, &hex(INFO), &hex(AAD), &hex(ENC), body, tag.try_into().unwrap()).unwrap();
    assert_eq!(*opened, PLAIN);
}

#[test]
fn rfc_9180_recipient_key() {
    use base64::Engine as _;
    let text = base64::engine::general_purpose::STANDARD.encode(hex(PK_R));
    assert_eq!(KeyPair::derive(seed(IKM_R)).public.to_base64(), text);
}

#[test]
fn a_point_of_small_order_is_refused() {
    use base64::Engine as _;
    let zero = base64::engine::general_purpose::STANDARD.encode([0_u8; 32]);
    let public = crate::PublicKey::parse(&zero).unwrap();
    assert!(encrypt(&public, b"", b"", b"text", &seed(IKM_E)).is_err());
}
