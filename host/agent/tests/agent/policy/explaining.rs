//! `policy explain` and `simulate`: over texts, and over what is on record.

use super::{edit, folder, said, text};
use crate::browser::{Browser, event};
use crate::home::Home;

/// A home with three judged prompts.
fn recorded() -> Home {
    let home = Home::with("builtin-enforce", "oversize_bytes = 200");
    let mut browser = Browser::start(&home);
    browser.judge(&event(1), "hello");
    browser.judge(&event(2), "card 4111 1111 1111 1111");
    browser.judge(&event(3), "mail jane.doe@example.com");
    // Longer than is looked through: a fail setting decides.
    browser.judge(&event(4), &"x".repeat(300));
    assert!(browser.close().0.success());
    home
}

#[test]
fn a_text_is_explained_policy_by_policy() {
    let home = Home::new();
    let root = folder(&home);
    let by = ["--by", root.to_str().unwrap()];
    let explain =
        |words: &[&str], more: &[&str]| said(&home.run(&[&["policy", "explain"], words, &by, more].concat()));
    let shown = explain(&["When does Falcon One begin?"], &["--as", "ben"]);
    let lines: Vec<&str> = shown.lines().collect();
    assert_eq!(
        lines,
        [
            "warn",
            "they read: This names a project.",
            "ben, in no group: send-prompt on chatgpt",
            "found: acme.project 1",
            "topics: custom.projects 3",
            "",
            "      POLICY                       WHY",
            "no    cards-stay                   `context.labels.contains(\"pii.payment-card\")` does not hold",
            "acts  projects-are-for-the-office  it matches",
        ]
    );
    let office = explain(&["When does Falcon One begin?"], &["--as", "ben", "--group", "office"]);
    assert!(office.starts_with("allow\nben, in office:"), "{office}");
    let told = home.run_with(&["policy", "explain", "-", "--by", by[1], "--json"], "pay 4111 1111 1111 1111");
    let told = crate::home::json_lines(&told).remove(0);
    assert_eq!((&told["action"], &told["policies"][0]["standing"]), (&"block".into(), &"acts".into()));
    assert!(!told.to_string().contains("4111 1111"), "{told}");
    // An exception is told by its id, as long as it holds.
    let exception = "[[exception]]\nid = \"audit\"\npolicies = [\"cards-stay\"]\nusers = [\"ada\"]\n\
                     until = 2999-01-01T00:00:00Z\nreason = \"the audit\"\n";
    super::write(&root, "exceptions.toml", exception);
    let excepted = explain(&["pay 4111 1111 1111 1111"], &["--as", "ada"]);
    assert!(
        excepted.starts_with("allow\n") && excepted.contains("the exception `audit` takes it away"),
        "{excepted}"
    );
    let other = explain(&["pay 4111 1111 1111 1111"], &["--as", "ben"]);
    assert!(other.starts_with("block\n"), "{other}");
    assert!(!home.data().exists(), "explaining records nothing");
}

#[test]
fn an_interaction_on_record_is_explained_from_its_facts() {
    let home = recorded();
    let root = folder(&home);
    let id = event(2);
    let told = home.lines(&["policy", "explain", "--event", id.as_str(), "--json"]).remove(0);
    assert_eq!(told["action"], "redact");
    assert!(told["on_record"].as_str().unwrap().starts_with("redact"), "{told}");
    let acts: Vec<_> =
        told["policies"].as_array().unwrap().iter().filter(|one| one["standing"] == "acts").collect();
    assert_eq!(acts.len(), 1);
    let by = ["policy", "explain", "--event", id.as_str(), "--by", root.to_str().unwrap(), "--json"];
    assert_eq!(home.lines(&by).remove(0)["action"], "block");
    let missing = home.run(&["policy", "explain", "--event", "00000000-0000-4000-8000-000000000099"]);
    assert_eq!(missing.status.code(), Some(3));
    assert!(text(&missing.stderr).contains("not on record"));
}

#[test]
fn a_simulation_shows_what_would_change_and_where() {
    let home = recorded();
    let root = folder(&home);
    let place = root.to_str().unwrap();
    let simulate =
        |more: &[&str]| home.lines(&[&["policy", "simulate", place, "--json"], more].concat()).remove(0);
    // The test's prompts are of 2023.
    let all = ["--since", "2023-11-01"];
    assert_eq!(simulate(&[])["replayed"], 0);
    let told = simulate(&all);
    assert_eq!(
        (&told["replayed"], &told["changed"], &told["stricter"]),
        (&3.into(), &2.into(), &1.into()),
        "{told}"
    );
    let block =
        &told["changes"].as_array().unwrap().iter().find(|one| one["now"]["action"] == "block").unwrap();
    assert_eq!(block["was"]["action"], "redact");
    assert_eq!(block["examples"][0]["event"], event(2).as_str());
    assert_eq!(told["policies"]["cards-stay"], serde_json::json!({ "matched": 0, "would_match": 1 }));
    assert_eq!(simulate(&["--since", "2023-11-01", "--until", "2023-11-02"])["replayed"], 0);
    // Only watching would be told as what it would be.
    edit(&root, "policy/start.cedar", "@action(\"block\")", "@action(\"block\") @mode(\"monitor\")");
    let watched = simulate(&all);
    let would =
        watched["changes"].as_array().unwrap().iter().find(|one| one["now"]["action"] == "block").unwrap();
    assert_eq!((&would["now"]["mode"], &watched["stricter"]), (&"monitor".into(), &0.into()));
    let human = said(&home.run(&["policy", "simulate", place, "--since", "2023-11-01", "--examples", "1"]));
    assert!(human.contains("block (would be)") && human.contains(event(2).as_str()), "{human}");
    assert!(
        human.ends_with("3 decisions replayed: 2 would change, 0 of them to something stricter; 1 were decided by a fail setting\n"),
        "{human}"
    );
    // So would everything of a bundle that switches every machine to watching.
    edit(&root, "bundle.toml", "name =", "monitor = true\nname =");
    let switched = simulate(&all);
    assert!(
        switched["changes"].as_array().unwrap().iter().all(|one| one["now"]["mode"] == "monitor"),
        "{switched}"
    );
    // Its stories are of the policies as they are written.
    edit(&root, "policy/start.cedar", " @mode(\"monitor\")", "");
    assert!(home.run(&["policy", "test", place]).status.success());
    let nothing = Home::new();
    let folder = folder(&nothing);
    assert_eq!(nothing.run(&["policy", "simulate", folder.to_str().unwrap()]).status.code(), Some(3));
}
