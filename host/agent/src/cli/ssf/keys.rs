//! Keys: made, printed for hosting, taken over.
//!
//! A key takes over in steps, so that receivers know it before it signs: `rotate` makes the next one; once both are hosted,
//! `rotate` lets it sign; once nothing waits that the old one signed, `rotate` forgets it.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use host_journal::{Audit, Change, SiteWord};
use host_risk::set::key;
use serde_json::json;

use super::hosted;
use crate::exit::Exit;
use crate::live::{self, Active};
use crate::os::Env;
use crate::out;
use crate::record::Recorder;
use crate::settings::SsfSettings;
use crate::ssf::keys;

/// Where the key goes.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Keygen {
    /// The file; without it `key_file` of the settings.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// Which step.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Rotate {
    /// Goes on although the hosted keys could not be compared, or are not complete.
    #[arg(long)]
    force: bool,
}

pub(super) fn keygen(args: &Keygen, ssf: Option<&SsfSettings>, json: bool) -> Result<Exit> {
    let path = args.out.clone().or_else(|| ssf.map(|ssf| ssf.key_file.clone()));
    let path =
        path.context("say where the key goes with --out, or add `key_file` to [ssf] in the settings")?;
    let made = keys::make(&path)?;
    if json {
        out::line(
            &json!({"key_file": path.display().to_string(), "kid": made.kid(), "jwk": made.jwk()})
                .to_string(),
        );
        return Ok(Exit::Done);
    }
    for line in [
        format!("signing key  {} (RSA, 2048 bits, readable for this account only)", path.display()),
        format!("  kid        {}", made.kid()),
        String::new(),
        "Next: host what `promptgate ssf jwks` prints at `jwks_uri`, as application/json over HTTPS, then"
            .to_owned(),
        "`promptgate ssf register`. Whoever has this file can tell receivers any level of this person."
            .to_owned(),
    ] {
        out::line(&line);
    }
    Ok(Exit::Done)
}

pub(super) fn jwks(ssf: &SsfSettings, json: bool) -> Result<Exit> {
    let keys = key::jwks(&keys::hosted(&ssf.key_file)?);
    out::line(&if json { keys.to_string() } else { serde_json::to_string_pretty(&keys)? });
    Ok(Exit::Done)
}

pub(super) fn well_known(ssf: &SsfSettings, json: bool) -> Result<Exit> {
    let told = key::well_known(&ssf.issuer, &ssf.jwks_uri);
    out::line(&if json { told.to_string() } else { serde_json::to_string_pretty(&told)? });
    if !json {
        out::note(&format!("host it at {} as application/json", key::well_known_address(&ssf.issuer)));
    }
    Ok(Exit::Done)
}

/// What there is to do once the next key signs.
const STAYS: &str = "The old key stays hosted until `promptgate ssf rotate` forgets it: when `promptgate ssf outbox` \
                     shows nothing that waits.";

pub(super) fn rotate(args: &Rotate, ssf: &SsfSettings, env: &Env, json: bool) -> Result<Exit> {
    let file = &ssf.key_file;
    let (next, old) = (keys::next(file), keys::old(file));
    let tell = |step: &str, kid: &str, then: &str| {
        if json {
            out::line(&json!({"step": step, "kid": kid}).to_string());
        } else {
            out::line(&format!("{step}: {kid}"));
            out::line(then);
        }
        Ok(Exit::Done)
    };
    let is_there = |path: &Path| path.symlink_metadata().is_ok();
    if !is_there(file) && is_there(&next) && is_there(&old) {
        // Ended between the two renames below, the row is written.
        let coming = keys::signing(&next)?;
        take_over(&next, file)?;
        return tell("signs", &coming.kid(), STAYS);
    }
    let current = keys::signing(file)?;
    if is_there(&old) {
        let gone = keys::signing(&old)?.kid();
        fs::remove_file(&old).with_context(|| format!("{} cannot be removed", old.display()))?;
        return tell("forgotten", &gone, "Host what `promptgate ssf jwks` prints now: without the old key.");
    }
    if !is_there(&next) {
        let made = keys::make(&next)?;
        return tell(
            "made",
            &made.kid(),
            "Host what `promptgate ssf jwks` prints now, with both keys; wait until receivers have looked again (a day \
             is enough for Okta), then `promptgate ssf rotate`.",
        );
    }
    let coming = keys::signing(&next)?;
    let hosted = hosted::compare(&ssf.jwks_uri, ssf, std::slice::from_ref(&coming));
    let faults = hosted.map_or_else(|fault| vec![format!("{fault:#}")], |compared| compared.faults);
    if !faults.is_empty() && !args.force {
        bail!(
            "the next key {} is not hosted yet ({}): host what `promptgate ssf jwks` prints, or add --force",
            coming.kid(),
            faults.join("; ")
        );
    }
    // The row first: it is append-only, and a key that signs without a row would be worse than a row too many.
    if let Some(data) = env.data() {
        let active = Active::load(env);
        let recorder = Recorder::new(Some(data), live::person(env), Box::new(move || active.holders()));
        let mut audit = Audit::new(Change::KeyRotated, recorder.by());
        audit.name = Some(SiteWord::from("ssf"));
        audit.keys = vec![SiteWord::from(coming.kid().as_str())];
        audit.old_keys = vec![SiteWord::from(current.kid().as_str())];
        recorder.audit(None, audit)?;
    }
    fs::rename(file, &old).with_context(|| format!("{} cannot be put aside", file.display()))?;
    take_over(&next, file)?;
    tell("signs", &coming.kid(), STAYS)
}

fn take_over(next: &Path, file: &Path) -> Result<()> {
    fs::rename(next, file).with_context(|| {
        format!("{} cannot take the place of {}: rename it by hand", next.display(), file.display())
    })
}
