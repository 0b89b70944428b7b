//! Between cargo and rustc while the fuzz targets are built: coverage for the crates whose parsers are fuzzed.
//!
//! Flags for some crates only are what stable cargo cannot say. The engine must not be among them: it walks over the
//! counters after every run, and would count and trace itself.

use std::env;
use std::ffi::OsStr;
use std::process::{Command, ExitCode};

/// Set by us for the cargo that builds the targets.
pub const MARK: &str = "PROMPTGATE_INSTRUMENT";

/// Beginnings of names: our libraries, those that take bytes apart for them, and the targets, in which the generic
/// parts of all of these are compiled.
const CRATES: [&str; 13] = [
    "shared_",
    "host_",
    "base64",
    "flate2",
    "form_urlencoded",
    "jsonwebtoken",
    "miniz_oxide",
    "native_messaging",
    "percent_encoding",
    "serde_json",
    "tests_corpus",
    "toml",
    "winnow",
];

/// LLVM's coverage of edges, with counters in line, and its calls before comparisons. No sanitizer: those are not
/// on stable, and there is next to nothing unsafe to catch.
const FLAGS: [&str; 5] = [
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=3",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
    // Comparisons with short words stay calls, which the program's own `memcmp` tells the engine of.
    "-Cllvm-args=-max-loads-per-memcmp=0",
];

/// When cargo started this program in rustc's place, runs rustc.
pub fn in_place_of_rustc() -> Option<ExitCode> {
    env::var_os(MARK)?;
    let args: Vec<_> = env::args_os().skip(1).collect();
    let (rustc, args) = args.split_first()?;
    let mut rustc = Command::new(rustc);
    rustc.args(args);
    if is_fuzzed(args) {
        rustc.args(FLAGS);
    }
    Some(match rustc.status() {
        Ok(status) if status.success() => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: cannot start rustc: {error}");
            ExitCode::FAILURE
        }
    })
}

/// What is built for the compiler itself stays as it is: a macro that counts finds nobody to count for, and cannot be
/// loaded.
fn is_fuzzed<T: AsRef<OsStr>>(args: &[T]) -> bool {
    if !args.iter().any(|arg| arg.as_ref() == "--target") {
        return false;
    }
    let name = args.iter().skip_while(|arg| arg.as_ref() != "--crate-name").nth(1);
    let name = name.and_then(|name| name.as_ref().to_str()).unwrap_or_default();
    CRATES.iter().any(|begins| name.starts_with(begins))
}

#[cfg(test)]
mod tests {
    use super::is_fuzzed;

    #[test]
    fn our_crates_are_covered_and_the_engine_is_not() {
        let target = ["--target", "x86_64-unknown-linux-gnu"];
        let built = |name| [&["--crate-name", name, "--edition=2024"], &target[..]].concat();
        assert!(is_fuzzed(&built("shared_sites")));
        assert!(is_fuzzed(&built("tests_corpus")));
        for other in ["libafl", "tests_fuzz", "build_script_build", "regex_automata"] {
            assert!(!is_fuzzed(&built(other)), "{other}");
        }
        assert!(!is_fuzzed(&["--crate-name", "winnow"]), "a macro reads with it");
        assert!(!is_fuzzed(&["-vV"]));
    }
}
