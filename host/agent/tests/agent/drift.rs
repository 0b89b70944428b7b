//! What a maintainer sees of what was not read, and what an administrator sees of the time nobody looked.

use serde_json::json;
use shared_protocol::{App, Drift, DriftKind, ToHost};

use crate::browser::{Browser, event};
use crate::home::Home;

fn drift(what: DriftKind, place: &str) -> Drift {
    let path = "POST /backend-api/f/conversation".to_owned();
    Drift { what, operation: None, path, place: Some(place.to_owned()), size: Some(7) }
}

#[test]
fn drift_is_grouped_with_a_next_step() {
    let home = Home::new();
    assert_eq!(home.run(&["doctor", "--drift"]).status.code(), Some(3));
    let mut browser = Browser::start(&home);
    for (at, what, place) in [
        (9, DriftKind::LeftOver, "note"),
        (5, DriftKind::LeftOver, "note"),
        (7, DriftKind::Shape, "messages"),
    ] {
        let drift = drift(what, place);
        browser.send(&ToHost::Drift { app: App::new("chatgpt"), drift, at: 1_700_000_000_000 + at });
    }
    browser.judge(&event(1), "hello");
    assert!(browser.close().0.success());
    let groups = home.lines(&["doctor", "--drift", "--json"]);
    assert_eq!(groups.len(), 2);
    let left = groups.iter().find(|group| group["what"] == "left-over").unwrap();
    assert_eq!(
        (&left["app"], &left["place"], &left["count"], &left["first"], &left["last"]),
        (
            &json!("chatgpt"),
            &json!("note"),
            &json!(2),
            &json!(1_700_000_000_005_u64),
            &json!(1_700_000_000_009_u64)
        )
    );
    let told = String::from_utf8(home.run(&["doctor", "--drift"]).stdout).unwrap();
    for word in ["SITE", "chatgpt", "left-over", "note", "2023-11-14 22:13:20", "next, for shape: "] {
        assert!(told.contains(word), "{word}\n{told}");
    }
    assert_eq!(home.lines(&["log", "list", "--kind", "drift", "--json"]).len(), 3);
}

#[test]
fn a_connection_leaves_its_heartbeats_and_the_doctor_none() {
    let home = Home::enforcing();
    let mut browser = Browser::start(&home);
    browser.judge(&event(1), "hello");
    assert!(browser.close().0.success());
    let beats = || -> Vec<String> {
        let rows = home.lines(&["log", "list", "--kind", "heartbeat", "--json"]);
        rows.iter().map(|row| format!("{} {} {}", row["beat"], row["browser"], row["source"])).collect()
    };
    let expected = [r#""ended" "chromium" "builtin-enforce""#, r#""connected" "chromium" "builtin-enforce""#];
    assert_eq!(beats(), expected);
    let told = String::from_utf8(home.run(&["doctor"]).stdout).unwrap();
    assert!(
        told.contains("chromium: last seen") && told.contains("1 connections in 7 days, 0 of them"),
        "{told}"
    );
    assert_eq!(beats(), expected);
}

#[test]
fn the_checklist_names_every_site_and_reads_the_record() {
    let home = Home::new();
    let sites = home.lines(&["doctor", "--live", "--json"]);
    let names: Vec<_> = sites.iter().map(|site| site["site"].as_str().unwrap()).collect();
    assert_eq!(names, ["chatgpt", "claude", "gemini", "perplexity"]);
    let mut browser = Browser::start(&home);
    browser.judge(&event(1), "hello");
    assert!(browser.close().0.success());
    // Nobody has sent anything since it asked.
    let output = home.run_with(&["doctor", "--live"], "\nskip\nskip\nskip\n");
    assert_eq!(output.status.code(), Some(1));
    let told = String::from_utf8(output.stdout).unwrap();
    assert!(told.contains("WRONG: 0 prompts read (3 or more)"), "{told}");
}

#[test]
fn profiles_without_the_extension_are_wrong_and_the_policy_that_closes_them_is_shown() {
    let home = Home::new();
    let profile = home.path().join(".config/chromium/Default");
    std::fs::create_dir_all(&profile).unwrap();
    std::fs::write(profile.join("Preferences"), "{}").unwrap();
    let output = home.run(&["doctor"]);
    assert_eq!(output.status.code(), Some(1));
    let told = String::from_utf8(output.stdout).unwrap();
    for word in [
        "`Default`: the extension is not there",
        "/etc/chromium/policies/managed/promptgate.json",
        "\"installation_mode\": \"force_installed\"",
        "\"IncognitoModeAvailability\": 1",
        "\"BrowserAddPersonEnabled\": false",
    ] {
        assert!(told.contains(word), "{word}\n{told}");
    }
}
