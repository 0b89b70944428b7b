//! `promptgate log verify`: whether the record is as it was written, and if not, the first bad row and what became of it.
//!
//! INVARIANT: says how much was looked at: seals with their keys, or the chain only.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow};
use host_journal::{ChainKey, Checking, Roots, SignedHead, Verified};
use host_store::Store;
use serde_json::{Value, json};

use crate::exit::Exit;
use crate::keys::{Given, Keys};
use crate::out;

/// What to check it with.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// What opens the keys of the seals.
    #[command(flatten)]
    pub(in crate::cli) keys: Given,
    /// A head that was kept elsewhere, or an exported folder with its heads: shows a record that was cut off.
    #[arg(long, value_name = "FILE")]
    head: Vec<PathBuf>,
}

pub(super) fn run(store: &Store, args: &Args, mut keys: Keys, json: bool) -> Result<Exit> {
    let mut heads = Vec::new();
    for path in &args.head {
        heads.extend(read_heads(path)?);
    }
    let given = heads.len();
    let read: Result<_> = store.read(|view| {
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
        let checking = Checking { roots, heads, progress: Some(&mut progress) };
        Ok((checking.verify(view)?, lines))
    });
    out::progress("");
    let (verified, lines) = read?;
    if json {
        out::line(&told(&verified, lines).to_string());
    } else {
        for line in lines_of(&verified, lines, given) {
            out::line(&line);
        }
    }
    let opens_nothing = !args.keys.key.is_empty() && lines.0 > 0 && lines.1 == 0;
    if let Some(bad) = &verified.bad {
        out::note(&format!("row {}: {}", bad.seq, bad.fault));
        return Ok(Exit::Fault);
    }
    if opens_nothing {
        out::note("the key opens none of this record's seals: only the chain was checked");
        return Ok(Exit::NoKey);
    }
    Ok(if verified.strange.is_empty() { Exit::Done } else { Exit::Fault })
}

/// The heads in a file, or in the files of a folder whose names end in `head.json`.
fn read_heads(path: &Path) -> Result<Vec<SignedHead>> {
    let cannot = || format!("{} cannot be read; name a head file or an exported folder", path.display());
    if !path.is_dir() {
        let text = fs::read_to_string(path).with_context(cannot)?;
        let lines = text.lines().filter(|line| !line.trim().is_empty());
        let parse = |line| {
            let what = || anyhow!("{} holds no head; `log export` writes them", path.display());
            SignedHead::from_json(line).ok_or_else(what)
        };
        return lines.map(parse).collect();
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

fn lines_of(verified: &Verified, (lines, open): (usize, usize), heads: usize) -> Vec<String> {
    let Verified { rows, erased, sealed, bad, strange, .. } = verified;
    let mut said =
        vec![format!("{rows} rows as they were written, {erased} of them emptied by erasing or pruning")];
    said.push(match (lines, open) {
        (0, _) => "chain only: this record has no seals yet; they begin with the first recipient".to_owned(),
        (_, 0) => "chain only: `--key FILE` with the private key checks the seals too".to_owned(),
        (_, _) => {
            let rest = rows.saturating_sub(*sealed);
            format!("{sealed} rows with the seal of their time; {rest} by the chain only")
        }
    });
    if heads > 0 {
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

fn told(verified: &Verified, (lines, open): (usize, usize)) -> Value {
    let Verified { rows, erased, sealed, head, bad, strange } = verified;
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    json!({
        "ok": bad.is_none() && strange.is_empty(),
        "rows": rows,
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
