//! What is kept and does not hold closes the machine; nothing of it falls back to something looser.

use std::fs;
use std::path::Path;

use shared_protocol::{Capture, FailSettings, PolicySource};

use super::{Made, policy_where, put, said, settings_where, status, until_version, watching, words};
use crate::browser::{Browser, ORIGIN, event};
use crate::home::Home;

fn with_version_two() -> (Home, std::path::PathBuf) {
    let (home, folder) = watching();
    put(&folder, &Made::version(2).archive());
    let mut browser = Browser::start(&home);
    until_version(&mut browser, 2);
    assert!(browser.close().0.success());
    // So that nothing brings it back.
    fs::rename(folder.join("bundle.tar.gz"), folder.join("away")).unwrap();
    (home, folder)
}

type Harm = fn(&Path);

#[test]
fn a_kept_bundle_that_does_not_hold_closes_the_machine_until_one_comes() {
    let harms: [(&str, &str, Harm); 6] = [
        ("is cut", "archive-truncated", |kept| {
            let bytes = fs::read(kept.join("bundle.tar.gz")).unwrap();
            fs::write(kept.join("bundle.tar.gz"), &bytes[..bytes.len() / 2]).unwrap();
        }),
        ("is empty", "archive-not-gzip", |kept| fs::write(kept.join("bundle.tar.gz"), "").unwrap()),
        ("is gone", "missing", |kept| fs::remove_file(kept.join("bundle.tar.gz")).unwrap()),
        ("is older", "older-version", |kept| {
            fs::write(kept.join("bundle.tar.gz"), Made::version(1).archive()).unwrap();
        }),
        ("is another one", "unknown-key", |kept| {
            fs::write(kept.join("bundle.tar.gz"), Made::version(9).signed_by(9).archive()).unwrap();
        }),
        ("is forgotten by half", "state-damaged", |kept| {
            fs::write(kept.join("state.toml"), "[newest\nversion = 0").unwrap();
        }),
    ];
    for (what, code, harm) in harms {
        let (home, folder) = with_version_two();
        let kept = home.data().join("policy");
        harm(&kept);
        let mut browser = Browser::silent(&home, &[ORIGIN]);
        let settings = browser.hello().settings;
        assert_eq!(settings.source, PolicySource::ManagedWithoutBundle, "{what}");
        assert_eq!((settings.fail, settings.capture), (FailSettings::CLOSED, Capture::Metadata), "{what}");
        assert_eq!(settings.policy.unwrap().refused, Some(format!("kept-{code}")), "{what}");
        assert_eq!(said(&mut browser, 1), "", "{what}");
        let harmless = browser.judge(&event(2), "what a fine day");
        assert_eq!(harmless.outcome, shared_protocol::Outcome::Refuse, "{what}");
        assert_eq!(status(&home)["bundle"]["not_used"], code, "{what}");
        // An older one does not open it, the same one does.
        put(&folder, &Made::version(1).archive());
        if code != "state-damaged" && code != "unknown-key" {
            let source = kept.join("source.toml");
            crate::receiver::until("the older one was looked at", || {
                fs::read_to_string(&source).unwrap_or_default().contains("older-version")
            });
            assert_eq!(said(&mut browser, 3), "", "{what}");
        }
        fs::rename(folder.join("away"), folder.join("bundle.tar.gz")).unwrap();
        until_version(&mut browser, 2);
        assert_eq!(said(&mut browser, 4), words(2), "{what}");
        assert!(browser.close().0.success());
        let health = home.lines(&["log", "list", "--kind", "health", "--json"]);
        assert!(health.iter().any(|row| row["trouble"] == "bundle"), "{what}: {health:?}");
        // Whoever was at the keyboard is told of by it, and a row says so.
        let shown = home.lines(&["risk", "show", "--json"]).remove(0);
        let reasons = shown["reasons"].as_array().unwrap();
        let tampered = reasons.iter().find(|one| one["behaviour"] == "policy-tampering").expect("it counts");
        let row = home.rows(tampered["events"][0].as_str().unwrap()).remove(0);
        assert_eq!(
            (&row["what"], &row["name"]),
            (&"device-seen".into(), &"policy-tampering".into()),
            "{what}"
        );
    }
}

/// Also while the program runs.
#[test]
fn damage_is_seen_at_the_next_prompt() {
    let (home, folder) = with_version_two();
    let mut browser = Browser::start(&home);
    assert_eq!(said(&mut browser, 1), words(2));
    fs::write(home.data().join("policy/bundle.tar.gz"), "no archive").unwrap();
    assert_eq!(said(&mut browser, 2), "");
    policy_where(&mut browser, |policy| policy.version == 0);
    fs::rename(folder.join("away"), folder.join("bundle.tar.gz")).unwrap();
    settings_where(&mut browser, |settings| settings.source == PolicySource::Bundle);
    assert_eq!(said(&mut browser, 3), words(2));
    assert!(browser.close().0.success());
}

/// The settings are not understood: what is compiled in is no bundle's stand-in.
#[test]
fn a_slip_in_the_settings_closes_where_a_bundle_was() {
    let (home, _) = with_version_two();
    let mut browser = Browser::start(&home);
    assert_eq!(said(&mut browser, 1), words(2));
    home.settings("[bundle\nfolder = 1");
    let harmless = browser.judge(&event(2), "what a fine day");
    assert_eq!(harmless.outcome, shared_protocol::Outcome::Refuse);
    let settings = settings_where(&mut browser, |settings| settings.policy.is_none());
    assert_eq!((settings.source, settings.fail), (PolicySource::ManagedWithoutBundle, FailSettings::CLOSED));
    assert!(browser.close().0.success());
}
