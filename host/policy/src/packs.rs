//! Ready-made guardrails to begin with: whole folders, each of which is read and told in the tests.
//!
//! They are data in `packs/`; here is only the list of what is compiled in, which a test compares with the folders.

use crate::Files;

/// A ready-made folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pack {
    /// Its name, as `policy init --pack` takes it.
    pub name: &'static str,
    /// What it is for, in a line.
    pub about: &'static str,
    files: &'static [(&'static str, &'static str)],
}

impl Pack {
    /// Its files, `bundle.toml` included.
    #[must_use]
    pub fn files(&self) -> Files {
        self.files.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec())).collect()
    }
}

/// The packs, the one to begin with first.
#[must_use]
pub fn packs() -> &'static [Pack] {
    PACKS
}

macro_rules! pack {
    ($name:literal, $about:literal, $($path:literal),+ $(,)?) => {
        Pack {
            name: $name,
            about: $about,
            files: &[$(($path, include_str!(concat!("../packs/", $name, "/", $path)))),+],
        }
    };
}

const PACKS: &[Pack] = &[
    pack!(
        "starter",
        "The first rules of any organisation: credentials, numbers, people, code, sharing.",
        "bundle.toml",
        "detectors/personal-data-request.toml",
        "detectors/source-code.toml",
        "exceptions.toml",
        "messages/ar.toml",
        "messages/de.toml",
        "messages/es.toml",
        "messages/fr.toml",
        "messages/ja.toml",
        "messages/pt.toml",
        "messages/zh.toml",
        "policy/data.cedar",
        "policy/people.cedar",
        "policy/places.cedar",
        "settings.toml",
        "stories/data.toml",
        "stories/people.toml",
        "stories/places.toml",
    ),
    pack!(
        "finance",
        "Banks and insurers: inside information, client data, what has to be kept.",
        "bundle.toml",
        "detectors/market-sensitive.toml",
        "detectors/personal-data-request.toml",
        "exceptions.toml",
        "messages/ar.toml",
        "messages/de.toml",
        "messages/es.toml",
        "messages/fr.toml",
        "messages/ja.toml",
        "messages/pt.toml",
        "messages/zh.toml",
        "policy/clients.cedar",
        "policy/conduct.cedar",
        "policy/everyone.cedar",
        "settings.toml",
        "stories/clients.toml",
        "stories/conduct.toml",
        "stories/everyone.toml",
        "topics.toml",
    ),
    pack!(
        "healthcare",
        "Hospitals and practices: patients, their numbers, and what must not come back later.",
        "bundle.toml",
        "detectors/diagnosis.toml",
        "detectors/personal-data-request.toml",
        "detectors/record-number.toml",
        "exceptions.toml",
        "messages/ar.toml",
        "messages/de.toml",
        "messages/es.toml",
        "messages/fr.toml",
        "messages/ja.toml",
        "messages/pt.toml",
        "messages/zh.toml",
        "policy/everyone.cedar",
        "policy/patients.cedar",
        "settings.toml",
        "stories/everyone.toml",
        "stories/patients.toml",
        "topics.toml",
    ),
    pack!(
        "software",
        "Software companies: secrets, source code, customer data, connectors.",
        "bundle.toml",
        "detectors/personal-data-request.toml",
        "detectors/source-code.toml",
        "exceptions.toml",
        "messages/ar.toml",
        "messages/de.toml",
        "messages/es.toml",
        "messages/fr.toml",
        "messages/ja.toml",
        "messages/pt.toml",
        "messages/zh.toml",
        "policy/code.cedar",
        "policy/people.cedar",
        "policy/secrets.cedar",
        "settings.toml",
        "stories/code.toml",
        "stories/people.toml",
        "stories/secrets.toml",
    ),
    pack!(
        "monitor-only",
        "Holds nobody up: records what the starter rules would do, to see before deciding.",
        "bundle.toml",
        "detectors/personal-data-request.toml",
        "detectors/source-code.toml",
        "exceptions.toml",
        "messages/ar.toml",
        "messages/de.toml",
        "messages/es.toml",
        "messages/fr.toml",
        "messages/ja.toml",
        "messages/pt.toml",
        "messages/zh.toml",
        "policy/watch.cedar",
        "settings.toml",
        "stories/watch.toml",
    ),
];
