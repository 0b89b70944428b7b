//! What people are told: settings that are wrong, by place and remedy; `doctor` about the bundle and where it comes from.

use serde_json::Value;

use super::{Made, policy_where, public, put, until_version, watching};
use crate::browser::Browser;
use crate::home::{Home, json_lines};
use crate::policy::text;
use crate::receiver::until;

#[test]
fn a_bundle_table_that_is_wrong_says_where_and_what_to_write() {
    let key = public(1);
    let keys = format!("keys = [\"{key}\"]");
    let folder = "folder = \"/srv/policy\"";
    for (settings, told) in [
        (format!("[bundle]\n{folder}\n"), "line 1, column 1: nobody is named who may sign: add `keys"),
        (format!("[bundle]\n{folder}\nkeys = []\n"), "line 3, column 8: nobody is named"),
        (
            format!("[bundle]\n{folder}\nkeys = [\"ed25519:AAAA\"]\n"),
            "line 3, column 9: this is no ed25519 key",
        ),
        (format!("[bundle]\n{folder}\nkeys = [\"AAAA\"]\n"), "a key begins with `ed25519:` or `p256:`"),
        (format!("[bundle]\n{keys}\n"), "line 1, column 1: this says not where bundles come from"),
        (
            format!("[bundle]\n{keys}\n{folder}\naddress = \"https://a.example/b\"\n"),
            "line 3, column 10: bundles come from one place",
        ),
        (
            format!("[bundle]\n{keys}\naddress = \"http://a.example/b\"\n"),
            "line 3, column 11: the address is https://HOST/PATH",
        ),
        (
            format!("[bundle]\n{keys}\naddress = \"https://a.example/b\"\npoll_s = 0\n"),
            "line 4, column 10: `poll_s` is 1 to 86400",
        ),
        (
            format!("[bundle]\n{keys}\naddress = \"https://a.example/b\"\nca = \"ca.pem\"\n"),
            "line 4, column 6: `ca` is a whole path",
        ),
        (format!("[bundle]\n{keys}\nfolder = \"policy\"\n"), "line 3, column 10: `folder` is a whole path"),
        (format!("[bundle]\n{keys}\n{folder}\npoll_s = 5\n"), "`poll_s` goes with `address`"),
        (
            format!("[bundle]\n{keys}\naddress = \"https://a.example/b\"\nregion = \"eu\"\n"),
            "line 4, column 10: `region` goes with an `address` in a store",
        ),
        (
            format!("[bundle]\n{keys}\naddress = \"s3://acme/b\"\n"),
            "line 3, column 11: a store wants credentials: add `credentials_file",
        ),
        (
            format!("[bundle]\n{keys}\naddress = \"s3://acme/b\"\ntoken_file = \"/srv/token\"\n"),
            "line 4, column 14: a store knows no token",
        ),
        (
            format!("[bundle]\n{keys}\naddress = \"s3://acme\"\ncredentials_file = \"/srv/who\"\n"),
            "line 3, column 11: write s3://BUCKET/KEY",
        ),
        (
            format!(
                "[bundle]\n{keys}\naddress = \"s3://acme/b\"\ncredentials_file = \"/srv/who\"\nendpoint = \"http://a.example\"\n"
            ),
            "`http://a.example`: the address is https://HOST/PATH",
        ),
        (
            format!("[bundle]\n{keys}\n{folder}\naudience = \"\"\n"),
            "line 4, column 12: an audience has 1 to 100",
        ),
        (format!("[bundle]\n{keys}\n{folder}\nurl = \"x\"\n"), "unknown field `url`"),
        (
            format!("policy = \"builtin-monitor\"\n[bundle]\n{keys}\n{folder}\n"),
            "`policy` and `[bundle]` both say which policy holds",
        ),
        (
            format!("[bundle]\n{keys}\n{folder}\n[developer]\nbundle = \"/srv/acme\"\n"),
            "`[bundle]` and `[developer] bundle` both",
        ),
        ("[developer]\nbundle = \"acme\"\n".to_owned(), "line 2, column 10: `bundle` is a whole path"),
    ] {
        let home = Home::new();
        home.settings(&settings);
        let output = home.run(&["policy", "status"]);
        let said = text(&output.stdout);
        assert_eq!(output.status.code(), Some(1), "{settings}: {said}");
        assert!(said.contains(told), "{settings}: {said}");
        // What is wrong never loosens: the built-in policy acts.
        assert!(said.contains("builtin-enforce; it acts"), "{said}");
    }
}

/// The lines that `keygen` prints are what settings take.
#[test]
fn the_lines_of_keygen_go_into_the_settings() {
    let home = Home::new();
    let out = home.path().join("k");
    let args = ["policy", "keygen", "--no-passphrase", "--out", out.to_str().unwrap()];
    let told = text(&home.run(&args).stdout);
    assert!(told.contains("it takes bundles that this key signed:"), "{told}");
    let from = told.find("  [bundle]").unwrap();
    let lines: String = told
        .get(from..)
        .unwrap()
        .lines()
        .take_while(|line| !line.is_empty())
        .map(|line| format!("{line}\n"))
        .collect();
    home.settings(&format!("{lines}folder = \"/srv/policy\"\n"));
    let told = json_lines(&home.run(&["policy", "status", "--json"])).remove(0);
    assert_eq!(
        (&told["fault"], &told["source"]),
        (&Value::Null, &"managed-without-bundle".into()),
        "{lines}"
    );
}

fn doctor(home: &Home) -> Vec<(String, String, String, String)> {
    let told = json_lines(&home.run(&["doctor", "--json"])).remove(0);
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let checks = told["checks"].as_array().unwrap().iter();
    checks
        .map(|one| (text(&one["check"]), text(&one["state"]), text(&one["what"]), text(&one["fix"])))
        .collect()
}

fn check(home: &Home, name: &str) -> (String, String, String) {
    let (_, state, what, fix) = doctor(home).into_iter().find(|(check, ..)| check == name).unwrap();
    (state, what, fix)
}

#[test]
fn the_doctor_says_which_bundle_holds_and_how_the_place_answers() {
    assert!(!doctor(&Home::new()).iter().any(|(check, ..)| check.starts_with("bundle")));
    let (home, folder) = watching();
    let (state, what, fix) = check(&home, "bundle");
    assert_eq!(state, "wrong");
    assert!(
        what.contains("none has arrived yet: everything with text is refused") && !fix.is_empty(),
        "{what}"
    );
    let mut browser = Browser::start(&home);
    until("the place is looked at", || check(&home, "bundle-source").0 == "wrong");
    let (_, what, fix) = check(&home, "bundle-source");
    assert!(what.contains("put a bundle there, or correct `folder`") && !fix.is_empty(), "{what}");
    put(&folder, &Made::version(2).archive());
    until_version(&mut browser, 2);
    until("the place is well", || check(&home, "bundle-source").0 == "ok");
    let (state, what, _) = check(&home, "bundle");
    assert_eq!(state, "ok");
    assert!(what.contains(&format!("acme 2, signed by key {}, came 2", public(1).id())), "{what}");
    put(&folder, &Made::version(1).archive());
    policy_where(&mut browser, |policy| policy.refused.is_some());
    let (state, what, fix) = check(&home, "bundle");
    assert_eq!(state, "wrong");
    assert!(what.contains("was refused (older-version") && what.contains("as version 3"), "{what}");
    assert!(fix.contains("until then the last good one holds"));
    assert!(browser.close().0.success());
}
