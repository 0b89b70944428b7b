//! `promptgate policy`: on the real program, with folders, keys, servers and stores of each test's own.

mod building;
mod checking;
pub(crate) mod client;
mod confirming;
mod explaining;
pub(crate) mod matching;
mod pushing;
mod serving;
mod standing;
mod token;
mod transcript;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

use crate::home::Home;

/// A passphrase in a file of the home.
pub(crate) fn passphrase(home: &Home) -> PathBuf {
    let path = home.path().join("passphrase");
    fs::write(&path, "correct horse battery\n").unwrap();
    path
}

/// A folder of guardrails, small and whole.
pub(crate) fn folder(home: &Home) -> PathBuf {
    let root = home.path().join("acme");
    for (path, text) in [
        ("bundle.toml", "name = \"acme\"\naudience = \"acme\"\nexpires_days = 30\n"),
        (
            "policy/start.cedar",
            "@id(\"cards-stay\")\n@action(\"block\")\n@message(\"Card numbers stay here.\")\n\
             forbid (principal, action in [Action::\"send\"], resource)\n\
             when { context.labels.contains(\"pii.payment-card\") };\n\n\
             @id(\"projects-are-for-the-office\")\n@action(\"warn\")\n@message(\"This names a project.\")\n\
             forbid (principal, action in [Action::\"send\"], resource)\n\
             when { context.topics[\"custom.projects\"] >= 2 }\n\
             unless { principal in Group::\"office\" };\n",
        ),
        ("topics.toml", "[custom.projects]\ndescription = \"Names of projects\"\n"),
        (
            "detectors/project.toml",
            "label = \"acme.project\"\nwords = \"name of a project\"\nsource = \"the office's list\"\n\
             topics = [\"custom.projects\"]\nweight = 0.9\nmask = { head = 1 }\n\n\
             [[rule]]\npattern = '(?i)falcon[ -]?(?:one|two)'\ncheck = \"pattern\"\nconfidence = 0.95\n\n\
             [examples]\nfound = ['the plan for «Falcon One»']\nmissed = ['falcon three']\n",
        ),
        (
            "stories/start.toml",
            "[[story]]\nname = \"A card stays\"\nprompt = \"Pay with 4111 1111 1111 1111\"\n\
             as = { user = \"ada\" }\napp = \"chatgpt\"\n\
             expect = { action = \"block\", policies = [\"cards-stay\"], message = \"stay here\" }\n\n\
             [[story]]\nname = \"A project's name is warned about\"\nprompt = \"When does Falcon One begin?\"\n\
             app = \"chatgpt\"\nexpect = { action = \"warn\", obligations = [\"warn\"] }\n\n\
             [[story]]\nname = \"The office may\"\nprompt = \"When does Falcon One begin?\"\n\
             as = { user = \"ben\", groups = [\"office\"] }\napp = \"chatgpt\"\nexpect = { action = \"allow\" }\n",
        ),
    ] {
        write(&root, path, text);
    }
    root
}

pub(crate) fn write(root: &Path, path: &str, text: &str) {
    let place = root.join(path);
    fs::create_dir_all(place.parent().unwrap()).unwrap();
    fs::write(place, text).unwrap();
}

/// Puts other words into a file.
pub(crate) fn edit(root: &Path, path: &str, from: &str, to: &str) {
    let place = root.join(path);
    let text = fs::read_to_string(&place).unwrap();
    assert!(text.contains(from), "{path} has no {from}");
    fs::write(place, text.replace(from, to)).unwrap();
}

/// A plain key in a file of the home; its public half.
pub(crate) fn key(home: &Home, name: &str) -> (PathBuf, String) {
    let path = home.path().join(name);
    let told =
        home.lines(&["policy", "keygen", "--no-passphrase", "--out", path.to_str().unwrap(), "--json"]);
    (path, told[0]["public_key"].as_str().unwrap().to_owned())
}

/// Builds a version of a folder.
pub(crate) fn build(home: &Home, folder: &Path, version: u64, key: &Path) -> PathBuf {
    let out = home.path().join(format!("bundle-{version}.tar.gz"));
    let (version, paths) =
        (version.to_string(), [folder, key, out.as_path()].map(|path| path.to_str().unwrap()));
    let [folder, key, to] = paths;
    said(&home.run(&["policy", "build", folder, "--version", &version, "--key", key, "-o", to]));
    out
}

/// What it wrote; it must end well.
pub(crate) fn said(output: &Output) -> String {
    assert!(output.status.success(), "{}{}", text(&output.stdout), text(&output.stderr));
    text(&output.stdout)
}

pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}
