//! Has text in a picture read by the program that the settings name (Tesseract).
//!
//! INVARIANT: it gets shades of grey that were drawn in the reading process, never a byte of the file, on its standard input; no
//! path and nothing of this program's environment. It may open files, for its own data, and is bounded in memory and time;
//! whatever it does, there is an answer by the deadline.

use std::ffi::OsString;
use std::io::{Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc::channel;
use std::thread;
use std::time::{Duration, Instant};

use shared_protocol::UnreadFile;
use zeroize::Zeroizing;

use crate::exit::Exit;
use crate::settings::PicturesSettings;

/// The command, which stands in no help: bounds itself and becomes the program behind it.
pub(crate) const COMMAND: &str = "recognise-text";

/// Most bytes of text of one picture: a page of the smallest print has a tenth of it.
const MOST: u64 = 1024 * 1024;

/// Files that it has open at once: its libraries and its data.
#[cfg(unix)]
const FILES: u64 = 64;

/// What stands in a picture; `by` is this very program.
pub(super) fn text(
    by: &Path,
    settings: &PicturesSettings,
    map: Zeroizing<Vec<u8>>,
    until: Instant,
) -> Result<String, UnreadFile> {
    let mut command = command(by, settings);
    command.env_clear().env("OMP_THREAD_LIMIT", "1").env("LC_ALL", "C").current_dir(root());
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().map_err(|_| UnreadFile::Picture)?;
    let (to, from) = (child.stdin.take(), child.stdout.take());
    thread::spawn(move || {
        // Whoever does not take all of it says so by its end.
        let _gone = to.map(|mut to| to.write_all(&map));
    });
    let (tell, told) = channel();
    thread::spawn(move || {
        let mut bytes = Zeroizing::new(Vec::new());
        let read = from.map(|from| from.take(MOST + 1).read_to_end(&mut bytes));
        let _nobody_waits = tell.send(read.and_then(Result::ok).map(|_| bytes));
    });
    let read = told.recv_timeout(until.saturating_duration_since(Instant::now()));
    let too_much = |bytes: &[u8]| u64::try_from(bytes.len()).unwrap_or(u64::MAX) > MOST;
    let text = match read {
        Err(_) => Err(UnreadFile::Exhausted),
        Ok(None) => Err(UnreadFile::Picture),
        Ok(Some(bytes)) if too_much(&bytes) => Err(UnreadFile::TooLarge),
        // A page ends with a form feed.
        Ok(Some(bytes)) => Ok(String::from_utf8_lossy(&bytes).replace('\u{c}', "\n")),
    };
    let is_well = text.is_ok() && ended_well(&mut child, until);
    let _gone = (child.kill(), child.wait());
    if text.is_ok() && !is_well { Err(UnreadFile::Picture) } else { text }
}

/// Its output is closed, so it is about to end.
fn ended_well(child: &mut std::process::Child, until: Instant) -> bool {
    let until = until.min(Instant::now() + Duration::from_secs(1));
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return status.success(),
            Ok(None) if Instant::now() < until => thread::sleep(Duration::from_millis(2)),
            Ok(None) | Err(_) => return false,
        }
    }
}

/// Nothing of where this program was started.
fn root() -> &'static Path {
    Path::new(if cfg!(windows) { "C:\\" } else { "/" })
}

/// What the program is called with.
fn words(settings: &PicturesSettings) -> [String; 4] {
    ["stdin".to_owned(), "stdout".to_owned(), "-l".to_owned(), settings.languages.join("+")]
}

#[cfg(unix)]
fn command(by: &Path, settings: &PicturesSettings) -> Command {
    let mut command = Command::new(by);
    command.arg(COMMAND).arg(&settings.program).args(words(settings));
    command
}

/// Where nothing can bound itself: it is ended at the deadline.
#[cfg(not(unix))]
fn command(_by: &Path, settings: &PicturesSettings) -> Command {
    let mut command = Command::new(&settings.program);
    command.args(words(settings));
    command
}

/// Bounds this process, which becomes the program that is named.
#[cfg(unix)]
pub(crate) fn run(words: &[OsString]) -> Exit {
    use std::os::unix::process::CommandExt as _;

    let Some((program, words)) = words.split_first() else { return Exit::Usage };
    if super::jail::limits(super::jail::MEMORY, FILES).is_err() {
        return Exit::Fault;
    }
    let _why_not = Command::new(program).args(words).exec();
    Exit::NotFound
}

#[cfg(not(unix))]
pub(crate) fn run(_words: &[OsString]) -> Exit {
    Exit::Usage
}
