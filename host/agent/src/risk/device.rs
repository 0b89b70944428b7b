//! What a security product says of this device: a small file, or a program that prints the same.
//!
//! INVARIANT: bounded in time and size. The program gets no input and none of our environment but the path of programs, runs as
//! the account of the browser, and is killed when it takes too long. Of file and program the worse word counts.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use host_risk::posture;
use shared_protocol::Level;

use crate::native::now;
use crate::settings::RiskSettings;

/// For the program.
const PATIENCE: Duration = Duration::from_secs(10);

/// The device's level now; `None` where nobody says anything that still counts.
///
/// # Errors
/// When the file or the program is of no use.
pub(super) fn level(settings: &RiskSettings) -> Result<Option<Level>> {
    let of_file = settings.posture_file.as_deref().map(read).transpose()?;
    let of_program = match settings.posture_command.as_slice() {
        [] => None,
        [program, arguments @ ..] => Some(run(program, arguments, PATIENCE)?),
    };
    let mut level: Option<Level> = None;
    for text in [of_file, of_program].into_iter().flatten() {
        level = level.max(posture::level(&text, now())?);
    }
    Ok(level)
}

fn read(path: &Path) -> Result<String> {
    let told = || format!("the posture file {} cannot be read: let this user read it", path.display());
    text(File::open(path).with_context(told)?).with_context(told)
}

fn text(from: impl std::io::Read) -> Result<String> {
    let mut text = String::new();
    let most = u64::try_from(posture::MOST).unwrap_or(u64::MAX);
    from.take(most + 1).read_to_string(&mut text)?;
    if text.len() > posture::MOST {
        bail!("it is longer than {} bytes", posture::MOST);
    }
    Ok(text)
}

fn run(program: &str, arguments: &[String], patience: Duration) -> Result<String> {
    // Some browsers start the host without one, and a shell's own is better than an empty one.
    let path = std::env::var_os("PATH").map(|path| ("PATH", path));
    let mut child = Command::new(program)
        .args(arguments)
        .env_clear()
        .envs(path)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .with_context(|| format!("the posture program {program} cannot be started"))?;
    let (tell, told) = channel();
    if let Some(out) = child.stdout.take() {
        thread::spawn(move || {
            // Nobody waits any more when it took too long.
            let _late = tell.send(text(out));
        });
    }
    let said = told.recv_timeout(patience);
    // Done or not: what goes on in the background of it is nothing of ours.
    let _gone = child.kill();
    let ended = child.wait();
    match said {
        Ok(said) => said.with_context(|| format!("what the posture program {program} prints cannot be read")),
        Err(_) if ended.is_ok() => {
            bail!("the posture program {program} took longer than {} s", patience.as_secs())
        }
        Err(_) => bail!("the posture program {program} could not be waited for"),
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::fs;
    use std::time::{Duration, Instant};

    use shared_protocol::Level;

    use super::{level, run};
    use crate::settings::RiskSettings;

    fn shell(script: &str) -> Vec<String> {
        vec!["/bin/sh".to_owned(), "-c".to_owned(), script.to_owned()]
    }

    #[test]
    fn the_worse_word_of_file_and_program_counts() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("posture.json");
        fs::write(&file, "{\"level\": \"low\"}").unwrap();
        let of = |script: &str| {
            level(&RiskSettings {
                posture_file: Some(file.clone()),
                posture_command: shell(script),
                ..RiskSettings::default()
            })
        };
        assert_eq!(of("echo '{\"score\": 60}'").unwrap(), Some(Level::Medium));
        assert_eq!(of("echo '{\"score\": 99}'").unwrap(), Some(Level::Low));
        // Nothing of this process's environment, and no input.
        assert_eq!(
            of("test -z \"$HOME\" && ! read line && echo '{\"level\": \"high\"}'").unwrap(),
            Some(Level::High)
        );
        // What was said long ago is no word at all, and the other one's counts alone.
        assert_eq!(of("echo '{\"level\": \"high\", \"at\": 1}'").unwrap(), Some(Level::Low));
        fs::write(&file, "{\"level\": \"low\", \"at\": 1}").unwrap();
        assert_eq!(of("echo '{\"score\": 99}'").unwrap(), Some(Level::None));
        assert_eq!(of("echo '{\"score\": 42, \"at\": 1}'").unwrap(), None);
        assert_eq!(level(&RiskSettings::default()).unwrap(), None);
        for (script, wanted) in [
            ("true", "not understood"),
            ("echo well", "not understood"),
            ("yes | head -c 70000", "longer than"),
            ("printf '\\377'", "cannot be read"),
        ] {
            let fault = format!("{:#}", of(script).unwrap_err());
            assert!(fault.contains(wanted), "{script}: {fault}");
        }
        fs::write(&file, vec![b' '; 70_000]).unwrap();
        assert!(format!("{:#}", of("echo '{\"score\": 99}'").unwrap_err()).contains("longer than"));
    }

    #[test]
    fn a_program_that_hangs_is_ended() {
        let begun = Instant::now();
        let words = shell("exec sleep 600");
        let fault = run(&words[0], &words[1..], Duration::from_millis(300)).unwrap_err();
        assert!(fault.to_string().contains("took longer"), "{fault}");
        assert!(begun.elapsed() < Duration::from_secs(300));
        assert!(run("/no/such/program", &[], Duration::from_secs(9)).is_err());
    }
}
