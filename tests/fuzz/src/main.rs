//! One target under a coverage-guided fuzzer, for so many seconds: `tests-fuzz TARGET SECONDS FOLDER`. `--list` names
//! the targets.
//!
//! It begins with the target's seeds, with what once broke it, and with what earlier runs left in `FOLDER/corpus`.
//! The first find ends the run and lies in `FOLDER/artifacts`. A line of numbers is printed every few seconds and at
//! the end. `cargo xtask soak --fuzz` builds this with coverage and starts it; what must hold is in `tests/corpus`.

mod compare;
mod engine;
mod memory;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use tests_corpus::{TARGETS, seeds};

#[global_allocator]
static MEMORY: memory::Counted = memory::Counted;

/// What xtask tells apart from a run that could not begin.
const FOUND: u8 = 77;

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    if args == ["--list"] {
        TARGETS.iter().for_each(|target| println!("{}", target.name));
        return ExitCode::SUCCESS;
    }
    let [name, seconds, folder] = args.as_slice() else { return usage("three words") };
    let Some(target) = TARGETS.iter().find(|target| target.name == name) else {
        let names: Vec<&str> = TARGETS.iter().map(|target| target.name).collect();
        return usage(&format!("a target: {}", names.join(", ")));
    };
    let Ok(seconds) = seconds.parse() else { return usage("a whole number of seconds") };
    let folder = PathBuf::from(folder);
    let corpus = folder.join("corpus").join(name);
    let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("../corpus/corpus").join(name);
    let begin = [seeds(name), files(&kept), files(&corpus)].concat();
    let campaign = engine::Campaign {
        target,
        time: Duration::from_secs(seconds),
        artifacts: folder.join("artifacts").join(name),
        corpus,
    };
    match campaign.run(&begin) {
        Ok(0) => ExitCode::SUCCESS,
        Ok(_) => ExitCode::from(FOUND),
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn usage(wanted: &str) -> ExitCode {
    eprintln!("error: tests-fuzz TARGET SECONDS FOLDER wants {wanted}");
    ExitCode::FAILURE
}

/// What a folder's files hold; nothing when there is none.
fn files(folder: &Path) -> Vec<Vec<u8>> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.path()).filter(|path| path.is_file()).collect();
    paths.sort();
    paths.iter().filter_map(|path| std::fs::read(path).ok()).collect()
}
