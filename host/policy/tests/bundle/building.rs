//! Building: the same in, the same bytes out; and what was built is what is opened.

use host_policy::bundle::PublicKey;
use host_policy::bundle::{
    ArchiveFault, BuildError, Files, MAX_FILE, MAX_PATH, Manifest, Refused, SecretKey, SignError, Signer,
    Trust, build, open,
};
use proptest::prelude::*;

use crate::raw::{self, Key};

fn manifest() -> Manifest {
    Manifest {
        name: "acme".to_owned(),
        version: 7,
        audience: None,
        issued: 1_000,
        expires: 9_000,
        agent: None,
        keys: Vec::new(),
        monitor: false,
    }
}

fn manifests() -> impl Strategy<Value = Manifest> {
    let name = "[^\\pC\\p{Zl}\\p{Zp}]{1,100}";
    let keys = prop::collection::btree_set(1_u8..9, 0..4)
        .prop_map(|seeds| seeds.into_iter().map(|seed| Key::ed25519(seed).key().clone()).collect());
    let times =
        (any::<i32>(), 1_i64..1_000_000).prop_map(|(from, life)| (i64::from(from), i64::from(from) + life));
    let agent = prop::option::of((any::<u8>(), any::<u8>()).prop_map(|(a, b)| format!("0.{a}.{b}")));
    (name, 1..1_u64 << 53, prop::option::of(name), times, agent, keys, any::<bool>()).prop_map(
        |(name, version, audience, (issued, expires), agent, keys, monitor)| Manifest {
            name,
            version,
            audience,
            issued,
            expires,
            agent,
            keys,
            monitor,
        },
    )
}

/// Names that meet neither each other nor the bundle's own, whatever their case.
fn files() -> impl Strategy<Value = Files> {
    let path = "[a-z0-9_-]{1,12}(/[a-z0-9_-]{1,12}){0,2}\\.(cedar|toml)";
    prop::collection::btree_map(path, prop::collection::vec(any::<u8>(), 0..2_000), 0..12)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_is_built_is_what_is_opened(files in files(), manifest in manifests(), seed in any::<[u8; 32]>()) {
        let key = SecretKey::from_seed(seed).unwrap();
        let archive = build(&files, &manifest, &key).unwrap();
        prop_assert_eq!(&archive, &build(&files.clone(), &manifest.clone(), &SecretKey::from_seed(seed).unwrap()).unwrap());
        let keys = [key.key().clone()];
        let audience = manifest.audience.as_deref();
        let trust = Trust { keys: &keys, audience, agent: "0.255.255", newest: None, now: manifest.issued };
        let opened = open(&archive, &trust).unwrap();
        prop_assert_eq!(&opened.files, &files);
        prop_assert_eq!(&opened.manifest, &manifest);
        prop_assert_eq!(opened.key, key.key().id());
        // A manifest's bytes are canonical, for this program and for others that sort.
        let bytes = manifest.to_bytes().unwrap();
        let value: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
        prop_assert_eq!(value.to_string().into_bytes(), bytes);
    }

    #[test]
    fn whatever_the_names_are_a_bundle_that_is_built_opens(
        files in prop::collection::btree_map("[aA.]{1,2}(/[aA.]{1,2}){0,2}", Just(Vec::new()), 1..4)
    ) {
        let key = SecretKey::from_seed([1; 32]).unwrap();
        let keys = [key.key().clone()];
        if let Ok(archive) = build(&files, &manifest(), &key) {
            let trust = Trust { keys: &keys, audience: None, agent: "0.1.0", newest: None, now: 5_000 };
            prop_assert_eq!(open(&archive, &trust).unwrap().files, files);
        }
    }
}

fn fault(files: &Files) -> ArchiveFault {
    match build(files, &manifest(), &Key::ed25519(1)) {
        Err(BuildError::Refused(Refused::Archive { why, .. })) => why,
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_no_machine_would_take_is_not_built() {
    let with = |path: &str| {
        let mut files = raw::files();
        files.insert(path.to_owned(), Vec::new());
        fault(&files)
    };
    assert_eq!(with("../a"), ArchiveFault::Traversal);
    assert_eq!(with("/a"), ArchiveFault::Absolute);
    assert_eq!(with("Settings.toml"), ArchiveFault::Duplicate);
    assert_eq!(with("settings.toml/a"), ArchiveFault::Duplicate);
    assert_eq!(with(".manifest"), ArchiveFault::Duplicate);
    assert_eq!(with(".signatures.json"), ArchiveFault::Duplicate);
    assert_eq!(with("policy/sträng.cedar"), ArchiveFault::Characters);
    assert_eq!(with(&"a".repeat(MAX_PATH + 1)), ArchiveFault::LongPath);
    let mut files = raw::files();
    files.insert("a".repeat(MAX_PATH), vec![b'a'; MAX_FILE]);
    assert!(build(&files, &manifest(), &Key::ed25519(1)).is_ok());
    files.insert("b".to_owned(), vec![b'a'; MAX_FILE + 1]);
    assert_eq!(fault(&files), ArchiveFault::FileTooLarge);
    let wrong = Manifest { version: 0, ..manifest() };
    assert!(matches!(build(&raw::files(), &wrong, &Key::ed25519(1)), Err(BuildError::Manifest(_))));
}

/// A token that answers with another key than it says.
struct Liar(Key, Key);

impl Signer for Liar {
    fn key(&self) -> &PublicKey {
        self.0.key()
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignError> {
        self.1.sign(message)
    }
}

#[test]
fn a_signer_that_answers_wrongly_is_noticed_before_anything_leaves() {
    let error = build(&raw::files(), &manifest(), &Liar(Key::ed25519(1), Key::ed25519(2))).unwrap_err();
    assert!(matches!(error, BuildError::Refused(Refused::BadSignature { .. })), "{error}");
}
