//! Somebody who is new on a device: on record by a row of its own, which the change of risk names.

use serde_json::json;

use crate::browser::Browser;
use crate::home::{Home, PATIENT};

#[test]
fn a_new_device_is_evidence_that_can_be_looked_up() {
    let home = Home::new();
    let risk = "[risk]\nmode = \"max\"\n[risk.behaviours.new-device]\nlevel = \"medium\"\n";
    home.settings(&format!("policy = \"builtin-enforce\"\n[fail]\n{PATIENT}\n{risk}"));
    // Nothing but that the browser is there.
    assert!(Browser::start(&home).close().0.success());
    let shown = home.lines(&["risk", "show", "--json"]).remove(0);
    assert_eq!(
        (&shown["level"], &shown["reasons"][0]["behaviour"]),
        (&json!("medium"), &json!("new-device"))
    );
    let change = home.lines(&["risk", "history", "--json"]).remove(0);
    let event = change["events"][0].as_str().expect("it names a row").to_owned();
    assert_eq!(shown["reasons"][0]["events"], json!([event]), "{shown}");
    let row = home.rows(&event).remove(0);
    assert_eq!(
        (&row["kind"], &row["what"], &row["name"]),
        (&json!("audit"), &json!("device-seen"), &json!("person"))
    );
    // Once: whoever comes again is not new.
    assert!(Browser::start(&home).close().0.success());
    assert_eq!(home.lines(&["risk", "history", "--json"]).len(), 1);
    let seen = home.lines(&["log", "list", "--kind", "audit", "--limit", "100", "--json"]);
    assert_eq!(seen.iter().filter(|row| row["what"] == "device-seen").count(), 1);
}
