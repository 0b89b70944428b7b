//! The key that signs what receivers are told gives way to the next one.

use std::fs;

use serde_json::Value;

use crate::browser::Browser;
use crate::home::json_lines;
use crate::receiver::until;
use crate::sharing::{keys, org, outbox, states};

#[test]
fn a_key_takes_over_while_a_message_is_on_its_way() {
    let (okta, home) = org();
    let (old, before) = (keys(&home), home.path().join("ssf.key.old"));
    okta.org.lock().unwrap().keys.clear();
    let browser = Browser::start(&home);
    assert!(browser.close().0.success());
    // Not known there yet: it waits, as it was signed by the first key.
    home.run(&["ssf", "send-test"]);
    let first = outbox(&home).pop().unwrap();
    let steps = |args: &[&str]| json_lines(&home.run(args));
    assert_eq!(steps(&["ssf", "rotate", "--json"])[0]["step"], "made");
    assert_eq!(keys(&home).len(), 2);
    // Nothing is hosted: it does not go on by itself.
    let stays = home.run(&["ssf", "rotate"]);
    assert!(String::from_utf8(stays.stderr).unwrap().contains("not hosted yet"));
    assert_eq!(steps(&["ssf", "rotate", "--force", "--json"])[0]["step"], "signs");
    assert!(before.is_file());
    // Ended between its two renames: the next call does the second one.
    let (signs, next) = (home.path().join("ssf.key"), home.path().join("ssf.key.next"));
    fs::rename(&signs, &next).unwrap();
    assert_eq!(steps(&["ssf", "rotate", "--json"])[0]["step"], "signs");
    assert!(before.is_file() && signs.is_file() && !next.exists());
    let both = keys(&home);
    assert_ne!(both[0]["kid"], old[0]["kid"]);
    okta.org.lock().unwrap().keys = both.clone();
    assert!(home.run(&["ssf", "outbox", "--again"]).status.success());
    let browser = Browser::start(&home);
    until("it is taken", || states(&home) == ["sent"]);
    assert!(browser.close().0.success());
    let taken = okta.taken().remove(0);
    let head = taken.token.split('.').next().unwrap();
    let head = base64::Engine::decode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, head).unwrap();
    assert_eq!(serde_json::from_slice::<Value>(&head).unwrap()["kid"], both[0]["kid"]);
    assert_eq!(first["jti"], taken.jti.as_str());
    assert_eq!(outbox(&home)[0]["jti"], first["jti"]);
    assert_eq!(steps(&["ssf", "rotate", "--json"])[0]["step"], "forgotten");
    assert_eq!(keys(&home), both[..1]);
}
