//! Receivers that break, lie or never answer: the state says so, nothing is lost, the other sinks go on.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use host_journal::{Entry, Judged, NewRow, Salt, Sealed};
use host_store::Store;
use serde_json::Value;
use shared_protocol::{Action, App, Capture, EventId, Mode, Outcome, PolicySource};

use crate::home::Home;
use crate::receiver::{Certificates, Receiver, Reply, Request};
use crate::shipping::{lines, settings, ship};

/// A sink over HTTP, beside a file that is always well.
fn sinks(kind: &str, address: &str, disk: &Path, more: &str) -> String {
    format!(
        "[[sink]]\nname = \"web\"\nkind = \"{kind}\"\naddress = \"{address}\"\n{more}\n\
         [[sink]]\nname = \"disk\"\nkind = \"file\"\naddress = {disk:?}\n"
    )
}

/// The sequences of the rows that came in a request, from its lines.
fn seqs(request: &Request) -> Vec<u64> {
    let rows = request.body.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    rows.filter(|row| row.get("signed_head").is_none()).map(|row| row["seq"].as_u64().unwrap()).collect()
}

fn doctor(home: &Home) -> String {
    String::from_utf8(home.run(&["doctor"]).stdout).unwrap()
}

/// Rows on record without a browser.
pub(crate) fn fill(home: &Home, rows: u32) {
    let store = Store::open(&home.data(), Store::BUSY).unwrap();
    let row = |number: u32| NewRow {
        at: 1_700_000_000_000 + u64::from(number),
        event: Some(EventId::try_from(format!("00000000-0000-4000-9000-{number:012x}")).unwrap()),
        app: Some(App::new("claude")),
        person: "jane".to_owned(),
        entry: Entry::Judged(Box::new(Judged::new(
            Action::Allow,
            Outcome::Release,
            Mode::Enforce,
            PolicySource::BuiltinEnforce,
            Capture::Full,
        ))),
        sealed: vec![Sealed { key_id: "0011223344556677".to_owned(), blob: "AwAB".repeat(100) }],
        salt: Salt::new([7; 32]),
    };
    let rows: Vec<NewRow> = (1..=rows).map(row).collect();
    store
        .write::<_, host_journal::JournalError>(|tx| {
            let device = host_journal::device(tx, "6f1f7c9e-7d5c-4f3c-9a58-0d3f2b1f0001")?;
            host_journal::append(tx, &device, &rows)
        })
        .unwrap();
}

#[test]
fn whatever_it_answers_nothing_is_lost_and_the_file_goes_on() {
    let elsewhere = Receiver::start(|_, _| Reply::Status(200, ""));
    let away = format!("location: http://localhost:{}/", elsewhere.port);
    let endless =
        [b"HTTP/1.1 200 X\r\ncontent-length: 99999999\r\n\r\n".to_vec(), vec![b'x'; 1 << 20]].concat();
    for (kind, reply, said) in [
        ("http", Reply::Raw(b"\x16\x03garbage\r\n\r\n".to_vec()), "broke off"),
        ("http", Reply::Close, "broke off"),
        ("http", Reply::Silence(Duration::from_secs(3)), "did not answer in time"),
        ("http", Reply::Status(500, "down"), "answers 500 (down)"),
        ("http", Reply::With(429, "retry-after: 7".to_owned()), "answers 429"),
        ("http", Reply::Status(401, ""), "answers 401: check the token"),
        ("http", Reply::Status(404, ""), "answers 404: check `address`"),
        ("http", Reply::With(307, away.clone()), "correct `address`"),
        ("http", Reply::With(301, away), "correct `address`"),
        ("otlp", Reply::Status(200, "<html>sign in</html>"), "no OTLP"),
        ("otlp", Reply::Raw(endless), "no OTLP"),
        ("splunk-hec", Reply::Status(200, "<html>"), "no success"),
        (
            "splunk-hec",
            Reply::Status(400, "{\"text\":\"Incorrect index\",\"code\":7}"),
            "check the token's index",
        ),
    ] {
        let home = Home::new();
        let disk = home.path().join("disk.jsonl");
        let well = Arc::new(AtomicBool::new(false));
        let receiver = Receiver::start({
            let (well, reply) = (Arc::clone(&well), reply.clone());
            move |_, _| match (well.load(Ordering::SeqCst), kind) {
                (false, _) => reply.clone(),
                (true, "splunk-hec") => Reply::Status(200, "{\"code\":0}"),
                (true, _) => Reply::Status(200, "{}"),
            }
        });
        fill(&home, 10);
        settings(
            &home,
            &sinks(kind, &format!("http://localhost:{}/x", receiver.port), &disk, "timeout_s = 1"),
        );
        for tries in 1..=2 {
            let output = home.run(&["log", "ship", "--once", "--json"]);
            assert_eq!(output.status.code(), Some(1), "{reply:?}");
            let told = crate::home::json_lines(&output);
            assert_eq!((&told[0]["cursor"], &told[0]["dead_letters"]), (&0.into(), &0.into()), "{told:?}");
            assert_eq!((&told[0]["failures"], &told[1]["behind"]), (&tries.into(), &0.into()));
            let fault = told[0]["fault"].as_str().unwrap();
            assert!(fault.contains(said), "{reply:?}: {fault}");
        }
        assert_eq!(lines(&disk).len(), 10);
        let told = doctor(&home);
        assert!(told.contains("10 rows behind; 2 tries in a row failed") && told.contains(said), "{told}");
        well.store(true, Ordering::SeqCst);
        let told = ship(&home);
        assert_eq!((&told[0]["behind"], &told[0]["delivered"]), (&0.into(), &10.into()), "{told:?}");
    }
    assert!(elsewhere.requests().is_empty(), "a redirect was followed");
}

#[test]
fn a_row_that_is_refused_for_good_is_set_aside_and_its_neighbours_arrive() {
    for (status, said) in
        [(413, "answers 413"), (400, "answers 400 (bad row)"), (422, "answers 422 (bad row)")]
    {
        let home = Home::new();
        let disk = home.path().join("disk.jsonl");
        let receiver = Receiver::start(move |_, request| {
            let body = if status == 413 { "" } else { "bad row" };
            if seqs(request).contains(&17) { Reply::Status(status, body) } else { Reply::Status(200, "") }
        });
        fill(&home, 40);
        settings(&home, &sinks("http", &format!("http://localhost:{}/", receiver.port), &disk, ""));
        let told = ship(&home);
        assert_eq!(
            (&told[0]["behind"], &told[0]["delivered"], &told[0]["dead_letters"]),
            (&0.into(), &39.into(), &1.into())
        );
        assert_eq!(told[0]["last_dead_letter"]["first"], 17);
        assert!(told[0]["last_dead_letter"]["reason"].as_str().unwrap().contains(said), "{told:?}");
        let taken =
            receiver.requests().into_iter().map(|request| seqs(&request)).filter(|rows| !rows.contains(&17));
        let taken: Vec<u64> = taken.flatten().collect();
        assert_eq!(taken, (1..=40).filter(|&seq| seq != 17).collect::<Vec<_>>());
        let told = doctor(&home);
        assert!(
            told.contains("1 rows were refused for good") && told.contains("the last is row 17"),
            "{told}"
        );
    }
}

#[test]
fn a_partial_success_is_not_tried_again() {
    let home = Home::new();
    let disk = home.path().join("disk.jsonl");
    let receiver = Receiver::start(|_, _| {
        Reply::Status(200, "{\"partialSuccess\":{\"rejectedLogRecords\":\"3\",\"errorMessage\":\"too old\"}}")
    });
    fill(&home, 10);
    settings(&home, &sinks("otlp", &format!("http://localhost:{}/v1/logs", receiver.port), &disk, ""));
    let told = ship(&home);
    assert_eq!((&told[0]["delivered"], &told[0]["dead_letters"]), (&7.into(), &3.into()), "{told:?}");
    assert!(told[0]["last_dead_letter"]["reason"].as_str().unwrap().contains("too old"));
    assert_eq!(receiver.requests().len(), 1);
}

#[test]
fn a_certificate_of_somebody_else_gets_nothing() {
    let home = Home::new();
    let disk = home.path().join("disk.jsonl");
    let ours = Certificates::make(&home.path().join("ours"), "localhost");
    let theirs = Certificates::make(&home.path().join("theirs"), "localhost");
    let named = Certificates::make(&home.path().join("named"), "other.example");
    fill(&home, 3);
    for (server, ca) in [(&theirs, &ours.ca), (&named, &named.ca)] {
        let receiver = Receiver::with(Some(server), |_, _| Reply::Status(200, ""));
        for (kind, address) in [
            ("http", format!("https://localhost:{}/", receiver.port)),
            ("syslog", format!("tls://localhost:{}", receiver.port)),
        ] {
            settings(&home, &sinks(kind, &address, &disk, &format!("ca = {ca:?}\ntimeout_s = 5")));
            let told = ship(&home);
            let fault = told[0]["fault"].as_str().unwrap();
            assert!(
                fault.contains("TLS connection failed") && fault.contains("certificate"),
                "{kind}: {fault}"
            );
            assert_eq!(told[0]["cursor"], 0);
        }
        assert!(receiver.requests().is_empty());
    }
    fs::write(&ours.ca, "no pem").unwrap();
    settings(&home, &sinks("http", "https://localhost:1/", &disk, &format!("ca = {:?}", ours.ca)));
    assert!(ship(&home)[0]["fault"].as_str().unwrap().contains("holds no certificate"));
}

#[test]
fn syslog_without_a_receipt_is_not_counted() {
    let home = Home::new();
    let disk = home.path().join("disk.jsonl");
    // Reads what comes as a request that never ends, and does not close.
    let receiver = Receiver::start(|_, _| Reply::Silence(Duration::from_secs(5)));
    fill(&home, 3);
    let sink = |more: &str| sinks("syslog", &format!("tcp://localhost:{}", receiver.port), &disk, more);
    settings(&home, &sink("timeout_s = 1\nreceipt = false"));
    assert_eq!(ship(&home)[0]["behind"], 0);
    let closed = crate::receiver::free_port();
    settings(&home, &sinks("syslog", &format!("tcp://localhost:{closed}"), &disk, "").replace("web", "gone"));
    let told = ship(&home);
    assert!(told[0]["fault"].as_str().unwrap().contains("cannot be reached"), "{told:?}");
    assert_eq!(told[0]["behind"], 3);
}

/// Killed at any moment: every row arrives, the first time each in order.
#[test]
fn kill_9_while_shipping_repeats_and_loses_nothing() {
    let home = Home::new();
    let disk = home.path().join("disk.jsonl");
    let receiver = Receiver::start(|_, _| Reply::Status(200, ""));
    fill(&home, 4_000);
    settings(&home, &sinks("http", &format!("http://localhost:{}/", receiver.port), &disk, ""));
    for _ in 0..6 {
        let before = receiver.requests().len();
        let mut child = home.command().args(["log", "ship", "--once"]).spawn().unwrap();
        let ended = || receiver.requests().len() > before;
        let start = std::time::Instant::now();
        while !ended() && start.elapsed() < Duration::from_secs(30) && child.try_wait().unwrap().is_none() {
            std::thread::yield_now();
        }
        child.kill().unwrap();
        child.wait().unwrap();
    }
    ship(&home);
    let came: Vec<u64> = receiver.requests().iter().flat_map(seqs).collect();
    // A kill can cut a line off, whose row then comes again.
    let disk = fs::read_to_string(&disk).unwrap();
    let rows: Vec<_> = disk.lines().map(serde_json::from_str::<Value>).collect();
    assert!(rows.iter().filter(|row| row.is_err()).count() <= 6, "more lines are cut than there were kills");
    // Signed heads of the record stand between the rows.
    let kept: Vec<u64> = rows.iter().flatten().filter_map(|row| row["seq"].as_u64()).collect();
    for (what, all) in [("web", came), ("disk", kept)] {
        let mut highest = 0;
        for seq in &all {
            assert!(*seq <= highest + 1, "{what}: row {seq} came before row {}", highest + 1);
            highest = highest.max(*seq);
        }
        assert_eq!(highest, 4_000, "{what}");
    }
}

#[test]
fn what_was_refused_is_sent_again_when_somebody_asks() {
    let home = Home::new();
    let disk = home.path().join("disk.jsonl");
    // What it refuses: these rows.
    let refused = Arc::new(std::sync::Mutex::new(vec![3_u64, 17, 18]));
    let receiver = Receiver::start({
        let refused = Arc::clone(&refused);
        move |_, request| {
            let refused = refused.lock().unwrap();
            let bad = seqs(request).iter().any(|seq| refused.contains(seq));
            if bad { Reply::Status(422, "too new for me") } else { Reply::Status(200, "") }
        }
    });
    fill(&home, 30);
    settings(&home, &sinks("http", &format!("http://localhost:{}/", receiver.port), &disk, ""));
    assert_eq!(ship(&home)[0]["dead_letters"], 3);
    let again = |name: &str| {
        let output = home.run(&["log", "ship", "--again", name, "--json"]);
        (output.status.code(), crate::home::json_lines(&output), String::from_utf8(output.stderr).unwrap())
    };
    // It still refuses one, and has the two others now.
    *refused.lock().unwrap() = vec![17];
    let before = receiver.requests().len();
    let (code, told, _) = again("web");
    assert_eq!(code, Some(0));
    assert_eq!((&told[0]["delivered"], &told[0]["dead_letters"]), (&29.into(), &1.into()), "{told:?}");
    assert_eq!((&told[0]["cursor"], &told[0]["last_dead_letter"]["first"]), (&30.into(), &17.into()));
    assert_eq!(told.len(), 1);
    let came: Vec<u64> = receiver.requests()[before..].iter().flat_map(seqs).collect();
    assert_eq!(came, [3, 17, 18]);
    assert!(doctor(&home).contains("log ship --again web"));
    // It is asked once: nothing of it goes out by itself.
    ship(&home);
    assert_eq!(receiver.requests().len(), before + 3);

    *refused.lock().unwrap() = Vec::new();
    let (_, told, _) = again("web");
    assert_eq!((&told[0]["delivered"], &told[0]["dead_letters"]), (&30.into(), &0.into()), "{told:?}");
    let (code, _, said) = again("web");
    assert!(code == Some(0) && said.contains("nothing to send again"), "{said}");
    let (code, _, said) = again("nobody");
    assert!(code == Some(3) && said.contains("the settings have web, disk"), "{said}");
    assert_eq!(lines(&disk).len(), 30);
}

#[test]
fn dead_letters_stay_when_the_receiver_is_down_and_new_rows_do_not_wait_for_them() {
    let home = Home::new();
    let disk = home.path().join("disk.jsonl");
    let down = Arc::new(AtomicBool::new(false));
    let receiver = Receiver::start({
        let down = Arc::clone(&down);
        move |_, request| match (down.load(Ordering::SeqCst), seqs(request).contains(&2)) {
            (true, true) => Reply::Status(503, "later"),
            (false, true) => Reply::Status(400, "no"),
            (_, false) => Reply::Status(200, ""),
        }
    });
    fill(&home, 5);
    settings(&home, &sinks("http", &format!("http://localhost:{}/", receiver.port), &disk, ""));
    assert_eq!(ship(&home)[0]["dead_letters"], 1);
    down.store(true, Ordering::SeqCst);
    let output = home.run(&["log", "ship", "--again", "web", "--json"]);
    assert_eq!(output.status.code(), Some(1));
    let told = &crate::home::json_lines(&output)[0];
    assert_eq!((&told["dead_letters"], &told["delivered"]), (&1.into(), &4.into()), "{told}");
    assert!(told["fault"].as_str().unwrap().contains("503"));
    let mut browser = crate::browser::Browser::start(&home);
    browser.judge(&crate::browser::event(900), "hello");
    assert!(browser.close().0.success());
    let told = ship(&home);
    assert_eq!(
        (&told[0]["behind"], &told[0]["dead_letters"], &told[0]["fault"]),
        (&0.into(), &1.into(), &Value::Null)
    );
}
