//! A home folder of its own, and the command line in it.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// The program under test.
pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_promptgate");

/// The fail setting of tests that are not about time.
pub(crate) const PATIENT: &str = "deadline_ms = 120000";

pub(crate) struct Home {
    folder: TempDir,
    /// What the program sees as `/etc`.
    etc: Option<PathBuf>,
}

impl Home {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), etc: None }
    }

    /// On a machine that an administrator set up with this `/etc/promptgate/settings.toml`: the program runs with a copy of
    /// `/etc` in which it stands, and this machine's own stays as it is. `None` where the system lets nobody do that.
    pub(crate) fn managed(settings: &str) -> Option<Self> {
        let mut home = Self::new();
        let etc = home.path().join("etc");
        // What only root may read stays behind.
        let _most = Command::new("cp").arg("-a").arg("/etc").arg(&etc).stderr(Stdio::null()).status();
        fs::create_dir_all(etc.join("promptgate")).unwrap();
        fs::write(etc.join("promptgate/settings.toml"), settings).unwrap();
        home.etc = Some(etc);
        let tried = home.command().arg("--version").output();
        if tried.is_ok_and(|tried| tried.status.success()) {
            return Some(home);
        }
        eprintln!("SKIPPED: this system lets no process have a view of `/etc` of its own");
        None
    }

    /// With the built-in policy enforced.
    pub(crate) fn enforcing() -> Self {
        Self::with("builtin-enforce", "")
    }

    /// With this policy and these fail settings. Time is no fault here: a test machine may be busy.
    pub(crate) fn with(policy: &str, fail: &str) -> Self {
        let home = Self::new();
        home.settings(&format!("policy = \"{policy}\"\n[fail]\n{PATIENT}\n{fail}\n"));
        home
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.path().join(".local/share/promptgate")
    }

    /// Writes the person's settings file.
    pub(crate) fn settings(&self, text: &str) {
        let folder = self.path().join(".config/promptgate");
        fs::create_dir_all(&folder).unwrap();
        let new = folder.join("settings.new");
        fs::write(&new, text).unwrap();
        fs::rename(new, folder.join("settings.toml")).unwrap();
    }

    /// The program with this home and nothing else of the environment.
    pub(crate) fn command(&self) -> Command {
        let mut command = match &self.etc {
            None => Command::new(PROGRAM),
            Some(etc) => seeing(etc),
        };
        // The variable is not believed: rows carry the account's name.
        command.env_clear().env("HOME", self.path()).env("USER", "jane").env("TZ", "UTC");
        command
    }

    /// Runs the command line.
    pub(crate) fn run(&self, args: &[&str]) -> Output {
        self.run_with(args, "")
    }

    /// Runs the command line with something to read.
    pub(crate) fn run_with(&self, args: &[&str], input: &str) -> Output {
        let mut command = self.command();
        command.args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        let input = input.to_owned();
        let writer = std::thread::spawn(move || stdin.write_all(input.as_bytes()));
        let output = child.wait_with_output().unwrap();
        // A program that does not read its input closes the pipe.
        let _closed = writer.join().unwrap();
        output
    }

    /// The lines of JSON that a command writes; it must end well.
    pub(crate) fn lines(&self, args: &[&str]) -> Vec<Value> {
        let output = self.run(args);
        assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
        json_lines(&output)
    }

    /// The rows of one event, oldest first, as `kind` and row.
    pub(crate) fn rows(&self, event: &str) -> Vec<Value> {
        self.lines(&["log", "show", event, "--json"])
    }

    /// What people and the host did, the newest first; not what was noticed of the device and of who is at it.
    pub(crate) fn audits(&self) -> Vec<Value> {
        let mut rows = self.lines(&["log", "list", "--kind", "audit", "--limit", "1000", "--json"]);
        rows.retain(|row| row["what"] != "device-seen");
        rows
    }

    /// The kinds of an event's rows.
    pub(crate) fn kinds(&self, event: &str) -> Vec<String> {
        self.rows(event).iter().map(|row| row["kind"].as_str().unwrap().to_owned()).collect()
    }

    /// Every byte of every file in the data folder.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let mut all = Vec::new();
        for entry in fs::read_dir(self.data()).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() {
                all.extend(fs::read(path).unwrap());
            }
        }
        all
    }
}

/// The program, with this folder as `/etc`. It keeps the number of the process that is started.
fn seeing(etc: &Path) -> Command {
    let mut command = Command::new("/usr/bin/unshare");
    // Who is not root is so in a namespace of their own.
    command.arg(if account() == "root" { "-m" } else { "-Urm" });
    command.args(["/bin/sh", "-c", "/bin/mount --bind \"$0\" /etc && exec \"$@\""]).arg(etc).arg(PROGRAM);
    command
}

/// A program's output, a JSON value a line.
pub(crate) fn json_lines(output: &Output) -> Vec<Value> {
    let text = std::str::from_utf8(&output.stdout).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Whether `needle` stands somewhere in `bytes`.
pub(crate) fn holds(bytes: &[u8], needle: &str) -> bool {
    bytes.windows(needle.len()).any(|window| window == needle.as_bytes())
}

/// The name of the account that the tests run as.
pub(crate) fn account() -> String {
    let output = std::process::Command::new("id").arg("-un").output().unwrap();
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}
