//! Chromium's `Preferences` and `Secure Preferences`: where an extension's state stands, in whichever of the two the
//! system keeps it.

use std::path::Path;

use serde_json::Value;

use super::{MOST, Profile, State, folder_name, folders, text};

/// Folders that are profiles only by their looks.
const NO_PROFILES: [&str; 2] = ["Guest Profile", "System Profile"];

/// Patterns that take in every site.
const EVERYWHERE: [&str; 3] = ["<all_urls>", "*://*/*", "https://*/*"];

/// The profiles below the folder of the browser's data.
pub(super) fn profiles(root: &Path, ids: &[String]) -> Vec<Profile> {
    let is_profile = |path: &std::path::PathBuf| {
        path.join("Preferences").is_file() && !NO_PROFILES.contains(&folder_name(path).as_str())
    };
    let found = folders(root).into_iter().filter(is_profile).take(MOST);
    found.map(|path| Profile { folder: folder_name(&path), state: state_in(&path, ids) }).collect()
}

fn state_in(profile: &Path, ids: &[String]) -> State {
    let files = ["Preferences", "Secure Preferences"].map(|name| profile.join(name));
    let texts = files.into_iter().filter(|path| path.exists()).map(|path| text(&path));
    texts.map(|text| text.map_or(State::Unreadable, |text| state(&text, ids))).fold(State::Absent, best)
}

/// One file may know the extension and the other not.
fn best(one: State, other: State) -> State {
    match (one, other) {
        (State::Unreadable, _) | (_, State::Unreadable) => State::Unreadable,
        (State::Absent, known) | (known, State::Absent) => known,
        (State::Off, _) | (_, State::Off) => State::Off,
        (State::Withheld, _) | (_, State::Withheld) => State::Withheld,
        (known, _) => known,
    }
}

/// What one file says.
pub(super) fn state(text: &str, ids: &[String]) -> State {
    let Ok(Value::Object(preferences)) = serde_json::from_str(text) else { return State::Unreadable };
    let settings = preferences.get("extensions").and_then(|extensions| extensions.get("settings"));
    let known = ids.iter().filter_map(|id| settings?.get(id));
    known.map(of).fold(State::Absent, best)
}

fn of(own: &Value) -> State {
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
    } else if is_withheld(own) {
        State::Withheld
    } else if own.get("incognito").and_then(Value::as_bool) == Some(true) {
        State::On
    } else {
        State::NotInPrivate
    }
}

/// Whether a person lets it onto its sites one by one, or on a click, and one of them is missing.
fn is_withheld(own: &Value) -> bool {
    let hosts = |key: &str| {
        let permissions = own.get(key).and_then(|permissions| permissions.get("explicit_host"));
        permissions.and_then(Value::as_array).cloned().unwrap_or_default()
    };
    let given = hosts("runtime_granted_permissions");
    let is_everywhere = |one: &Value| one.as_str().is_some_and(|one| EVERYWHERE.contains(&one));
    let is_given = |host: &Value| given.contains(host) || given.iter().any(is_everywhere);
    own.get("withholding_permissions").and_then(Value::as_bool) == Some(true)
        && !hosts("granted_permissions").iter().all(is_given)
}
