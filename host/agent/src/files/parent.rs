//! Has a file read by a process of its own.
//!
//! INVARIANT: whatever that process does, there is an answer by the deadline, its output is bounded, and it is gone
//! afterwards.

use std::env;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use shared_protocol::{Text, UnreadFile};
use zeroize::Zeroizing;

use super::child::{self, COMMAND};
use super::out::TEXT_BYTES;
use super::recognise;
use super::said::{self, Piece, Places, Said};
use crate::settings::PicturesSettings;

/// Files that are read at once.
const AT_ONCE: usize = 2;

/// What was read of a file.
#[derive(Debug, Default)]
pub(crate) struct Contents {
    /// What it is; empty when that is not known.
    pub(crate) kind: String,
    /// Its texts.
    pub(crate) pieces: Vec<Piece>,
    /// Why some of it, or all, was not read.
    pub(crate) unread: Vec<UnreadFile>,
}

/// Reads files, a bounded number at once.
#[derive(Clone)]
pub(crate) struct Readers {
    program: Option<PathBuf>,
    busy: Arc<(Mutex<usize>, Condvar)>,
}

impl Readers {
    /// With this very program.
    pub(crate) fn new() -> Self {
        // What runs is meant, also when it was replaced meanwhile.
        let itself = PathBuf::from("/proc/self/exe");
        let program = if cfg!(target_os = "linux") { Some(itself) } else { env::current_exe().ok() };
        Self { program, busy: Arc::default() }
    }

    /// Reads a file, and text in pictures where the settings say by what; gives up at `until`.
    pub(crate) fn read(
        &self,
        bytes: Arc<Zeroizing<Vec<u8>>>,
        pictures: Option<&PicturesSettings>,
        until: Instant,
    ) -> Contents {
        let failed = |why| Contents { unread: vec![why], ..Contents::default() };
        let Some(program) = &self.program else { return failed(UnreadFile::Other) };
        let (busy, changed) = &*self.busy;
        let mut count = busy.lock().unwrap_or_else(PoisonError::into_inner);
        while *count >= AT_ONCE {
            let Some(left) = until.checked_duration_since(Instant::now()) else {
                return failed(UnreadFile::Exhausted);
            };
            count = changed.wait_timeout(count, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        *count += 1;
        drop(count);
        let mut command = Command::new(program);
        command.arg(COMMAND).args(pictures.map(|_| child::PICTURES)).env_clear();
        let recognise = |map| {
            let settings = pictures.ok_or(UnreadFile::Picture)?;
            recognise::text(program, settings, map, until)
        };
        let contents = run(command, bytes, &recognise, until);
        *busy.lock().unwrap_or_else(PoisonError::into_inner) -= 1;
        changed.notify_one();
        contents
    }
}

/// Runs a reading process.
fn run(
    mut command: Command,
    bytes: Arc<Zeroizing<Vec<u8>>>,
    recognise: &dyn Fn(Zeroizing<Vec<u8>>) -> Result<String, UnreadFile>,
    until: Instant,
) -> Contents {
    let mut contents = Contents::default();
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let Ok(mut child) = command.spawn() else {
        contents.unread.push(UnreadFile::Other);
        return contents;
    };
    let (to, from) = (child.stdin.take(), child.stdout.take());
    // One at most waits here: a picture is large, and reading its text takes long.
    let (tell, told) = sync_channel(1);
    thread::spawn(move || {
        // Whoever does not read all of it says so by its end.
        let _gone = to.map(|mut to| to.write_all(&bytes));
    });
    thread::spawn(move || {
        let Some(from) = from else { return };
        let mut from = std::io::BufReader::new(from);
        while let Some(said) = said::read(&mut from) {
            if tell.send(said).is_err() {
                return;
            }
        }
    });
    let mut left = TEXT_BYTES;
    let why = loop {
        let wait = until.saturating_duration_since(Instant::now());
        let said = match told.recv_timeout(wait) {
            Ok(Said::Picture(picture)) => match recognise(picture.map) {
                Ok(text) if text.trim().is_empty() => continue,
                Ok(text) => Ok(Said::Text(Piece {
                    inside: picture.inside,
                    text: Text::new(text),
                    places: Places::Lines,
                })),
                Err(why) => Ok(Said::Unread(why)),
            },
            other => other,
        };
        match said {
            // Taken above.
            Ok(Said::Picture(_)) => {}
            Ok(Said::Type(kind)) => contents.kind = kind.chars().filter(char::is_ascii).take(32).collect(),
            Ok(Said::Text(piece)) => match left.checked_sub(piece.text.len()) {
                Some(rest) => {
                    left = rest;
                    contents.pieces.push(piece);
                }
                None => break Some(UnreadFile::TooLarge),
            },
            Ok(Said::Unread(why)) if contents.unread.contains(&why) => {}
            Ok(Said::Unread(why)) => contents.unread.push(why),
            Ok(Said::End) => break None,
            Err(RecvTimeoutError::Timeout) => break Some(UnreadFile::Exhausted),
            Err(RecvTimeoutError::Disconnected) => break Some(ended(&mut child)),
        }
    };
    let _gone = (child.kill(), child.wait());
    contents.unread.extend(why);
    contents
}

/// Why a process that did not say that it was done is over.
fn ended(child: &mut Child) -> UnreadFile {
    // Its output is closed, so it is about to be.
    let soon = Instant::now() + Duration::from_secs(1);
    let status = loop {
        match child.try_wait() {
            Ok(Some(status)) => break Some(status),
            Ok(None) if Instant::now() < soon => thread::sleep(Duration::from_millis(5)),
            Ok(None) | Err(_) => break None,
        }
    };
    match status {
        Some(status) if is_signal(status) => UnreadFile::Exhausted,
        Some(_) => UnreadFile::Damaged,
        None => UnreadFile::Exhausted,
    }
}

/// Time of the processor, memory, or a stack that is too deep: the system, or the program itself, ended it.
#[cfg(unix)]
fn is_signal(status: ExitStatus) -> bool {
    std::os::unix::process::ExitStatusExt::signal(&status).is_some()
}

#[cfg(not(unix))]
fn is_signal(status: ExitStatus) -> bool {
    // Rust's own abort.
    status.code() != Some(101)
}

#[cfg(all(test, unix))]
mod tests {
    use std::process::Command;
    use std::sync::Arc;
    use std::time::{Duration, Instant};

    use shared_protocol::UnreadFile;

    use super::run;

    fn with(script: &str, wait: Duration) -> (Vec<UnreadFile>, Duration) {
        let mut command = Command::new("/bin/sh");
        command.args(["-c", script]);
        let start = Instant::now();
        let nobody = |_| Err(UnreadFile::Picture);
        let contents = run(command, Arc::new(vec![b'x'; 1 << 20].into()), &nobody, start + wait);
        (contents.unread, start.elapsed())
    }

    const LONG: Duration = Duration::from_secs(60);

    #[test]
    fn a_process_that_hangs_is_ended() {
        let (unread, took) = with("exec sleep 600", Duration::from_millis(300));
        assert_eq!(unread, [UnreadFile::Exhausted]);
        assert!(took < LONG, "{took:?}");
    }

    #[test]
    fn a_process_that_dies_is_told_by_how() {
        assert_eq!(with("exit 101", LONG).0, [UnreadFile::Damaged]);
        assert_eq!(with("kill -KILL $$", LONG).0, [UnreadFile::Exhausted]);
    }

    #[test]
    fn what_is_no_frame_is_not_taken() {
        assert_eq!(with("cat /dev/zero | head -c 100000; exit 0", LONG).0, [UnreadFile::Damaged]);
        assert_eq!(with("yes | head -c 100000000", LONG).0, [UnreadFile::Damaged]);
    }
}
