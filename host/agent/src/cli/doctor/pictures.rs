//! Whether the program that reads text in pictures is there and knows the languages that the settings name.

use std::process::{Command, Stdio};
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use super::{Check, State};
use crate::settings::{Configured, PicturesSettings};

const CHECK: &str = "pictures";

/// It lists what it has in a moment, or is something else.
const PATIENCE: Duration = Duration::from_secs(2);

pub(super) fn check(configured: &Configured) -> Check {
    let Some(settings) = &configured.pictures else {
        let what = "text in pictures is not read: they follow `unread_file`";
        let fix = "install Tesseract and name it: `program` in `[pictures]` of the settings";
        return Check::note(CHECK, what, fix);
    };
    let program = settings.program.display();
    match languages(settings) {
        Ok(known) => told(settings, &known),
        Err(why) => {
            let what = format!("{program} does not answer ({why}): pictures follow `unread_file`");
            Check::wrong(
                CHECK,
                what,
                "install Tesseract, or correct `program` in `[pictures]` of the settings",
            )
        }
    }
}

fn told(settings: &PicturesSettings, known: &[String]) -> Check {
    let program = settings.program.display();
    let missing: Vec<&str> =
        settings.languages.iter().filter(|one| !known.contains(one)).map(String::as_str).collect();
    if missing.is_empty() {
        let what = format!("{program} reads text in them: {}", settings.languages.join(", "));
        return Check::new(CHECK, State::Ok, what);
    }
    let what = format!("{program} does not know {}: pictures follow `unread_file`", missing.join(", "));
    Check::wrong(
        CHECK,
        what,
        "install its data for them, or correct `languages` in `[pictures]` of the settings",
    )
}

/// A line of head, then a language a line.
fn languages(settings: &PicturesSettings) -> Result<Vec<String>, String> {
    let mut command = Command::new(&settings.program);
    command.arg("--list-langs").env_clear().stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().map_err(|fault| fault.kind().to_string())?;
    let from = child.stdout.take();
    let (tell, told) = channel();
    thread::spawn(move || {
        let text = from.map(std::io::read_to_string);
        let _nobody_waits = tell.send(text.and_then(Result::ok).unwrap_or_default());
    });
    let text = told.recv_timeout(PATIENCE);
    let _gone = (child.kill(), child.wait());
    let text = text.map_err(|_| format!("not within {} s", PATIENCE.as_secs()))?;
    let known: Vec<String> = text.lines().skip(1).map(|line| line.trim().to_owned()).collect();
    if known.is_empty() { Err("it lists no languages".to_owned()) } else { Ok(known) }
}
