//! The signature is checked as a browser checks it: from the bytes of the file alone, read here without the code that
//! wrote them, by OpenSSL, which also makes the keys.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::{inputs, release, tool};
use crate::dist::chromium;
use crate::dist::crx::Key;

/// Runs OpenSSL; whether it was content.
fn openssl(folder: &Path, args: &str) -> bool {
    let mut command = Command::new("openssl");
    command.current_dir(folder).args(args.split(' ')).output().unwrap().status.success()
}

/// A field of a protobuf message: its number and its bytes, and what is left.
fn field(bytes: &[u8]) -> (u64, &[u8], &[u8]) {
    let varint = |bytes: &[u8]| {
        let length = bytes.iter().position(|byte| byte & 0x80 == 0).unwrap() + 1;
        let value =
            bytes[..length].iter().rev().fold(0_u64, |value, byte| (value << 7) | u64::from(byte & 0x7f));
        (value, length)
    };
    let (key, at) = varint(bytes);
    assert_eq!(key & 7, 2, "all fields have a length");
    let (length, more) = varint(&bytes[at..]);
    let (start, end) = (at + more, at + more + usize::try_from(length).unwrap());
    (key >> 3, &bytes[start..end], &bytes[end..])
}

/// What a browser reads of a crx.
struct Read<'a> {
    /// Number of the field with the proof: 2 is RSA, 3 is ECDSA.
    kind: u64,
    public: &'a [u8],
    signature: &'a [u8],
    id: &'a [u8],
    message: Vec<u8>,
}

fn read(crx: &[u8]) -> Read<'_> {
    let word = |at: usize| u32::from_le_bytes(crx[at..at + 4].try_into().unwrap());
    assert_eq!((&crx[..4], word(4)), (b"Cr24".as_slice(), 3));
    let end = 12 + usize::try_from(word(8)).unwrap();
    let (kind, proof, rest) = field(&crx[12..end]);
    let (number, signed, rest) = field(rest);
    assert_eq!((number, rest.len()), (10_000, 0));
    let (one, public, rest) = field(proof);
    let (two, signature, rest) = field(rest);
    assert_eq!((one, two, rest.len()), (1, 2, 0));
    let length = u32::try_from(signed.len()).unwrap().to_le_bytes();
    let message = [b"CRX3 SignedData\0".as_slice(), &length, signed, &crx[end..]].concat();
    let (one, id, rest) = field(signed);
    assert_eq!((one, rest.len()), (1, 0));
    Read { kind, public, signature, id, message }
}

#[test]
fn openssl_finds_the_signature_right_and_every_change_wrong() {
    if !tool("openssl") {
        return;
    }
    let kinds = [(2, "RSA -pkeyopt rsa_keygen_bits:2048"), (3, "EC -pkeyopt ec_paramgen_curve:P-256")];
    for (number, kind) in kinds {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        assert!(openssl(folder, &format!("genpkey -algorithm {kind} -out key.pem")));
        assert!(openssl(folder, "pkey -in key.pem -pubout -outform DER -out public.der"));
        assert!(openssl(folder, "pkey -in key.pem -pubout -out public.pem"));
        assert!(openssl(folder, "dgst -sha256 -binary -out hash public.der"));
        let (public, hash) =
            (fs::read(folder.join("public.der")).unwrap(), fs::read(folder.join("hash")).unwrap());

        let pem = fs::read_to_string(folder.join("key.pem")).unwrap();
        let key = Key::read(&pem).unwrap();
        let files = chromium::signed(&inputs(), &release("7.8.9"), &key, None).unwrap();
        assert_eq!(files.len(), 1, "without an address there is no update.xml");
        let crx = read(&files[0].1);
        assert_eq!((crx.kind, crx.public, crx.id), (number, public.as_slice(), &hash[..16]));
        let letters = |byte: &u8| [byte >> 4, byte & 15].map(|nibble| char::from(b'a' + nibble));
        let id: String = crx.id.iter().flat_map(letters).collect();
        assert_eq!(key.extension_id().unwrap(), id);

        fs::write(folder.join("signature"), crx.signature).unwrap();
        let holds = |message: &[u8]| {
            fs::write(folder.join("message"), message).unwrap();
            openssl(folder, "dgst -sha256 -verify public.pem -signature signature message")
        };
        assert!(holds(&crx.message));
        for at in [0, 20, crx.message.len() - 1] {
            let mut changed = crx.message.clone();
            changed[at] ^= 1;
            assert!(!holds(&changed), "byte {at}");
        }
        let again = chromium::signed(&inputs(), &release("7.8.9"), &Key::read(&pem).unwrap(), None).unwrap();
        assert!(files == again, "the same key gives the same bytes");
    }
}

#[test]
fn a_key_of_another_kind_is_refused_with_the_next_step() {
    for text in ["", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"] {
        let Err(fault) = Key::read(text) else { panic!("{text} was taken") };
        let fault = fault.to_string();
        assert!(fault.contains("openssl pkcs8") && fault.contains("openssl genpkey"), "{fault}");
    }
}
