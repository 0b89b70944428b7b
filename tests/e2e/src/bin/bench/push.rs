//! From an admin's `policy push` to the first verdict by what was pushed: the real program on both sides, a server of its
//! own that lets machines wait, or a folder that they watch. Building and signing are not in it; the push itself is.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use tempfile::TempDir;

use crate::host::{Host, program, settings};
use crate::report::{Figure, Limit, Sample};
use crate::stats::Quantile;
use crate::tell;

/// A push that did not act by then never will.
const PATIENCE: Duration = Duration::from_secs(20);

/// What each version says otherwise, in the pack's policy about [`ASKED`].
const SAID: &str = "Ask HR, or";

/// Only HR may ask for this.
const ASKED: &str = "Find out the home address and phone number of my colleague Jane Doe.";

/// How bundles get to the machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Road {
    /// A server that answers when there is something new.
    LongPoll,
    /// A folder that is watched.
    Folder,
}

/// Both roads.
pub fn measure(n: usize) -> Result<Vec<Figure>> {
    [Road::LongPoll, Road::Folder].into_iter().map(|road| measured(road, n)).collect()
}

fn measured(road: Road, n: usize) -> Result<Figure> {
    let (name, what) = match road {
        Road::LongPoll => ("push-long-poll", "push to the first verdict by it, long poll"),
        Road::Folder => ("push-folder", "push to the first verdict by it, watched folder"),
    };
    let mut figure = Figure {
        name: name.to_owned(),
        place: "host alone",
        what: what.to_owned(),
        unit: "ms",
        limits: vec![Limit::Most(Quantile::P99, 2_000.0)],
        ..Figure::default()
    };
    let home = tempfile::tempdir()?;
    let shelf = home.path().join("shelf");
    fs::create_dir(&shelf)?;
    let admin = Admin::start(&home)?;
    admin.build(1)?;
    admin.push(1)?;
    let server = if road == Road::LongPoll { Some(Server::start(&home)?) } else { None };
    let place = match &server {
        // Longer than the run: only a push can be what brings the next one.
        Some(server) => format!("address = \"{}/bundle.tar.gz\"\npoll_s = 86400", server.address),
        None => format!("folder = {shelf:?}"),
    };
    settings(&home, &format!("[bundle]\nkeys = [{:?}]\n{place}\n", admin.key))?;
    let mut host = Host::start(&home)?;
    let mut asked = 0;
    let mut acts = |version: usize| -> Result<()> {
        let (since, words) = (Instant::now(), said(version));
        loop {
            asked += 1;
            if host.judge(asked, ASKED)?.to_string().contains(&words) {
                return Ok(());
            }
            ensure!(since.elapsed() < PATIENCE, "version {version} does not act ({road:?})");
        }
    };
    acts(1)?;
    let run = Instant::now();
    for version in 2..n + 2 {
        tell(&format!("{what}: {} of {n}", version - 1));
        admin.build(version)?;
        let pushed = Instant::now();
        admin.push(version)?;
        acts(version)?;
        let ms = pushed.elapsed().as_secs_f64() * 1000.0;
        figure.with.push(Sample { ms, block: 0, at: run.elapsed(), reached_ms: None, host_ms: None });
    }
    host.close()?;
    Ok(figure)
}

/// What a version's message has in it.
fn said(version: usize) -> String {
    format!("Ask HR (version {version}), or")
}

/// Who writes, signs and pushes.
struct Admin<'a> {
    home: &'a TempDir,
    policy: String,
    key: String,
}

impl<'a> Admin<'a> {
    fn start(home: &'a TempDir) -> Result<Self> {
        run(home, &["policy", "init", "acme", "--pack", "starter"])?;
        let key = run(home, &["policy", "keygen", "--no-passphrase", "--json"])?;
        let key = key["public_key"].as_str().context("no public key")?.to_owned();
        let policy = fs::read_to_string(home.path().join(POLICY))?;
        ensure!(policy.contains(SAID), "the pack does not say it any more");
        Ok(Self { home, policy, key })
    }

    fn build(&self, version: usize) -> Result<()> {
        fs::write(self.home.path().join(POLICY), self.policy.replace(SAID, &said(version)))?;
        let version = version.to_string();
        let key = ["--key", "promptgate-policy.key", "-o", "bundle.tar.gz", "--json"];
        let args = [&["policy", "build", "acme", "--version", &version][..], &key].concat();
        run(self.home, &args).map(drop)
    }

    fn push(&self, version: usize) -> Result<()> {
        run(self.home, &["policy", "push", "bundle.tar.gz", "shelf", "--json"])
            .with_context(|| format!("version {version}"))
            .map(drop)
    }
}

/// The policy that each version says otherwise.
const POLICY: &str = "acme/policy/people.cedar";

/// What a command of the admin prints.
fn run(home: &TempDir, args: &[&str]) -> Result<Value> {
    let output = program(home)?.args(args).stdin(Stdio::null()).output()?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "`promptgate {}` failed: {said}", args.join(" "));
    Ok(serde_json::from_slice(&output.stdout).unwrap_or_default())
}

/// `policy serve`, until it is dropped.
struct Server {
    child: Child,
    address: String,
}

impl Server {
    fn start(home: &TempDir) -> Result<Self> {
        let mut command = program(home)?;
        command.args(["policy", "serve"]).arg(Path::new("shelf")).args(["--listen", "127.0.0.1:0", "--json"]);
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
        let mut line = String::new();
        BufReader::new(child.stdout.take().context("no stdout")?).read_line(&mut line)?;
        let told: Value = serde_json::from_str(&line).context("it does not serve")?;
        let address = told["address"].as_str().context("no address")?;
        let port = address.rsplit(':').next().context("no port")?;
        Ok(Self { child, address: format!("http://127.0.0.1:{port}") })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ended = self.child.kill();
        let _ended = self.child.wait();
    }
}
