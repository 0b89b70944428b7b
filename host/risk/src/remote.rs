//! Remote control of the device: which tools there are, and what of them says that a session goes on now.
//!
//! A tool that is installed, or that waits for somebody, says nothing: support teams have them everywhere. What counts is a
//! session: a process that only lives in one, or a connection from another machine to the port that a screen is shown on.
//! One file in `remote/` for each tool. INVARIANT: names of processes and numbers of ports go in, the tools' ids come out:
//! no address, no argument of a process.

use std::collections::BTreeSet;

use serde::Deserialize;

/// What of a device is looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Looked {
    /// Names of processes, as the system cuts them (Linux: 15 bytes).
    pub processes: BTreeSet<String>,
    /// Local ports with a connection from another machine.
    pub ports: BTreeSet<u16>,
    /// The browser was started in a session over SSH.
    pub ssh: bool,
}

/// A tool.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Tool {
    /// Processes that live in a session only.
    #[serde(default)]
    session: Vec<String>,
    /// Processes that there are whenever the tool is.
    #[serde(default)]
    running: Vec<String>,
    /// Ports on which it shows a screen, first and last. They count while one of its processes is there.
    #[serde(default)]
    ports: Vec<[u16; 2]>,
}

/// Every file under `remote/`, by the tool's id.
const FILES: &[(&str, &str)] = &[
    ("anydesk", include_str!("../remote/anydesk.toml")),
    ("chrome-remote-desktop", include_str!("../remote/chrome-remote-desktop.toml")),
    ("gnome-remote-desktop", include_str!("../remote/gnome-remote-desktop.toml")),
    ("nomachine", include_str!("../remote/nomachine.toml")),
    ("quick-assist", include_str!("../remote/quick-assist.toml")),
    ("rustdesk", include_str!("../remote/rustdesk.toml")),
    ("screen-sharing", include_str!("../remote/screen-sharing.toml")),
    ("teamviewer", include_str!("../remote/teamviewer.toml")),
    ("vnc", include_str!("../remote/vnc.toml")),
    ("xrdp", include_str!("../remote/xrdp.toml")),
];

/// The tools of which a session goes on, by their ids; `ssh` for one over SSH.
#[must_use]
pub fn sessions(looked: &Looked) -> Vec<&'static str> {
    let tools = FILES.iter().filter_map(|(id, text)| Some((*id, toml::from_str::<Tool>(text).ok()?)));
    let is_there = |names: &[String]| names.iter().any(|name| looked.processes.contains(cut(name)));
    let on_screen = |tool: &Tool| {
        let shown = |[first, last]: &[u16; 2]| looked.ports.range(*first..=*last).next().is_some();
        (is_there(&tool.running) || is_there(&tool.session)) && tool.ports.iter().any(shown)
    };
    let mut all: Vec<&str> = tools
        .filter(|(_, tool)| is_there(&tool.session) && tool.ports.is_empty() || on_screen(tool))
        .map(|(id, _)| id)
        .collect();
    all.extend(looked.ssh.then_some("ssh"));
    all
}

/// As Linux keeps the name of a process: its first 15 bytes.
fn cut(name: &str) -> &str {
    name.get(..15).unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{FILES, Looked, Tool, sessions};

    fn looked(processes: &[&str], ports: &[u16]) -> Looked {
        Looked {
            processes: processes.iter().map(|name| (*name).to_owned()).collect(),
            ports: ports.iter().copied().collect(),
            ssh: false,
        }
    }

    #[test]
    fn every_file_is_compiled_in_and_understood() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("remote");
        let mut on_disk: Vec<String> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().path().file_stem().unwrap().to_str().unwrap().to_owned())
            .collect();
        on_disk.sort();
        assert_eq!(FILES.iter().map(|(id, _)| *id).collect::<Vec<_>>(), on_disk);
        for (id, text) in FILES {
            let tool: Tool = toml::from_str(text).unwrap();
            assert!(!tool.session.is_empty() || !tool.ports.is_empty(), "{id}");
        }
    }

    #[test]
    fn a_session_counts_and_a_tool_that_waits_does_not() {
        for (processes, ports, wanted) in [
            // A desktop as it is.
            (&["systemd", "gnome-shell", "firefox", "sshd", "teamviewerd"][..], &[22, 443][..], &[][..]),
            // A screen that is offered, and nobody looks.
            (&["x11vnc"], &[22], &[]),
            (&["x11vnc"], &[5900], &["vnc"]),
            (&["Xvnc", "gnome-shell"], &[5903], &["vnc"]),
            // Somebody else's port of this number.
            (&["postgres"], &[5900], &[]),
            (&["xrdp", "xrdp-sesman"], &[], &[]),
            (&["xrdp", "xrdp-sesman", "xrdp-chansrv"], &[3389], &["xrdp"]),
            (&["gnome-remote-de"], &[3389], &["gnome-remote-desktop"]),
            (&["teamviewerd", "TeamViewer_Desk"], &[], &["teamviewer"]),
            (&["QuickAssist.exe"], &[], &["quick-assist"]),
            (&["ScreensharingAgent", "screensharingd"], &[5900], &["screen-sharing"]),
        ] {
            let processes: Vec<&str> = processes.iter().map(|name| super::cut(name)).collect();
            assert_eq!(sessions(&looked(&processes, ports)), wanted, "{processes:?} {ports:?}");
        }
        assert_eq!(sessions(&Looked { ssh: true, ..Looked::default() }), ["ssh"]);
    }
}
