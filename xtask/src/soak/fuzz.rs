//! Every target of `tests/corpus` under the fuzzer of `tests/fuzz`, one after the other, and a table at the end.
//!
//! What it leaves: `target/fuzz/corpus/TARGET`, where the next campaign goes on, and finds in
//! `target/fuzz/artifacts/TARGET`.

use std::env;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail};
use serde_json::{Value, json};

use super::{Options, instrument};
use crate::{paths, step};

/// The program's word for "something was found".
const FOUND: i32 = 77;

/// How a target came through.
struct Row {
    target: String,
    executions: u64,
    seconds: u64,
    corpus: u64,
    edges: u64,
    finds: usize,
    /// How the fuzzer died when it did and left no find: somebody ended it, or the machine did.
    died: Option<String>,
}

/// The campaign: `minutes` for each target. An error when anything was found.
pub fn run(options: &Options) -> Result<()> {
    let folder = paths::target().join("fuzz");
    let program = build(&folder, options.json)?;
    let targets = targets(&program, &options.targets)?;
    let count = targets.len();
    tell(options, &format!("{count} targets, {} minutes each", options.minutes));
    let mut rows = Vec::new();
    for (at, target) in targets.iter().enumerate() {
        tell(options, &format!("{target} ({} of {count})", at + 1));
        rows.push(one(&program, target, options.minutes * 60, &folder)?);
    }
    let finds: usize = rows.iter().map(|row| row.finds).sum();
    if options.json {
        println!("{}", Value::from_iter(rows.iter().map(told)));
    } else {
        table(&rows);
    }
    if finds > 0 {
        bail!(
            "{finds} found, in {}: copy each to tests/corpus/corpus/TARGET under a name that says what broke, \
             run `cargo test -p tests-corpus`, and mend the parser",
            folder.join("artifacts").display()
        );
    }
    match rows.iter().find_map(|row| Some((&row.target, row.died.as_ref()?))) {
        Some((target, status)) => {
            bail!("{target}: the fuzzer died ({status}) and left no find: run it again")
        }
        None => Ok(()),
    }
}

/// JSON has stdout for itself.
fn tell(options: &Options, what: &str) {
    if options.json { eprintln!("{what}") } else { step::announce(what) }
}

/// Builds the program with coverage, in a target folder of its own.
fn build(folder: &Path, quiet: bool) -> Result<PathBuf> {
    let machine = step::output(Command::new("rustc").args(["--print", "host-tuple"]))?;
    let machine = machine.trim();
    let mut cargo = paths::cargo();
    cargo.args(["build", "--quiet", "--release", "--locked", "--manifest-path", "tests/fuzz/Cargo.toml"]);
    // With a target named, what macros and build scripts need is built apart, without coverage.
    cargo.args(["--target", machine]);
    cargo.arg("--target-dir").arg(folder);
    cargo.env("RUSTC_WRAPPER", env::current_exe()?).env(instrument::MARK, "1");
    if quiet {
        step::output(&mut cargo)?;
    } else {
        step::run("building the fuzz targets, a few minutes the first time", &mut cargo)?;
    }
    Ok(folder.join(machine).join("release").join(format!("tests-fuzz{}", env::consts::EXE_SUFFIX)))
}

/// The targets that are asked for, all when none is named.
fn targets(program: &Path, asked: &[String]) -> Result<Vec<String>> {
    let listed = step::output(Command::new(program).arg("--list"))?;
    let all: Vec<String> = listed.lines().map(str::to_owned).collect();
    if let Some(unknown) = asked.iter().find(|name| !all.contains(name)) {
        bail!("`{unknown}` is no fuzz target; there are {}", all.join(", "));
    }
    Ok(if asked.is_empty() { all } else { asked.to_vec() })
}

/// Runs one target. What it prints last counts, also when it dies.
fn one(program: &Path, target: &str, seconds: u64, folder: &Path) -> Result<Row> {
    let artifacts = folder.join("artifacts").join(target);
    let before = finds(&artifacts);
    let mut command = Command::new(program);
    command.arg(target).arg(seconds.to_string()).arg(folder).current_dir(paths::root());
    let mut child = command.stdout(Stdio::piped()).spawn().context("cannot start the fuzzer")?;
    let mut last = Value::Null;
    for line in child.stdout.take().map(BufReader::new).into_iter().flat_map(|out| out.lines()) {
        last = serde_json::from_str(&line?).unwrap_or(last);
        let number = |key: &str| last.get(key).and_then(Value::as_u64).unwrap_or_default();
        eprint!(
            "\r   {} s, {} executions, {} inputs, {} edges ",
            number("seconds"),
            number("executions"),
            number("corpus"),
            number("edges")
        );
    }
    eprintln!();
    let status = child.wait()?;
    let number = |key: &str| last.get(key).and_then(Value::as_u64).unwrap_or_default();
    if last.is_null() {
        bail!("{target}: the fuzzer did not begin: {status}");
    }
    // A stack that overflowed, memory that ran out, a run without end: the engine keeps the input and dies.
    let found = finds(&artifacts).saturating_sub(before);
    let known = matches!(status.code(), Some(0 | FOUND));
    let died = (!known && found == 0).then(|| status.to_string());
    let found = if status.code() == Some(FOUND) { found.max(1) } else { found };
    Ok(Row {
        target: target.to_owned(),
        executions: number("executions"),
        seconds: number("seconds"),
        corpus: number("corpus"),
        edges: number("edges"),
        finds: found,
        died,
    })
}

/// What lies in a target's folder of finds. The engine's own files begin with a dot.
fn finds(artifacts: &Path) -> usize {
    let names =
        fs::read_dir(artifacts).into_iter().flatten().filter_map(Result::ok).map(|entry| entry.file_name());
    names.filter(|name| !name.to_string_lossy().starts_with('.')).count()
}

fn per_second(row: &Row) -> u64 {
    row.executions / row.seconds.max(1)
}

fn told(row: &Row) -> Value {
    json!({
        "target": row.target,
        "executions": row.executions,
        "seconds": row.seconds,
        "per_second": per_second(row),
        "corpus": row.corpus,
        "edges": row.edges,
        "finds": row.finds,
        "died": row.died,
    })
}

fn table(rows: &[Row]) {
    println!(
        "\n{:<24}{:>13}{:>10}{:>9}{:>9}{:>8}{:>7}",
        "TARGET", "EXECUTIONS", "SECONDS", "EXEC/S", "CORPUS", "EDGES", "FINDS"
    );
    for row in rows {
        println!(
            "{:<24}{:>13}{:>10}{:>9}{:>9}{:>8}{:>7}",
            row.target,
            row.executions,
            row.seconds,
            per_second(row),
            row.corpus,
            row.edges,
            row.finds
        );
    }
}
