//! Whether this person's risk can be told: the key that signs, who is signed in, and what became of the messages.

use host_store::{OutboxRow, OutboxState, Store};

use super::{Check, State};
use crate::live::Active;
use crate::os::Env;
use crate::settings::SsfSettings;
use crate::ssf::{keys, may_speak};

/// How many messages are looked at, newest first.
const MESSAGES: u32 = 1_000;

/// Nothing where the settings have no `[ssf]`.
pub(super) fn checks(env: &Env, active: &Active) -> Vec<Check> {
    let Some(ssf) = &active.configured.ssf else { return Vec::new() };
    let mut checks = vec![key(ssf, active)];
    // A record that is not there or cannot be read is told under `record`.
    let store = env.data().and_then(|data| Store::existing(&data, Store::BUSY).ok());
    let rows = store.and_then(|store| store.read(|view| view.outbox(MESSAGES)).ok()).unwrap_or_default();
    checks.extend(ssf.receivers.iter().map(|receiver| {
        let own: Vec<&OutboxRow> = rows.iter().filter(|row| row.receiver == receiver.name).collect();
        told(&receiver.name, &own)
    }));
    checks
}

fn key(ssf: &SsfSettings, active: &Active) -> Check {
    const CHECK: &str = "risk sharing";
    if let Err(fault) = keys::signing(&ssf.key_file) {
        return Check::wrong(CHECK, format!("{fault:#}"), "do what it says; until then messages wait");
    }
    match may_speak(active) {
        Ok(_) => Check::new(CHECK, State::Ok, format!("messages about {} can be signed", ssf.person)),
        Err(why) => Check::new(CHECK, State::Note, why),
    }
}

/// Of one receiver, newest first.
fn told(receiver: &str, rows: &[&OutboxRow]) -> Check {
    let name = format!("receiver {receiver}");
    let of = |state: OutboxState| rows.iter().filter(move |row| row.state == state);
    let (parked, waiting) = (of(OutboxState::Parked).count(), of(OutboxState::Waiting).count());
    let fault = |state| of(state).find_map(|row| row.fault.clone());
    if let Some(fault) = fault(OutboxState::Parked) {
        let what = format!("{parked} messages were refused and wait for you, the last: {fault}");
        return Check::wrong(&name, what, "do what it says, then `promptgate ssf outbox --again`");
    }
    if let Some(fault) = fault(OutboxState::Waiting) {
        let what = format!("{waiting} messages wait, the last try came to: {fault}");
        return Check::wrong(&name, what, "do what it says; it is tried again by itself");
    }
    let sent = of(OutboxState::Sent).count();
    Check::new(&name, State::Ok, format!("{sent} messages were taken, {waiting} wait"))
}
