//! Browsers from Snap and Flatpak: their sandbox does not start a program of this machine, so the extension in them finds no host.
//!
//! Sources: Chromium's and Mozilla's pages on native messaging; xdg-desktop-portal's WebExtensions portal, which Ubuntu ships for
//! Firefox's snap and others do not. Whether it runs cannot be seen from here: the heartbeats say whether Firefox came through.

use std::path::{Path, PathBuf};

use super::Check;
use crate::os::{Env, Os};

/// A package and where it lies; `~` is a person's home.
struct Package {
    title: &'static str,
    places: &'static [&'static str],
    /// A portal may start the host for it.
    has_portal: bool,
}

const SNAPS: [Package; 3] = [
    Package {
        title: "Chromium from Snap",
        places: &["/snap/bin/chromium", "/var/lib/snapd/snap/bin/chromium"],
        has_portal: false,
    },
    Package {
        title: "Firefox from Snap",
        places: &["/snap/bin/firefox", "/var/lib/snapd/snap/bin/firefox"],
        has_portal: true,
    },
    Package {
        title: "Brave from Snap",
        places: &["/snap/bin/brave", "/var/lib/snapd/snap/bin/brave"],
        has_portal: false,
    },
];

const FLATPAKS: [Package; 5] = [
    Package {
        title: "Chrome from Flatpak",
        places: &["/var/lib/flatpak/app/com.google.Chrome", "~/.local/share/flatpak/app/com.google.Chrome"],
        has_portal: false,
    },
    Package {
        title: "Chromium from Flatpak",
        places: &[
            "/var/lib/flatpak/app/org.chromium.Chromium",
            "~/.local/share/flatpak/app/org.chromium.Chromium",
        ],
        has_portal: false,
    },
    Package {
        title: "Edge from Flatpak",
        places: &["/var/lib/flatpak/app/com.microsoft.Edge", "~/.local/share/flatpak/app/com.microsoft.Edge"],
        has_portal: false,
    },
    Package {
        title: "Brave from Flatpak",
        places: &["/var/lib/flatpak/app/com.brave.Browser", "~/.local/share/flatpak/app/com.brave.Browser"],
        has_portal: false,
    },
    Package {
        title: "Firefox from Flatpak",
        places: &[
            "/var/lib/flatpak/app/org.mozilla.firefox",
            "~/.local/share/flatpak/app/org.mozilla.firefox",
        ],
        has_portal: false,
    },
];

/// A check for each that is here.
pub(super) fn checks(env: &Env) -> Vec<Check> {
    if env.os != Os::Linux {
        return Vec::new();
    }
    let is_here = |package: &&Package| {
        let places = package.places.iter().filter_map(|place| at(env, place));
        places.into_iter().any(|place| is_there(&place))
    };
    let told = |package: &Package| {
        if package.has_portal {
            let what = format!(
                "{} is here: its sandbox lets it start the host only through Ubuntu's portal, which asks once",
                package.title
            );
            let fix = "answer Allow when Firefox asks; where no heartbeat of it follows below, use Mozilla's own \
                       package (.deb) and remove this one";
            return Check::note("sandbox", what, fix);
        }
        let what = format!("{} is here: its sandbox keeps it from starting the host", package.title);
        Check::wrong("sandbox", what, "use the browser's own package (.deb or .rpm) and remove this one")
    };
    SNAPS.iter().chain(&FLATPAKS).filter(is_here).map(told).collect()
}

fn at(env: &Env, place: &str) -> Option<PathBuf> {
    match place.strip_prefix("~/") {
        Some(below) => Some(Path::new(env.var("HOME")?).join(below)),
        None => Some(env.system(place)),
    }
}

/// Also a link that leads nowhere from here.
fn is_there(place: &Path) -> bool {
    place.symlink_metadata().is_ok()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{FLATPAKS, SNAPS, checks};
    use crate::cli::doctor::State;
    use crate::os::{Env, Os};

    #[test]
    fn each_is_seen_where_it_lies_and_nothing_else() {
        let home = tempfile::tempdir().unwrap();
        let root = tempfile::tempdir().unwrap();
        let env = |os| {
            Env::new(os, [("HOME", home.path().to_str().unwrap().to_owned())]).under(root.path().to_owned())
        };
        assert!(checks(&env(Os::Linux)).is_empty());
        let mut seen = 0;
        for package in SNAPS.iter().chain(&FLATPAKS) {
            let place = package.places.last().unwrap();
            let place = match place.strip_prefix("~/") {
                Some(below) => home.path().join(below),
                None => root.path().join(place.trim_start_matches('/')),
            };
            fs::create_dir_all(place).unwrap();
            seen += 1;
            let told = checks(&env(Os::Linux));
            assert_eq!(told.len(), seen);
            let told = told.iter().find(|check| check.what.starts_with(package.title)).unwrap();
            let state = if package.has_portal { State::Note } else { State::Wrong };
            assert_eq!((told.state, told.fix.is_some()), (state, true));
        }
        assert!(checks(&env(Os::Windows)).is_empty());
    }
}
