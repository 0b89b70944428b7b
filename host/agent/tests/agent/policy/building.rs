//! `policy keygen`, `build` and `grant`.

use std::fs;

use super::{edit, folder, key, passphrase, said, text};
use crate::home::{Home, json_lines};

#[test]
fn a_protected_key_signs_with_its_passphrase_and_not_without() {
    let home = Home::new();
    let (root, word) = (folder(&home), passphrase(&home));
    let (root, word) = (root.to_str().unwrap(), word.to_str().unwrap());
    let place = home.path().join("policy.key");
    let place = place.to_str().unwrap();
    let told =
        home.lines(&["policy", "keygen", "--out", place, "--passphrase-file", word, "--json"]).remove(0);
    let public = told["public_key"].as_str().unwrap();
    assert!(public.starts_with("ed25519:"), "{told}");
    assert_eq!(told["settings"], format!("[bundle]\nkeys = [\"{public}\"]"));
    assert_eq!((&told["protected"], told["key_id"].as_str().unwrap().len()), (&true.into(), 16));
    let file = fs::read_to_string(place).unwrap();
    assert!(file.contains("kdf: argon2id") && file.contains(public));
    // Never over another one.
    let again = home.run(&["policy", "keygen", "--out", place, "--passphrase-file", word]);
    assert!(text(&again.stderr).contains("is there already"));
    assert_eq!(fs::read_to_string(place).unwrap(), file);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(fs::metadata(place).unwrap().permissions().mode() & 0o777, 0o600);
    }
    let out = home.path().join("bundle.tar.gz");
    let build = |more: &[&str]| {
        let args = ["policy", "build", root, "--version", "1", "--key", place, "-o", out.to_str().unwrap()];
        home.run(&[&args, more].concat())
    };
    let nobody = build(&[]);
    assert_eq!(nobody.status.code(), Some(1));
    assert!(text(&nobody.stderr).contains("--passphrase-file"), "{}", text(&nobody.stderr));
    let other = home.path().join("other");
    fs::write(&other, "wrong horse battery").unwrap();
    let wrong = build(&["--passphrase-file", other.to_str().unwrap()]);
    assert!(text(&wrong.stderr).contains("does not open this key"), "{}", text(&wrong.stderr));
    assert!(!out.exists());
    said(&build(&["--passphrase-file", word]));
    assert!(out.exists());
}

#[test]
fn the_same_folder_version_moment_and_key_give_the_same_bytes() {
    let home = Home::new();
    let root = folder(&home);
    let (key, _) = key(&home, "policy.key");
    let build = |out: &str, more: &[&str]| {
        let out = home.path().join(out);
        let args = [
            "policy",
            "build",
            root.to_str().unwrap(),
            "--issued",
            "2026-11-26T12:00:00Z",
            "--key",
            key.to_str().unwrap(),
            "-o",
            out.to_str().unwrap(),
            "--json",
        ];
        let output = home.run(&[&args, more].concat());
        assert!(output.status.success(), "{}", text(&output.stderr));
        (json_lines(&output).remove(0), fs::read(out).unwrap())
    };
    let (told, first) = build("one.tar.gz", &["--version", "7"]);
    let (again, second) = build("two.tar.gz", &["--version", "7"]);
    assert_eq!((&first, &told["digest"]), (&second, &again["digest"]));
    assert_ne!(first, build("three.tar.gz", &["--version", "8"]).1);
    assert_eq!(
        (&told["name"], &told["version"], &told["audience"]),
        (&"acme".into(), &7.into(), &"acme".into())
    );
    let day = 86_400;
    assert_eq!(told["expires"].as_i64().unwrap() - told["issued"].as_i64().unwrap(), 30 * day);
    let files: Vec<&String> = told["files"].as_object().unwrap().keys().collect();
    assert_eq!(files, ["detectors/project.toml", "policy/start.cedar", "stories/start.toml", "topics.toml"]);
    // The version may stand in the sheet, and has to stand somewhere.
    let output = home.run(&["policy", "build", root.to_str().unwrap(), "--key", key.to_str().unwrap()]);
    assert!(text(&output.stderr).contains("--version"), "{}", text(&output.stderr));
    edit(&root, "bundle.toml", "name", "version = 7\nname");
    assert_eq!(build("four.tar.gz", &[]).1, first);
}

#[test]
fn what_check_refuses_is_not_built() {
    let home = Home::new();
    let root = folder(&home);
    let (key, _) = key(&home, "policy.key");
    edit(&root, "policy/start.cedar", "\"block\"", "\"blok\"");
    let out = home.path().join("bundle.tar.gz");
    let output = home.run(&[
        "policy",
        "build",
        root.to_str().unwrap(),
        "--version",
        "1",
        "--key",
        key.to_str().unwrap(),
        "-o",
        out.to_str().unwrap(),
    ]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stdout).contains("`blok` is no action"));
    assert!(!out.exists());
}

#[test]
fn a_file_that_is_no_key_is_told() {
    let home = Home::new();
    let root = folder(&home);
    let (key, _) = key(&home, "policy.key");
    let good = fs::read_to_string(&key).unwrap();
    let (other, _) = super::key(&home, "other.key");
    let other = fs::read_to_string(other).unwrap();
    let secret = |text: &str| text.lines().last().unwrap().to_owned();
    for (file, told) in [
        (String::new(), "holds no signing key"),
        (good.replace(&secret(&good), &secret(&other)), "not that of the secret one"),
        (good.replace("version 1", "version 2"), "version"),
    ] {
        fs::write(&key, &file).unwrap();
        let output = home.run(&[
            "policy",
            "build",
            root.to_str().unwrap(),
            "--version",
            "1",
            "--key",
            key.to_str().unwrap(),
        ]);
        assert_eq!(output.status.code(), Some(1));
        let said = text(&output.stderr);
        assert!(said.contains(told) && said.contains("policy.key"), "{said}");
    }
}

#[test]
fn a_grant_is_a_code_for_one_person_and_a_while() {
    let home = Home::new();
    let (key, _) = key(&home, "policy.key");
    let grant = |more: &[&str], input: &str| {
        let args = ["policy", "grant", "--key", key.to_str().unwrap(), "--person", "ada", "--json"];
        home.run_with(&[&args, more].concat(), input)
    };
    for (what, input) in [
        (vec!["--topic", "content.pii"], ""),
        (vec!["--policy", "cards-stay", "--for", "30m", "--reason", "the audit"], ""),
        (vec!["--value", "-"], "4111 1111 1111 1111\n"),
        (vec!["--topic", "content.pii", "--policy", "x", "--value", "-"], "4111 1111 1111 1111\n4111 1111\n"),
    ] {
        let output = grant(&what, input);
        assert!(output.status.success(), "{}", text(&output.stderr));
        let told = json_lines(&output).remove(0);
        let code = told["code"].as_str().unwrap();
        assert!(code.starts_with("pg1.") && !code.contains("4111"), "{code}");
        assert_eq!(told["id"].as_str().unwrap().len(), 16);
    }
    for (what, told) in [
        (vec!["--topic", "content.cats"], "is no topic"),
        (vec!["--topic", "content.pii", "--for", "30d"], "7d at most"),
        (vec!["--value", "-"], "empty"),
        (["--policy", "x"].repeat(9), "8 things at most"),
    ] {
        let output = grant(&what, "");
        assert_eq!(output.status.code(), Some(1));
        assert!(text(&output.stderr).contains(told), "{}", text(&output.stderr));
    }
    assert_eq!(grant(&[], "").status.code(), Some(2));
}
