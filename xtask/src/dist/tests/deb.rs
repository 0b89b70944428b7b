//! The Debian package: read by dpkg-deb, then installed, upgraded, removed and purged by dpkg in a root of its own. The
//! maintainer scripts run as dpkg runs them for an image (`DPKG_ROOT`), with the program that was built for the tests.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use super::{host, program, release, tool};
use crate::dist::deb::pack;
use crate::step;

/// A package in a file.
fn write(folder: &Path, version: &str, program: Option<&Path>) -> PathBuf {
    let mut host = host();
    if let Some(program) = program {
        host.program = fs::read(program).unwrap();
    }
    let (name, bytes) = pack(&host, &release(version)).unwrap();
    let path = folder.join(name);
    fs::write(&path, bytes).unwrap();
    path
}

fn ask(deb: &Path, args: &[&str]) -> String {
    step::output(Command::new("dpkg-deb").args(&args[..1]).arg(deb).args(&args[1..])).unwrap()
}

#[test]
fn dpkg_deb_reads_the_package() {
    if !tool("dpkg-deb") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let deb = write(folder.path(), "7.8.9", None);
    let machine = if cfg!(target_arch = "aarch64") { "arm64" } else { "amd64" };
    assert!(deb.ends_with(format!("promptgate_7.8.9-1_{machine}.deb")));
    for (field, value) in [
        ("Package", "promptgate"),
        ("Version", "7.8.9-1"),
        ("Architecture", machine),
        ("Maintainer", "Ada <ada@example.org>"),
    ] {
        assert_eq!(ask(&deb, &["--field", field]).trim(), value);
    }
    let needs = ask(&deb, &["--field", "Depends"]);
    assert!(needs.contains("libc6 (>= 2."), "{needs}");
    let listed = ask(&deb, &["--contents"]);
    for line in listed.lines() {
        assert!(line.contains(" root/root "), "{line}");
        let is_open =
            line.starts_with("drwxr-xr-x") || line.starts_with("-rw-r--r--") || line.contains("/bin/");
        assert!(is_open, "{line}");
    }
    let paths: Vec<&str> = listed.lines().filter_map(|line| line.split(' ').next_back()).collect();
    for path in [
        "usr/bin/promptgate",
        "usr/share/man/man1/promptgate.1.gz",
        "usr/share/doc/promptgate/copyright",
        "usr/share/doc/promptgate/THIRD-PARTY.txt.gz",
        "usr/share/doc/promptgate/changelog.gz",
        "usr/share/doc/promptgate/changelog.Debian.gz",
    ] {
        assert!(paths.iter().any(|found| found.trim_start_matches("./") == path), "{path} in {paths:?}");
    }
    // A machine with a settings file is managed: that is no package's to say.
    assert!(!paths.iter().any(|path| path.contains("etc")), "{paths:?}");
    let out = folder.path().join("out");
    step::output(Command::new("dpkg-deb").arg("--raw-extract").arg(&deb).arg(&out)).unwrap();
    let mut sums = Command::new("md5sum");
    step::output(sums.current_dir(&out).args(["--check", "--strict", "DEBIAN/md5sums"])).unwrap();
    for script in ["postinst", "prerm", "postrm"] {
        step::output(Command::new("sh").arg("-n").arg(out.join("DEBIAN").join(script))).unwrap();
    }
}

/// A system that is nothing but folders, two people and dpkg's own files.
struct Root {
    folder: tempfile::TempDir,
    log: PathBuf,
}

impl Root {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        for place in
            ["etc/opt", "usr/lib", "usr/bin", "usr/share", "var/lib/dpkg/info", "var/lib/dpkg/updates"]
        {
            fs::create_dir_all(folder.path().join(place)).unwrap();
        }
        let log = folder.path().join("var/lib/dpkg/log");
        let root = Self { folder, log };
        root.put("var/lib/dpkg/status", "");
        root.put("etc/passwd", "ada:x:1000:1000::/home/ada:/bin/sh\nbob:x:1001:1001::/home/bob:/bin/sh\n");
        root.put("usr/lib/os-release", "");
        root.put("usr/bin/other", "");
        root.put("usr/share/other", "");
        root
    }

    fn at(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    fn put(&self, path: &str, text: &str) {
        let path = self.at(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn dpkg(&self, what: &str, argument: &Path) {
        let mut dpkg = Command::new("dpkg");
        dpkg.arg(format!("--root={}", self.folder.path().display()))
            .arg(format!("--log={}", self.log.display()));
        // The libraries are those of the machine that the test runs on; nobody has to be root for a folder.
        dpkg.args(["--force-script-chrootless", "--force-not-root", "--force-depends", "--force-bad-path"]);
        step::output(dpkg.arg(what).arg(argument)).unwrap();
    }

    fn state(&self) -> String {
        fs::read_to_string(self.at("var/lib/dpkg/status")).unwrap()
    }

    /// The manifests that browsers find, with the program that each names.
    fn told(&self) -> BTreeMap<String, Value> {
        let places = [
            "etc/opt/chrome/native-messaging-hosts",
            "etc/chromium/native-messaging-hosts",
            "etc/opt/edge/native-messaging-hosts",
            "etc/brave/native-messaging-hosts",
            "usr/lib/mozilla/native-messaging-hosts",
        ];
        let read = |place: &&str| {
            let bytes = fs::read(self.at(place).join("io.promptgate.host.json")).ok()?;
            let manifest: Value = serde_json::from_slice(&bytes).unwrap();
            Some(((*place).to_owned(), manifest["path"].clone()))
        };
        places.iter().filter_map(read).collect()
    }

    /// Every file but dpkg's.
    fn files(&self) -> Vec<PathBuf> {
        let mut all = Vec::new();
        let mut folders = vec![self.folder.path().to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() && !path.ends_with("var/lib/dpkg") {
                    folders.push(path.clone());
                }
                all.push(path);
            }
        }
        all.sort();
        all
    }
}

#[test]
fn a_package_lives_and_dies_and_leaves_nothing_of_its_own() {
    let Some(program) = program() else { return };
    if !tool("dpkg") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    // Without what debuggers read it is a third as large.
    let stripped = folder.path().join("stripped");
    step::output(Command::new("strip").arg("-o").arg(&stripped).arg(&program)).unwrap();
    let [old, new] = ["7.8.9", "7.8.10"].map(|version| write(folder.path(), version, Some(&stripped)));
    let root = Root::new();
    let (ada, bob) =
        ("home/ada/.local/share/promptgate/record.sqlite", "home/bob/.config/promptgate/settings.toml");
    root.put("home/ada/kept", "");
    root.put("home/bob/.config/kept", "");
    root.put("home/ada/.local/share/kept", "");
    let before = root.files();

    root.dpkg("--install", &old);
    assert!(
        root.state().contains("Status: install ok installed") && root.state().contains("Version: 7.8.9-1")
    );
    let told = root.told();
    assert_eq!(told.len(), 5, "{told:?}");
    assert!(told.values().all(|program| program == "/usr/bin/promptgate"), "{told:?}");
    assert!(!root.at("etc/promptgate").exists(), "not managed by being installed");
    let said = step::output(Command::new(root.at("usr/bin/promptgate")).arg("--version")).unwrap();
    assert!(said.starts_with("promptgate "), "{said}");

    // The machine is used: an organisation's settings, a person's record and settings.
    root.put("etc/promptgate/settings.toml", "policy = \"builtin-enforce\"\n");
    root.put(ada, "rows");
    root.put(bob, "");
    root.dpkg("--install", &new);
    assert!(root.state().contains("Version: 7.8.10-1") && !root.state().contains("7.8.9"));
    assert_eq!(root.told(), told);

    root.dpkg("--remove", Path::new("promptgate"));
    assert!(root.told().is_empty() && !root.at("usr/bin/promptgate").exists());
    assert!(root.at("etc/opt").exists(), "the system's own folder");
    for kept in ["etc/promptgate/settings.toml", ada, bob] {
        assert!(root.at(kept).is_file(), "{kept}");
    }

    root.dpkg("--install", &new);
    assert_eq!(root.told(), told);
    root.dpkg("--purge", Path::new("promptgate"));
    assert!(!root.at("etc/promptgate").exists() && root.told().is_empty());
    assert!(root.at(ada).is_file() && root.at(bob).is_file(), "records stay unless somebody says otherwise");

    root.dpkg("--install", &new);
    root.put("etc/promptgate/purge-records", "");
    root.dpkg("--purge", Path::new("promptgate"));
    assert!(!root.state().contains("promptgate"), "{}", root.state());
    assert_eq!(root.files(), before);
}
