//! Why a call came to nothing, told apart by what a person does next.

use std::error::Error;
use std::io;

/// A call that came to nothing. Carries nothing of what was sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NetError {
    /// The file of certificate authorities.
    #[error("the CA file {path} {what}: name a PEM file that this user may read")]
    Authorities {
        /// Which.
        path: String,
        /// What is wrong with it.
        what: String,
    },
    /// Not an address.
    #[error("`{0}` is no address that can be reached")]
    Address(String),
    /// A token that cannot stand in a header.
    #[error("the token holds characters that no header may hold: write it on one line")]
    Token,
    /// The proxy's address.
    #[error("`{0}` is no proxy: write it as http://HOST:PORT")]
    Proxy(String),
    /// Nobody there.
    #[error("it cannot be reached ({0}): check the address, and that the receiver runs")]
    Unreachable(String),
    /// The certificate, or the handshake.
    #[error("the TLS connection failed ({0}): check `ca` and the receiver's certificate")]
    Tls(String),
    /// Too slow.
    #[error("it did not answer in time: check that the receiver is well")]
    TimedOut,
    /// It closed, or spoke something else.
    #[error("the connection broke off ({0})")]
    Broken(String),
    /// The program's own fault.
    #[error("the client cannot be started ({0})")]
    Start(String),
}

impl NetError {
    /// A fault of a socket, under TLS or not.
    pub(crate) fn of(fault: &io::Error) -> Self {
        if let Some(tls) = tls_in(fault) {
            return Self::Tls(tls);
        }
        match fault.kind() {
            io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock => Self::TimedOut,
            io::ErrorKind::ConnectionRefused
            | io::ErrorKind::HostUnreachable
            | io::ErrorKind::NetworkUnreachable
            | io::ErrorKind::AddrNotAvailable => Self::Unreachable(fault.kind().to_string()),
            kind => Self::Broken(kind.to_string()),
        }
    }
}

/// What TLS complains about, somewhere in a chain of faults.
pub(crate) fn tls_in(fault: &(dyn Error + 'static)) -> Option<String> {
    let mut at = Some(fault);
    while let Some(one) = at {
        if let Some(tls) = one.downcast_ref::<rustls::Error>() {
            return Some(tls.to_string());
        }
        // An I/O error's source is that of what it wraps, and not what it wraps.
        let wrapped = one.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        at = match wrapped {
            Some(inner) => Some(inner),
            None => one.source(),
        };
    }
    None
}
