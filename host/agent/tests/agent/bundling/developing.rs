//! A folder that nobody signed, by an explicit setting: followed as it is written, and told everywhere.

use std::fs;

use shared_protocol::PolicySource;

use super::{policy_where, said, settings_where, status};
use crate::browser::{Browser, ORIGIN};
use crate::home::Home;
use crate::policy::{edit, folder};

#[test]
fn a_developers_folder_holds_as_it_is_written() {
    let home = Home::new();
    let root = folder(&home);
    home.settings(&format!("[developer]\nbundle = \"{}\"\n[fail]\ndeadline_ms = 120000\n", root.display()));
    let mut browser = Browser::silent(&home, &[ORIGIN]);
    let settings = browser.hello().settings;
    let state = settings.policy.unwrap();
    assert_eq!(
        (settings.source, state.name.as_str(), state.unsigned),
        (PolicySource::DeveloperFile, "acme", true)
    );
    assert_eq!(said(&mut browser, 1), "Card numbers stay here.");
    edit(&root, "policy/start.cedar", "Card numbers stay here.", "Not this one.");
    policy_where(&mut browser, |policy| policy.unsigned);
    assert_eq!(said(&mut browser, 2), "Not this one.");
    // With a slip in it nothing goes, and it is said what.
    edit(&root, "policy/start.cedar", "context.labels", "context.label");
    settings_where(&mut browser, |settings| settings.source == PolicySource::ManagedWithoutBundle);
    assert_eq!(said(&mut browser, 3), "");
    let told = home.run(&["policy", "status"]);
    let told = crate::policy::text(&told.stdout);
    assert!(told.contains("policy/start.cedar:5:"), "{told}");
    edit(&root, "policy/start.cedar", "context.label.", "context.labels.");
    settings_where(&mut browser, |settings| settings.source == PolicySource::DeveloperFile);
    // Nothing is fetched, and nothing is kept.
    assert!(!home.data().join("policy").exists());
    fs::write(root.join("bundle.toml"), "name = \"acme\"\nmonitor = true\n").unwrap();
    policy_where(&mut browser, |policy| policy.monitor);
    assert!(browser.close().0.success());
    assert_eq!(status(&home)["mode"], "monitor");
}
