//! The detectors that are compiled in: every file under `detectors/`. A test compares them with the files on disk.

use crate::detector::{Detector, RuleError};

/// Listed by the build script, sorted by path.
const FILES: &[&str] = include!(concat!(env!("OUT_DIR"), "/detectors.rs"));

/// All of them, parsed.
pub(crate) fn detectors() -> Result<Vec<Detector>, RuleError> {
    let parse = |(file, text): (usize, &&str)| {
        toml::from_str(text).map_err(|error| RuleError::Malformed { file, message: error.to_string() })
    };
    FILES.iter().enumerate().map(parse).collect()
}

/// The examples of all files, without their marks.
#[cfg(test)]
pub(crate) fn examples() -> Vec<String> {
    let tables = FILES.iter().map(|text| text.parse::<toml::Table>().unwrap());
    let lists = tables.flat_map(|table| ["found", "missed"].map(|kind| table["examples"][kind].clone()));
    let texts = lists.flat_map(|list| list.as_array().unwrap().clone());
    texts.map(|text| text.as_str().unwrap().replace(['«', '»'], "").replace("{}", "")).collect()
}
