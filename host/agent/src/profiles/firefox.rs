//! Firefox's `profiles.ini`, and in each profile `extensions.json` and `extension-preferences.json`.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::{MOST, Profile, State, folder_name, text};
use crate::origin::FIREFOX_ID;

/// The permission that a person gives for private windows.
const PRIVATE: &str = "internal:privateBrowsingAllowed";

/// The profiles that the list in this folder names and that are there.
pub(super) fn profiles(root: &Path) -> Vec<Profile> {
    let list = text(&root.join("profiles.ini")).unwrap_or_default();
    let found =
        paths(&list).into_iter().map(|(path, relative)| if relative { root.join(path) } else { path });
    let there = found.filter(|path| path.is_dir()).take(MOST);
    there.map(|path| Profile { folder: folder_name(&path), state: state_in(&path) }).collect()
}

/// The paths of `profiles.ini`, and whether they start at its folder.
pub(super) fn paths(list: &str) -> Vec<(PathBuf, bool)> {
    let mut found = Vec::new();
    let (mut path, mut relative, mut inside) = (None, true, false);
    let lines = list.lines().map(str::trim).chain(["[end]"]);
    for line in lines {
        if let Some(section) = line.strip_prefix('[') {
            found.extend(path.take().filter(|_| inside).map(|path| (path, relative)));
            relative = true;
            inside = section.starts_with("Profile");
        } else if let Some((key, value)) = line.split_once('=') {
            match key.trim() {
                "Path" => path = Some(PathBuf::from(value.trim())),
                "IsRelative" => relative = value.trim() != "0",
                _ => {}
            }
        }
    }
    found
}

fn state_in(profile: &Path) -> State {
    let file = profile.join("extensions.json");
    if !file.exists() {
        // Never started.
        return State::Absent;
    }
    let private = text(&profile.join("extension-preferences.json")).unwrap_or_default();
    text(&file).map_or(State::Unreadable, |text| state(&text, &private))
}

/// What the two files say.
pub(super) fn state(extensions: &str, preferences: &str) -> State {
    let Ok(Value::Object(extensions)) = serde_json::from_str(extensions) else { return State::Unreadable };
    let Some(addons) = extensions.get("addons").and_then(Value::as_array) else { return State::Unreadable };
    let is_own = |addon: &&Value| addon.get("id").and_then(Value::as_str) == Some(FIREFOX_ID);
    let Some(own) = addons.iter().find(is_own) else { return State::Absent };
    if own.get("active").and_then(Value::as_bool) != Some(true) {
        return State::Off;
    }
    let preferences: Value = serde_json::from_str(preferences).unwrap_or_default();
    let given = preferences.get(FIREFOX_ID).and_then(|own| own.get("permissions")).and_then(Value::as_array);
    let is_private = given.is_some_and(|given| given.iter().any(|one| one.as_str() == Some(PRIVATE)));
    if is_private { State::On } else { State::NotInPrivate }
}
