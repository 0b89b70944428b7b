//! Firefox's `profiles.ini`, and in each profile `extensions.json` and `extension-preferences.json`.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::{MOST, Profile, State, folder_name, text};

/// The permission that a person gives for private windows.
const PRIVATE: &str = "internal:privateBrowsingAllowed";

/// The profiles that the list in this folder names and that are there.
pub(super) fn profiles(root: &Path, ids: &[String]) -> Vec<Profile> {
    let list = text(&root.join("profiles.ini")).unwrap_or_default();
    let found =
        paths(&list).into_iter().map(|(path, relative)| if relative { root.join(path) } else { path });
    let there = found.filter(|path| path.is_dir()).take(MOST);
    there.map(|path| Profile { folder: folder_name(&path), state: state_in(&path, ids) }).collect()
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

fn state_in(profile: &Path, ids: &[String]) -> State {
    let file = profile.join("extensions.json");
    if !file.exists() {
        // Never started.
        return State::Absent;
    }
    let private = text(&profile.join("extension-preferences.json")).unwrap_or_default();
    text(&file).map_or(State::Unreadable, |text| state(&text, &private, ids))
}

/// What the two files say.
pub(super) fn state(extensions: &str, preferences: &str, ids: &[String]) -> State {
    let Ok(Value::Object(extensions)) = serde_json::from_str(extensions) else { return State::Unreadable };
    let Some(addons) = extensions.get("addons").and_then(Value::as_array) else { return State::Unreadable };
    let id = |addon: &Value| Some(addon.get("id")?.as_str()?.to_owned()).filter(|id| ids.contains(id));
    let found = addons.iter().find_map(|addon| Some((addon, id(addon)?)));
    let Some((own, id)) = found else { return State::Absent };
    if own.get("active").and_then(Value::as_bool) != Some(true) {
        return State::Off;
    }
    let preferences: Value = serde_json::from_str(preferences).unwrap_or_default();
    let given = |what: &str| list(preferences.get(&id).and_then(|own| own.get(what)));
    let asked = list(own.get("requestedPermissions").and_then(|asked| asked.get("origins")));
    let origins = given("origins");
    let is_private = given("permissions").iter().any(|one| one.as_str() == Some(PRIVATE));
    if !asked.iter().all(|origin| origins.contains(origin)) {
        State::Withheld
    } else if is_private {
        State::On
    } else {
        State::NotInPrivate
    }
}

fn list(value: Option<&Value>) -> &[Value] {
    value.and_then(Value::as_array).map_or(&[], Vec::as_slice)
}
