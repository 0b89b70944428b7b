//! `policy status`.

use std::fs;

use super::{build, folder, key, text};
use crate::home::{Home, json_lines};

#[test]
fn without_a_bundle_it_says_what_stands_in_its_place() {
    let home = Home::new();
    let told = home.run(&["policy", "status"]);
    assert!(told.status.success());
    let said = text(&told.stdout);
    assert!(said.starts_with("in force  builtin-monitor; it only watches\n"), "{said}");
    assert!(said.contains("no settings: a trial"), "{said}");
    home.settings("policy = \"builtin-enforce\"");
    let told = home.lines(&["policy", "status", "--json"]).remove(0);
    assert_eq!((&told["source"], &told["mode"]), (&"builtin-enforce".into(), &"enforce".into()));
    home.settings("policy = \"builtin-enforc\"");
    let broken = home.run(&["policy", "status"]);
    assert_eq!(broken.status.code(), Some(1));
    assert!(text(&broken.stdout).contains("wrong     line 1"), "{}", text(&broken.stdout));
}

/// What is told of the kept bundle is what its signature says, and not what lies there.
#[test]
fn a_kept_bundle_is_told_when_it_opens() {
    let home = Home::new();
    let (root, (key, public)) = (folder(&home), key(&home, "policy.key"));
    let (_, other) = super::key(&home, "other.key");
    let kept = home.data().join("policy");
    fs::create_dir_all(&kept).unwrap();
    let status = |public: &str| {
        home.settings(&format!(
            "[bundle]\nfolder = \"/srv/policy\"\nkeys = [\"{public}\"]\naudience = \"acme\"\n"
        ));
        json_lines(&home.run(&["policy", "status", "--json"])).remove(0)
    };
    let nothing = status(&public);
    assert_eq!(
        (&nothing["from"], &nothing["bundle"]["name"]),
        (&"/srv/policy/bundle.tar.gz".into(), &serde_json::Value::Null)
    );
    fs::copy(build(&home, &root, 3, &key), kept.join("bundle.tar.gz")).unwrap();
    let told = status(&public);
    let bundle = &told["bundle"];
    assert_eq!(
        (&bundle["name"], &bundle["version"], &bundle["stale"]),
        (&"acme".into(), &3.into(), &false.into())
    );
    assert!(bundle["digest"].as_str().unwrap().starts_with("sha256:"));
    let foreign = status(&other);
    assert_eq!(
        (&foreign["bundle"]["not_used"], &foreign["bundle"]["name"]),
        (&"unknown-key".into(), &serde_json::Value::Null)
    );
    assert_eq!(home.run(&["policy", "status"]).status.code(), Some(1));
}
