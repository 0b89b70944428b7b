//! Tables and fingerprints of a bundle on the machine that follows it: cells are found, and neither cells nor hashes of
//! them are written down; a broken table is refused.

use std::fs;

use host_policy::bundle::unverified;
use shared_protocol::Outcome;

use super::{Made, policy_where, put, rows, said, until_version, watching, words};
use crate::browser::{Browser, event};
use crate::home::Home;
use crate::policy::{build, key, matching};

/// The bundle of a folder that an admin wrote, signed by key 1.
fn made(version: u64) -> Made {
    let admin = Home::new();
    let root = matching::matching(&admin);
    let (key, _) = key(&admin, "signing.key");
    let archive = fs::read(build(&admin, &root, version, &key)).unwrap();
    let files = unverified(&archive).unwrap().into_iter().filter(|(path, _)| !path.starts_with('.'));
    let mut made = Made::version(version);
    made.files.extend(files.filter(|(path, _)| path != "policy/start.cedar"));
    let projects = "@id(\"projects\") @action(\"warn\") @message(\"m\")\n\
        forbid (principal, action in [Action::\"send\"], resource) when { context.topics[\"custom.projects\"] >= 2 };\n";
    let stories: Vec<String> =
        made.files.keys().filter(|path| path.starts_with("stories/")).cloned().collect();
    stories.iter().for_each(|path| drop(made.files.remove(path)));
    made.with("policy/projects.cedar", projects)
}

#[test]
fn a_customers_number_is_found_and_written_nowhere() {
    let (home, folder) = watching();
    let mut browser = Browser::start(&home);
    put(&folder, &made(1).archive());
    until_version(&mut browser, 1);
    let policies = |browser: &mut Browser, number: u32, text: &str| {
        let verdict = browser.judge(&event(number), text);
        let ids: Vec<String> = verdict
            .card
            .iter()
            .flat_map(|card| card.policies.iter().map(|policy| policy.id.clone()))
            .collect();
        (verdict.outcome, ids)
    };
    let paper = matching::paper();
    let passage: Vec<&str> = paper.split(' ').skip(200).take(150).collect();
    for (number, text, wanted) in [
        (1, "Draft a letter about hx 4071 8829.".to_owned(), Some("customers-stay")),
        (2, "Ottilie Brandvold lives in Tønsberg".to_owned(), Some("customers-stay")),
        (3, format!("Shorten this: {}", passage.join(" ")), Some("board-papers-stay")),
        (4, "Where is Tønsberg, and who is HX-40718831?".to_owned(), None),
    ] {
        let (outcome, ids) = policies(&mut browser, number, &text);
        assert_eq!(ids.first().map(String::as_str), wanted, "{number}: {ids:?}");
        assert_eq!(outcome == Outcome::Release, wanted.is_none(), "{number}");
    }
    assert!(browser.close().0.success());
    let row = &home.rows(event(1).as_str())[0];
    assert_eq!(row["labels"]["exact.customers"], 1, "{row}");
    let all = fs::read_dir(home.data()).unwrap().flatten().filter(|entry| entry.path().is_file());
    for entry in all {
        let bytes = fs::read(entry.path()).unwrap();
        let text = String::from_utf8_lossy(&bytes).to_lowercase();
        assert!(!text.contains("4071 8829") && !text.contains("brandvold"), "{}", entry.path().display());
    }
}

#[test]
fn a_broken_table_is_refused_and_the_last_good_one_stays() {
    let (home, folder) = watching();
    let mut browser = Browser::start(&home);
    put(&folder, &made(1).archive());
    until_version(&mut browser, 1);
    let mut broken = made(2);
    broken.files.get_mut("exact/customers.1.table").unwrap().pop();
    put(&folder, &broken.archive());
    let state = policy_where(&mut browser, |policy| policy.refused.is_some());
    assert_eq!((state.version, state.refused.as_deref()), (1, Some("content")));
    assert_eq!(said(&mut browser, 9), words(1));
    assert!(browser.close().0.success());
    assert_eq!(rows(&home).last().unwrap().0, "bundle-refused");
}
