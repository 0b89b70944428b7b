//! What a process that reads a file may do: compute, in bounded memory and time, and write to pipes that it has.
//!
//! INVARIANT: entered after the bytes are in memory and before they are looked at; what cannot be entered ends the process.
//! On Linux system calls are filtered: nothing is opened, connected to or started. On other Unix systems only the limits
//! hold; on Windows neither, and what remains is a process without environment that is ended when its time is over.

/// Most memory, bytes of address space.
pub(super) const MEMORY: u64 = 1024 * 1024 * 1024;

/// Most time of the processor, seconds.
#[cfg(unix)]
const SECONDS: u64 = 30;

/// Enters it. There is no way back.
///
/// # Errors
/// When the system does not do it.
pub(crate) fn enter() -> Result<(), Unjailed> {
    limits(MEMORY, 3)?;
    calls()
}

/// The system did not do it.
#[derive(Debug)]
pub(crate) struct Unjailed;

/// Bounds this process and what it becomes: memory and open files as said, time, and no file grows.
///
/// # Errors
/// When the system does not do it.
#[cfg(unix)]
pub(super) fn limits(memory: u64, files: u64) -> Result<(), Unjailed> {
    use rlimit::Resource;

    let limits = [
        (Resource::AS, memory),
        (Resource::CPU, SECONDS),
        // Pipes are no files.
        (Resource::FSIZE, 0),
        // A picture of its memory would be a copy of the file.
        (Resource::CORE, 0),
        (Resource::NOFILE, files),
    ];
    for (resource, most) in limits {
        let (_, hard) = resource.get().map_err(|_| Unjailed)?;
        let most = most.min(hard);
        // Where memory cannot be bounded (macOS) its limit is refused; time still is.
        if resource.set(most, most).is_err() && resource != Resource::AS {
            return Err(Unjailed);
        }
    }
    Ok(())
}

#[cfg(not(unix))]
fn limits(_memory: u64, _files: u64) -> Result<(), Unjailed> {
    Ok(())
}

/// System calls that computing needs: memory, pipes that are open, locks, time, an end.
#[cfg(target_os = "linux")]
fn calls() -> Result<(), Unjailed> {
    use libc::{
        SYS_brk, SYS_clock_gettime, SYS_close, SYS_exit, SYS_exit_group, SYS_fstat, SYS_futex, SYS_getpid,
        SYS_getrandom, SYS_gettid, SYS_lseek, SYS_madvise, SYS_mmap, SYS_mprotect, SYS_mremap, SYS_munmap,
        SYS_read, SYS_restart_syscall, SYS_rt_sigaction, SYS_rt_sigprocmask, SYS_rt_sigreturn,
        SYS_sched_yield, SYS_sigaltstack, SYS_tgkill, SYS_write, SYS_writev,
    };
    use seccompiler::{BpfProgram, SeccompAction, SeccompFilter};

    let allowed = [
        SYS_brk,
        SYS_clock_gettime,
        SYS_close,
        SYS_exit,
        SYS_exit_group,
        SYS_fstat,
        SYS_futex,
        SYS_getpid,
        SYS_getrandom,
        SYS_gettid,
        SYS_lseek,
        SYS_madvise,
        SYS_mmap,
        SYS_mprotect,
        SYS_mremap,
        SYS_munmap,
        SYS_read,
        SYS_restart_syscall,
        SYS_rt_sigaction,
        SYS_rt_sigprocmask,
        SYS_rt_sigreturn,
        SYS_sched_yield,
        SYS_sigaltstack,
        SYS_tgkill,
        SYS_write,
        SYS_writev,
    ];
    let arch = std::env::consts::ARCH.try_into().map_err(|_| Unjailed)?;
    let rules = allowed.into_iter().map(|call| (call, Vec::new())).collect();
    let refused = SeccompAction::Errno(u32::try_from(libc::EPERM).map_err(|_| Unjailed)?);
    let filter = SeccompFilter::new(rules, refused, SeccompAction::Allow, arch).map_err(|_| Unjailed)?;
    let program: BpfProgram = filter.try_into().map_err(|_| Unjailed)?;
    seccompiler::apply_filter(&program).map_err(|_| Unjailed)
}

#[cfg(not(target_os = "linux"))]
fn calls() -> Result<(), Unjailed> {
    Ok(())
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::io::ErrorKind;
    use std::net::TcpStream;

    #[test]
    fn nothing_is_opened_connected_to_or_started() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        // The filter is of one thread, so that the others go on.
        let seen = std::thread::spawn(move || {
            super::calls().unwrap();
            [
                TcpStream::connect(address).map(drop).map_err(|fault| fault.kind()),
                std::fs::File::open("/etc/hostname").map(drop).map_err(|fault| fault.kind()),
                std::process::Command::new("/bin/true").spawn().map(drop).map_err(|fault| fault.kind()),
            ]
        });
        assert_eq!(seen.join().unwrap(), [Err(ErrorKind::PermissionDenied); 3]);
    }
}
