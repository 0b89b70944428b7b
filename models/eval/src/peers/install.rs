//! Puts the peers into their folder, once for each list of them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::process::Peer;

/// Where the small programs are that ask them.
const SCRIPTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/peers");

/// A detector of injections and jailbreaks for Node.js (ISC); it has no dependencies that are loaded.
const LLM_GUARDRAIL: &str = "llm_guardrail@2.1.2";

/// Where everything is.
#[derive(Debug)]
pub(crate) struct Installed {
    folder: PathBuf,
}

/// Installs what is not there. What cannot be installed is noticed when it is asked.
pub(crate) fn install(tools: &Path) -> Result<Installed> {
    let installed = Installed { folder: tools.join("eval-peers") };
    let folder = &installed.folder;
    fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
    let list = Path::new(SCRIPTS).join("requirements.txt");
    let wanted = fs::read_to_string(&list).with_context(|| list.display().to_string())? + LLM_GUARDRAIL;
    let stamp = folder.join("installed");
    if fs::read_to_string(&stamp).is_ok_and(|there| there == wanted) {
        return Ok(installed);
    }
    if !installed.python().is_file() {
        run(Command::new("python3").args(["-m", "venv"]).arg(folder.join("python")))?;
    }
    let pip = || {
        let mut pip = Command::new(installed.python());
        // The list is whole, so that nothing is chosen anew.
        pip.args(["-m", "pip", "install", "--quiet", "--no-cache-dir", "--no-deps"]);
        pip
    };
    let mut is_whole = run(pip().arg("-r").arg(&list)).is_ok();
    if !is_whole {
        // One that is not to be had takes no other away.
        is_whole = true;
        for name in wanted.lines().filter(|line| line.contains("==")) {
            is_whole &= run(pip().arg(name)).is_ok();
        }
    }
    let mut npm = Command::new("npm");
    npm.args(["install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts", LLM_GUARDRAIL]);
    is_whole &= run(npm.arg("--prefix").arg(folder)).is_ok();
    if is_whole {
        fs::write(&stamp, wanted).with_context(|| stamp.display().to_string())?;
    }
    Ok(installed)
}

fn run(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| format!("{command:?}"))?;
    if !status.success() {
        bail!("{command:?} ended with {status}");
    }
    Ok(())
}

impl Installed {
    fn python(&self) -> PathBuf {
        self.folder.join("python/bin/python")
    }

    /// A peer that one of the Python programs asks.
    pub(crate) fn in_python(&self, who: &'static str, script: &str, name: &str) -> Peer {
        let mut command = Command::new(self.python());
        command.arg(Path::new(SCRIPTS).join(script)).arg(name);
        // Nothing is fetched while it is measured, and no cache is left in the work tree.
        command.envs([
            ("HF_HUB_OFFLINE", "1"),
            ("TRANSFORMERS_OFFLINE", "1"),
            ("PYTHONDONTWRITEBYTECODE", "1"),
        ]);
        Peer { who, command }
    }

    /// The peer for Node.js.
    pub(crate) fn llm_guardrail(&self, who: &'static str, which: &str) -> Peer {
        let mut command = Command::new("node");
        command.arg(Path::new(SCRIPTS).join("llm_guardrail.mjs")).arg(&self.folder).arg(which);
        Peer { who, command }
    }

    /// What one of the Python programs prints.
    pub(crate) fn printed(&self, script: &str, word: &str) -> Result<String> {
        let output = self.in_python("", script, word).command.output().context(script.to_owned())?;
        if !output.status.success() {
            bail!("{script}: {}", String::from_utf8_lossy(&output.stderr).lines().last().unwrap_or_default());
        }
        Ok(String::from_utf8(output.stdout)?)
    }
}
