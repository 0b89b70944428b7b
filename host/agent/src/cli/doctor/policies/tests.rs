//! Policies planted below a root of the test's own, and what is said of them.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use tempfile::TempDir;

use super::{Check, Policies, checks, of};
use crate::browsers::{ROWS, Row};
use crate::cli::doctor::State;
use crate::cli::fleet::browser::{Extension, place};
use crate::origin::{CHROMIUM_ID, ids};
use crate::os::{Env, Os};

struct Machine {
    root: TempDir,
    home: TempDir,
}

impl Machine {
    fn new() -> Self {
        Self { root: tempfile::tempdir().unwrap(), home: tempfile::tempdir().unwrap() }
    }

    fn env(&self) -> Env {
        let home = self.home.path().to_str().unwrap().to_owned();
        Env::new(Os::Linux, [("HOME", home)]).under(self.root.path().to_owned())
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.root.path().join(path.trim_start_matches('/'));
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// The one check of a browser whose policies are these.
    fn told(&self, name: &str, policies: &Value) -> Check {
        self.write(&place(name, Os::Linux), &policies.to_string());
        let mut told = of(row(name), &self.env(), &ids(row(name).family, &[]));
        assert_eq!(told.len(), 1, "{told:?}");
        told.remove(0)
    }
}

fn row(name: &str) -> &'static Row {
    ROWS.iter().find(|row| row.name == name).unwrap()
}

#[test]
fn what_fleet_writes_is_whole_on_every_browser() {
    for row in &ROWS {
        let machine = Machine::new();
        assert!(of(row, &machine.env(), &ids(row.family, &[])).is_empty(), "{}", row.name);
        let told = machine.told(row.name, &Extension::default().policy(row));
        assert_eq!(told.state, State::Ok, "{}: {}", row.name, told.what);
        let private = Extension { closes_private: false, ..Extension::default() };
        let told = machine.told(row.name, &private.policy(row));
        // Elsewhere private windows stay where the extension is in them.
        let state = if row.name == "edge" { State::Note } else { State::Ok };
        assert_eq!(told.state, state, "{}: {}", row.name, told.what);
    }
}

#[test]
fn a_browser_without_policies_is_told_what_is_open() {
    let machine = Machine::new();
    fs::create_dir_all(machine.home.path().join(".config/chromium/Default")).unwrap();
    fs::create_dir_all(machine.home.path().join(".mozilla/native-messaging-hosts")).unwrap();
    for told in checks(&machine.env(), &[]) {
        assert_eq!(told.state, State::Note);
        assert!(told.what.contains("private windows, ") && told.what.contains("further profiles"));
        assert!(told.fix.unwrap().contains("promptgate fleet"));
    }
    assert!(checks(&Env::new(Os::Windows, []), &[]).is_empty());
}

#[test]
fn what_shuts_extension_or_host_out_is_told_with_its_remedy() {
    let id = CHROMIUM_ID;
    for (policies, says, fix) in [
        (json!({"ExtensionInstallBlocklist": ["*"]}), "is blocked", "ExtensionSettings"),
        (json!({"ExtensionSettings": {"*": {"installation_mode": "blocked"}}}), "is blocked", "fleet"),
        (json!({"ExtensionSettings": {id: {"installation_mode": "removed"}}}), "is blocked", "fleet"),
        (json!({"NativeMessagingBlocklist": ["*"]}), "from starting the host", "`io.promptgate.host`"),
        (json!({"NativeMessagingUserLevelHosts": false}), "of the machine only", "install --system"),
    ] {
        let told = Machine::new().told("chromium", &policies);
        assert_eq!(told.state, State::Wrong, "{policies}");
        assert!(told.what.contains(says), "{}", told.what);
        assert!(told.fix.unwrap().contains(fix), "{policies}");
    }
    for policies in [
        json!({"ExtensionInstallBlocklist": ["*"], "ExtensionInstallForcelist": [format!("{id};https://x/u.xml")]}),
        json!({"ExtensionSettings": {"*": {"installation_mode": "blocked"}, id: {"installation_mode": "allowed"}}}),
        json!({"NativeMessagingBlocklist": ["*"], "NativeMessagingAllowlist": ["io.promptgate.host"]}),
    ] {
        assert_eq!(Machine::new().told("chromium", &policies).state, State::Note, "{policies}");
    }
    let machine = Machine::new();
    machine.write("/etc/chromium/native-messaging-hosts/io.promptgate.host.json", "{}");
    let told = machine.told("chromium", &json!({"NativeMessagingUserLevelHosts": false}));
    assert_eq!(told.state, State::Note);
}

#[test]
fn of_many_files_the_last_holds_and_a_broken_one_is_told() {
    let machine = Machine::new();
    let folder = place("chromium", Os::Linux);
    let folder = Path::new(&folder).parent().unwrap().to_str().unwrap();
    machine.write(&format!("{folder}/a.json"), r#"{"IncognitoModeAvailability": 0}"#);
    machine.write(&format!("{folder}/b.json"), r#"{"IncognitoModeAvailability": 1}"#);
    machine.write(&format!("{folder}/readme.txt"), "no policy");
    assert!(Policies::read(row("chromium"), &machine.env()).closes_private(row("chromium")));
    machine.write(&format!("{folder}/c.json"), "{");
    let told = of(row("chromium"), &machine.env(), &ids(row("chromium").family, &[]));
    assert_eq!(told[0].state, State::Wrong);
    assert!(told[0].what.contains("c.json is not understood"), "{}", told[0].what);
}

#[test]
fn firefox_reads_beside_its_program_only_where_the_system_says_nothing() {
    let machine = Machine::new();
    let closed = r#"{"policies": {"DisablePrivateBrowsing": true}}"#;
    machine.write("/usr/lib/firefox-esr/distribution/policies.json", closed);
    assert!(Policies::read(row("firefox"), &machine.env()).closes_private(row("firefox")));
    machine.write("/etc/firefox/policies/policies.json", r#"{"policies": {}}"#);
    assert!(!Policies::read(row("firefox"), &machine.env()).closes_private(row("firefox")));
}
