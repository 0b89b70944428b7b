//! Whether the record's folder has room, and is nobody else's to read.

use std::path::Path;

use super::{Check, State};
use crate::os::Env;

const CHECK: &str = "disk";

/// Below this a record of a few weeks does not fit any more.
const LITTLE: u64 = 200 * 1024 * 1024;

/// Nothing before there is a record, and where a system does not say.
pub(super) fn check(env: &Env) -> Option<Check> {
    let data = env.data().filter(|data| data.is_dir())?;
    Some(told(&data, free(&data)?, open_to_others(&data)))
}

fn told(data: &Path, free: u64, is_open: bool) -> Check {
    let place = data.display();
    if is_open {
        let what = format!("{place} can be read by other accounts of this machine");
        return Check::wrong(CHECK, what, format!("chmod 700 '{place}'"));
    }
    let what = format!("{} MB free in {place}", free / (1024 * 1024));
    if free < LITTLE {
        let fix = "make room, or empty old rows: `promptgate log prune --older-than 30d`";
        return Check::wrong(CHECK, what, fix);
    }
    Check::new(CHECK, State::Ok, what)
}

#[cfg(unix)]
fn free(folder: &Path) -> Option<u64> {
    let of = rustix::fs::statvfs(folder).ok()?;
    Some(of.f_bavail.saturating_mul(of.f_frsize))
}

#[cfg(not(unix))]
fn free(_: &Path) -> Option<u64> {
    None
}

#[cfg(unix)]
fn open_to_others(folder: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    folder.metadata().is_ok_and(|of| of.permissions().mode() & 0o077 != 0)
}

#[cfg(not(unix))]
fn open_to_others(_: &Path) -> bool {
    false
}

#[cfg(all(test, unix))]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;

    use super::{LITTLE, State, check, told};
    use crate::os::{Env, Os};

    #[test]
    fn a_folder_for_others_and_a_full_disk_are_told() {
        let home = tempfile::tempdir().unwrap();
        let env = Env::new(Os::Linux, [("HOME", home.path().to_str().unwrap().to_owned())]);
        assert!(check(&env).is_none());
        let data = env.data().unwrap();
        fs::create_dir_all(&data).unwrap();
        for (mode, state) in [(0o755, State::Wrong), (0o700, State::Ok)] {
            fs::set_permissions(&data, fs::Permissions::from_mode(mode)).unwrap();
            let check = check(&env).unwrap();
            assert_eq!(check.state, state, "{}", check.what);
        }
        let full = told(&data, LITTLE - 1, false);
        assert_eq!(full.state, State::Wrong);
        assert!(full.fix.unwrap().contains("prune"));
    }
}
