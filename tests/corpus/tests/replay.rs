//! Every target over its seeds and over what once broke it: quick, and on every run of the tests.

use std::fs;
use std::path::Path;

use tests_corpus::{TARGETS, seeds};

#[test]
fn corpora_hold() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    for target in TARGETS {
        let seeds = seeds(target.name);
        assert!(!seeds.is_empty(), "{} has no seeds", target.name);
        seeds.iter().for_each(|seed| (target.run)(seed));
        let folder = root.join(target.name);
        for entry in fs::read_dir(&folder).into_iter().flatten() {
            (target.run)(&fs::read(entry.unwrap().path()).unwrap());
        }
    }
    for entry in fs::read_dir(root).into_iter().flatten() {
        let name = entry.unwrap().file_name().to_string_lossy().into_owned();
        assert!(TARGETS.iter().any(|target| target.name == name), "no target reads corpus/{name}");
    }
}
