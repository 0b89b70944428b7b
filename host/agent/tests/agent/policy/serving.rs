//! `policy serve`: whole answers with tags, answers that wait, tokens, TLS, and what may be put there.

use std::fs;
use std::path::PathBuf;
use std::thread;
use std::time::{Duration, Instant};

use super::client::{Answer, Server, ask};
use super::{build, folder, key, text};
use crate::home::Home;
use crate::receiver::Certificates;

const READ: &str = "Bearer a-token-to-read-with";
const WRITE: &str = "Bearer a-token-to-write-with";

fn get(server: &Server, headers: &[(&str, &str)]) -> Answer {
    ask(server.port, None, "GET /bundle.tar.gz", headers, b"")
}

/// A folder to serve from, and token files.
fn shelf(home: &Home) -> (PathBuf, String, String) {
    let shelf = home.path().join("shelf");
    fs::create_dir_all(&shelf).unwrap();
    let file = |name: &str, header: &str| {
        let path = home.path().join(name);
        fs::write(&path, header.trim_start_matches("Bearer ")).unwrap();
        path.to_str().unwrap().to_owned()
    };
    (shelf, file("read", READ), file("write", WRITE))
}

#[test]
fn a_bundle_is_got_once_and_asked_for_by_its_tag() {
    let home = Home::new();
    let (root, (key, _)) = (folder(&home), key(&home, "policy.key"));
    let (shelf, _, _) = shelf(&home);
    let bundle = build(&home, &root, 1, &key);
    fs::copy(&bundle, shelf.join("bundle.tar.gz")).unwrap();
    fs::write(shelf.join("notes.txt"), "none of theirs").unwrap();
    let server = Server::start(&home, &shelf, &[]);
    let first = get(&server, &[]);
    assert_eq!((first.status, first.body.as_slice()), (200, fs::read(&bundle).unwrap().as_slice()));
    assert_eq!(first.header("content-type"), Some("application/vnd.openpolicyagent.bundles"));
    let tag = first.header("etag").unwrap().to_owned();
    let known = get(&server, &[("if-none-match", &tag)]);
    assert_eq!((known.status, known.header("etag"), known.body.len()), (304, Some(tag.as_str()), 0));
    let head = ask(server.port, None, "HEAD /bundle.tar.gz", &[], b"");
    assert_eq!((head.status, head.header("etag")), (200, Some(tag.as_str())));
    for (line, status) in [
        ("GET /notes.txt", 404),
        ("GET /", 404),
        ("GET /../policy.key", 404),
        ("GET /other.tar.gz", 404),
        ("POST /bundle.tar.gz", 405),
        ("DELETE /bundle.tar.gz", 405),
        ("PUT /bundle.tar.gz", 403),
    ] {
        assert_eq!(ask(server.port, None, line, &[], b"").status, status, "{line}");
    }
}

/// Whoever waits has the next bundle as soon as it lies there, and the same answer as before when nothing came.
#[test]
fn a_request_waits_for_what_comes_next() {
    let home = Home::new();
    let (root, (key, _)) = (folder(&home), key(&home, "policy.key"));
    let (shelf, _, _) = shelf(&home);
    let (one, two) = (build(&home, &root, 1, &key), build(&home, &root, 2, &key));
    let place = shelf.to_str().unwrap();
    assert!(home.run(&["policy", "push", one.to_str().unwrap(), place]).status.success());
    let mut server = Server::start(&home, &shelf, &[]);
    server.told();
    let tag = get(&server, &[]).header("etag").unwrap().to_owned();
    let nothing = get(&server, &[("if-none-match", &tag), ("prefer", "modes=snapshot;wait=1")]);
    assert_eq!(nothing.status, 304);
    let port = server.port;
    let waiting = thread::spawn(move || {
        let headers = [("if-none-match", tag.as_str()), ("prefer", "modes=snapshot;wait=120")];
        let answer = ask(port, None, "GET /bundle.tar.gz", &headers, b"");
        (answer, Instant::now())
    });
    let pushed = Instant::now();
    assert!(home.run(&["policy", "push", two.to_str().unwrap(), place]).status.success());
    let (answer, came) = waiting.join().unwrap();
    assert_eq!((answer.status, answer.body), (200, fs::read(&two).unwrap()));
    assert!(came.duration_since(pushed) < Duration::from_secs(60));
    assert_eq!(server.told()["etag"].as_str(), get(&server, &[]).header("etag"));
}

#[test]
fn tokens_tell_readers_from_writers() {
    let home = Home::new();
    let (root, (key, public)) = (folder(&home), key(&home, "policy.key"));
    let (other, _) = super::key(&home, "other.key");
    let (shelf, read, write) = shelf(&home);
    let more = ["--token-file", &read, "--write-token-file", &write, "--trust", &public];
    let server = Server::start(&home, &shelf, &more);
    let put = |token: &str, body: &[u8]| {
        ask(server.port, None, "PUT /bundle.tar.gz", &[("authorization", token)], body)
    };
    let archive = |version| fs::read(build(&home, &root, version, &key)).unwrap();
    let (one, two) = (archive(1), archive(2));
    assert_eq!(get(&server, &[]).status, 401);
    assert_eq!((put(READ, &two).status, put("Bearer nobody", &two).status), (403, 401));
    assert_eq!(get(&server, &[("authorization", READ)]).status, 404);
    assert_eq!(put(WRITE, &two).status, 201);
    assert_eq!(get(&server, &[("authorization", READ)]).body, two);
    // The very same again is fine; nothing goes back, nothing foreign comes in, and what was there stands.
    assert_eq!(put(WRITE, &two).status, 200);
    let older = put(WRITE, &one);
    assert_eq!((older.status, older.code().as_str()), (409, "older-version"));
    let foreign = put(WRITE, &fs::read(build(&home, &root, 3, &other)).unwrap());
    assert_eq!((foreign.status, foreign.code().as_str()), (422, "unknown-key"));
    for (bytes, status) in [(b"no archive".to_vec(), 422), (vec![0; 9 * 1024 * 1024], 413)] {
        assert_eq!(put(WRITE, &bytes).status, status);
    }
    assert_eq!(get(&server, &[("authorization", READ)]).body, two);
    let elsewhere = ask(server.port, None, "PUT /..%2fx.tar.gz", &[("authorization", WRITE)], &two);
    assert_eq!(elsewhere.status, 404);
    assert_eq!(fs::read_dir(&shelf).unwrap().count(), 1);
}

/// With trusted keys, what somebody drops into the folder is served only when it opens.
#[test]
fn what_does_not_open_is_not_served() {
    let home = Home::new();
    let (root, (key, public)) = (folder(&home), key(&home, "policy.key"));
    let (other, _) = super::key(&home, "other.key");
    let (shelf, _, _) = shelf(&home);
    let (good, foreign) = (build(&home, &root, 1, &key), build(&home, &root, 2, &other));
    fs::copy(&good, shelf.join("bundle.tar.gz")).unwrap();
    let mut server = Server::start(&home, &shelf, &["--trust", &public]);
    assert_eq!(server.told()["refused"], serde_json::Value::Null);
    assert!(
        home.run(&["policy", "push", foreign.to_str().unwrap(), shelf.to_str().unwrap()]).status.success()
    );
    let told = server.told();
    assert!(told["refused"].as_str().unwrap().contains("unknown-key"), "{told}");
    assert_eq!(get(&server, &[]).body, fs::read(&good).unwrap());
}

#[test]
fn a_push_goes_over_tls_to_a_server_whose_certificate_holds() {
    let home = Home::new();
    let (root, (key, public)) = (folder(&home), key(&home, "policy.key"));
    let (shelf, _, write) = shelf(&home);
    let certificates = Certificates::make(&home.path().join("tls"), "localhost");
    let [ca, certificate, private] =
        [&certificates.ca, &certificates.certificate, &certificates.key].map(|path| path.to_str().unwrap());
    let more =
        ["--tls-cert", certificate, "--tls-key", private, "--write-token-file", &write, "--trust", &public];
    let server = Server::start(&home, &shelf, &more);
    let to = format!("https://localhost:{}/bundle.tar.gz", server.port);
    let bundle = build(&home, &root, 1, &key);
    let push = |more: &[&str]| home.run(&[&["policy", "push", bundle.to_str().unwrap(), &to], more].concat());
    let nobody = push(&["--ca", ca]);
    assert!(text(&nobody.stderr).contains("--token-file"), "{}", text(&nobody.stderr));
    let unknown = push(&["--token-file", &write]);
    assert!(text(&unknown.stderr).contains("TLS"), "{}", text(&unknown.stderr));
    let pushed = push(&["--token-file", &write, "--ca", ca]);
    assert!(pushed.status.success(), "{}", text(&pushed.stderr));
    let got = ask(server.port, Some(&certificates.ca), "GET /bundle.tar.gz", &[], b"");
    assert_eq!((got.status, got.body), (200, fs::read(&bundle).unwrap()));
    // An older one does not come after it.
    let older = push(&["--token-file", &write, "--ca", ca]);
    assert!(older.status.success());
}

#[test]
fn what_would_be_open_to_others_is_not_started() {
    let home = Home::new();
    let (shelf, read, _) = shelf(&home);
    let place = shelf.to_str().unwrap();
    let short = home.path().join("short");
    fs::write(&short, "abc").unwrap();
    for (more, told) in [
        (vec!["--listen", "0.0.0.0:0"], "--tls-cert"),
        (vec!["--token-file", short.to_str().unwrap()], "16 letters"),
        (vec!["--token-file", &read, "--write-token-file", &read, "--trust", "ed25519:AAAA"], ""),
        (vec!["--tls-cert", &read, "--tls-key", &read], "PEM"),
    ] {
        let output = home.run(&[&["policy", "serve", place], more.as_slice()].concat());
        assert_ne!(output.status.code(), Some(0));
        assert!(text(&output.stderr).contains(told), "{}", text(&output.stderr));
    }
    assert_eq!(home.run(&["policy", "serve", "/not/there"]).status.code(), Some(1));
}
