//! The behaviours that are compiled in. A test compares the list with the files on disk.

use crate::behaviour::{Behaviour, BehaviourError};

/// Every file under `behaviours/`, sorted by name, which is the behaviour's id. Adding a behaviour is adding its file and
/// its line here.
const FILES: &[(&str, &str)] = &[
    ("bulk-customer-data", include_str!("../behaviours/bulk-customer-data.toml")),
    ("clock-set-back", include_str!("../behaviours/clock-set-back.toml")),
    ("code-abuse", include_str!("../behaviours/code-abuse.toml")),
    ("credentials-pasted", include_str!("../behaviours/credentials-pasted.toml")),
    ("data-loss", include_str!("../behaviours/data-loss.toml")),
    ("data-loss-burst", include_str!("../behaviours/data-loss-burst.toml")),
    ("device-at-risk", include_str!("../behaviours/device-at-risk.toml")),
    ("impossible-travel", include_str!("../behaviours/impossible-travel.toml")),
    ("jailbreak", include_str!("../behaviours/jailbreak.toml")),
    ("many-devices", include_str!("../behaviours/many-devices.toml")),
    ("new-device", include_str!("../behaviours/new-device.toml")),
    ("pii-request", include_str!("../behaviours/pii-request.toml")),
    ("policy-tampering", include_str!("../behaviours/policy-tampering.toml")),
    ("protection-stopped", include_str!("../behaviours/protection-stopped.toml")),
    ("remote-control", include_str!("../behaviours/remote-control.toml")),
    ("repeated-overrides", include_str!("../behaviours/repeated-overrides.toml")),
    ("several-persons", include_str!("../behaviours/several-persons.toml")),
    ("third-party", include_str!("../behaviours/third-party.toml")),
    ("third-party-high", include_str!("../behaviours/third-party-high.toml")),
    ("unprotected-use", include_str!("../behaviours/unprotected-use.toml")),
];

/// All of them, parsed.
///
/// # Errors
/// When a file is not understood, which its own test would have said.
pub fn behaviours() -> Result<Vec<Behaviour>, BehaviourError> {
    FILES.iter().map(|(id, text)| Behaviour::parse(id, text)).collect()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{FILES, behaviours};

    #[test]
    fn every_file_is_compiled_in_under_its_own_name() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("behaviours");
        let mut on_disk: Vec<String> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().path().file_stem().unwrap().to_str().unwrap().to_owned())
            .collect();
        on_disk.sort();
        let compiled: Vec<&str> = FILES.iter().map(|(id, _)| *id).collect();
        let mut sorted = compiled.clone();
        sorted.sort_unstable();
        assert_eq!(sorted, on_disk);
        for behaviour in behaviours().unwrap() {
            // Read well in "risk rose to high: …".
            assert!(behaviour.words.chars().next().unwrap().is_lowercase(), "{}", behaviour.words);
            assert!(behaviour.weight <= behaviour.most, "{}", behaviour.id);
        }
    }
}
