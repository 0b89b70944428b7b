//! `promptgate doctor`: a chain that is whole, then one link broken at a time, and what is said of it.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;

use serde_json::{Value, json};

use crate::browser::Browser;
use crate::home::{Home, PATIENT, json_lines};
use crate::okta::{AUDIENCE, ISSUER};
use crate::receiver::{Receiver, Reply};

const EXTENSION: &str = "opcjljmeemjdjidbhgdoofdfkopfmldn";

/// A home in which every link holds, and those whom its settings name.
struct Chain {
    home: Home,
    syslog: Option<TcpListener>,
    receiver: Receiver,
}

impl Chain {
    fn whole() -> Self {
        let home = Home::new();
        let syslog = TcpListener::bind("127.0.0.1:0").unwrap();
        let reason = r#"{"err":"invalid_audience"}"#;
        let receiver = Receiver::start(move |_, _| Reply::Status(400, reason));
        let key = home.path().join("ssf.key");
        let program = home.path().join("tesseract");
        fs::write(&program, "#!/bin/sh\nprintf 'List of available languages (2):\\neng\\nosd\\n'\n").unwrap();
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
        home.settings(&format!(
            "policy = \"builtin-enforce\"\n[fail]\n{PATIENT}\n\
             [[sink]]\nname = \"siem\"\nkind = \"syslog\"\naddress = \"tcp://{}\"\n\
             [ssf]\nissuer = \"{ISSUER}\"\nkey_file = {key:?}\nperson = \"jane.doe@example.com\"\n\
             [[ssf.receiver]]\nname = \"okta\"\nprofile = \"okta\"\naudience = \"{AUDIENCE}\"\n\
             address = \"http://127.0.0.1:{}/events\"\n\
             [pictures]\nprogram = {program:?}\n",
            syslog.local_addr().unwrap(),
            receiver.port,
        ));
        let chain = Self { home, syslog: Some(syslog), receiver };
        chain.preferences(&json!({"location": 8, "incognito": true}));
        for done in [&["install", "--browser", "chromium"][..], &["ssf", "keygen"]] {
            assert!(chain.home.run(done).status.success(), "{done:?}");
        }
        assert!(Browser::start(&chain.home).close().0.success());
        chain
    }

    /// What Chromium's only profile says of the extension.
    fn preferences(&self, own: &Value) {
        let profile = self.path(".config/chromium/Default");
        fs::create_dir_all(&profile).unwrap();
        let text = json!({"extensions": {"settings": {EXTENSION: own}}}).to_string();
        fs::write(profile.join("Preferences"), text).unwrap();
    }

    fn path(&self, below: &str) -> PathBuf {
        self.home.path().join(below)
    }

    fn mode(&self, below: &str, mode: u32) {
        fs::set_permissions(self.path(below), fs::Permissions::from_mode(mode)).unwrap();
    }

    /// Whether it is well, and every check.
    fn told(&self) -> (bool, Vec<Value>) {
        let output = self.home.run(&["doctor", "--json"]);
        let told = json_lines(&output).remove(0);
        assert_eq!(output.status.success(), told["ok"] == true);
        (told["ok"] == true, told["checks"].as_array().unwrap().clone())
    }
}

#[test]
fn a_whole_chain_is_well_link_by_link() {
    let chain = Chain::whole();
    let (is_well, checks) = chain.told();
    assert!(is_well, "{checks:#?}");
    for name in [
        "chromium",
        "chromium profile",
        "settings",
        "rights",
        "record",
        "disk",
        "classifier",
        "pictures",
        "sink siem",
        "risk sharing",
        "receiver okta",
        "reach sink siem",
        "reach receiver okta",
        "chromium versions",
        "host",
    ] {
        let check = checks.iter().find(|check| check["check"] == name);
        assert_eq!(check.map(|check| &check["state"]), Some(&"ok".into()), "{name}: {checks:#?}");
    }
    assert!(chain.receiver.requests().is_empty(), "a receiver was asked something");
    // What is wrong has a fix; what is well has none.
    for check in &checks {
        assert!(check["state"] == "note" || check["fix"].is_null(), "{check}");
    }
}

type Breaks = fn(&mut Chain);

/// How a link breaks, which check tells it, how, what of, and with what fix.
const BROKEN: [(Breaks, &str, &str, &str, &str); 14] = [
    (
        |chain| fs::remove_file(chain.path("tesseract")).unwrap(),
        "pictures",
        "wrong",
        "does not answer",
        "install Tesseract",
    ),
    (
        |chain| fs::write(chain.path("tesseract"), "#!/bin/sh\nprintf 'List:\\nosd\\n'\n").unwrap(),
        "pictures",
        "wrong",
        "does not know eng",
        "install its data",
    ),
    (
        |chain| fs::remove_dir_all(chain.path(".config/chromium/NativeMessagingHosts")).unwrap(),
        "chromium",
        "wrong",
        "here and not protected",
        "promptgate install --browser chromium",
    ),
    (
        |chain| chain.preferences(&json!({"location": 8, "disable_reasons": [1]})),
        "chromium profile",
        "wrong",
        "switched off",
        "switch it on",
    ),
    (
        |chain| {
            let sites = json!({"explicit_host": ["https://chatgpt.com/*"]});
            chain.preferences(
                &json!({"location": 8, "withholding_permissions": true, "granted_permissions": sites}),
            );
        },
        "chromium profile",
        "wrong",
        "may not look at every guarded site",
        "Site access: on all sites",
    ),
    (
        |chain| chain.preferences(&json!({"location": 8})),
        "chromium profile",
        "note",
        "not in private windows",
        "allow it in private windows",
    ),
    (
        |chain| {
            let other = chain.path(".config/chromium/Profile 1");
            fs::create_dir_all(&other).unwrap();
            fs::write(other.join("Preferences"), "{}").unwrap();
            fs::remove_dir_all(chain.path(".config/chromium/Default")).unwrap();
        },
        "chromium profile",
        "wrong",
        "`Profile 1`: the extension is not there",
        "install it",
    ),
    (
        |chain| chain.mode(".config/promptgate/settings.toml", 0o666),
        "rights",
        "wrong",
        "can be changed by every account",
        "chmod o-w",
    ),
    (
        |chain| fs::remove_dir_all(chain.home.data()).unwrap(),
        "heartbeat",
        "note",
        "no extension came through",
        "start the browser",
    ),
    (
        |chain| chain.mode(".local/share/promptgate", 0o755),
        "disk",
        "wrong",
        "can be read by other",
        "chmod 700",
    ),
    (
        |chain| drop(chain.syslog.take()),
        "reach sink siem",
        "wrong",
        "cannot be reached",
        "[[sink]] of the settings",
    ),
    (|chain| chain.mode("ssf.key", 0o644), "risk sharing", "wrong", "readable for others", "do what it says"),
    (
        |chain| assert_eq!(chain.home.run(&["ssf", "send-test"]).status.code(), Some(1)),
        "receiver okta",
        "wrong",
        "1 messages were refused and wait for you, the last: ",
        "promptgate ssf outbox --again",
    ),
    (
        |chain| fs::create_dir_all(chain.path(".local/share/flatpak/app/org.chromium.Chromium")).unwrap(),
        "sandbox",
        "wrong",
        "Chromium from Flatpak is here: its sandbox keeps it from starting the host",
        ".deb or .rpm",
    ),
];

#[test]
fn each_broken_link_is_told_with_its_fix() {
    for (breaks, name, state, says, fix) in BROKEN {
        let mut chain = Chain::whole();
        breaks(&mut chain);
        // Once: the host that doctor starts makes its folder private again.
        let (is_well, checks) = chain.told();
        let found = checks.iter().find(|check| check["check"] == name && check["state"] == state);
        let check = found.unwrap_or_else(|| panic!("no {name} that is {state} in {checks:#?}"));
        assert!(check["what"].as_str().unwrap().contains(says), "{check}");
        assert!(check["fix"].as_str().unwrap_or_default().contains(fix), "{check}");
        assert_eq!(is_well, state != "wrong");
    }
}

#[test]
fn nobody_to_ask_is_a_word_and_no_wait() {
    let home = Home::enforcing();
    let told = json_lines(&home.run(&["doctor", "--json"])).remove(0);
    let checks = told["checks"].as_array().unwrap();
    let network = checks.iter().find(|check| check["check"] == "network").unwrap();
    assert_eq!(network["state"], "note");
    assert!(network["what"].as_str().unwrap().starts_with("skipped: "), "{network}");
}
