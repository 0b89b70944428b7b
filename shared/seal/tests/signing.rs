//! Signing keys in files: what was written is read, and nothing else is.

#![cfg(test)]

use shared_seal::{
    Cost, KeyFile, KeyFileError, Seed, SigningFile, SigningFileError, UnlockError, plain_signing,
    protect_signing,
};

const PUBLIC: &str = "ed25519:bWFkZSB1cA==";
const SECRET: [u8; 32] = [7; 32];
const QUICK: Cost = Cost { memory_kib: 64, passes: 1, lanes: 1 };

fn protected() -> String {
    protect_signing(PUBLIC, &SECRET, "open sesame", QUICK, Seed::new([3; 32])).unwrap()
}

#[test]
fn a_plain_key_is_read_as_it_was_written() {
    let text = plain_signing(PUBLIC, &SECRET);
    match SigningFile::parse(&text).unwrap() {
        SigningFile::Plain { public, secret } => assert_eq!((public.as_str(), *secret), (PUBLIC, SECRET)),
        SigningFile::Protected(_) => panic!("it is plain"),
    }
    assert!(!format!("{:?}", SigningFile::parse(&text).unwrap()).contains("BwcH"));
}

#[test]
fn a_protected_key_opens_with_its_passphrase_and_as_it_was() {
    let text = protected();
    let SigningFile::Protected(key) = SigningFile::parse(&text).unwrap() else { panic!("it is protected") };
    assert_eq!(*key.unlock("open sesame").unwrap(), SECRET);
    assert_eq!(key.unlock("open barley"), Err(UnlockError));
    // Who puts another public half into it is found out.
    let other = text.replace("bWFkZSB1cA", "bWFkZSB1cB");
    let SigningFile::Protected(key) = SigningFile::parse(&other).unwrap() else { panic!("it is protected") };
    assert_eq!(key.unlock("open sesame"), Err(UnlockError));
}

#[test]
fn a_key_of_one_kind_is_none_of_the_other() {
    assert_eq!(KeyFile::parse(&protected()).unwrap_err(), KeyFileError::NoKey);
    let opening = protected().replace("signing key", "private key");
    assert_eq!(SigningFile::parse(&opening).unwrap_err(), SigningFileError::NoKey);
}

#[test]
fn a_broken_file_is_told_by_its_line() {
    let text = protected();
    let plain = plain_signing(PUBLIC, &SECRET);
    for (broken, told) in [
        (text.replace("version 1", "version 2"), SigningFileError::Version),
        (text.replace("passes: 1", "passes: 01"), SigningFileError::Line("passes")),
        (text.replace("memory-kib: 64", "memory-kib: 99999999"), SigningFileError::Line("memory-kib")),
        (text.replace("sealed-key: ", "sealed-key: A"), SigningFileError::Line("sealed-key")),
        (plain.replace("secret-key: ", "secret-key: A"), SigningFileError::Line("secret-key")),
        (plain.replace("public-key", "pubic-key"), SigningFileError::Line("public-key")),
        (String::new(), SigningFileError::NoKey),
    ] {
        assert_eq!(SigningFile::parse(&broken).unwrap_err(), told, "{broken}");
    }
}
