//! `policy push` into folders and an S3-compatible store that others wrote.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use super::{build, folder, key, said, text};
use crate::home::{Home, json_lines};
use crate::receiver::{Running, free_port, tool};

#[test]
fn a_folder_gets_it_whole_under_the_name_that_machines_look_for() {
    let home = Home::new();
    let (root, (key, public)) = (folder(&home), key(&home, "policy.key"));
    let bundle = build(&home, &root, 1, &key);
    let shelf = home.path().join("shelf");
    let push = |from: &Path, to: &Path, more: &[&str]| {
        home.run(&[&["policy", "push", from.to_str().unwrap(), to.to_str().unwrap()], more].concat())
    };
    let nowhere = push(&bundle, &shelf.join("x"), &[]);
    assert!(text(&nowhere.stderr).contains("make it first"), "{}", text(&nowhere.stderr));
    fs::create_dir_all(&shelf).unwrap();
    said(&push(&bundle, &shelf, &["--trust", &public]));
    assert_eq!(fs::read(shelf.join("bundle.tar.gz")).unwrap(), fs::read(&bundle).unwrap());
    let told = json_lines(&push(&bundle, &shelf.join("acme.tar.gz"), &["--json"])).remove(0);
    assert!(told["digest"].as_str().unwrap().starts_with("sha256:"));
    let names: Vec<_> = fs::read_dir(&shelf).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names.len(), 2, "{names:?}");
    // What nobody would take is not pushed.
    let (_, other) = super::key(&home, "other.key");
    let foreign = push(&bundle, &shelf, &["--trust", &other]);
    assert!(text(&foreign.stderr).contains("unknown-key"), "{}", text(&foreign.stderr));
    let none = push(&root.join("bundle.toml"), &shelf, &[]);
    assert!(text(&none.stderr).contains("is no bundle"), "{}", text(&none.stderr));
}

#[test]
fn an_s3_compatible_store_takes_it_with_a_signed_request() {
    let home = Home::new();
    let Some(server) = tool("s3s-fs-0.14.1/bin/s3s-fs") else { return };
    let (root, (key, _)) = (folder(&home), key(&home, "policy.key"));
    let bundle = build(&home, &root, 1, &key);
    let (port, store) = (free_port(), home.path().join("store"));
    // A bucket is a folder of it.
    fs::create_dir_all(store.join("acme-policy")).unwrap();
    let mut command = Command::new(server);
    command
        .args([
            "--host",
            "127.0.0.1",
            "--port",
            &port.to_string(),
            "--access-key",
            "ADMIN",
            "--secret-key",
            "right",
        ])
        .arg(&store)
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let _running = Running::start(&mut command, port);
    let push = |secret: &str, to: &str| {
        let endpoint = format!("http://127.0.0.1:{port}");
        let mut command = home.command();
        command.args(["policy", "push", bundle.to_str().unwrap(), to, "--endpoint", &endpoint]);
        command.env("AWS_ACCESS_KEY_ID", "ADMIN").env("AWS_SECRET_ACCESS_KEY", secret);
        command.stdin(Stdio::null()).output().unwrap()
    };
    let wrong = push("wrong", "s3://acme-policy/a folder/bundle.tar.gz");
    assert_eq!(wrong.status.code(), Some(1));
    let told = text(&wrong.stderr);
    assert!(told.contains("403") && told.contains("credentials"), "{told}");
    said(&push("right", "s3://acme-policy/a folder/bundle.tar.gz"));
    let kept = fs::read(store.join("acme-policy/a folder/bundle.tar.gz")).unwrap();
    assert_eq!(kept, fs::read(&bundle).unwrap());
    let nobody = home.run(&["policy", "push", bundle.to_str().unwrap(), "s3://acme-policy/bundle.tar.gz"]);
    assert!(text(&nobody.stderr).contains("AWS_ACCESS_KEY_ID"), "{}", text(&nobody.stderr));
}
