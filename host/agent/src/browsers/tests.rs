//! The table against the table of the `native_messaging` crate, for every system, and against itself.

use std::collections::BTreeSet;
use std::path::Path;

use native_messaging::install::paths::{PathEntry, Scopes, config};

use super::{Family, ROWS, Scope};
use crate::os::{Env, Os};

const VARS: [(&str, &str); 4] =
    [("HOME", "/home/a"), ("LOCALAPPDATA", "/l"), ("PROGRAMDATA", "/p"), ("APPDATA", "/r")];

fn env(os: Os) -> Env {
    Env::new(os, VARS.map(|(name, value)| (name, value.to_owned())))
}

fn theirs(scopes: Option<&Scopes>, scope: Scope) -> Option<&PathEntry> {
    match scope {
        Scope::User => scopes?.user.as_ref(),
        Scope::System => scopes?.system.as_ref(),
    }
}

#[test]
fn folders_are_those_of_the_crate() {
    let mut compared = 0;
    for row in &ROWS {
        let other = config().browsers.get(row.name).unwrap();
        for (os, scopes) in [(Os::Linux, other.paths.linux.as_ref()), (Os::Macos, other.paths.macos.as_ref())]
        {
            for scope in [Scope::User, Scope::System] {
                let ours = row.manifest(&env(os), scope);
                let theirs = theirs(scopes, scope)
                    .map(|entry| Path::new(&entry.dir.replace("{HOME}", "/home/a")).to_owned());
                assert_eq!(ours.as_deref().and_then(Path::parent), theirs.as_deref(), "{} {os:?}", row.name);
                compared += 1;
            }
        }
    }
    assert_eq!(compared, 20);
}

#[test]
fn registry_keys_are_those_of_the_crate() {
    for row in &ROWS {
        let other = config().browsers.get(row.name).unwrap();
        let keys = other.windows.as_ref().unwrap().registry.as_ref().unwrap();
        for (scope, root, template) in
            [(Scope::User, "HKCU", &keys.hkcu_key_template), (Scope::System, "HKLM", &keys.hklm_key_template)]
        {
            let theirs = template.as_ref().unwrap().replace("{name}", "io.promptgate.host");
            let ours = row.registry_key(&env(Os::Windows), scope).unwrap();
            assert_eq!(ours, format!("{root}\\{theirs}"), "{}", row.name);
        }
        assert_eq!(row.registry_key(&env(Os::Linux), Scope::User), None);
    }
}

#[test]
fn families_are_those_of_the_crate() {
    for row in &ROWS {
        let family = match row.family {
            Family::Chromium => "chromium",
            Family::Firefox => "firefox",
        };
        assert_eq!(config().browsers.get(row.name).unwrap().family, family);
    }
}

#[test]
fn no_two_browsers_share_a_manifest() {
    for os in Os::ALL {
        for scope in [Scope::User, Scope::System] {
            let paths: Vec<_> = ROWS.iter().filter_map(|row| row.manifest(&env(os), scope)).collect();
            assert_eq!(paths.iter().collect::<BTreeSet<_>>().len(), paths.len(), "{os:?}");
            assert!(paths.len() >= 4, "{os:?}");
        }
    }
}

#[test]
fn linux_follows_the_configuration_folder() {
    let vars = [("HOME", "/home/a"), ("XDG_CONFIG_HOME", "/x"), ("CHROME_CONFIG_HOME", "/y")];
    let named = |count: usize| {
        Env::new(Os::Linux, vars.iter().take(count).map(|(name, value)| (*name, (*value).to_owned())))
    };
    let path = |env: &Env, row: usize| ROWS[row].manifest(env, Scope::User).unwrap();
    let file = "NativeMessagingHosts/io.promptgate.host.json";
    assert_eq!(path(&named(1), 1), Path::new("/home/a/.config/chromium").join(file));
    assert_eq!(path(&named(2), 1), Path::new("/x/chromium").join(file));
    assert_eq!(path(&named(3), 1), Path::new("/y/chromium").join(file));
    let firefox = Path::new("/home/a/.mozilla/native-messaging-hosts/io.promptgate.host.json");
    assert_eq!(path(&named(3), 4), firefox);
}
