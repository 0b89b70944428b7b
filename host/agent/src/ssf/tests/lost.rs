//! Answers that are lost: the receiver may have taken a message, and what it is told next starts from there.

use std::sync::mpsc::Receiver;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use host_store::OutboxState;

use super::{DAY, MINUTE, Machine, START, answering, closed_port};
use crate::ssf::Step;

/// Deals with all that is due until nothing is, whatever time passes; when it ended.
fn all(machine: &Machine, port: u16, mut now: u64) -> u64 {
    let mut sender = machine.sender(port);
    loop {
        match machine.step(&mut sender, now) {
            Step::Idle => return now,
            Step::Later(until, _) => now = until,
            Step::Sent(_) => {}
            Step::Parked(why) => panic!("{why}"),
        }
    }
}

/// The messages of a receiver that took all it read, repeats dropped: the id, the level before and after.
fn held(told: &Receiver<String>) -> Vec<(String, String, String)> {
    let mut held: Vec<(String, String, String)> = Vec::new();
    for token in told.try_iter() {
        let claims = URL_SAFE_NO_PAD.decode(token.split('.').nth(1).unwrap()).unwrap();
        let claims: serde_json::Value = serde_json::from_slice(&claims).unwrap();
        let event = claims["events"].as_object().unwrap().values().next().unwrap();
        let word = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
        let one = (word(&claims["jti"]), word(&event["previous_level"]), word(&event["current_level"]));
        if held.iter().all(|(jti, ..)| *jti != one.0) {
            held.push(one);
        }
    }
    held
}

#[test]
fn what_may_have_been_taken_goes_again_before_the_newest() {
    let mut machine = Machine::new();
    let (port, told) = answering(&[0, 0, 202]);
    machine.see("jane", START);
    let Step::Later(until, _) = machine.step(&mut machine.sender(port), START) else {
        panic!("its answer was lost")
    };
    for minute in 1..4 {
        machine.see("jane", START + minute * MINUTE);
    }
    // A day later: the newer ones that never went out are one, the first one is itself.
    all(&machine, port, until.max(START + DAY));
    let held = held(&told);
    assert_eq!(held.len(), 2, "{held:?}");
    assert!(held.iter().is_sorted_by(|one, next| one.2 == next.1), "{held:?}");
    assert_eq!((held[0].1.as_str(), held[1].2.as_str()), ("none", "medium"));
    let states: Vec<OutboxState> = machine.rows().into_iter().map(|row| row.0).collect();
    assert_eq!(states.iter().filter(|state| **state == OutboxState::Sent).count(), 2, "{states:?}");
}

#[test]
fn a_network_that_goes_after_the_answer_was_lost_takes_nothing_back() {
    let mut machine = Machine::new();
    let (port, told) = answering(&[0, 202]);
    machine.see("jane", START);
    let Step::Later(mut now, _) = machine.step(&mut machine.sender(port), START) else {
        panic!("its answer was lost")
    };
    let mut nowhere = machine.sender(closed_port());
    for _ in 0..5 {
        machine.see("jane", now);
        let Step::Later(until, _) = machine.step(&mut nowhere, now) else { panic!("nobody is there") };
        now = until;
    }
    all(&machine, port, now);
    let held = held(&told);
    assert!(held.len() >= 2 && held.iter().is_sorted_by(|one, next| one.2 == next.1), "{held:?}");
}
