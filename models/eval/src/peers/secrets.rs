//! Secrets: tokens of every kind that our tests' generator makes, what misses a format by a little, and real code.
//!
//! The generator knows the vendors' formats and not our rules, but the list of kinds is ours, so the rows flatter us; that is
//! why recall is shown on the kinds as well that a scanner finds at all.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use models_train::random::Random;
use serde::Deserialize;
use shared_protocol::Topic;

use super::install::Installed;
use super::ours::{With, ask, engine};
use super::process::Answer;
use super::{lines, missing, time};
use crate::metrics::to_f64;
use crate::table::{Table, figure};

/// A text with a secret at `span`, or with a near miss.
#[derive(Clone, Debug, Deserialize)]
struct Made {
    text: String,
    label: String,
    span: Option<(usize, usize)>,
    /// Of a near miss: it is what documentation writes. Else it is a letter off.
    #[serde(default)]
    is_filler: bool,
}

/// Texts with a secret of each kind.
const EACH: usize = 2;
/// Files of code, and the longest.
const FILES: usize = 500;
const LONGEST: u64 = 60_000;

/// Who, and what was said or why nothing.
type Asked = (&'static str, Result<Vec<Answer>>);

/// The tables.
pub(crate) fn tables(peers: &Installed) -> Result<Vec<Table>> {
    let mut tables = Vec::new();
    let made = made()?;
    let texts: Vec<&str> = made.iter().map(|row| row.text.as_str()).collect();
    tables.push(found(&made, &asked(&texts, peers)?));
    let code = code();
    if !code.is_empty() {
        let texts: Vec<&str> = code.iter().map(String::as_str).collect();
        tables.push(in_code(&texts, &asked(&texts, peers)?));
    }
    Ok(tables)
}

fn asked(texts: &[&str], peers: &Installed) -> Result<Vec<Asked>> {
    let topic = Topic::ContentCredentials;
    let scanner = |who, name| {
        let peer = peers.in_python(who, "secrets_found.py", name);
        (who, peer.ask(texts))
    };
    Ok(vec![
        ("**ours, rules**", Ok(ask(&engine(With::Rules, None)?, texts, &topic, "secret."))),
        scanner("detect-secrets 1.5.0", "detect_secrets"),
        scanner("Kingfisher 1.5.0 (Rust)", "kingfisher"),
        scanner("Betterleaks 2.0.0", "betterleaks"),
    ])
}

/// What the example `made-secrets` of `host-classify` writes.
fn made() -> Result<Vec<Made>> {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    cargo.current_dir(root).args(["run", "--release", "--quiet", "-p", "host-classify", "--example"]);
    let output = cargo.args(["made-secrets", "--", &EACH.to_string()]).output()?;
    if !output.status.success() {
        bail!("the example `made-secrets` of host-classify ended with {}", output.status);
    }
    lines(&String::from_utf8(output.stdout).context("made-secrets writes no text")?)
}

fn is_over(one: &(usize, usize, String), (start, end): (usize, usize)) -> bool {
    one.0 < end && start < one.1
}

/// What is found of the secrets, and of what is none.
fn found(rows: &[Made], asked: &[Asked]) -> Table {
    let columns = vec![
        "who",
        "secrets",
        "placeholders",
        "a letter off",
        "recall",
        "kinds found at all",
        "recall on those",
        "placeholders told",
        "a letter off told",
        "precision of spans",
        "p50 ms",
        "p95 ms",
    ];
    let kinds: BTreeSet<&str> = rows.iter().map(|row| row.label.as_str()).collect();
    let line = |(who, said): &Asked| {
        let said = match said {
            Err(why) => return missing(who, &format!("{why:#}"), columns.len()),
            Ok(said) => said,
        };
        let hit = |row: &Made, said: &Answer| {
            row.span.is_some_and(|at| said.spans.iter().any(|one| is_over(one, at)))
        };
        let both = || rows.iter().zip(said);
        let count = |is: &dyn Fn(&Made, &Answer) -> bool| both().filter(|(row, said)| is(row, said)).count();
        let secrets = count(&|row, _| row.span.is_some());
        let hits = count(&hit);
        let known: BTreeSet<&str> =
            both().filter(|(row, said)| hit(row, said)).map(|(row, _)| row.label.as_str()).collect();
        let of_known = count(&|row, _| row.span.is_some() && known.contains(row.label.as_str()));
        let none = |filler: bool| count(&|row, _| row.span.is_none() && row.is_filler == filler);
        let told = |filler: bool| {
            count(&|row, said| row.span.is_none() && row.is_filler == filler && !said.spans.is_empty())
        };
        // What is a letter off may be somebody's password all the same, so it is no mistake to tell it.
        let sure = || both().filter(|(row, _)| row.span.is_some() || row.is_filler);
        let spans: usize = sure().map(|(_, said)| said.spans.len()).sum();
        let right = |row: &Made, said: &Answer| {
            row.span.map_or(0, |at| said.spans.iter().filter(|one| is_over(one, at)).count())
        };
        let right: usize = sure().map(|(row, said)| right(row, said)).sum();
        let share = |part: usize, whole: usize| figure(Some(to_f64(part) / to_f64(whole)));
        vec![
            (*who).to_owned(),
            secrets.to_string(),
            none(true).to_string(),
            none(false).to_string(),
            share(hits, secrets),
            format!("{} of {}", known.len(), kinds.len()),
            share(hits, of_known),
            share(told(true), none(true)),
            share(told(false), none(false)),
            share(right, spans),
            time(said, 50),
            time(said, 95),
        ]
    };
    let lines = asked.iter().map(line).collect();
    let title = "secrets by our tests' generator: the kinds are ours, so the rows flatter us".to_owned();
    Table { title, columns: columns.clone(), rows: lines }
}

/// What is told in code of others: nearly all of it is false, but for keys in tests.
fn in_code(texts: &[&str], asked: &[Asked]) -> Table {
    let columns =
        vec!["who", "files", "MB", "files told", "findings", "findings per MB", "p50 ms", "p95 ms", "MB/s"];
    let bytes: usize = texts.iter().map(|text| text.len()).sum();
    let megabytes = to_f64(bytes) / 1e6;
    let line = |(who, said): &Asked| {
        let said = match said {
            Err(why) => return missing(who, &format!("{why:#}"), columns.len()),
            Ok(said) => said,
        };
        let told = said.iter().filter(|said| !said.spans.is_empty()).count();
        let spans: usize = said.iter().map(|said| said.spans.len()).sum();
        let seconds: f64 = said.iter().map(|said| said.ms / 1e3).sum();
        vec![
            (*who).to_owned(),
            texts.len().to_string(),
            format!("{megabytes:.1}"),
            told.to_string(),
            spans.to_string(),
            figure(Some(to_f64(spans) / megabytes)),
            time(said, 50),
            time(said, 95),
            figure(Some(megabytes / seconds)),
        ]
    };
    let lines = asked.iter().map(line).collect();
    Table {
        title: "secrets told in Rust sources of others".to_owned(),
        columns: columns.clone(),
        rows: lines,
    }
}

/// Rust files of the toolchain's library where its sources are installed, else of the crates that cargo has fetched.
fn code() -> Vec<String> {
    let sysroot = Command::new("rustc").args(["--print", "sysroot"]).output().ok();
    let sysroot = sysroot.and_then(|output| String::from_utf8(output.stdout).ok());
    let library = sysroot.map(|root| PathBuf::from(root.trim()).join("lib/rustlib/src"));
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".cargo")));
    let registry = home.map(|home| home.join("registry/src"));
    for folder in [library, registry].into_iter().flatten() {
        let mut files = Vec::new();
        below(&folder, &folder, &mut files);
        files.sort();
        let texts = files.into_iter().take(FILES).filter_map(|(_, file)| fs::read_to_string(file).ok());
        let texts: Vec<String> = texts.collect();
        if !texts.is_empty() {
            return texts;
        }
    }
    Vec::new()
}

/// Rust files with a number drawn by their name, so that the same ones come first in every run.
fn below(root: &Path, folder: &Path, files: &mut Vec<(u64, PathBuf)>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for path in entries.flatten().map(|entry| entry.path()) {
        let Ok(about) = path.symlink_metadata() else { continue };
        if about.is_dir() {
            below(root, &path, files);
        } else if path.extension().is_some_and(|end| end == "rs") && about.len() <= LONGEST {
            let name = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().into_owned();
            // Behind the name of the registry, which differs from place to place.
            let name = name.split_once('/').map_or(name.as_str(), |(_, rest)| rest).to_owned();
            files.push((Random::named(&name).draw(), path));
        }
    }
}
