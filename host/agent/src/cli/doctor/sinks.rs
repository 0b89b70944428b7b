//! Where each sink stands: how far behind, what its receiver last came to, what it refused for good.

use host_store::{Store, StoreError};

use super::{Check, State};
use crate::cli::log::filter::shown;
use crate::os::Env;
use crate::settings::{Configured, SinkSettings};
use crate::ship::{Standing, standing};

/// A check for each sink of the settings.
pub(super) fn checks(env: &Env, configured: &Configured) -> Vec<Check> {
    let Some(data) = env.data().filter(|_| !configured.sinks.is_empty()) else { return Vec::new() };
    let store = match Store::existing(&data, Store::BUSY) {
        Ok(store) => store,
        // Told under `record`.
        Err(_) => return Vec::new(),
    };
    configured.sinks.iter().map(|sink| check(sink, standing(&store, &sink.name))).collect()
}

fn check(sink: &SinkSettings, standing: Result<Standing, StoreError>) -> Check {
    let name = format!("sink {}", sink.name);
    let standing = match standing {
        Ok(standing) => standing,
        Err(fault) => return Check::wrong(&name, fault.to_string(), "see the check `record`"),
    };
    let behind = match standing.behind() {
        0 => "up to date".to_owned(),
        rows => format!("{rows} rows behind"),
    };
    let what = format!("{}, {} to {}: {behind}", sink.kind.name, sink.format.name, sink.address);
    if let Some(fault) = &standing.state.fault {
        let since = standing.state.fault_at.map_or_else(String::new, |at| format!(" at {}", shown(at)));
        let tries = standing.state.failures;
        let what = format!("{what}; {tries} tries in a row failed, the last{since}: {fault}");
        return Check::wrong(
            &name,
            what,
            "correct what it says; then `promptgate log ship --once` tries at once",
        );
    }
    if let Some(letter) = &standing.letter {
        let dead = standing.dead;
        let what = format!(
            "{what}; {dead} rows were refused for good and are only here, the last is row {}: {}; once the receiver \
             can take them, `promptgate log ship --again {}` sends them",
            letter.last, letter.reason, sink.name
        );
        return Check::new(&name, State::Note, what);
    }
    Check::new(&name, State::Ok, what)
}
