//! Messages that are no longer true, or no longer wanted, before a receiver took them: none of them goes out later.

use host_risk::set::{Kind, Said};
use host_store::OutboxState::{Overtaken, Parked, Sent};
use host_store::{OutboxRow, OutboxState};

use super::{DAY, MINUTE, Machine, START, answering, closed_port, refusing};
use crate::ssf::{Step, Whom};

impl Machine {
    /// The cause of what was refused is away: it waits again.
    fn let_go(&self) {
        self.recorder.in_record(|tx, _| Ok(tx.unpark_outbox(None)?)).unwrap();
    }

    fn states(&self) -> Vec<OutboxState> {
        self.rows().into_iter().map(|row| row.0).collect()
    }

    fn newest(&self) -> OutboxRow {
        self.recorder.look(|view| view.outbox(1)).unwrap().remove(0)
    }
}

#[test]
fn messages_of_one_kind_overtake_each_other_and_no_others() {
    let mut machine = Machine::new();
    let mut nowhere = machine.sender(closed_port());
    let device = Said { device: Some("d7".to_owned()), ..Said::default() };
    machine.see("jane", START);
    machine.tell(Kind::DeviceCompliance, &device, false, START + 1);
    machine.tell(Kind::SessionRevoked, &Said::default(), true, START + 2);
    machine.see("jane", START + 3);
    machine.tell(Kind::DeviceCompliance, &device, true, START + 4);
    assert!(matches!(machine.step(&mut nowhere, START + 5), Step::Later(..)));
    let (port, told) = answering(&[202]);
    let mut there = machine.sender(port);
    while let Step::Sent(_) = machine.step(&mut there, START + DAY) {}
    // The newest of each: risk, the device that is well again, the session.
    assert_eq!(machine.states(), [Overtaken, Overtaken, Sent, Sent, Sent]);
    assert_eq!(told.try_iter().count(), 3);
}

/// A level that was refused, and has faded since to the one that the receiver has: nothing is left to be told.
#[test]
fn a_level_that_was_refused_is_not_told_once_it_is_no_longer_so() {
    let mut machine = Machine::new();
    let (port, told) = answering(&[202]);
    let mut sender = machine.sender(port);
    machine.see("jane", START);
    assert!(matches!(machine.step(&mut sender, START), Step::Sent(_)));
    machine.see("jane", START + MINUTE);
    let (refuses, _told) = refusing(&[400], r#"{"err":"invalid_audience"}"#);
    assert!(matches!(machine.step(&mut machine.sender(refuses), START + MINUTE), Step::Parked(_)));
    machine.settle(START + 4 * DAY);
    assert_eq!(machine.step(&mut sender, START + 4 * DAY), Step::Sent(String::new()));
    machine.let_go();
    assert_eq!(machine.step(&mut sender, START + 4 * DAY), Step::Idle);
    let levels: Vec<(u8, u8)> =
        machine.rows().into_iter().map(|(_, before, after)| (before, after)).collect();
    assert_eq!(levels, [(0, 1), (1, 2), (2, 1)]);
    assert_eq!(machine.states(), [Sent, Overtaken, Overtaken]);
    assert_eq!(told.try_iter().count(), 1);
}

/// The same of what was closed while somebody else was at the keyboard.
#[test]
fn a_level_that_was_refused_is_not_told_after_a_newer_one_was_closed() {
    let mut machine = Machine::new();
    let (refuses, _told) = refusing(&[400], r#"{"err":"invalid_audience"}"#);
    machine.see("jane", START);
    assert!(matches!(machine.step(&mut machine.sender(refuses), START), Step::Parked(_)));
    machine.see("jane", START + MINUTE);
    let (port, told) = answering(&[202]);
    let mut sender = machine.sender(port);
    let joe = Whom { person: "joe".to_owned(), since: 0 };
    let closed = sender.step(&machine.recorder, &joe, START + MINUTE).unwrap();
    assert_eq!(closed, Step::Sent(String::new()));
    machine.let_go();
    assert_eq!(machine.step(&mut sender, START + DAY), Step::Idle);
    assert_eq!((machine.states(), told.try_iter().count()), (vec![Overtaken, Overtaken], 0));
}

/// Signed out everywhere without a network, or refused: told late, it would end the sign-in that the person made since.
#[test]
fn the_end_of_all_sessions_does_not_end_a_sign_in_of_later() {
    for (status, state) in [(0, OutboxState::Waiting), (400, Parked)] {
        let mut machine = Machine::new();
        machine.tell(Kind::SessionRevoked, &Said::default(), true, START);
        let (refuses, _told) = refusing(&[400], "");
        let there = if status == 0 { closed_port() } else { refuses };
        let _step = machine.step(&mut machine.sender(there), START);
        assert_eq!(machine.states(), [state]);
        machine.let_go();
        let (port, told) = answering(&[202]);
        let mut sender = machine.sender(port);
        let back = Whom { person: "jane".to_owned(), since: START + MINUTE };
        let mut step = |machine: &Machine, now| sender.step(&machine.recorder, &back, now).unwrap();
        assert_eq!(step(&machine, START + DAY), Step::Sent(String::new()));
        assert_eq!((machine.states(), told.try_iter().count()), (vec![Overtaken], 0));
        assert!(machine.newest().fault.is_some_and(|why| why.contains("signed in here again")));
        machine.let_go();
        assert_eq!(step(&machine, START + DAY), Step::Idle);
        // Of this sign-in it is told, however long after.
        machine.tell(Kind::SessionRevoked, &Said::default(), true, START + 2 * MINUTE);
        assert!(matches!(step(&machine, START + 2 * DAY), Step::Sent(jti) if !jti.is_empty()));
        assert_eq!((machine.newest().state, told.try_iter().count()), (Sent, 1));
    }
}

#[test]
fn a_sign_in_that_a_wrong_clock_dated_ahead_keeps_no_end_of_sessions_back() {
    let mut machine = Machine::new();
    machine.tell(Kind::SessionRevoked, &Said::default(), true, START);
    let (port, told) = answering(&[202]);
    let ahead = Whom { person: "jane".to_owned(), since: START + DAY };
    let step = machine.sender(port).step(&machine.recorder, &ahead, START).unwrap();
    assert!(matches!(step, Step::Sent(jti) if !jti.is_empty()));
    assert_eq!(told.try_iter().count(), 1);
}
