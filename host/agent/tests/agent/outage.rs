//! Messages about risk under faults: killed processes, two of them, nobody there. Nothing is lost, the order is kept.

use std::time::Duration;

use crate::browser::Browser;
use crate::okta::{Okta, PATH};
use crate::receiver::{Reply, free_port, until};
use crate::sharing::{TOKEN, judge, keys, org, outbox, shared, states, words};

/// The process ends at once, between the record's commit and the receiver's answer, again and again.
#[test]
fn killed_between_commit_and_send_nothing_is_lost_and_order_is_kept() {
    let rounds: u32 =
        std::env::var("PROMPTGATE_KILLS").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(6);
    // Every third request falls into the void.
    let okta = Okta::breaking(|count| (count % 3 == 1).then_some(Reply::Close));
    let home = shared(&okta.address());
    okta.org.lock().unwrap().keys = keys(&home);
    for round in 0..rounds {
        let mut browser = Browser::start(&home);
        let first = 10 * round + 1;
        for number in first..first + 3 {
            judge(&mut browser, number, TOKEN);
        }
        // Anywhere in the first moments of sending.
        std::thread::sleep(Duration::from_millis(u64::from(round) * 397 % 2_300));
        browser.kill();
        let note = format!("round {round}");
        assert!(home.run(&["risk", "reset", "--note", &note]).status.success());
    }
    let browser = Browser::start(&home);
    until("all is told", || states(&home).iter().all(|state| state == "sent" || state == "overtaken"));
    assert!(browser.close().0.success());
    let (rows, taken) = (outbox(&home), okta.taken());
    // What was taken is in the order in which it happened, each id once, and the last word is the last level.
    let order: Vec<usize> = taken
        .iter()
        .map(|one| rows.iter().position(|row| row["jti"] == one.jti.as_str()).expect("it is ours"))
        .collect();
    assert!(order.is_sorted_by(|one, next| one < next), "{order:?}");
    assert_eq!(taken.last().unwrap().to, "low");
    assert_eq!(rows.last().unwrap()["state"], "sent");
    // What the outbox calls sent, the receiver has; each of its tokens is the one that stands there.
    for row in rows.iter().filter(|row| row["state"] == "sent") {
        let one = taken.iter().find(|one| row["jti"] == one.jti.as_str()).expect("it was taken");
        assert_eq!(one.claims, row["claims"]);
    }
    assert_eq!(
        home.lines(&["risk", "history", "--limit", "1000", "--json"])
            .iter()
            .filter(|row| row["cause"] == "reset")
            .count(),
        rounds as usize
    );
    assert!(okta.org.lock().unwrap().refused.is_empty());
}

#[test]
fn two_hosts_on_one_folder_tell_each_change_once() {
    let (okta, home) = org();
    let mut browsers = [Browser::start(&home), Browser::start(&home)];
    for number in 1..=4 {
        judge(&mut browsers[usize::from(number % 2 == 1)], number, TOKEN);
    }
    until("all is told", || !states(&home).is_empty() && states(&home).iter().all(|state| state == "sent"));
    let [one, other] = browsers;
    // Who sends leaves; the other one takes over.
    one.kill();
    assert!(home.run(&["risk", "reset", "--note", "x"]).status.success());
    until("the reset is told", || okta.levels().last().is_some_and(|(_, to)| to == "low"));
    assert!(other.close().0.success());
    assert_eq!(
        okta.levels(),
        words(&[("none", "low"), ("low", "medium"), ("medium", "high"), ("high", "low")])
    );
    assert!(okta.org.lock().unwrap().repeats.is_empty());
    assert_eq!(okta.receiver.requests().len(), 4);
}

/// Nobody there: the newest is kept to be told, and goes out when somebody is.
#[test]
fn after_an_outage_the_newest_is_told_from_what_was_told_last() {
    let port = free_port();
    let home = shared(&format!("http://127.0.0.1:{port}{PATH}"));
    let mut browser = Browser::start(&home);
    judge(&mut browser, 1, TOKEN);
    until("it was tried", || outbox(&home).first().is_some_and(|row| row["attempts"] != 0));
    judge(&mut browser, 2, TOKEN);
    judge(&mut browser, 3, TOKEN);
    let receiver = okta_on(port, &home);
    until("the newest is told", || states(&home).last().is_some_and(|state| state == "sent"));
    assert!(browser.close().0.success());
    // How many were overtaken depends on when it was tried; what was told hangs together all the same.
    assert!(states(&home).iter().all(|state| state != "waiting" && state != "parked"));
    let told = receiver.levels();
    assert_eq!((told[0].0.as_str(), told.last().unwrap().1.as_str()), ("none", "high"));
    assert!(told.is_sorted_by(|one, next| one.1 == next.0), "{told:?}");
}

fn okta_on(port: u16, home: &crate::home::Home) -> Okta {
    let okta = Okta::start();
    okta.org.lock().unwrap().keys = keys(home);
    let inner = okta.receiver.port;
    let listener = std::net::TcpListener::bind(("127.0.0.1", port)).unwrap();
    // Passes on to where the stand-in listens.
    std::thread::spawn(move || {
        for from in listener.incoming() {
            let (from, to) = (from.unwrap(), std::net::TcpStream::connect(("127.0.0.1", inner)).unwrap());
            let (mut a, mut b) = (from.try_clone().unwrap(), to.try_clone().unwrap());
            let (mut c, mut d) = (to, from);
            std::thread::spawn(move || std::io::copy(&mut a, &mut b));
            std::thread::spawn(move || std::io::copy(&mut c, &mut d));
        }
    });
    okta
}
