//! Bundles that somebody meddled with: one file each under `attacks/`, made from a good one, and the word that each is
//! refused with. `cargo test -p host-policy --test bundle attacks -- --nocapture` prints the table.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use host_policy::bundle::{PublicKey, Seen, Trust, open};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::raw::{self, Key, Member};

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
struct Attack {
    /// What was done, for people.
    what: String,
    /// The word it is refused with.
    code: String,
    /// A part of the sentence.
    says: String,
    /// Into the manifest's own part, before it is signed.
    manifest: BTreeMap<String, Value>,
    /// In place of the manifest, before it is signed; an empty one leaves it out.
    manifest_text: Option<String>,
    /// What is signed; the right list without it.
    claims: Option<Claims>,
    /// The tokens; one of the trusted key without them.
    token: Option<Vec<Token>>,
    /// In place of `.signatures.json`; an empty one leaves it out.
    signatures_text: Option<String>,
    /// After signing: files with another content, or new ones.
    write: BTreeMap<String, String>,
    /// After signing: files that go.
    remove: Vec<String>,
    /// Behind the files.
    member: Vec<Extra>,
    archive: Archive,
    machine: Machine,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Claims {
    /// Into the payload.
    add: BTreeMap<String, Value>,
    /// Into each of its files.
    each: BTreeMap<String, Value>,
    /// The first file a second time.
    twice: bool,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Token {
    /// `trusted`, `second` (trusted too, P-256) or `stranger`.
    by: String,
    /// Into the header; `kid` may be the name of a key, an empty one leaves it out.
    header: BTreeMap<String, Value>,
    /// `right` (or nothing), `none`, `hmac` or `turned` (one bit).
    signature: String,
    /// In place of the payload, after signing.
    payload: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Extra {
    name: String,
    #[serde(default = "file")]
    kind: String,
    #[serde(default)]
    link: String,
    #[serde(default)]
    prefix: String,
    size: Option<String>,
    magic: Option<String>,
    #[serde(default)]
    off: u32,
    #[serde(default)]
    filler: u8,
    #[serde(default)]
    text: String,
    /// This many more bytes, zeros.
    #[serde(default)]
    zeros: usize,
    /// This many of it, numbered.
    #[serde(default)]
    times: usize,
}

fn file() -> String {
    "0".to_owned()
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Archive {
    /// Blocks of zeros at the end; two without it.
    end: Option<usize>,
    /// Behind them.
    after: String,
    /// Behind the gzip stream.
    behind: String,
    /// The stream a second time.
    twice: bool,
    /// Bytes that are missing at the end.
    cut: usize,
    /// The byte that is this far from the end is turned.
    turned: Option<usize>,
    /// Not compressed.
    plain: bool,
    /// Bytes of zeros behind the end.
    zeros: usize,
    /// Random-looking bytes behind it, so that it does not get small.
    noise: usize,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Machine {
    now: Option<i64>,
    audience: Option<String>,
    agent: Option<String>,
    newest: Option<u64>,
}

struct Keys {
    trusted: Key,
    second: Key,
    stranger: Key,
}

impl Keys {
    fn of(&self, name: &str) -> &Key {
        match name {
            "" | "trusted" => &self.trusted,
            "second" => &self.second,
            "stranger" => &self.stranger,
            other => panic!("no key `{other}`"),
        }
    }
}

fn token(case: &Token, claims: &Value, keys: &Keys) -> String {
    use host_policy::bundle::Signer as _;
    let key = keys.of(&case.by);
    let mut header = json!({ "alg": key.alg(), "kid": key.key().id(), "typ": "JWT" });
    for (name, value) in &case.header {
        let named = value.as_str().filter(|name| ["trusted", "second", "stranger"].contains(name));
        header[name] = named.map_or_else(|| value.clone(), |name| keys.of(name).key().id().into());
        if value == "" {
            header.as_object_mut().unwrap().remove(name);
        }
    }
    let token = raw::token(&header, claims, |message| match case.signature.as_str() {
        "" | "right" => key.sign(message).unwrap(),
        "none" => Vec::new(),
        "hmac" => raw::hs256(&keys.trusted, message),
        "turned" => {
            let mut signature = key.sign(message).unwrap();
            signature[9] ^= 1;
            signature
        }
        other => panic!("no signature `{other}`"),
    });
    match &case.payload {
        Some(payload) => {
            let parts: Vec<&str> = token.split('.').collect();
            let other = raw::token(&json!({}), &serde_json::from_str(payload).unwrap(), |_| Vec::new());
            [parts[0], other.split('.').nth(1).unwrap(), parts[2]].join(".")
        }
        None => token,
    }
}

fn bytes(attack: &Attack, keys: &Keys) -> Vec<u8> {
    let mut files = raw::files();
    let mut manifest = raw::manifest();
    for (name, value) in &attack.manifest {
        manifest["metadata"]["promptgate"][name] = value.clone();
    }
    let text = attack.manifest_text.clone().unwrap_or_else(|| manifest.to_string());
    if !text.is_empty() {
        files.insert(".manifest".to_owned(), text.into_bytes());
    }
    let mut claims = raw::claims(&files);
    if let Some(case) = &attack.claims {
        for (name, value) in &case.add {
            claims[name] = value.clone();
        }
        let listed = claims["files"].as_array_mut().unwrap();
        for (name, value) in &case.each {
            listed.iter_mut().for_each(|file| file[name] = value.clone());
        }
        if case.twice {
            listed.push(listed[0].clone());
        }
    }
    let tokens: Vec<String> = match &attack.token {
        Some(cases) => cases.iter().map(|case| token(case, &claims, keys)).collect(),
        None => vec![raw::signed(&keys.trusted, &claims)],
    };
    let list = attack.signatures_text.clone();
    let list = list.unwrap_or_else(|| json!({ "signatures": tokens }).to_string());
    if !list.is_empty() {
        files.insert(".signatures.json".to_owned(), list.into_bytes());
    }
    for (path, text) in &attack.write {
        files.insert(path.clone(), text.clone().into_bytes());
    }
    for path in &attack.remove {
        files.remove(path).unwrap();
    }
    pack(attack, &files)
}

fn pack(attack: &Attack, files: &BTreeMap<String, Vec<u8>>) -> Vec<u8> {
    let case = &attack.archive;
    let mut tar = raw::members(files);
    for extra in &attack.member {
        let data = [extra.text.as_bytes(), &vec![0; extra.zeros]].concat();
        for number in 0..extra.times.max(1) {
            let name = if extra.times > 0 { format!("{}{number}", extra.name) } else { extra.name.clone() };
            let size = extra.size.as_deref().map(latin);
            let magic = extra.magic.as_deref().map(latin);
            let plain = Member::file(name.as_bytes(), &data);
            let member = Member {
                kind: extra.kind.as_bytes()[0],
                link: extra.link.as_bytes(),
                prefix: extra.prefix.as_bytes(),
                size: size.as_deref(),
                magic: magic.as_deref().unwrap_or(plain.magic),
                off: extra.off,
                filler: extra.filler,
                ..plain
            };
            tar.extend(member.blocks());
        }
    }
    tar.resize(tar.len() + 512 * case.end.unwrap_or(2), 0);
    tar.extend_from_slice(case.after.as_bytes());
    tar.resize(tar.len() + case.zeros, 0);
    let mut state = 1_u64;
    tar.extend((0..case.noise).map(|_| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        state.to_be_bytes()[0]
    }));
    let mut out = if case.plain { tar } else { raw::gzip(&tar) };
    if case.twice {
        out.extend(out.clone());
    }
    out.extend_from_slice(case.behind.as_bytes());
    out.truncate(out.len() - case.cut);
    if let Some(back) = case.turned {
        let at = out.len() - back;
        out[at] ^= 0x10;
    }
    out
}

/// Characters as bytes, so that a case can write any.
fn latin(text: &str) -> Vec<u8> {
    text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect()
}

fn refused(attack: &Attack, keys: &Keys) -> Option<(&'static str, String)> {
    use host_policy::bundle::Signer as _;
    let trusted: Vec<PublicKey> = vec![keys.trusted.key().clone(), keys.second.key().clone()];
    let machine = &attack.machine;
    let trust = Trust {
        keys: &trusted,
        audience: Some(machine.audience.as_deref().unwrap_or("acme")),
        agent: machine.agent.as_deref().unwrap_or("0.1.0"),
        newest: machine.newest.map(|version| Seen { version, digest: [0; 32] }),
        now: machine.now.unwrap_or(5_000),
    };
    let error = open(&bytes(attack, keys), &trust).err()?;
    Some((error.code(), error.to_string()))
}

#[test]
fn attacks_are_refused_with_their_word() {
    let keys = Keys { trusted: Key::ed25519(1), second: Key::p256(), stranger: Key::ed25519(2) };
    assert_eq!(refused(&Attack::default(), &keys), None, "the bundle that nobody meddled with");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("attacks");
    let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    assert!(paths.len() >= 60, "cases are missing");
    let mut wrong = Vec::new();
    for path in paths {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let attack: Attack = toml::from_str(&fs::read_to_string(&path).unwrap())
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        let (code, sentence) = refused(&attack, &keys).unwrap_or(("taken", String::new()));
        println!("| {} | `{code}` | {sentence} |", attack.what);
        let plain = sentence.len() < 500 && !sentence.chars().any(char::is_control);
        if code != attack.code || attack.what.is_empty() || !sentence.contains(&attack.says) || !plain {
            wrong.push(format!("{name}: `{code}` and not `{}`: {sentence}", attack.code));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
