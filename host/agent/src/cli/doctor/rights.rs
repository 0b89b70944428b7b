//! Whether nobody else can change what decides here: the settings, the program, and what tells browsers where it is.

use std::path::{Path, PathBuf};

use super::Check;
#[cfg(unix)]
use super::State;
use crate::browsers::{ROWS, Scope};
use crate::os::Env;
use crate::settings::{Configured, Source};

#[cfg(unix)]
const CHECK: &str = "rights";

/// Where a system says it.
pub(super) fn check(env: &Env, configured: &Configured, program: &Path) -> Option<Check> {
    let manifests = [Scope::User, Scope::System]
        .into_iter()
        .flat_map(|scope| ROWS.iter().filter_map(move |row| row.manifest(env, scope)));
    let mut all: Vec<(PathBuf, bool)> = manifests.map(|path| (path, false)).collect();
    all.push((program.to_owned(), false));
    match &configured.source {
        Source::Managed(path) => all.push((path.clone(), true)),
        Source::Own(path) => all.push((path.clone(), false)),
        Source::Trial => {}
    }
    told(&all.into_iter().filter(|(path, _)| path.exists()).collect::<Vec<_>>())
}

/// `true` beside a file that only the administrator may change.
#[cfg(unix)]
fn told(files: &[(PathBuf, bool)]) -> Option<Check> {
    use std::os::unix::fs::MetadataExt as _;
    for (path, is_managed) in files {
        let shown = path.display();
        // What cannot be looked at is told by who reads it.
        let Ok(of) = path.metadata() else { continue };
        // Others; a group may be the person's own.
        if of.mode() & 0o002 != 0 {
            let what = format!("{shown} can be changed by every account of this machine");
            return Some(Check::wrong(CHECK, what, format!("chmod o-w '{shown}'")));
        }
        if *is_managed && of.uid() != 0 {
            let what = format!("{shown} is the organisation's and belongs to another account than root");
            return Some(Check::wrong(CHECK, what, format!("chown root '{shown}' && chmod 644 '{shown}'")));
        }
    }
    let what = "settings, program and manifests can be changed by nobody else";
    Some(Check::new(CHECK, State::Ok, what))
}

#[cfg(not(unix))]
fn told(_: &[(PathBuf, bool)]) -> Option<Check> {
    None
}

#[cfg(all(test, unix))]
mod tests {
    use std::fs;
    use std::os::unix::fs::{PermissionsExt as _, chown};
    use std::path::PathBuf;

    use super::{State, check};
    use crate::os::{Env, Os};
    use crate::settings::Configured;

    #[test]
    fn a_file_that_everybody_may_change_is_told() {
        let (home, root) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let env = Env::new(Os::Linux, [("HOME", home.path().to_str().unwrap().to_owned())])
            .under(root.path().to_owned());
        let program = home.path().join("promptgate");
        let own = env.own_settings().unwrap();
        let manifest = root.path().join("etc/chromium/native-messaging-hosts/io.promptgate.host.json");
        let files: [&PathBuf; 3] = [&program, &own, &manifest];
        for file in files {
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, "").unwrap();
            fs::set_permissions(file, fs::Permissions::from_mode(0o664)).unwrap();
        }
        let told = || check(&env, &Configured::load(&env), &program).unwrap();
        assert_eq!(told().state, State::Ok);
        for file in files {
            fs::set_permissions(file, fs::Permissions::from_mode(0o666)).unwrap();
            let told = told();
            assert_eq!(told.state, State::Wrong);
            assert!(told.fix.unwrap().contains(file.to_str().unwrap()));
            fs::set_permissions(file, fs::Permissions::from_mode(0o644)).unwrap();
        }
        // Who is not root cannot give the file away, and has it for that very reason.
        let managed = env.managed_settings();
        fs::create_dir_all(managed.parent().unwrap()).unwrap();
        fs::write(&managed, "").unwrap();
        let _not_root = chown(&managed, Some(65_534), None);
        let told = told();
        assert_eq!(told.state, State::Wrong, "{}", told.what);
        assert!(told.fix.unwrap().starts_with("chown root"));
    }
}
