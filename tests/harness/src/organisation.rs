//! An organisation with guardrails of its own: what an admin has on a machine of theirs, and the server that hands it out.
//!
//! Everything is done by the program's own commands.

use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tempfile::TempDir;

/// How long what is published holds.
const EXPIRES_DAYS: u64 = 30;

/// A folder of guardrails, a key that signs it, and a server; all ended and gone when dropped.
pub struct Organisation {
    folder: TempDir,
    host: PathBuf,
    server: Child,
    address: String,
    public_key: String,
}

impl Organisation {
    /// Makes a key and an empty folder of guardrails, and serves what will be published.
    pub fn found(host: &Path) -> Result<Organisation> {
        let folder = tempfile::Builder::new().prefix("promptgate-organisation-").tempdir()?;
        for name in ["guardrails/policy", "shelf"] {
            fs::create_dir_all(folder.path().join(name))?;
        }
        let key = folder.path().join("signing.key");
        let told = run(
            host,
            folder.path(),
            &["policy", "keygen", "--no-passphrase", "--json", "--out", word(&key)?],
        )?;
        let told: Value = serde_json::from_str(&told)?;
        let public_key = told["public_key"].as_str().context("no public key")?.to_owned();
        let mut server = command(host, folder.path())
            .args(["policy", "serve", "--json", "--listen", "127.0.0.1:0", "--trust", &public_key])
            .arg(folder.path().join("shelf"))
            .stdout(Stdio::piped())
            .spawn()?;
        let mut line = String::new();
        BufReader::new(server.stdout.take().context("no stdout")?).read_line(&mut line)?;
        let told: Value = serde_json::from_str(&line).context("`policy serve` names no address")?;
        let address = told["address"].as_str().context("no address")?.to_owned();
        let organisation = Organisation { folder, host: host.to_owned(), server, address, public_key };
        organisation.write("bundle.toml", &format!("name = \"acme\"\nexpires_days = {EXPIRES_DAYS}\n"))?;
        Ok(organisation)
    }

    /// Writes a file of the guardrails.
    pub fn write(&self, path: &str, text: &str) -> Result<()> {
        let file = self.guardrails().join(path);
        if let Some(folder) = file.parent() {
            fs::create_dir_all(folder)?;
        }
        Ok(fs::write(file, text)?)
    }

    /// Signs the guardrails as they are now and puts them where machines fetch them. The next one that asks has them.
    pub fn publish(&self, version: u64) -> Result<()> {
        self.build(version, &[])
    }

    /// The same, with a date past which they are so soon from now.
    pub fn publish_until(&self, version: u64, left: Duration) -> Result<()> {
        let age = (EXPIRES_DAYS * 86_400).saturating_sub(left.as_secs());
        self.build(version, &["--issued", &format!("{age}s")])
    }

    fn build(&self, version: u64, more: &[&str]) -> Result<()> {
        let archive = self.folder.path().join("bundle.tar.gz");
        let (version, shelf) = (version.to_string(), self.folder.path().join("shelf/acme.tar.gz"));
        let guardrails = self.guardrails();
        let (guardrails, to, key) = (word(&guardrails)?, word(&archive)?, self.key());
        let args = ["policy", "build", guardrails, "--version", &version, "-o", to, "--key", word(&key)?];
        self.run(&[&args, more].concat())?;
        Ok(fs::rename(archive, shelf)?)
    }

    /// A one-time code for a person: what it is for as on the command line, such as `--topic content.pii`.
    pub fn grant(&self, person: &str, what: [&str; 2]) -> Result<String> {
        let key = self.key();
        let args = ["policy", "grant", "--key", word(&key)?, "--person", person, what[0], what[1], "--json"];
        let told: Value = serde_json::from_str(&self.run(&args)?)?;
        Ok(told["code"].as_str().context("no code")?.to_owned())
    }

    /// The lines for a machine's settings.
    pub fn settings(&self) -> String {
        let Self { address, public_key, .. } = self;
        format!("[bundle]\naddress = \"{address}/acme.tar.gz\"\nkeys = [\"{public_key}\"]\n")
    }

    /// Runs a command on the admin's machine; its output.
    pub fn run(&self, args: &[&str]) -> Result<String> {
        run(&self.host, self.folder.path(), args)
    }

    fn guardrails(&self) -> PathBuf {
        self.folder.path().join("guardrails")
    }

    fn key(&self) -> PathBuf {
        self.folder.path().join("signing.key")
    }
}

impl Drop for Organisation {
    fn drop(&mut self) {
        let _gone = self.server.kill();
        let _waited = self.server.wait();
    }
}

/// The program with a home of its own.
fn command(host: &Path, home: &Path) -> Command {
    let mut command = Command::new(host);
    command.env("HOME", home).env_remove("XDG_CONFIG_HOME").env_remove("XDG_DATA_HOME").stdin(Stdio::null());
    command
}

fn run(host: &Path, home: &Path, args: &[&str]) -> Result<String> {
    let output = command(host, home).args(args).output();
    let output = output.with_context(|| format!("cannot run {}", host.display()))?;
    let told = String::from_utf8(output.stdout)?;
    if !output.status.success() {
        bail!("promptgate {} says {told}{}", args.join(" "), String::from_utf8_lossy(&output.stderr));
    }
    Ok(told)
}

fn word(path: &Path) -> Result<&str> {
    path.to_str().context("a path that is no text")
}
