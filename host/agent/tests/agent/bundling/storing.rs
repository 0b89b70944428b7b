//! Bundles from an S3-compatible store: pushed and got by signed requests, with who may read in a file.

use std::fs;
use std::process::{Command, Stdio};

use super::{Made, rows, said, settings, status, until_version, words};
use crate::browser::Browser;
use crate::home::Home;
use crate::policy::text;
use crate::receiver::{Running, free_port, tool, until};

#[test]
fn a_store_is_asked_with_signed_requests() {
    let home = Home::new();
    let Some(server) = tool("s3s-fs-0.14.1/bin/s3s-fs") else { return };
    let (port, store) = (free_port(), home.path().join("store"));
    // A bucket is a folder of it.
    fs::create_dir_all(store.join("acme-policy")).unwrap();
    let mut command = Command::new(server);
    command.args(["--host", "127.0.0.1", "--port", &port.to_string()]);
    command.args(["--access-key", "READER", "--secret-key", "right"]).arg(&store);
    let _running = Running::start(command.stdout(Stdio::null()).stderr(Stdio::null()), port);
    let push = |version: u64| {
        let file = home.path().join("one.tar.gz");
        fs::write(&file, Made::version(version).archive()).unwrap();
        let mut command = home.command();
        command.args(["policy", "push", file.to_str().unwrap(), "s3://acme-policy/fleet/bundle.tar.gz"]);
        command.args(["--endpoint", &format!("http://127.0.0.1:{port}")]);
        command.env("AWS_ACCESS_KEY_ID", "READER").env("AWS_SECRET_ACCESS_KEY", "right");
        let output = command.stdin(Stdio::null()).output().unwrap();
        assert!(output.status.success(), "{}", text(&output.stderr));
    };
    push(1);
    let who = home.path().join("credentials");
    let key = |secret: &str| {
        let profile = format!("[default]\naws_access_key_id = READER\naws_secret_access_key = {secret}\n");
        fs::write(&who, profile).unwrap();
    };
    key("wrong");
    let place = format!(
        "address = \"s3://acme-policy/fleet/bundle.tar.gz\"\nendpoint = \"http://127.0.0.1:{port}\"\n\
         credentials_file = \"{}\"\npoll_s = 1",
        who.display()
    );
    settings(&home, &place, &[1]);
    let mut browser = Browser::start(&home);
    let answer = || status(&home)["bundle"]["answer"]["said"].as_str().unwrap_or_default().to_owned();
    until("it says what is wrong", || answer().contains("403: check the token or the credentials"));
    assert_eq!(said(&mut browser, 1), "");
    key("right");
    until_version(&mut browser, 1);
    push(2);
    until_version(&mut browser, 2);
    assert_eq!(said(&mut browser, 2), words(2));
    // This store sends it again whatever tag it is shown; others do not.
    until("nothing is new", || answer() == "the bundle that is in force");
    assert!(status(&home)["bundle"]["etag"].as_str().unwrap().starts_with('"'));
    fs::remove_file(&who).unwrap();
    until("it says what is missing", || answer().contains("let this user read the file"));
    assert_eq!(said(&mut browser, 3), words(2), "the last good one stays");
    assert!(browser.close().0.success());
    assert_eq!(rows(&home).len(), 2);
    let doctor = text(&home.run(&["doctor"]).stdout);
    assert!(doctor.contains(&format!("http://127.0.0.1:{port}/acme-policy/")), "{doctor}");
}
