//! A WebDriver process and all that came of it: started in a group of its own, gone when dropped.

use super::Home;
use super::home::MARK;
use anyhow::{Context, Result, anyhow, bail};
use std::collections::VecDeque;
use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// How long a driver may take until it listens.
const START: Duration = Duration::from_secs(30);

/// What browsers complain about on a machine without a desktop; it would hide what matters.
const NOISE: [&str; 9] = [
    "dbus/",
    "/dbus",
    "D-Bus",
    "vaapi",
    "GFX1-",
    "nimbus",
    "BackupService",
    "Remote Settings",
    "RemoteSettings",
];

/// How long killed processes may take until they are gone.
const KILL: Duration = Duration::from_secs(5);

/// How often is looked whether they are.
const GLANCE: Duration = Duration::from_millis(5);

/// How many lines of its output are kept.
const KEPT: usize = 400;

/// A running driver.
pub(crate) struct Process {
    child: Child,
    home: PathBuf,
    lines: Lines,
    pub(crate) port: u16,
}

type Lines = Arc<Mutex<VecDeque<String>>>;

impl Process {
    /// Starts `command` in `home` and reads its port from the first line in which `port` finds one.
    pub(crate) fn start(mut command: Command, home: &Home, port: fn(&str) -> Option<u16>) -> Result<Process> {
        home.enter(&mut command);
        command.process_group(0).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let name = command.get_program().display().to_string();
        let mut child = command.spawn().with_context(|| format!("cannot start {name}"))?;
        let lines = Lines::default();
        let (sender, receiver) = channel();
        keep_lines(child.stdout.take(), &lines, sender.clone(), port);
        keep_lines(child.stderr.take(), &lines, sender, port);
        let mut process = Process { child, home: home.path().to_owned(), lines, port: 0 };
        process.port = receiver
            .recv_timeout(START)
            .map_err(|_| anyhow!("{name} does not listen; it said:\n{}", process.output()))?;
        Ok(process)
    }

    /// The last lines of its output and its browser's.
    pub(crate) fn output(&self) -> String {
        let lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        lines.iter().map(|line| format!("{line}\n")).collect()
    }

    /// Sends a signal to all that was started from here but the driver; to how many.
    pub(crate) fn signal_all(&self, signal: &str) -> usize {
        let processes = marked(&self.home).into_iter().filter(|process| *process != self.child.id());
        let sent = processes.map(|process| {
            let _status = Command::new("kill").args([&format!("-{signal}"), &process.to_string()]).status();
        });
        sent.count()
    }

    /// The driver and all that came of it, by the tree of processes: a process may write over its environment.
    pub(crate) fn tree(&self) -> Vec<u32> {
        let parents = parents();
        let mut tree = vec![self.child.id()];
        let mut next = 0;
        while let Some(parent) = tree.get(next).copied() {
            tree.extend(parents.iter().filter(|(_, of)| *of == parent).map(|(process, _)| *process));
            next += 1;
        }
        tree
    }

    /// Waits until nothing but the driver itself is left of what was started.
    pub(crate) async fn settled(&self, deadline: Duration) -> Result<()> {
        let end = Instant::now() + deadline;
        let mut poll = tokio::time::interval(GLANCE);
        while marked(&self.home).iter().any(|process| *process != self.child.id()) {
            if Instant::now() > end {
                bail!("processes of the browser are left after {deadline:?}");
            }
            poll.tick().await;
        }
        Ok(())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // The group first; then what made a group of its own, found by the mark in its environment.
        kill(&format!("-{}", self.child.id()));
        let _status = self.child.wait();
        let end = Instant::now() + KILL;
        loop {
            let left = marked(&self.home);
            if left.is_empty() || Instant::now() > end {
                return;
            }
            left.iter().for_each(|process| kill(&process.to_string()));
            thread::sleep(GLANCE);
        }
    }
}

fn kill(process: &str) {
    let _status = Command::new("kill").args(["-KILL", "--", process]).stderr(Stdio::null()).status();
}

/// Sends a signal to the processes of this home whose name is `name`; how many there were.
pub(crate) fn signal(home: &Path, name: &str, signal: &str) -> usize {
    let named = |process: &u32| {
        fs::read_to_string(format!("/proc/{process}/comm")).is_ok_and(|comm| comm.trim_end() == name)
    };
    let processes: Vec<u32> = marked(home).into_iter().filter(named).collect();
    for process in &processes {
        let _status = Command::new("kill").args([&format!("-{signal}"), &process.to_string()]).status();
    }
    processes.len()
}

/// The processes that were started from this home and still run.
fn marked(home: &Path) -> Vec<u32> {
    let mark = format!("{MARK}={}", home.display()).into_bytes();
    let Ok(processes) = fs::read_dir("/proc") else { return Vec::new() };
    let id = |entry: fs::DirEntry| entry.file_name().to_str()?.parse::<u32>().ok();
    let has_mark = |id: &u32| {
        fs::read(format!("/proc/{id}/environ")).is_ok_and(|all| all.split(|b| *b == 0).any(|one| one == mark))
    };
    processes.flatten().filter_map(id).filter(has_mark).collect()
}

/// Every process with its parent.
fn parents() -> Vec<(u32, u32)> {
    let Ok(processes) = fs::read_dir("/proc") else { return Vec::new() };
    let parent = |entry: fs::DirEntry| {
        let process: u32 = entry.file_name().to_str()?.parse().ok()?;
        let stat = fs::read_to_string(entry.path().join("stat")).ok()?;
        // Its name, in parentheses, may hold anything.
        let parent = stat.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse().ok()?;
        Some((process, parent))
    };
    processes.flatten().filter_map(parent).collect()
}

fn keep_lines(
    from: Option<impl Read + Send + 'static>,
    to: &Lines,
    found: Sender<u16>,
    port: fn(&str) -> Option<u16>,
) {
    let to = Arc::clone(to);
    let Some(from) = from else { return };
    thread::spawn(move || {
        for line in BufReader::new(from).split(b'\n').map_while(Result::ok) {
            let line = String::from_utf8_lossy(&line).into_owned();
            if let Some(port) = port(&line) {
                let _gone = found.send(port);
            }
            if NOISE.iter().any(|noise| line.contains(noise)) {
                continue;
            }
            let mut lines = to.lock().unwrap_or_else(PoisonError::into_inner);
            if lines.len() == KEPT {
                lines.pop_front();
            }
            lines.push_back(line);
        }
    });
}
