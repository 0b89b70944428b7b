//! `promptgate log verify`: whether the record is as it was written, and if not, the first bad row and what became of it.
//!
//! INVARIANT: says how much was looked at: seals with their keys, or the chain only; of exports also which rows are not
//! there.

use std::fs::{self, File};
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow};
use host_journal::{Absent, ChainKey, Checking, Roots, SignedHead, Verified};
use host_store::Store;
use serde_json::{Value, json};

use super::books;
use super::exports::Exports;
use crate::exit::Exit;
use crate::keys::{Given, Keys};
use crate::out;

/// What to check it with.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// What opens the keys of the seals.
    #[command(flatten)]
    pub(in crate::cli) keys: Given,
    /// A head that was kept elsewhere, an exported folder with its heads, or what a sink received, in any format: shows a
    /// record that was cut off.
    #[arg(long, value_name = "FILE")]
    head: Vec<PathBuf>,
    #[command(flatten)]
    pub(in crate::cli) from: books::From,
}

/// What a check of one record came to.
struct Checked {
    verified: Verified,
    /// Lines of keys, and how many of them are open.
    lines: (usize, usize),
    /// Heads that were given.
    heads: usize,
    absent: Absent,
}

/// Of this machine's record.
pub(super) fn run(store: &Store, args: &Args, mut keys: Keys, json: bool) -> Result<Exit> {
    let checked = check(store, &mut keys, all_heads(args)?, Absent::None)?;
    out::progress("");
    if json {
        out::line(&told(&checked).to_string());
    } else {
        for line in lines_of(&checked) {
            out::line(&line);
        }
    }
    Ok(end(&[("this record".to_owned(), checked)], args, true))
}

/// Of every device whose exports lie in a folder.
pub(super) fn exported(folder: &Path, args: &Args, mut keys: Keys, json: bool) -> Result<Exit> {
    let exports = Exports::read(folder)?;
    let (mut heads, mut all) = (all_heads(args)?, Vec::new());
    let is_whole = exports.odd.is_empty();
    for (id, device) in exports.devices {
        let (own, others): (Vec<_>, Vec<_>) = heads.into_iter().partition(|head| head.device == id);
        heads = others;
        let checked = check(&device.store, &mut keys, [device.heads, own].concat(), device.absent)?;
        out::progress("");
        if json {
            let mut told = told(&checked);
            if let Some(fields) = told.as_object_mut() {
                fields.insert("device".to_owned(), json!(id));
            }
            out::line(&told.to_string());
        } else {
            out::line(&format!("device {id}"));
            for line in lines_of(&checked) {
                out::line(&format!("  {line}"));
            }
        }
        all.push((format!("device {id}"), checked));
    }
    let strangers =
        heads.iter().map(|head| format!("a kept head is of device {}, of which no row is here", head.device));
    let odd: Vec<String> = exports.odd.iter().map(ToString::to_string).chain(strangers).collect();
    for what in &odd {
        if json {
            out::line(&json!({ "ok": false, "what": what }).to_string());
        }
        out::note(what);
    }
    Ok(end(&all, args, is_whole && odd.is_empty()))
}

fn check(store: &Store, keys: &mut Keys, heads: Vec<SignedHead>, absent: Absent) -> Result<Checked> {
    let given = heads.len();
    store.read(|view| {
        let mut fault = None;
        let roots = Roots::read(view, |sealed| {
            let opened = keys.open(sealed.iter().map(|one| (one.key_id.as_str(), one.blob.as_str())));
            let opened = opened.map_err(|unusable| fault = Some(unusable)).ok()?;
            ChainKey::from_bytes(&opened.ok()?.0)
        })?;
        // A key that cannot be used at all, as with a wrong passphrase, is not one that opens nothing.
        if let Some(fault) = fault {
            return Err(fault);
        }
        let lines = roots.count();
        let all = view.head()?.map_or(0, |head| head.seq).max(1);
        let mut progress = |rows: u64| out::progress(&format!("{rows} of {all} rows checked"));
        let checking = Checking { roots, heads, absent, progress: Some(&mut progress) };
        Ok(Checked { verified: checking.verify(view)?, lines, heads: given, absent })
    })
}

/// Says on stderr what is wrong; how the program ends.
fn end(all: &[(String, Checked)], args: &Args, is_well: bool) -> Exit {
    let mut is_well = is_well;
    for (name, Checked { verified, .. }) in all {
        if let Some(bad) = &verified.bad {
            out::note(&format!("{name}, row {}: {}", bad.seq, bad.fault));
        }
        is_well &= verified.bad.is_none() && verified.strange.is_empty();
    }
    let lines: usize = all.iter().map(|(_, checked)| checked.lines.0).sum();
    let open: usize = all.iter().map(|(_, checked)| checked.lines.1).sum();
    let opens_nothing = !args.keys.key.is_empty() && lines > 0 && open == 0;
    if opens_nothing {
        out::note("the key opens no seals here: only the chain was checked");
    }
    match (is_well, opens_nothing) {
        (false, _) => Exit::Fault,
        (true, true) => Exit::NoKey,
        (true, false) => Exit::Done,
    }
}

fn all_heads(args: &Args) -> Result<Vec<SignedHead>> {
    let each: Vec<Vec<SignedHead>> = args.head.iter().map(|path| read_heads(path)).collect::<Result<_>>()?;
    Ok(each.concat())
}

/// The heads in a file, whatever else stands in it, or in the files of a folder whose names end in `head.json`.
fn read_heads(path: &Path) -> Result<Vec<SignedHead>> {
    let cannot = || format!("{} cannot be read; name a head file or an exported folder", path.display());
    if !path.is_dir() {
        let mut found = Vec::new();
        for line in BufReader::new(File::open(path).with_context(cannot)?).lines() {
            found.extend(host_journal::sink::heads(&line.with_context(cannot)?));
        }
        if found.is_empty() {
            return Err(anyhow!("{} holds no head; `log export` and sinks write them", path.display()));
        }
        return Ok(found);
    }
    let mut paths = Vec::new();
    for entry in fs::read_dir(path).with_context(cannot)? {
        let file = entry.with_context(cannot)?.path();
        if file.is_file() && file.to_string_lossy().ends_with("head.json") {
            paths.push(file);
        }
    }
    if paths.is_empty() {
        return Err(anyhow!("there is no head in {}; `log export` writes them", path.display()));
    }
    paths.sort();
    let each: Vec<Vec<SignedHead>> = paths.iter().map(|path| read_heads(path)).collect::<Result<_>>()?;
    Ok(each.concat())
}

fn lines_of(checked: &Checked) -> Vec<String> {
    let Checked { verified, lines: (lines, open), heads, absent } = checked;
    let Verified { rows, erased, sealed, bad, strange, .. } = verified;
    let mut said =
        vec![format!("{rows} rows as they were written, {erased} of them emptied by erasing or pruning")];
    said.push(match (*lines, *open) {
        (0, _) if *absent == Absent::None => {
            "chain only: this record has no seals yet; they begin with the first recipient".to_owned()
        }
        (0, _) => "chain only: the rows that begin its keys are not here".to_owned(),
        (_, 0) => "chain only: `--key FILE` with the private key checks the seals too".to_owned(),
        (_, _) => {
            let rest = rows.saturating_sub(*sealed);
            format!("{sealed} rows with the seal of their time; {rest} by the chain only")
        }
    });
    if let Some(first) = verified.first.filter(|first| *first > 1) {
        said.push(format!("begins with row {first}: what was before is not here and is not checked"));
    }
    if *absent == Absent::Any {
        let gaps = verified.gaps;
        said.push(format!(
            "an export of chosen rows, with {gaps} gaps: each row was checked by itself and with its seal, and a row \
             that is missing is not seen"
        ));
    }
    if *heads > 0 {
        let fitting = heads.saturating_sub(strange.len());
        said.push(format!("{fitting} of {heads} kept heads belong to this record"));
    }
    for (place, fault) in strange {
        said.push(format!("head {}: {fault}", place + 1));
    }
    if let Some(bad) = bad {
        said.push(format!("WRONG from row {} on: {}", bad.seq, bad.fault));
    }
    said
}

fn told(checked: &Checked) -> Value {
    let Checked { verified, lines: (lines, open), absent, .. } = checked;
    let Verified { rows, erased, sealed, gaps, first, head, bad, strange } = verified;
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    json!({
        "ok": bad.is_none() && strange.is_empty(),
        "rows": rows,
        "first": first,
        "gaps": gaps,
        "chosen": *absent == Absent::Any,
        "erased": erased,
        "sealed": sealed,
        "chain_only": *sealed == 0,
        "lines": { "all": lines, "open": open },
        "head": head.map(|head| json!({ "seq": head.seq, "hash": hex(&head.hash) })),
        "bad": bad.as_ref().map(|bad| json!({
            "seq": bad.seq,
            "fault": bad.fault.word(),
            "what": bad.fault.to_string(),
        })),
        "strange_heads": strange
            .iter()
            .map(|(place, fault)| json!({ "head": place, "what": fault.to_string() }))
            .collect::<Vec<_>>(),
    })
}
