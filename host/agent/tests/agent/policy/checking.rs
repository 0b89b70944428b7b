//! `policy init`, `check` and `test`.

use std::fs;

use serde_json::Value;

use super::{edit, folder, said, text, write};
use crate::home::{Home, json_lines};

fn check(home: &Home, place: &str) -> (Option<i32>, Value) {
    let output = home.run(&["policy", "check", place, "--json"]);
    (output.status.code(), json_lines(&output).remove(0))
}

#[test]
fn every_pack_is_made_checked_and_told() {
    let home = Home::new();
    for pack in ["starter", "finance", "healthcare", "software", "monitor-only"] {
        let root = home.path().join(pack);
        let place = root.to_str().unwrap();
        said(&home.run(&["policy", "init", place, "--pack", pack]));
        assert_eq!(check(&home, place).1["problems"], Value::Array(Vec::new()), "{pack}");
        let told = home.lines(&["policy", "test", place, "--json"]).remove(0);
        assert_eq!(
            (&told["ok"], &told["untouched"]),
            (&true.into(), &Value::Array(Vec::new())),
            "{pack}: {told}"
        );
        assert!(told["stories"].as_array().unwrap().len() >= 2, "{pack}");
        // What is there is never written over.
        let before = fs::read(root.join("bundle.toml")).unwrap();
        let again = home.run(&["policy", "init", place, "--pack", "finance"]);
        assert_eq!(again.status.code(), Some(1));
        assert!(text(&again.stderr).contains("holds files already"));
        assert_eq!(fs::read(root.join("bundle.toml")).unwrap(), before);
    }
    let unknown = home.run(&["policy", "init", "x", "--pack", "bank"]);
    assert_eq!(unknown.status.code(), Some(2));
    assert!(text(&unknown.stderr).contains("healthcare"));
}

#[test]
fn a_whole_folder_is_right() {
    let home = Home::new();
    let root = folder(&home);
    let (code, told) = check(&home, root.to_str().unwrap());
    assert_eq!((code, &told["problems"]), (Some(0), &Value::Array(Vec::new())));
    let human = said(&home.run(&["policy", "check", root.to_str().unwrap()]));
    assert_eq!(human, format!("{}: nothing is wrong\n", root.display()));
}

/// Each slip is told in its file, at its line, with what to write instead.
#[test]
fn slips_are_told_with_place_and_remedy() {
    for (path, from, to, place, message, help) in [
        (
            "policy/start.cedar",
            "\"block\"",
            "\"blok\"",
            (2, 9),
            "`blok` is no action",
            "write `@action(\"block\")`",
        ),
        ("policy/start.cedar", ">= 2", ">= \"2\"", (11, 0), "expected Long", "levels are numbers"),
        (
            "policy/start.cedar",
            "pii.payment-card",
            "pii.payment-cart",
            (5, 32),
            "nothing finds `pii.payment-cart`",
            "pii.payment-card",
        ),
        ("detectors/project.toml", "two)", "two", (9, 11), "unclosed group", "regex"),
        ("detectors/project.toml", "falcon three", "falcon two", (15, 11), "must not be found", "narrower"),
        (
            "detectors/project.toml",
            "custom.projects",
            "custom.project",
            (4, 11),
            "described nowhere",
            "topics.toml",
        ),
        ("stories/start.toml", "cards-stay", "card-stays", (0, 0), "", ""),
        ("bundle.toml", "expires_days = 30", "expires_days = 0", (3, 16), "1 to 3650 days", "how long"),
        ("bundle.toml", "audience", "audiense", (2, 1), "audiense", "audience"),
    ] {
        let home = Home::new();
        let root = folder(&home);
        edit(&root, path, from, to);
        let (_, told) = check(&home, root.to_str().unwrap());
        let problems = told["problems"].as_array().unwrap();
        let found = problems.iter().find(|one| {
            let line = one["line"].as_u64().unwrap();
            let column = one["column"].as_u64().unwrap();
            one["file"] == path
                && (place.0 == 0 || line == place.0)
                && (place.1 == 0 || column == place.1)
                && one["message"].as_str().unwrap().contains(message)
                && one["help"].as_str().unwrap_or_default().contains(help)
        });
        assert!(found.is_some(), "{path}: {to}: {problems:#?}");
        // A file is told with the whole folder behind it, and nothing of the others.
        let (_, alone) = check(&home, root.join(path).to_str().unwrap());
        assert!(alone["problems"].as_array().unwrap().iter().all(|one| one["file"] == path), "{alone}");
        assert!(alone["problems"].as_array().unwrap().contains(found.unwrap()));
    }
}

#[test]
fn a_slip_is_shown_as_compilers_show_it() {
    let home = Home::new();
    let root = folder(&home);
    edit(&root, "policy/start.cedar", "\"block\"", "\"blok\"");
    let output = home.run(&["policy", "check", root.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(1));
    let shown = text(&output.stdout).replace(root.to_str().unwrap(), "acme");
    let expected = "error: `blok` is no action\n --> acme/policy/start.cedar:2:9\n  |\n2 | @action(\"blok\")\n  |         \
                    ^^^^^^\n  = help: write `@action(\"block\")`\n";
    assert!(shown.starts_with(expected), "{shown}");
    assert!(shown.ends_with("acme: 1 error, 0 warnings\n"), "{shown}");
}

#[test]
fn a_policy_file_may_stand_alone() {
    let home = Home::new();
    let file = home.path().join("alone.cedar");
    fs::write(&file, "@id(\"a\") @action(\"warn\") @message(\"m\") permit (principal, action, resource);")
        .unwrap();
    let (code, told) = check(&home, file.to_str().unwrap());
    assert_eq!((code, &told["errors"]), (Some(1), &1.into()));
    assert!(told["problems"][0]["help"].as_str().unwrap().contains("forbid"));
    let nowhere = home.run(&["policy", "check", "/not/there"]);
    assert_eq!(nowhere.status.code(), Some(1));
    assert!(text(&nowhere.stderr).contains("neither a bundle folder nor a file in one"));
    let missing = home.run(&["policy", "check", "/not/there.cedar"]);
    assert!(text(&missing.stderr).contains("name a bundle folder"));
}

#[test]
fn what_has_no_place_in_a_folder_is_refused() {
    let home = Home::new();
    let root = folder(&home);
    write(&root, "notes.txt", "remember");
    // Of version control, an editor, and a build: no part of it.
    for path in [".git/config", "policy/start.cedar~", "bundle.tar.gz"] {
        write(&root, path, "x");
    }
    let (code, told) = check(&home, root.to_str().unwrap());
    assert_eq!(code, Some(1));
    let files: Vec<&str> =
        told["problems"].as_array().unwrap().iter().map(|one| one["file"].as_str().unwrap()).collect();
    assert_eq!(files, ["notes.txt"]);
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("/etc/passwd", root.join("policy/link.cedar")).unwrap();
        let output = home.run(&["policy", "check", root.to_str().unwrap()]);
        assert!(text(&output.stderr).contains("is a link"));
    }
}

#[test]
fn a_site_is_repaired_only_by_data_that_its_own_crate_takes() {
    let home = Home::new();
    let root = folder(&home);
    let claude = include_str!("../../../../../shared/sites/sites/claude/site.toml");
    write(&root, "sites/claude.toml", claude);
    assert_eq!(check(&home, root.to_str().unwrap()).0, Some(0));
    write(&root, "sites/claude.toml", &claude.replacen("app =", "ap =", 1));
    let (code, told) = check(&home, root.to_str().unwrap());
    assert_eq!((code, &told["problems"][0]["file"]), (Some(1), &"sites/claude.toml".into()));
    write(&root, "sites/claude.toml", &claude.replace("\"claude.ai\"", "\"claude.example\""));
    assert_eq!(check(&home, root.to_str().unwrap()).0, Some(1));
}

#[test]
fn how_risk_is_scored_is_checked_at_its_place() {
    let home = Home::new();
    let root = folder(&home);
    let place = root.to_str().unwrap();
    write(&root, "risk.toml", "mode = \"max\"\n[behaviours.credentials-pasted]\nweight = 90\n");
    assert_eq!(check(&home, place).0, Some(0));
    for (text, line) in [
        ("mode = \"max\"\n[behaviours.no-such]\nweight = 90\n", 2),
        ("half_life_hours = 0\n", 1),
        ("\nenabled = false\n", 2),
        ("mode = \"average\"\n", 1),
    ] {
        write(&root, "risk.toml", text);
        let (code, told) = check(&home, place);
        let problem = &told["problems"][0];
        assert_eq!(
            (code, &problem["file"], &problem["line"]),
            (Some(1), &"risk.toml".into(), &line.into()),
            "{told}"
        );
    }
}

#[test]
fn stories_say_what_differs_and_which_policies_nobody_tells_of() {
    let home = Home::new();
    let root = folder(&home);
    let place = root.to_str().unwrap();
    let told = home.lines(&["policy", "test", place, "--json"]).remove(0);
    assert_eq!(
        (&told["ok"], &told["differ"], &told["untouched"]),
        (&true.into(), &0.into(), &Value::Array(Vec::new()))
    );
    // The detector of the folder is what finds the project.
    assert_eq!(told["stories"][1]["policies"], serde_json::json!(["projects-are-for-the-office"]));
    edit(&root, "policy/start.cedar", "Group::\"office\"", "Group::\"yard\"");
    let policy = "\n@id(\"nobody-tells\")\n@action(\"coach\")\n@message(\"m\")\nforbid (principal, action, resource)\n\
                  when { context.temporary };\n";
    let start = fs::read_to_string(root.join("policy/start.cedar")).unwrap();
    write(&root, "policy/start.cedar", &(start + policy));
    let output = home.run(&["policy", "test", place]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(
        text(&output.stdout),
        "ok      stories/start.toml:1  A card stays\n\
         ok      stories/start.toml:8  A project's name is warned about\n\
         DIFFER  stories/start.toml:14  The office may\n        \
                 action: the story says allow, and it is warn\n\
         3 stories: 1 ends otherwise; 3 policies\n\
         no story touches nobody-tells\n"
    );
    edit(&root, "policy/start.cedar", "\"block\"", "\"blok\"");
    let refused = home.run(&["policy", "test", place]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(text(&refused.stderr).contains("correct them first"));
}
