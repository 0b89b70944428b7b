//! Whether extension and host are of one version, as each browser's last heartbeat says it. Neighbouring ones work together, so
//! another one is no fault; it may be one that waits for a restart.

use std::collections::BTreeMap;

use host_journal::{Entry, Heartbeat, Record};

use super::{Check, State};

const THIS: &str = env!("CARGO_PKG_VERSION");

/// A check for each browser that was connected in the last days; `beats` newest first.
pub(super) fn checks(beats: &[Record]) -> Vec<Check> {
    let mut last: BTreeMap<String, &Heartbeat> = BTreeMap::new();
    for record in beats {
        if let Some(Entry::Heartbeat(beat)) = &record.entry {
            let name = serde_json::to_value(beat.browser).unwrap_or_default();
            last.entry(name.as_str().unwrap_or_default().to_owned()).or_insert(beat);
        }
    }
    last.into_iter().map(|(name, beat)| check(&name, beat.extension.as_str(), beat.host.as_str())).collect()
}

fn check(browser: &str, extension: &str, host: &str) -> Check {
    let name = format!("{browser} versions");
    let what = format!("extension {extension} and host {host} when last seen, this program {THIS}");
    if host != THIS {
        return Check::note(&name, what, "start the browser anew: it goes on with the host it started");
    }
    match (parts(extension), parts(THIS)) {
        (Some(other), Some(this)) if other < this => {
            let fix = "let the browser update the extension; `promptgate fleet` names where it comes from";
            Check::note(&name, what, fix)
        }
        (Some(other), Some(this)) if other > this => {
            Check::note(&name, what, "install this program's newer version, then start the browser anew")
        }
        _ => Check::new(&name, State::Ok, what),
    }
}

/// A version's numbers, to be compared.
fn parts(version: &str) -> Option<Vec<u64>> {
    version.split('.').map(|part| part.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::{State, THIS, check};

    #[test]
    fn who_is_behind_is_told_what_to_do() {
        assert_eq!(check("chromium", THIS, THIS).state, State::Ok);
        for (extension, host, fix) in [
            ("0.0.9", THIS, "update the extension"),
            ("999.0.0", THIS, "newer version"),
            (THIS, "0.0.9", "start the browser anew"),
        ] {
            let told = check("firefox", extension, host);
            assert_eq!(told.state, State::Note);
            assert!(told.what.contains(extension) && told.what.contains(host), "{}", told.what);
            assert!(told.fix.unwrap().contains(fix));
        }
    }
}
