//! Bundles from web servers: ours with waiting, plain ones with tags, over TLS with a token, and through a proxy.

use std::fs;
use std::process::Command;
use std::sync::{Arc, Mutex};

use super::{Made, following, rows, said, settings, status, until_version, words};
use crate::browser::Browser;
use crate::home::Home;
use crate::policy::client::Server;
use crate::receiver::{Certificates, Receiver, Reply, Running, free_port, program, until};

/// An answer with an archive.
fn whole(archive: &[u8], headers: &str) -> Reply {
    let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n{headers}\r\n", archive.len());
    Reply::Raw([head.as_bytes(), archive].concat())
}

/// Pushes to a server that lets machines wait act at once, one after the other.
#[test]
fn our_server_tells_of_a_push_at_once() {
    let home = Home::new();
    let shelf = home.path().join("shelf");
    fs::create_dir(&shelf).unwrap();
    let file = home.path().join("one.tar.gz");
    let push = |version: u64| {
        fs::write(&file, Made::version(version).archive()).unwrap();
        let args = ["policy", "push", file.to_str().unwrap(), shelf.to_str().unwrap()];
        assert!(home.run(&args).status.success());
    };
    push(1);
    let server = Server::start(&home, &shelf, &[]);
    // Longer than the test has patience: only a push can be what brings the next one.
    let place = format!("address = \"http://127.0.0.1:{}/bundle.tar.gz\"\npoll_s = 86400", server.port);
    settings(&home, &place, &[1]);
    let mut browser = Browser::start(&home);
    until_version(&mut browser, 1);
    for version in 2..5 {
        push(version);
        until_version(&mut browser, version);
        assert_eq!(said(&mut browser, u32::try_from(version).unwrap()), words(version));
    }
    assert!(browser.close().0.success());
    assert_eq!(rows(&home).len(), 4);
    let told = status(&home);
    assert_eq!(told["bundle"]["answer"]["waits"], true, "{told}");
    assert!(told["bundle"]["etag"].as_str().unwrap().starts_with("\"sha256:"));
}

/// A server that knows tags and no waiting is asked with the tag, and an unchanged bundle is not sent again.
#[test]
fn a_plain_server_is_asked_with_the_tag() {
    let served = Arc::new(Mutex::new((Made::version(1).archive(), "\"one\"".to_owned())));
    let receiver = Receiver::start({
        let served = Arc::clone(&served);
        move |_, request| {
            let (archive, tag) = served.lock().unwrap().clone();
            match request.header("if-none-match") {
                Some(known) if known.split(", ").any(|one| one == tag) => {
                    Reply::With(304, format!("etag: {tag}"))
                }
                _ => whole(&archive, &format!("etag: {tag}\r\ncontent-type: application/gzip\r\n")),
            }
        }
    });
    let place = format!("address = \"http://127.0.0.1:{}/b.tar.gz\"\npoll_s = 1", receiver.port);
    let home = following(&place);
    let mut browser = Browser::start(&home);
    until_version(&mut browser, 1);
    until("it asked again", || receiver.requests().len() >= 3);
    let requests = receiver.requests();
    assert_eq!(requests[0].header("if-none-match"), None);
    for request in &requests[1..] {
        assert_eq!((request.header("if-none-match"), request.header("prefer")), (Some("\"one\""), None));
    }
    *served.lock().unwrap() = (Made::version(2).archive(), "\"two\"".to_owned());
    until_version(&mut browser, 2);
    assert_eq!(said(&mut browser, 1), words(2));
    // One that is refused is asked for by both tags, and not sent again while its tag stays.
    *served.lock().unwrap() = (Made::version(1).archive(), "\"old\"".to_owned());
    super::policy_where(&mut browser, |policy| policy.refused.is_some());
    let before = receiver.requests().len();
    until("it asked again", || receiver.requests().len() >= before + 2);
    let last = receiver.requests().pop().unwrap();
    assert_eq!(last.header("if-none-match"), Some("\"two\", \"old\""));
    assert!(browser.close().0.success());
    assert_eq!(rows(&home).len(), 3);
}

/// nginx as Debian packs it: TLS with an authority of the organisation's own, and a token that it asks for.
#[test]
fn nginx_serves_bundles_over_tls_to_who_shows_the_token() {
    let Some(nginx) = program("nginx") else { return };
    let home = Home::new();
    let root = home.path().join("nginx");
    fs::create_dir(&root).unwrap();
    let certificates = Certificates::make(&root, "localhost");
    let port = free_port();
    let place = |name: &str| root.join(name).display().to_string();
    let config = format!(
        "daemon off; master_process off; pid {pid}; error_log stderr;\n\
         events {{}}\n\
         http {{ access_log {access} combined; client_body_temp_path {temp}; proxy_temp_path {temp};\n\
         fastcgi_temp_path {temp}; uwsgi_temp_path {temp}; scgi_temp_path {temp};\n\
         server {{ listen 127.0.0.1:{port} ssl; ssl_certificate {certificate}; ssl_certificate_key {key};\n\
         root {served}; if ($http_authorization != \"Bearer a-token-to-read-with\") {{ return 401; }} }} }}\n",
        pid = place("pid"),
        access = place("access"),
        temp = place("temp"),
        certificate = certificates.certificate.display(),
        key = certificates.key.display(),
        served = place("served"),
    );
    fs::write(root.join("nginx.conf"), config).unwrap();
    let served = root.join("served");
    fs::create_dir(&served).unwrap();
    super::put(&served, &Made::version(1).archive());
    let mut command = Command::new(nginx);
    command.arg("-p").arg(&root).arg("-c").arg(root.join("nginx.conf"));
    let _running = Running::start(&mut command, port);
    let token = home.path().join("token");
    fs::write(&token, "another-token-altogether\n").unwrap();
    let place = format!(
        "address = \"https://localhost:{port}/bundle.tar.gz\"\npoll_s = 1\nca = \"{}\"\ntoken_file = \"{}\"",
        certificates.ca.display(),
        token.display()
    );
    settings(&home, &place, &[1]);
    let mut browser = Browser::start(&home);
    let answer = || status(&home)["bundle"]["answer"]["said"].as_str().unwrap_or_default().to_owned();
    until("it says what is wrong", || answer().contains("check the token"));
    assert_eq!(said(&mut browser, 1), "");
    fs::write(&token, "a-token-to-read-with\n").unwrap();
    until_version(&mut browser, 1);
    super::put(&served, &Made::version(2).archive());
    until_version(&mut browser, 2);
    assert_eq!(said(&mut browser, 2), words(2));
    let log = root.join("access");
    until("an unchanged one is not sent again", || fs::read_to_string(&log).unwrap().contains("\" 304 "));
    assert!(browser.close().0.success());
    assert_eq!(rows(&home).len(), 2);
}

/// The way out is a proxy's where the settings name one.
#[test]
fn a_proxy_is_used() {
    let archive = Made::version(1).archive();
    let proxy = Receiver::start(move |_, _| whole(&archive, ""));
    let place = format!(
        "address = \"http://localhost:1/b.tar.gz\"\nproxy = \"http://127.0.0.1:{}\"\npoll_s = 1",
        proxy.port
    );
    let home = following(&place);
    let mut browser = Browser::start(&home);
    until_version(&mut browser, 1);
    assert_eq!(proxy.requests()[0].line, "GET http://localhost:1/b.tar.gz HTTP/1.1");
    // Without a tag it is sent each time, and says nothing new.
    until("it came again", || proxy.requests().len() > 2);
    assert!(browser.close().0.success());
    assert_eq!(rows(&home).len(), 1);
}

/// A proxy that is itself reached over TLS: what is asked of it is as hidden on the way as what it passes on.
#[test]
fn a_proxy_over_tls_is_used() {
    let home = Home::new();
    let certificates = Certificates::make(&home.path().join("tls"), "localhost");
    let archive = Made::version(1).archive();
    let proxy = Receiver::with(Some(&certificates), move |_, _| whole(&archive, ""));
    let place = format!(
        "address = \"http://localhost:1/b.tar.gz\"\nproxy = \"https://localhost:{}\"\npoll_s = 1\nca = \"{}\"",
        proxy.port,
        certificates.ca.display()
    );
    settings(&home, &place, &[1]);
    let mut browser = Browser::start(&home);
    until_version(&mut browser, 1);
    assert_eq!(proxy.requests()[0].line, "GET http://localhost:1/b.tar.gz HTTP/1.1");
    assert!(browser.close().0.success());
}

/// Two servers behind one address, each with a tag of its own: nothing is written or told anew for that.
#[test]
fn tags_that_differ_for_one_bundle_change_nothing() {
    let archive = Made::version(1).archive();
    let receiver = Receiver::start(move |count, _| whole(&archive, &format!("etag: \"{count}\"\r\n")));
    let place = format!("address = \"http://127.0.0.1:{}/b.tar.gz\"\npoll_s = 1", receiver.port);
    let home = following(&place);
    let mut browser = Browser::start(&home);
    until_version(&mut browser, 1);
    let state = home.data().join("policy/state.toml");
    let before = fs::metadata(&state).unwrap().modified().unwrap();
    until("it asked again", || receiver.requests().len() >= 4);
    let requests = receiver.requests();
    assert_eq!(requests[3].header("if-none-match"), Some("\"3\""));
    assert_eq!(fs::metadata(&state).unwrap().modified().unwrap(), before);
    assert!(browser.close().0.success());
    assert_eq!(rows(&home).len(), 1);
}
