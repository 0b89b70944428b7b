//! `policy keygen`: a key that signs bundles and grants.
//!
//! INVARIANT: no file is written over another one. A key of a token never leaves it: the file then only says where it is.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use host_policy::bundle::{PublicKey, SecretKey, Signer as _};
use serde_json::json;
use shared_seal::{Cost, plain_signing, protect_signing};
use zeroize::Zeroizing;

use super::{signing, token};
use crate::exit::Exit;
use crate::keys::{self, Passphrases};
use crate::{os, out};

/// Where the key goes, and what protects it.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// Where the signing key goes.
    #[arg(long, value_name = "FILE", default_value = "promptgate-policy.key")]
    out: PathBuf,
    /// Asks for a passphrase that protects it; so it is without this, unless --no-passphrase says otherwise.
    #[arg(long, conflicts_with = "no_passphrase")]
    passphrase: bool,
    /// Leaves the key usable by whoever has the file.
    #[arg(long, conflicts_with = "passphrase_file")]
    no_passphrase: bool,
    /// A file whose first line is the passphrase, or the token's PIN; else PROMPTGATE_PASSPHRASE, else it is asked for.
    #[arg(long, value_name = "FILE")]
    passphrase_file: Option<PathBuf>,
    /// Makes the key in a PKCS#11 token that this library reaches; the file then says where it is.
    #[arg(long, value_name = "MODULE", requires = "token", conflicts_with_all = ["passphrase", "no_passphrase"])]
    pkcs11: Option<PathBuf>,
    /// The token's label.
    #[arg(long, value_name = "LABEL", requires = "pkcs11")]
    token: Option<String>,
}

pub(super) fn run(args: &Args, json: bool) -> Result<Exit> {
    // Also a link that leads nowhere.
    if args.out.symlink_metadata().is_ok() {
        bail!("{} is there already and stays as it is; name another file with --out", args.out.display());
    }
    let passphrases = Passphrases::new(args.passphrase_file.as_deref(), os::passphrase());
    let (text, public, how) = match (&args.pkcs11, &args.token) {
        (Some(module), Some(label)) => {
            let pin = passphrases.known(&format!("the token `{label}` (its PIN)"))?;
            let (reference, public) = token::make(module, label, &pin)?;
            (
                Zeroizing::new(reference.to_text()),
                public,
                format!("says where the key lies in the token `{label}`"),
            )
        }
        _ => in_file(args, &passphrases)?,
    };
    if !keys::write_new(&args.out, &text)? {
        bail!("{} is there already and stays as it is; name another file with --out", args.out.display());
    }
    let setting = format!("keys = [\"{public}\"]");
    if json {
        let told = json!({
            "key_file": args.out.display().to_string(), "public_key": public, "key_id": public.id(),
            "protected": !args.no_passphrase, "settings": format!("[bundle]\n{setting}"),
        });
        out::line(&told.to_string());
        return Ok(Exit::Done);
    }
    for line in [
        format!("signing key   {} ({how})", args.out.display()),
        format!("  public key  {public}"),
        format!("  key id      {}", public.id()),
        String::new(),
        "Put these lines into the settings of every machine; it takes bundles that this key signed:".to_owned(),
        "  [bundle]".to_owned(),
        format!("  {setting}"),
        "  # and where they come from: address = \"https://…\", or folder = \"/…\"".to_owned(),
        String::new(),
        "Whoever has this key decides what every machine does: keep it off them, and keep a copy in a safe".to_owned(),
        "place. A later key takes over by a bundle that this one signs, with the new key in `keys` of bundle.toml."
            .to_owned(),
    ] {
        out::line(&line);
    }
    Ok(Exit::Done)
}

fn in_file(args: &Args, passphrases: &Passphrases) -> Result<(Zeroizing<String>, PublicKey, String)> {
    // The question first: what is typed while a key is being protected would be echoed.
    let passphrase = match args.no_passphrase {
        true => None,
        false => Some(passphrases.fresh("the signing key")?),
    };
    let secret = signing::random::<32>()?;
    let public = SecretKey::from_seed(*secret)?.key().clone();
    let name = public.to_string();
    let Some(passphrase) = passphrase else {
        return Ok((plain_signing(&name, &secret), public, "usable by whoever has it".to_owned()));
    };
    let text = protect_signing(&name, &secret, &passphrase, Cost::USUAL, keys::seed()?);
    let text = Zeroizing::new(text.context("the key was not made")?);
    Ok((text, public, "protected by the passphrase".to_owned()))
}
