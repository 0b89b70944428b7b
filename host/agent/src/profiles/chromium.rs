//! Chromium's `Preferences` and `Secure Preferences`: where an extension's state stands, in whichever of the two the
//! system keeps it.

use std::path::Path;

use serde_json::Value;

use super::{MOST, Profile, State, folder_name, folders, text};
use crate::origin::CHROMIUM_ID;

/// Folders that are profiles only by their looks.
const NO_PROFILES: [&str; 2] = ["Guest Profile", "System Profile"];

/// The profiles below the folder of the browser's data.
pub(super) fn profiles(root: &Path) -> Vec<Profile> {
    let is_profile = |path: &std::path::PathBuf| {
        path.join("Preferences").is_file() && !NO_PROFILES.contains(&folder_name(path).as_str())
    };
    let found = folders(root).into_iter().filter(is_profile).take(MOST);
    found.map(|path| Profile { folder: folder_name(&path), state: state_in(&path) }).collect()
}

fn state_in(profile: &Path) -> State {
    let files = ["Preferences", "Secure Preferences"].map(|name| profile.join(name));
    let texts = files.into_iter().filter(|path| path.exists()).map(|path| text(&path));
    texts.map(|text| text.map_or(State::Unreadable, |text| state(&text))).fold(State::Absent, best)
}

/// One file may know the extension and the other not.
fn best(one: State, other: State) -> State {
    match (one, other) {
        (State::Unreadable, _) | (_, State::Unreadable) => State::Unreadable,
        (State::Absent, known) | (known, State::Absent) => known,
        (State::Off, _) | (_, State::Off) => State::Off,
        (known, _) => known,
    }
}

/// What one file says.
pub(super) fn state(text: &str) -> State {
    let Ok(Value::Object(preferences)) = serde_json::from_str(text) else { return State::Unreadable };
    let settings = preferences.get("extensions").and_then(|extensions| extensions.get("settings"));
    let Some(own) = settings.and_then(|settings| settings.get(CHROMIUM_ID)) else { return State::Absent };
    if !own.is_object() {
        return State::Unreadable;
    }
    // What was uninstalled may leave a note of itself behind.
    let is_there = ["manifest", "path", "location"].iter().any(|key| own.get(key).is_some());
    if !is_there {
        return State::Absent;
    }
    let disabled = match own.get("disable_reasons") {
        None | Some(Value::Null) => false,
        Some(Value::Array(reasons)) => !reasons.is_empty(),
        Some(reasons) => reasons.as_i64() != Some(0),
    };
    // Older versions say it in a number besides: 1 is on.
    let off = own.get("state").and_then(Value::as_i64).is_some_and(|state| state != 1);
    if disabled || off {
        State::Off
    } else if own.get("incognito").and_then(Value::as_bool) == Some(true) {
        State::On
    } else {
        State::NotInPrivate
    }
}
