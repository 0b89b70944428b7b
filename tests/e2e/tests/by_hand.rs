//! Hand work: what changes in a work tree is built and loaded anew, and nothing is left when it ends.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use tests_e2e::{Watch, in_both};
use tests_harness::{Browser, PATIENCE};

in_both! {
    a_change_is_loaded_and_ctrl_c_leaves_nothing;
}

/// The program, and the lines that it writes.
struct Hand {
    child: Child,
    lines: Receiver<String>,
}

impl Hand {
    /// Over a tree of the test's own, in which `cargo` builds what is written there.
    fn start(browser: Browser, tree: &Path, built: &Path, cargo: &Path) -> Result<Hand> {
        let mut command = Command::new(env!("CARGO_BIN_EXE_hand"));
        command.args(["--browser", browser.id(), "--sites", "stand-ins", "--tree"]).arg(tree);
        command.env("CARGO", cargo).env("PROMPTGATE_EXTENSION", built);
        command.env_remove("DISPLAY").env_remove("WAYLAND_DISPLAY");
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn()?;
        let output = child.stdout.take().context("no output")?;
        let (tell, lines) = channel();
        std::thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                let _gone = tell.send(line);
            }
        });
        Ok(Hand { child, lines })
    }

    /// The first line that has these words.
    fn says(&self, words: &str) -> Result<String> {
        loop {
            let line = self.lines.recv_timeout(PATIENCE).with_context(|| format!("never says `{words}`"))?;
            if line.contains(words) {
                return Ok(line);
            }
        }
    }
}

impl Drop for Hand {
    fn drop(&mut self) {
        let _ended = self.child.kill();
        let _ended = self.child.wait();
    }
}

/// What an extension of another version would do besides: it says its own.
const OTHER: &str = "globalThis.other = (globalThis.browser ?? chrome).runtime.connectNative('io.promptgate.host');
globalThis.other.postMessage({kind: 'hello', protocol: {min: 1, max: 1}, extension: '9.9.9', browser: 'chromium'});
";

/// What the heartbeats of this home say.
fn beats(home: &Path) -> Result<String> {
    let mut command = Command::new(tests_harness::host()?);
    command.env("HOME", home).env("XDG_DATA_HOME", home.join(".local/share"));
    let output = command.args(["log", "list", "--kind", "heartbeat", "--json"]).output()?;
    Ok(String::from_utf8(output.stdout)?)
}

fn until(what: &str, mut holds: impl FnMut() -> Result<bool>) -> Result<()> {
    let end = Instant::now() + PATIENCE;
    while !holds()? {
        ensure!(Instant::now() < end, "never: {what}");
        std::thread::sleep(Duration::from_millis(50));
    }
    Ok(())
}

/// Whether a process still has this home in its command line.
fn is_used(home: &Path) -> bool {
    let home = home.display().to_string();
    let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
    let mut lines = processes.filter_map(|process| fs::read(process.path().join("cmdline")).ok());
    lines.any(|line| String::from_utf8_lossy(&line).contains(&home))
}

async fn a_change_is_loaded_and_ctrl_c_leaves_nothing(browser: Browser) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let (tree, built) = (folder.path().join("tree"), folder.path().join("built"));
    fs::create_dir_all(tree.join("extension"))?;
    fs::create_dir_all(&built)?;
    let places = [tests_harness::extension(browser)?, built.join(browser.id())];
    ensure!(Command::new("cp").arg("-r").args(places).status()?.success());
    let cargo = folder.path().join("cargo");
    let worker = built.join(browser.id()).join("page/worker.js");
    let script = format!(
        "#!/bin/sh\ntest ! -e extension/broken && echo \"$@\" >>told && cat other.js >>{}\n",
        worker.display()
    );
    fs::write(&cargo, script)?;
    fs::write(tree.join("other.js"), OTHER)?;
    fs::set_permissions(&cargo, fs::Permissions::from_mode(0o755))?;

    let mut hand = Hand::start(browser, &tree, &built, &cargo)?;
    let ready = hand.says("is ready")?;
    let home = PathBuf::from(ready.rsplit(' ').next().context("no home")?);
    until("the extension is connected", || Ok(beats(&home)?.contains("\"connected\"")))?;
    ensure!(!beats(&home)?.contains("9.9.9"));

    fs::write(tree.join("extension/broken"), "")?;
    hand.says("it does not build")?;
    fs::remove_file(tree.join("extension/broken"))?;
    hand.says("loaded anew")?;
    until("what was built runs", || Ok(beats(&home)?.contains("9.9.9")))?;
    ensure!(fs::read_to_string(tree.join("told"))? == "xtask build --extension\n");

    let status = Command::new("kill").args(["-INT", &hand.child.id().to_string()]).status()?;
    ensure!(status.success());
    hand.says("nothing is left")?;
    ensure!(hand.child.wait()?.success());
    ensure!(!home.exists(), "{} is left", home.display());
    ensure!(!is_used(&home), "a process is left");
    Ok(())
}

#[test]
fn what_came_went_or_changed_is_seen_once() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let (root, gone) = (folder.path().join("host"), folder.path().join("host/gone.rs"));
    for place in ["host/src", "host/cases"] {
        fs::create_dir_all(folder.path().join(place))?;
    }
    fs::write(&gone, "1")?;
    fs::write(root.join("src/lib.rs"), "1")?;
    let mut watch = Watch::over([root.clone(), folder.path().join("absent")]);
    assert!(watch.changed().is_empty());
    fs::remove_file(&gone)?;
    fs::write(root.join("src/lib.rs"), "12")?;
    fs::write(root.join("src/new.rs"), "1")?;
    for unseen in ["cases/case.txt", "src/.lib.rs.swp", "src/lib.rs~"] {
        fs::write(root.join(unseen), "1")?;
    }
    let mut changed = watch.changed();
    changed.sort();
    assert_eq!(changed, [gone, root.join("src/lib.rs"), root.join("src/new.rs")]);
    assert!(watch.changed().is_empty());
    Ok(())
}
