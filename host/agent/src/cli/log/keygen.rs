//! `log keygen`: a key pair for whoever shall open the record, and a second one for the day the first is lost.
//!
//! INVARIANT: no file is written over another one, and none before every question is answered.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow};
use serde_json::json;
use shared_seal::{Cost, KeyPair, protect};
use zeroize::Zeroizing;

use crate::exit::Exit;
use crate::keys::{self, Passphrases};
use crate::{os, out};

/// Where keys go, and what protects them.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// Where the private key goes.
    #[arg(long, value_name = "FILE", default_value = "promptgate-log.key")]
    out: PathBuf,
    /// Makes a recovery key pair too, to be kept in another place than the first.
    #[arg(long, value_name = "FILE")]
    recovery: Option<PathBuf>,
    /// Leaves the private key readable by whoever has the file, also by the public `matched-data-cli`.
    #[arg(long, conflicts_with = "passphrase_file")]
    no_passphrase: bool,
    /// A file whose first line is the passphrase; else PROMPTGATE_PASSPHRASE, else it is asked for.
    #[arg(long, value_name = "FILE")]
    passphrase_file: Option<PathBuf>,
}

/// A key pair that was made.
struct Made<'a> {
    path: &'a Path,
    pair: KeyPair,
    text: Zeroizing<String>,
}

pub(super) fn run(args: &Args, json: bool) -> Result<Exit> {
    let paths: Vec<(&Path, &str)> = std::iter::once((args.out.as_path(), "the private key"))
        .chain(args.recovery.as_deref().map(|path| (path, "the recovery key")))
        .collect();
    if args.recovery.as_ref() == Some(&args.out) {
        return Err(anyhow!("the recovery key needs a file of its own, best on another medium"));
    }
    for (path, _) in &paths {
        // Also a link that leads nowhere.
        if path.symlink_metadata().is_ok() {
            return Err(taken(path));
        }
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        if let Some(folder) = folder.filter(|folder| !folder.is_dir()) {
            return Err(anyhow!(
                "the folder {} is not there: make it, or name a file elsewhere with --out or --recovery",
                folder.display()
            ));
        }
    }
    let passphrases = Passphrases::new(args.passphrase_file.as_deref(), os::passphrase());
    // All questions first: what is typed while a key is being protected would be echoed.
    let asked = |what: &str| match args.no_passphrase {
        true => Ok(None),
        false => passphrases.fresh(what).map(Some),
    };
    let answered: Vec<(&Path, Option<Zeroizing<String>>)> =
        paths.into_iter().map(|(path, what)| Ok((path, asked(what)?))).collect::<Result<_>>()?;
    let made: Vec<Made<'_>> =
        answered.iter().map(|(path, passphrase)| make(path, passphrase.as_ref())).collect::<Result<_>>()?;
    for one in &made {
        if !keys::write_new(one.path, &one.text)? {
            return Err(taken(one.path));
        }
    }
    if json {
        out::line(&told(&made, !args.no_passphrase).to_string());
    } else {
        lines(&made, args).iter().for_each(|line| {
            out::line(line);
        });
    }
    Ok(Exit::Done)
}

fn taken(path: &Path) -> anyhow::Error {
    anyhow!(
        "{} is there already and stays as it is; name another file with --out or --recovery",
        path.display()
    )
}

fn make<'a>(path: &'a Path, passphrase: Option<&Zeroizing<String>>) -> Result<Made<'a>> {
    let pair = KeyPair::derive(keys::seed()?);
    let text = match passphrase {
        None => Zeroizing::new(format!("{}\n", pair.private.to_base64().as_str())),
        Some(passphrase) => {
            let text = protect(&pair.private, passphrase, Cost::USUAL, keys::seed()?);
            Zeroizing::new(text.context("the key was not made")?)
        }
    };
    Ok(Made { path, pair, text })
}

/// The line for `settings.toml`.
fn setting(made: &[Made<'_>]) -> String {
    let keys: Vec<String> = made.iter().map(|one| format!("\"{}\"", one.pair.public.to_base64())).collect();
    format!("recipients = [{}]", keys.join(", "))
}

fn told(made: &[Made<'_>], protected: bool) -> serde_json::Value {
    let keys: Vec<serde_json::Value> = made
        .iter()
        .map(|one| {
            json!({
                "private_key_file": one.path.display().to_string(),
                "public_key": one.pair.public.to_base64(),
                "key_id": one.pair.public.id().as_str(),
                "protected": protected,
            })
        })
        .collect();
    json!({ "keys": keys, "settings": setting(made) })
}

fn lines(made: &[Made<'_>], args: &Args) -> Vec<String> {
    let how = if args.no_passphrase { "readable by whoever has it" } else { "protected by the passphrase" };
    let mut lines = Vec::new();
    for (one, name) in made.iter().zip(["private key", "recovery key"]) {
        lines.push(format!("{name:<12}  {} ({how})", one.path.display()));
        lines.push(format!("  public key  {}", one.pair.public.to_base64()));
        lines.push(format!("  key id      {}", one.pair.public.id()));
    }
    lines.push(String::new());
    lines.push(
        "Put this line into the settings of every machine; text is sealed to it from then on:".to_owned(),
    );
    lines.push(format!("  {}", setting(made)));
    lines.push(String::new());
    lines.push(
        "Keep the private key off these machines. Old rows open with the keys that were named when they"
            .to_owned(),
    );
    lines.push(
        "were written, so keep a key as long as its rows, also after you have named a new one.".to_owned(),
    );
    if args.recovery.is_none() {
        lines.push("Whoever loses this key or its passphrase loses the text: nobody can make it again. Make a second".to_owned());
        lines.push(
            "pair with --recovery FILE, name both, and keep the second one in a safe place of somebody else."
                .to_owned(),
        );
    } else {
        lines.push(
            "Bring the recovery key and its passphrase to a safe place of somebody else, off this machine."
                .to_owned(),
        );
    }
    lines
}
