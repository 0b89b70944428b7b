//! Signed heads at the receivers: kept there, they show that the record was cut off here.

use std::fs;

use serde_json::Value;

use crate::browser::{Browser, event};
use crate::home::{Home, json_lines};
use crate::receiver::{Receiver, Reply};
use crate::shipping::{file_sink, recorded, settings, ship};

fn verify(home: &Home, more: &[&str]) -> (Option<i32>, Value) {
    let output = home.run(&[&["log", "verify", "--json"], more].concat());
    (output.status.code(), json_lines(&output).remove(0))
}

/// Takes the record's last row away, as its sequence says.
fn cut(home: &Home) -> u64 {
    let file = rusqlite::Connection::open(home.data().join("journal.sqlite3")).unwrap();
    let last: u32 = file.query_row("SELECT max(seq) FROM record", [], |row| row.get(0)).unwrap();
    file.execute_batch(&format!("PRAGMA foreign_keys = OFF; DELETE FROM record WHERE seq = {last}")).unwrap();
    last.into()
}

#[test]
fn a_sinks_file_of_any_format_shows_that_the_record_was_cut_off() {
    for format in ["jsonl", "ecs", "cef", "ocsf"] {
        let home = Home::new();
        let path = home.path().join("siem/record.jsonl");
        recorded(&home, &file_sink(&path, &format!("format = {format:?}")), 3);
        ship(&home);
        let given = ["--head", path.to_str().unwrap()];
        let (code, told) = verify(&home, &given);
        assert_eq!((code, &told["strange_heads"]), (Some(0), &Value::Array(Vec::new())), "{format}: {told}");
        let last = cut(&home);
        // To the record alone nothing is missing.
        assert_eq!(verify(&home, &[]).0, Some(0));
        let (code, told) = verify(&home, &given);
        assert_eq!((code, &told["bad"]["fault"]), (Some(1), &"cut-off".into()), "{format}: {told}");
        assert_eq!(told["bad"]["seq"], last);
    }
}

#[test]
fn each_batch_ends_with_a_head_and_a_changed_one_is_known_by_its_seal() {
    let home = Home::new();
    let path = home.path().join("siem/record.jsonl");
    recorded(&home, &file_sink(&path, ""), 1);
    ship(&home);
    let mut browser = Browser::start(&home);
    browser.judge(&event(9), "hello");
    assert!(browser.close().0.success());
    ship(&home);
    let text = fs::read_to_string(&path).unwrap();
    let heads: Vec<&str> = text.lines().filter(|line| line.contains("signed_head")).collect();
    assert!(heads.len() >= 2 && text.lines().last().unwrap().contains("signed_head"), "{text}");
    assert!(heads.iter().all(|head| head.contains("\"mac\":\"") && head.contains("\"epoch\":")), "{heads:?}");
    // The file is a record of its device, with its heads.
    let folder = home.path().join("siem");
    let output = home.run(&["log", "verify", "--json", "--from", folder.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    // Its end is missed there too, by the heads of the file.
    let (rest, last) = text.trim_end().rsplit_once('\n').unwrap();
    let (rest, _row) = rest.rsplit_once('\n').unwrap();
    fs::write(&path, format!("{rest}\n{last}\n")).unwrap();
    let output = home.run(&["log", "verify", "--json", "--from", folder.to_str().unwrap()]);
    assert_eq!(
        (output.status.code(), json_lines(&output)[0]["bad"]["fault"].as_str()),
        (Some(1), Some("cut-off"))
    );
    // A head that says more rows than there were is not the record's own.
    let forged = last.replace("\"seq\":", "\"seq\":1");
    fs::write(home.path().join("forged"), forged).unwrap();
    let (code, told) = verify(&home, &["--head", home.path().join("forged").to_str().unwrap()]);
    assert_eq!(code, Some(1));
    assert!(told["strange_heads"][0]["what"].as_str().unwrap().contains("without the key"), "{told}");
    assert_eq!(told["bad"], Value::Null);
}

#[test]
fn a_receiver_that_takes_no_heads_gets_every_row() {
    let home = Home::new();
    let receiver = Receiver::start(|_, request| {
        if request.body.contains("signed_head") {
            Reply::Status(400, "what is this")
        } else {
            Reply::Status(200, "")
        }
    });
    crate::hostile::fill(&home, 40);
    let address = format!("http://localhost:{}/", receiver.port);
    settings(&home, &format!("[[sink]]\nname = \"web\"\nkind = \"http\"\naddress = {address:?}\n"));
    let told = ship(&home);
    assert_eq!((&told[0]["delivered"], &told[0]["dead_letters"]), (&40.into(), &0.into()), "{told:?}");
}
