//! What an administrator wrote into `/etc/promptgate/settings.toml` holds, and what a person writes beside it does not.

use shared_protocol::Outcome;

use super::{Made, public, put, said, status, until_version, words};
use crate::browser::{Browser, event};
use crate::home::{Home, PATIENT};
use crate::policy::text;

#[test]
fn the_settings_of_the_machine_hold_and_not_those_of_the_person() {
    let folder = tempfile::tempdir().unwrap();
    let bundle = format!("[bundle]\nfolder = \"{}\"\nkeys = [\"{}\"]\n", folder.path().display(), public(1));
    let Some(home) = Home::managed(&format!("[fail]\n{PATIENT}\n{bundle}audience = \"acme\"\n")) else {
        return;
    };
    // A person who would rather be watched than stopped, by a key of their own.
    home.settings(&format!("policy = \"builtin-monitor\"\n[fail]\n{PATIENT}\n"));
    let mut browser = Browser::start(&home);
    let closed = browser.judge(&event(1), "nothing is the matter with this");
    assert_eq!(closed.outcome, Outcome::Refuse, "managed, and no bundle yet: {closed:?}");
    put(folder.path(), &Made::version(1).signed_by(2).archive());
    super::policy_where(&mut browser, |policy| policy.refused.is_some());
    put(folder.path(), &Made::version(1).archive());
    until_version(&mut browser, 1);
    assert_eq!(said(&mut browser, 2), words(1));
    assert_eq!(browser.judge(&event(3), "nothing is the matter with this").outcome, Outcome::Release);
    assert!(browser.close().0.success());
    let told = status(&home);
    assert_eq!(told["bundle"]["version"], 1, "{told}");
    let doctor = text(&home.run(&["doctor"]).stdout);
    assert!(doctor.contains("/etc/promptgate/settings.toml"), "{doctor}");
}
