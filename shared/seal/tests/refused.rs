//! What must not open, as files: `tests/vectors/refused/*.json`, each with the reason in a word.
//!
//! A reader of the format in another language can be held to the same files. They were made from the public vector by
//! a program that is not this one.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use shared_seal::{OpenError, PrivateKey, open};

#[derive(serde::Deserialize)]
struct File {
    #[serde(rename = "about")]
    _about: String,
    private_key: String,
    cases: Vec<Case>,
}

#[derive(serde::Deserialize)]
struct Case {
    name: String,
    /// Another key than the file's.
    private_key: Option<String>,
    sealed: String,
    refused: String,
}

fn word(fault: OpenError) -> &'static str {
    match fault {
        OpenError::Base64 => "base64",
        OpenError::Cut => "cut",
        OpenError::Refused => "refused",
        OpenError::TooLarge => "too-large",
        OpenError::Trailing => "trailing",
        OpenError::Version(_) => "version",
    }
}

#[test]
fn nothing_of_it_opens() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors/refused");
    let mut reasons = BTreeSet::new();
    let mut count = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let file: File = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
        for case in file.cases {
            let private = PrivateKey::parse(case.private_key.as_ref().unwrap_or(&file.private_key)).unwrap();
            let name = format!("{}: {}", path.display(), case.name);
            match open(&private, &case.sealed) {
                Ok(_) => panic!("{name}: it opens"),
                Err(fault) => assert_eq!(word(fault), case.refused, "{name}"),
            }
            reasons.insert(case.refused);
            count += 1;
        }
    }
    assert!(count > 200, "{count} cases");
    assert_eq!(reasons.len(), 6, "a reason without a case: {reasons:?}");
}
