//! Bundles on the machine that follows them: the real host, told apart by what the next card says.

mod around;
mod closing;
mod crashing;
mod developing;
mod following;
mod hostile;
mod managed;
mod matching;
mod refusing;
mod rotating;
mod serving;
mod storing;
mod telling;
mod watching;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use host_policy::Files;
use host_policy::bundle::{self, Manifest, SecretKey, Signer as _};
use serde_json::Value;
use shared_protocol::{PolicyState, Settings, ToExtension};

use crate::browser::{Browser, event};
use crate::home::Home;

/// In seconds.
pub(crate) const DAY: i64 = 86_400;

/// A bundle to be, and the seed of the key that signs it.
pub(crate) struct Made {
    pub(crate) manifest: Manifest,
    pub(crate) files: Files,
    pub(crate) seed: u8,
}

/// The time of this machine.
pub(crate) fn seconds() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    i64::try_from(since.as_secs()).unwrap()
}

/// The public half of a seed's key.
pub(crate) fn public(seed: u8) -> bundle::PublicKey {
    SecretKey::from_seed([seed; 32]).unwrap().key().clone()
}

/// What the card says under a version.
pub(crate) fn words(version: u64) -> String {
    format!("Card numbers stay here, says version {version}.")
}

impl Made {
    /// A good one, signed by key 1, whose words name its version.
    pub(crate) fn version(version: u64) -> Self {
        let policy = format!(
            "@id(\"cards-stay\") @action(\"block\") @message(\"{}\")\n\
             forbid (principal, action in [Action::\"send\"], resource)\n\
             when {{ context.labels.contains(\"pii.payment-card\") }};\n",
            words(version)
        );
        let now = seconds();
        let manifest = Manifest {
            name: "acme".to_owned(),
            version,
            audience: Some("acme".to_owned()),
            issued: now - 60,
            expires: now + 30 * DAY,
            agent: None,
            keys: Vec::new(),
            monitor: false,
        };
        let made = Self { manifest, files: Files::new(), seed: 1 };
        // Time is no fault here: a test machine may be busy.
        made.with("policy/start.cedar", &policy).with("settings.toml", "[fail]\ndeadline_ms = 30000\n")
    }

    pub(crate) fn with(mut self, path: &str, text: &str) -> Self {
        self.files.insert(path.to_owned(), text.as_bytes().to_vec());
        self
    }

    pub(crate) fn but(mut self, change: impl FnOnce(&mut Manifest)) -> Self {
        change(&mut self.manifest);
        self
    }

    pub(crate) fn signed_by(self, seed: u8) -> Self {
        Self { seed, ..self }
    }

    pub(crate) fn archive(&self) -> Vec<u8> {
        let key = SecretKey::from_seed([self.seed; 32]).unwrap();
        bundle::build(&self.files, &self.manifest, &key).unwrap()
    }
}

/// A machine whose settings name a place, and key 1.
pub(crate) fn following(place: &str) -> Home {
    let home = Home::new();
    settings(&home, place, &[1]);
    home
}

pub(crate) fn settings(home: &Home, place: &str, seeds: &[u8]) {
    let keys: Vec<String> = seeds.iter().map(|seed| format!("\"{}\"", public(*seed))).collect();
    home.settings(&format!("[bundle]\n{place}\nkeys = [{}]\naudience = \"acme\"\n", keys.join(", ")));
}

/// A watched folder in a home.
pub(crate) fn watched(home: &Home) -> PathBuf {
    let folder = home.path().join("watched");
    fs::create_dir_all(&folder).unwrap();
    folder
}

/// A machine that watches a folder of its home.
pub(crate) fn watching() -> (Home, PathBuf) {
    let home = Home::new();
    let folder = watched(&home);
    settings(&home, &format!("folder = \"{}\"", folder.display()), &[1]);
    (home, folder)
}

/// Puts an archive into a folder at once, as `policy push` does.
pub(crate) fn put(folder: &Path, archive: &[u8]) {
    fs::write(folder.join("new"), archive).unwrap();
    fs::rename(folder.join("new"), folder.join("bundle.tar.gz")).unwrap();
}

/// The next settings of which it is so.
pub(crate) fn settings_where(browser: &mut Browser, so: impl Fn(&Settings) -> bool) -> Settings {
    browser.wait(|message| match message {
        ToExtension::Settings(settings) if so(settings) => Some((**settings).clone()),
        _ => None,
    })
}

/// The state that the settings tell when it is so.
pub(crate) fn policy_where(browser: &mut Browser, so: impl Fn(&PolicyState) -> bool) -> PolicyState {
    settings_where(browser, |settings| settings.policy.as_ref().is_some_and(&so)).policy.unwrap()
}

/// Waits until a version is told.
pub(crate) fn until_version(browser: &mut Browser, version: u64) -> PolicyState {
    policy_where(browser, |policy| policy.version == version)
}

/// What the card says of a prompt with a card number; empty when the machine is closed and no policy of a bundle spoke.
pub(crate) fn said(browser: &mut Browser, number: u32) -> String {
    let verdict = browser.judge(&event(number), "pay with 4111 1111 1111 1111");
    let card = verdict.card.unwrap();
    let messages = card.policies.iter().filter(|policy| policy.id == "cards-stay");
    messages.filter_map(|policy| policy.message.clone()).collect()
}

/// `policy status --json`.
pub(crate) fn status(home: &Home) -> Value {
    crate::home::json_lines(&home.run(&["policy", "status", "--json"])).remove(0)
}

/// The rows about bundles, oldest first: what happened, and of which version or why not.
pub(crate) fn rows(home: &Home) -> Vec<(String, String)> {
    let mut rows = home.lines(&["log", "list", "--kind", "audit", "--limit", "1000", "--json"]);
    rows.sort_by_key(|row| row["seq"].as_u64());
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let rows = rows.iter().filter(|row| text(&row["what"]).starts_with("bundle-"));
    rows.map(|row| {
        let what = text(&row["what"]);
        let of = if what == "bundle-activated" { &row["version"] } else { &row["name"] };
        (what, text(of))
    })
    .collect()
}

/// An archive that `tar` packs of a folder, whatever is in it.
pub(crate) fn packed(folder: &Path) -> Vec<u8> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    let output =
        Command::new("tar").args(["--format=ustar", "-C"]).arg(folder).arg("-cz").args(names).output();
    let output = output.unwrap();
    assert!(output.status.success());
    output.stdout
}

/// The members of an archive in a folder.
pub(crate) fn unpacked(archive: &[u8]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, bytes) in bundle::unverified(archive).unwrap() {
        let place = folder.path().join(path);
        fs::create_dir_all(place.parent().unwrap()).unwrap();
        fs::write(place, bytes).unwrap();
    }
    folder
}
