//! Bundles and grant codes: whatever comes, only what a trusted key signed is taken, and an archive says the same to
//! another reader of archives.

use std::io::{Read as _, Write as _};
use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use flate2::Compression;
use flate2::write::GzEncoder;
use host_policy::bundle::{
    self, Files, MAX_FILE, MAX_PATH, Manifest, PublicKey, SecretKey, Signer as _, Trust,
};
use host_policy::grant::{self, Grant, GrantFor};
use serde_json::{Value, json};
use shared_protocol::Topic;

const PERSON: &str = "jane@acme.example";

/// What every input meets: one trusted key, a bundle and a code of it.
struct Known {
    secret: SecretKey,
    keys: [PublicKey; 1],
    /// With `.manifest` and `.signatures.json`.
    files: Files,
    archive: Vec<u8>,
    token: String,
    code: String,
}

static KNOWN: LazyLock<Option<Known>> = LazyLock::new(|| {
    let secret = SecretKey::from_seed([7; 32]).ok()?;
    let plain = Files::from([
        ("policy/start.cedar".to_owned(), b"forbid (principal, action, resource);".to_vec()),
        ("settings.toml".to_owned(), b"[fail]\n".to_vec()),
    ]);
    let manifest = Manifest::from_bytes(MANIFESTS[0].as_bytes()).ok()?;
    let archive = bundle::build(&plain, &manifest, &secret).ok()?;
    let files = bundle::unverified(&archive).ok()?;
    let list: Value = serde_json::from_slice(files.get(SIGNATURES)?).ok()?;
    let token = list.pointer("/signatures/0")?.as_str()?.to_owned();
    let code = grant::write(&granted(GrantFor::Topic(Topic::ContentPii)), &secret).ok()?;
    let keys = [secret.key().clone()];
    Some(Known { secret, keys, files, archive, token, code })
});

const SIGNATURES: &str = ".signatures.json";

const MANIFESTS: [&str; 2] = [
    r#"{"metadata":{"promptgate":{"expires":9000,"issued":1000,"name":"acme","version":7}},"revision":"acme 7","roots":[""]}"#,
    r#"{"metadata":{"promptgate":{"agent":"0.1.0","audience":"acme","expires":9000,"issued":1000,"keys":["ed25519:6kpsY+KcUgq+9VB7Ey7F+ZVHdq6+vnuSQh7qaRRG0iw="],"monitor":true,"name":"acme","version":8}},"revision":"acme 8","roots":[""]}"#,
];

fn granted(what: GrantFor) -> Grant {
    Grant {
        id: "k3f9q2".to_owned(),
        person: PERSON.to_owned(),
        what: vec![what],
        not_after: 2_000,
        reason: Some("why".to_owned()),
    }
}

fn trust(known: &Known) -> Trust<'_> {
    Trust { keys: &known.keys, audience: None, agent: "0.1.0", newest: None, now: 5_000 }
}

/// A compressed archive, or the blocks of one, whose checksums are mended.
pub(crate) fn archive(bytes: &[u8]) {
    let (archive, blocks) = if bytes.starts_with(&[0x1f, 0x8b]) {
        (bytes.to_vec(), None)
    } else {
        let blocks = mended(bytes);
        (gzip(&blocks), Some(blocks))
    };
    let Ok(files) = bundle::unverified(&archive) else { return };
    for (path, data) in &files {
        let parts = path.split('/').all(|part| !matches!(part, "" | "." | ".."));
        assert!(
            parts && path.len() <= MAX_PATH && data.len() <= MAX_FILE,
            "a path or a size that no bundle has"
        );
    }
    if let Some(blocks) = blocks {
        assert!(
            another_reader(&blocks).as_ref() == Some(&files),
            "another reader of archives sees other files"
        );
    }
    // Nobody signed it, unless it is the one that somebody did.
    let Some(known) = &*KNOWN else { return };
    let opened = bundle::open(&archive, &trust(known));
    assert!(opened.is_err() || files == known.files, "an archive that nobody signed was taken");
}

/// Blocks that look like headers get a right checksum, which no fuzzer finds.
fn mended(bytes: &[u8]) -> Vec<u8> {
    let mut blocks = bytes.to_vec();
    for block in blocks.chunks_exact_mut(512).filter(|block| block.get(257..262) == Some(b"ustar")) {
        if let Some(field) = block.get_mut(148..156) {
            field.fill(b' ');
        }
        let sum: u32 = block.iter().map(|byte| u32::from(*byte)).sum();
        if let Some(field) = block.get_mut(148..156) {
            field.copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
        }
    }
    blocks
}

fn another_reader(blocks: &[u8]) -> Option<Files> {
    let mut files = Files::new();
    for entry in tar::Archive::new(blocks).entries().ok()? {
        let mut entry = entry.ok()?;
        if entry.header().entry_type().is_file() {
            let path = String::from_utf8(entry.path_bytes().into_owned()).ok()?;
            let mut data = Vec::new();
            entry.read_to_end(&mut data).ok()?;
            files.insert(path.strip_prefix("./").unwrap_or(&path).to_owned(), data);
        }
    }
    Some(files)
}

fn gzip(blocks: &[u8]) -> Vec<u8> {
    let mut out = GzEncoder::new(Vec::new(), Compression::none());
    let _memory = out.write_all(blocks);
    out.finish().unwrap_or_default()
}

/// The known files under another list of signatures.
fn with_signatures(known: &Known, list: &[u8]) -> Vec<u8> {
    let mut out = tar::Builder::new(Vec::new());
    let listed = [(SIGNATURES, list)];
    let others = known.files.iter().filter(|(path, _)| *path != SIGNATURES);
    for (path, data) in others.map(|(path, data)| (path.as_str(), data.as_slice())).chain(listed) {
        let mut header = tar::Header::new_ustar();
        header.set_size(u64::try_from(data.len()).unwrap_or_default());
        let _plain = out.append_data(&mut header, path, data);
    }
    gzip(&out.into_inner().unwrap_or_default())
}

/// A list of signatures.
pub(crate) fn signatures(bytes: &[u8]) {
    let Some(known) = &*KNOWN else { return };
    if let Ok(opened) = bundle::open(&with_signatures(known, bytes), &trust(known)) {
        let list: Value = serde_json::from_slice(bytes).unwrap_or_default();
        assert!(list.to_string().contains(&known.token), "a token that nobody signed was taken");
        assert_eq!(opened.key, known.secret.key().id());
    }
}

/// What a trusted key signed, whatever it says.
pub(crate) fn claims(bytes: &[u8]) {
    let Some(known) = &*KNOWN else { return };
    let header = known.token.split('.').next().unwrap_or_default();
    let message = format!("{header}.{}", URL_SAFE_NO_PAD.encode(bytes));
    let signature = known.secret.sign(message.as_bytes()).unwrap_or_default();
    let token = format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature));
    let list = json!({ "signatures": [token] }).to_string();
    match bundle::open(&with_signatures(known, list.as_bytes()), &trust(known)) {
        Ok(opened) => {
            let there = opened.files.iter().all(|(path, data)| known.files.get(path) == Some(data));
            assert!(there && opened.files.len() + 2 == known.files.len(), "other files than there are");
        }
        Err(refused) => assert_ne!(refused.code(), "bad-signature", "a signature that holds"),
    }
}

/// A manifest. What was read is written as something that reads the same.
pub(crate) fn manifest(bytes: &[u8]) {
    let Ok(manifest) = Manifest::from_bytes(bytes) else { return };
    let again = manifest.to_bytes().ok().and_then(|bytes| Manifest::from_bytes(&bytes).ok());
    assert!(again.as_ref() == Some(&manifest), "a manifest that reads otherwise when written again");
}

/// A code, or a payload that the trusted key signs.
pub(crate) fn grant(bytes: &[u8]) {
    let Some(known) = &*KNOWN else { return };
    let read = |code: &str| grant::read(code, &known.keys, PERSON, 1_000);
    if bytes.starts_with(b"{") {
        let signature = known.secret.sign(&[grant::DOMAIN, bytes].concat()).unwrap_or_default();
        let code = format!("pg1.{}.{}", URL_SAFE_NO_PAD.encode(bytes), URL_SAFE_NO_PAD.encode(signature));
        if let Ok(grant) = read(&code) {
            let again = grant::write(&grant, &known.secret).ok().and_then(|code| read(&code).ok());
            assert!(again.as_ref() == Some(&grant), "a grant that reads otherwise when written again");
        }
        return;
    }
    let text = String::from_utf8_lossy(bytes);
    if read(&text).is_ok() {
        let plain: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        assert_eq!(plain, known.code, "a code that nobody signed was taken");
    }
}

/// What a target begins with.
pub(crate) fn seeds(target: &str) -> Vec<Vec<u8>> {
    let Some(known) = &*KNOWN else { return Vec::new() };
    let part = |text: &str, at: usize| URL_SAFE_NO_PAD.decode(text.split('.').nth(at).unwrap_or_default());
    let list = known.files.get(SIGNATURES).cloned().unwrap_or_default();
    match target {
        "bundle-archive" => {
            let mut blocks = Vec::new();
            let _whole = flate2::read::GzDecoder::new(known.archive.as_slice()).read_to_end(&mut blocks);
            vec![known.archive.clone(), blocks]
        }
        "bundle-signatures" => {
            vec![list, json!({ "signatures": ["a.b.c", known.token] }).to_string().into_bytes()]
        }
        "bundle-claims" => vec![part(&known.token, 1).unwrap_or_default()],
        "bundle-manifest" => MANIFESTS.map(|text| text.as_bytes().to_vec()).to_vec(),
        "grant-code" => vec![known.code.clone().into_bytes(), part(&known.code, 1).unwrap_or_default()],
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::{KNOWN, Manifest, PERSON, bundle, grant, seeds, trust, with_signatures};

    /// A seed that is refused begins nowhere.
    #[test]
    fn what_targets_begin_with_is_taken() {
        let known = KNOWN.as_ref().unwrap();
        let plain = bundle::open(&known.archive, &trust(known)).unwrap();
        let list = &seeds("bundle-signatures")[0];
        assert_eq!(bundle::open(&with_signatures(known, list), &trust(known)).unwrap(), plain);
        assert!(seeds("bundle-manifest").iter().all(|bytes| Manifest::from_bytes(bytes).is_ok()));
        assert!(grant::read(&known.code, &known.keys, PERSON, 1_000).is_ok());
        assert!(seeds("grant-code")[1].starts_with(b"{"));
        for target in ["bundle-archive", "bundle-claims"] {
            assert!(seeds(target).iter().all(|seed| seed.len() > 100), "{target}");
        }
    }
}
