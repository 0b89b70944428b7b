//! Whether text is kept, and who can open it.

use shared_protocol::Capture;

use super::{Check, State};
use crate::keys;
use crate::os::Env;
use crate::settings::Configured;

pub(super) fn check(env: &Env, configured: &Configured) -> Check {
    let settings = &configured.settings;
    if let Some(wanted) = configured.unsealable {
        let word = serde_json::to_value(wanted).unwrap_or_default();
        let what = format!(
            "`capture = \"{}\"` is not followed and no text is kept: nobody is named who could open it",
            word.as_str().unwrap_or_default()
        );
        let fix = "name the organisation's key in the managed settings: `promptgate log keygen` makes one and \
                   prints the line";
        return Check::wrong("key", what, fix);
    }
    match keys::configured(&configured.recipients).as_deref() {
        Err(fault) => {
            let fix =
                "correct `recipients` in the settings; `promptgate log keygen` prints how they are written";
            return Check::wrong("key", format!("{fault:#}"), fix);
        }
        Ok([]) => {}
        Ok([one]) => {
            let what = format!(
                "text is sealed to key {} alone; a recovery key beside it (`promptgate log keygen --recovery FILE`) \
                 keeps the text readable when the first is lost",
                one.id
            );
            return Check::new("key", State::Note, what);
        }
        Ok(all) => {
            let ids: Vec<&str> = all.iter().map(|one| one.id.as_str()).collect();
            return Check::new("key", State::Ok, format!("text is sealed to keys {}", ids.join(", ")));
        }
    }
    if settings.managed || settings.capture == Capture::Metadata {
        return Check::new("key", State::Ok, "no text is kept");
    }
    match env.data().map(|data| keys::count(&data)) {
        Some(Ok(0)) => Check::new("key", State::Note, "made when a browser first starts the host (trial)"),
        Some(Ok(_)) => {
            Check::new("key", State::Note, "trial: text is sealed to a key that lies on this machine")
        }
        Some(Err(fault)) => {
            Check::wrong("key", format!("{fault:#}"), "restore the key file, or move it away")
        }
        None => Check::wrong("key", "no home folder is known", "set HOME"),
    }
}
