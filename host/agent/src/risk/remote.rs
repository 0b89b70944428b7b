//! Sessions of remote control, as far as this system lets its account see them. On Linux: names of processes and established
//! connections in `/proc`, and whether the browser was started over SSH. On other systems nothing is looked at yet.
//!
//! INVARIANT: nothing leaves this file but names of processes and numbers of local ports; addresses are looked at for
//! whether they are of this machine, and arguments of processes not at all.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use host_risk::remote::{self, Looked};

/// Most entries of one list that are looked at.
const MOST: usize = 65_536;
/// `TCP_ESTABLISHED` of Linux.
const ESTABLISHED: &str = "01";

/// The tools of which a session goes on now.
pub(super) fn sessions() -> Vec<&'static str> {
    if !cfg!(target_os = "linux") {
        return Vec::new();
    }
    remote::sessions(&Looked {
        ssh: std::env::var_os("SSH_CONNECTION").is_some(),
        ..look(Path::new("/proc"))
    })
}

fn look(proc: &Path) -> Looked {
    let read = |path: &Path| fs::read_to_string(path).unwrap_or_default();
    let entries = fs::read_dir(proc).into_iter().flatten().flatten().take(MOST);
    let processes = entries
        .filter(|entry| entry.file_name().to_str().is_some_and(|name| name.parse::<u32>().is_ok()))
        .map(|entry| read(&entry.path().join("comm")).trim_end().to_owned())
        .filter(|name| !name.is_empty())
        .collect();
    let tables = ["net/tcp", "net/tcp6"].map(|table| read(&proc.join(table)));
    Looked { processes, ports: tables.iter().flat_map(|table| ports(table)).collect(), ssh: false }
}

/// Local ports with a connection from another machine (proc(5): local and remote address in hexadecimal, then the state).
fn ports(table: &str) -> BTreeSet<u16> {
    let lines = table.lines().skip(1).take(MOST);
    lines
        .filter_map(|line| {
            let mut words = line.split_whitespace().skip(1);
            let (local, remote, state) = (words.next()?, words.next()?, words.next()?);
            let (_, port) = local.split_once(':')?;
            let (address, _) = remote.split_once(':')?;
            let is_theirs = state == ESTABLISHED && !is_own(address);
            is_theirs.then(|| u16::from_str_radix(port, 16).ok())?
        })
        .collect()
}

/// Whether an address is of this machine: 127.0.0.0/8, `::1`, or the first of them written as one of the second kind. The
/// words are in the byte order of the machine.
fn is_own(address: &str) -> bool {
    let last = |word: &str| u32::from_str_radix(word, 16).map(u32::to_ne_bytes);
    let is_loopback = |word: &str| last(word).is_ok_and(|bytes| bytes.first() == Some(&127));
    match address.len() {
        8 => is_loopback(address),
        32 => {
            let (head, tail) = address.split_at(24);
            let is_one = tail.len() == 8 && last(tail).is_ok_and(|bytes| bytes == [0, 0, 0, 1]);
            (head.bytes().all(|byte| byte == b'0') && is_one)
                || (last(head.get(16..).unwrap_or_default()).is_ok_and(|bytes| bytes == [0, 0, 0xff, 0xff])
                    && is_loopback(tail))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use host_risk::remote;

    use super::{look, ports};

    const HEAD: &str =
        "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n";

    #[test]
    fn connections_of_others_count_and_those_of_this_machine_do_not() {
        // 10.0.0.5:5900 from 203.0.113.9; from itself; only listening; in time-wait.
        let four = format!(
            "{HEAD}   0: 0500000A:170C 097100CB:D431 01 0\n   1: 0100007F:170D 0100007F:D432 01 0\n   \
             2: 00000000:0D3D 00000000:0000 0A 0\n   3: 0500000A:1F90 097100CB:D433 06 0\n"
        );
        #[cfg(target_endian = "little")]
        assert_eq!(ports(&four).into_iter().collect::<Vec<_>>(), [5900]);
        let six = format!(
            "{HEAD}   0: 00000000000000000000000001000000:170C 00000000000000000000000001000000:D431 01 0\n   \
             1: 0000000000000000FFFF00000100007F:170D 0000000000000000FFFF00000100007F:D432 01 0\n   \
             2: B80D0120000000000000000001000000:0D3D B80D0120000000000000000002000000:D431 01 0\n"
        );
        #[cfg(target_endian = "little")]
        assert_eq!(ports(&six).into_iter().collect::<Vec<_>>(), [3389]);
        for text in ["", HEAD, "x", "a b c d\n a b c d\n", &format!("{HEAD} 0: : : 01\n 1: zz:zz zz:zz 01")] {
            assert!(ports(text).is_empty(), "{text}");
        }
    }

    #[test]
    fn a_system_is_looked_at_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        for (pid, name) in [("1", "systemd"), ("200", "x11vnc"), ("self", "not-a-process")] {
            fs::create_dir_all(folder.path().join(pid)).unwrap();
            fs::write(folder.path().join(pid).join("comm"), format!("{name}\n")).unwrap();
        }
        fs::create_dir_all(folder.path().join("net")).unwrap();
        let table = format!("{HEAD}   0: 0500000A:170C 097100CB:D431 01 0\n");
        fs::write(folder.path().join("net/tcp"), table).unwrap();
        let looked = look(folder.path());
        assert!(looked.processes.contains("x11vnc") && !looked.processes.contains("not-a-process"));
        #[cfg(target_endian = "little")]
        assert_eq!(remote::sessions(&looked), ["vnc"]);
        // This very machine: whatever is there, it ends.
        #[cfg(target_os = "linux")]
        assert!(!look(std::path::Path::new("/proc")).processes.is_empty());
    }
}
