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

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{State, check};
    use crate::os::{Env, Os};
    use crate::settings::Configured;

    const KEYS: [&str; 2] =
        ["Ycig/Zr/pZmklmFUN99nr+taURlYItL91g+NcHGYpB8=", "uBS5eBttHrqkdY41kbZPdvYnNz8Vj0TvKIUpjB1y/GA="];

    /// What is said of a managed machine with these settings.
    fn managed(text: &str) -> (State, String) {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().to_str().unwrap().to_owned();
        fs::create_dir(folder.path().join("Promptgate")).unwrap();
        fs::write(folder.path().join("Promptgate/settings.toml"), text).unwrap();
        let env = Env::new(Os::Windows, [("PROGRAMDATA", place.clone()), ("LOCALAPPDATA", place)]);
        let check = check(&env, &Configured::load(&env));
        assert_eq!(check.fix.is_some(), check.state == State::Wrong);
        (check.state, check.what)
    }

    #[test]
    fn who_can_open_the_text_of_a_managed_machine_is_told() {
        let [one, two] = KEYS;
        let enforce = "policy = \"builtin-enforce\"\n";
        for (text, state, says) in [
            (enforce.to_owned(), State::Ok, "no text is kept"),
            (format!("{enforce}capture = \"full\""), State::Wrong, "`capture = \"full\"` is not followed"),
            (format!("{enforce}recipients = [\"x\"]"), State::Wrong, "a recipient in the settings is no key"),
            (
                format!("{enforce}capture = \"full\"\nrecipient = \"{one}\""),
                State::Note,
                "a recovery key beside it",
            ),
            (
                format!("{enforce}capture = \"full\"\nrecipients = [\"{one}\", \"{two}\"]"),
                State::Ok,
                "text is sealed to keys 064f06a26eebac4c, ",
            ),
        ] {
            let (told, what) = managed(&text);
            assert_eq!(told, state, "{text}: {what}");
            assert!(what.contains(says), "{text}: {what}");
        }
    }
}
