//! Every check and test. Cheap ones first; the browsers last, so that the run closes on their summary.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::setup::{self, Needs, cargo_tools, toolchain, web_ext};
use crate::{build, demo, paths, step, tidy};

/// `cargo xtask test`
pub fn run() -> Result<()> {
    setup::all(Needs { chromium: true, firefox: true, linters: true, receivers: true })?;
    tidy::run()?;
    step::run("format", paths::cargo().args(["fmt", "--all", "--check"]))?;
    for (what, manifest) in [("fuzzer", "tests/fuzz/Cargo.toml"), ("receiver", "tests/ssf-peer/Cargo.toml")] {
        let apart = ["fmt", "--check", "--manifest-path", manifest];
        step::run(&format!("format of the {what}"), paths::cargo().args(apart))?;
    }
    clippy("clippy", &["--workspace", "--all-targets"])?;
    let browser =
        ["--package", "extension", "--package", "shared-opener", "--target", "wasm32-unknown-unknown"];
    clippy("clippy for the browser", &browser)?;
    other_systems()?;
    deny()?;
    step::run(
        "building the tests",
        paths::cargo().arg("test").args(build::EVERYTHING).args(["--no-run", "--quiet"]),
    )?;
    let built = build::all(build::Profile::Dev)?;
    step::run("web-ext lint", &mut web_ext::command("lint")?)?;

    let mut total = Counts::default();
    let mut green = true;
    let selections: [(&str, &[&[&str]]); 3] = [
        ("tests of the tasks", &[&["--package", "xtask"]]),
        ("examples in the documentation", &[&build::EVERYTHING, &["--doc", "--quiet"]]),
        ("tests, real Chromium and real Firefox", &[&build::EVERYTHING, &["--lib", "--bins", "--tests"]]),
    ];
    for (what, selection) in selections {
        let mut cargo = paths::cargo();
        cargo.args(["test", "--no-fail-fast"]).args(selection.concat());
        environment(&mut cargo, &built)?;
        let failed = tests(what, cargo, &mut total)?;
        green &= failed.is_none_or(|failed| second_try(&failed, &built, &mut total).unwrap_or(false));
    }
    println!("\n{} passed, {} failed, {} skipped", total.passed, total.failed, total.ignored);
    if !green || total.failed > 0 || total.passed == 0 {
        bail!("not all tests passed");
    }
    Ok(())
}

/// What the tests find their tools by. With the folder of tools named, a test whose receiver is missing fails; alone it
/// is skipped.
fn environment(cargo: &mut Command, built: &build::Built) -> Result<()> {
    demo::environment(cargo, built)?;
    cargo.env("PROMPTGATE_TOOLS", paths::tools()?);
    Ok(())
}

fn clippy(what: &str, selection: &[&str]) -> Result<()> {
    step::run(what, paths::cargo().args(["clippy", "--quiet"]).args(selection).args(["--", "-D", "warnings"]))
}

/// The host's types for the systems it is not run on here. Nothing is linked, so that the C of its libraries need
/// not be compiled: `true` stands in for the compiler and the archiver of those systems.
fn other_systems() -> Result<()> {
    let mut cargo = paths::cargo();
    cargo.args(["check", "--quiet", "--package", "host-agent"]);
    for target in toolchain::OTHER_SYSTEMS {
        toolchain::target(target)?;
        let name = target.replace('-', "_");
        cargo.args(["--target", target]).env(format!("CC_{name}"), "true").env(format!("AR_{name}"), "true");
    }
    step::run("checking the host for macOS and Windows", &mut cargo)
}

/// Licences, sources and unwanted crates: of the project, of the fuzzer with its own lock file, which must fit the crates
/// it is for, and of the receiver of others that the tests run. The advisory database is a network resource and stays out.
fn deny() -> Result<()> {
    let graphs = [
        ("", "Cargo.toml"),
        (" of the fuzzer", "tests/fuzz/Cargo.toml"),
        (" of the receiver", "tests/ssf-peer/Cargo.toml"),
    ];
    for (what, manifest) in graphs {
        // It reads the manifests of every system's crates, and builds here brought only those of this one.
        let fetch = ["fetch", "--locked", "--quiet", "--manifest-path", manifest];
        step::run(&format!("fetching the crates{what} of every system"), paths::cargo().args(fetch))?;
        let mut deny = Command::new(cargo_tools::CARGO_DENY.path()?);
        deny.current_dir(paths::root()).args([
            "--offline",
            "--log-level",
            "warn",
            "--manifest-path",
            manifest,
        ]);
        deny.args(["--config", "deny.toml", "check", "--hide-inclusion-graph"]);
        // The exceptions are there for the one graph or the other.
        deny.args(["--allow", "license-exception-not-encountered", "bans", "licenses", "sources"]);
        step::run(&format!("cargo-deny{what}"), &mut deny)?;
    }
    Ok(())
}

#[derive(Default)]
struct Counts {
    passed: u64,
    failed: u64,
    ignored: u64,
}

/// Most tests of real browsers that may be tried again.
const SECOND_TRIES: usize = 4;

/// A few tests of real browsers are tried once more, alone: what is told apart here is a product that fails and a
/// machine that was too busy for two browsers. Both tries are shown.
fn second_try(failed: &[String], built: &build::Built, total: &mut Counts) -> Result<bool> {
    let is_browser =
        |name: &String| ["chromium", "firefox", "browser"].iter().any(|word| name.contains(word));
    if failed.is_empty() || failed.len() > SECOND_TRIES || !failed.iter().all(is_browser) {
        return Ok(false);
    }
    let mut cargo = paths::cargo();
    cargo.args(["test", "--no-fail-fast"]).args(build::EVERYTHING).args(["--tests", "--", "--exact"]);
    cargo.args(failed).arg("--test-threads=1");
    environment(&mut cargo, built)?;
    let passed = tests(&format!("second try, alone: {}", failed.join(", ")), cargo, total)?.is_none();
    if passed {
        total.failed -= failed.len() as u64;
        println!("\npassed only on the second try: {}", failed.join(", "));
    }
    Ok(passed)
}

/// Runs a test command, shows what it prints and adds its summaries up. `None` when all passed, else the names of
/// the tests that failed.
fn tests(what: &str, mut command: Command, total: &mut Counts) -> Result<Option<Vec<String>>> {
    step::announce(what);
    let mut child = command.stdout(Stdio::piped()).spawn().context("cannot start cargo test")?;
    let mut failed = Vec::new();
    if let Some(stdout) = child.stdout.take() {
        for line in BufReader::new(stdout).split(b'\n') {
            let line = String::from_utf8_lossy(&line?).into_owned();
            println!("{line}");
            add_summary(&line, total);
            failed.extend(failed_name(&line));
        }
    }
    Ok((!child.wait()?.success()).then_some(failed))
}

/// `test NAME ... FAILED`
fn failed_name(line: &str) -> Option<String> {
    Some(line.strip_prefix("test ")?.strip_suffix(" ... FAILED")?.to_owned())
}

/// `test result: ok. 3 passed; 0 failed; 1 ignored; ...`
fn add_summary(line: &str, total: &mut Counts) {
    let Some(summary) = line.strip_prefix("test result: ") else { return };
    let counts = summary.split_once(". ").map_or("", |(_, counts)| counts);
    for count in counts.split("; ") {
        let Some((number, word)) = count.trim().split_once(' ') else { continue };
        let number: u64 = number.parse().unwrap_or(0);
        match word {
            "passed" => total.passed += number,
            "failed" => total.failed += number,
            "ignored" => total.ignored += number,
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Counts, add_summary, failed_name};

    #[test]
    fn failed_tests_are_named() {
        assert_eq!(
            failed_name("test firefox::claude::warned ... FAILED").as_deref(),
            Some("firefox::claude::warned")
        );
        assert_eq!(failed_name("test firefox::claude::warned ... ok"), None);
    }

    #[test]
    fn summaries_add_up() {
        let mut total = Counts::default();
        add_summary("test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out", &mut total);
        add_summary("test result: FAILED. 2 passed; 4 failed; 0 ignored; 0 measured", &mut total);
        add_summary("running 9 tests", &mut total);
        assert_eq!((total.passed, total.failed, total.ignored), (5, 4, 1));
    }
}
