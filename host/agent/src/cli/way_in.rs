//! Opening the person's browser.
//!
//! INVARIANT: an address that holds a secret is never an argument of a program, where every account of the machine could read it: the
//! browser is given a file of this person alone that leads on to the address.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use crate::os::{Env, Os};

/// The file; gone when dropped.
pub(in crate::cli) struct WayIn(PathBuf);

impl Drop for WayIn {
    fn drop(&mut self) {
        // It leads nowhere once its secret is spent or the page has ended.
        let _gone = fs::remove_file(&self.0);
    }
}

/// Opens the address, through a file of this name in the data folder, in the person's browser; `None` when there is no way to: the address is printed all the same.
pub(in crate::cli) fn browser(env: &Env, data: &Path, name: &str, address: &str) -> Option<WayIn> {
    let path = data.join(name);
    let _old = fs::remove_file(&path);
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let address = address.replace('&', "&amp;").replace('"', "&quot;");
    let page = format!(
        "<!doctype html><meta charset=\"utf-8\"><meta name=\"referrer\" content=\"no-referrer\">\
         <title>Promptgate</title><meta http-equiv=\"refresh\" content=\"0; url={address}\">\n"
    );
    options.open(&path).and_then(|mut file| file.write_all(page.as_bytes())).ok()?;
    let way_in = WayIn(path);
    let (program, arguments): (&str, &[&str]) = match env.os {
        Os::Linux => ("xdg-open", &[]),
        Os::Macos => ("open", &[]),
        Os::Windows => ("rundll32", &["url.dll,FileProtocolHandler"]),
    };
    let mut command = Command::new(program);
    command.args(arguments).arg(&way_in.0);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.spawn().ok()?;
    Some(way_in)
}

/// Long enough for a browser that starts to have read the file.
const READ: Duration = Duration::from_secs(3);

/// The same for an address that nothing waits for; `false` when there is no way to.
pub(in crate::cli) fn shown(env: &Env, data: &Path, name: &str, address: &str) -> bool {
    let way_in = browser(env, data, name, address);
    if way_in.is_some() {
        thread::sleep(READ);
    }
    way_in.is_some()
}
