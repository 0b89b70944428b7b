//! A stream to a receiver that speaks no HTTP, in clear or under TLS.
//!
//! INVARIANT: [`Stream::finish`] is Ok only when the peer closed in order after our end of writing. A peer whose
//! program has not read everything closes with a reset, which is a fault: so an orderly close is a receipt.

use std::io::{ErrorKind, Read, Write};
use std::net::{TcpStream, ToSocketAddrs as _};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, StreamOwned};

use crate::{NetError, Reach, tls};

/// Bytes between two looks at the clock.
const PIECE: usize = 64 * 1024;
/// Most that a receiver may say before it closes.
const MOST_SAID: usize = 64 * 1024;

/// The authorities that count, read once for many streams.
#[derive(Clone, Debug)]
pub struct Tls(Arc<ClientConfig>);

impl Tls {
    /// Those of `reach.ca`, or the system's.
    ///
    /// # Errors
    /// When the file is of no use.
    pub fn new(reach: &Reach) -> Result<Self, NetError> {
        Ok(Self(Arc::new(tls::config(reach.ca.as_deref())?)))
    }
}

/// A stream.
#[derive(Debug)]
pub struct Stream {
    over: Over,
    until: Instant,
}

#[derive(Debug)]
enum Over {
    Plain(TcpStream),
    Tls(Box<StreamOwned<ClientConnection, TcpStream>>),
}

impl Stream {
    /// Connects, under TLS where it is given. The whole life of the stream is bounded by `reach.total`.
    ///
    /// # Errors
    /// When nobody is there, or the certificate does not check out.
    pub fn connect(host: &str, port: u16, tls: Option<&Tls>, reach: &Reach) -> Result<Self, NetError> {
        let until = Instant::now() + reach.total;
        let addresses = (host, port).to_socket_addrs();
        let addresses = addresses.map_err(|_| NetError::Unreachable(format!("no address for `{host}`")))?;
        let mut last = NetError::Unreachable(format!("no address for `{host}`"));
        for address in addresses {
            let socket = match TcpStream::connect_timeout(&address, reach.connect) {
                Ok(socket) => socket,
                Err(fault) => {
                    last = NetError::of(&fault);
                    continue;
                }
            };
            let wait =
                |timeout| socket.set_read_timeout(timeout).and_then(|()| socket.set_write_timeout(timeout));
            wait(Some(reach.connect)).map_err(|fault| NetError::of(&fault))?;
            let over = match tls {
                Some(tls) => secured(host, socket, tls)?,
                None => Over::Plain(socket),
            };
            return Ok(Self { over, until });
        }
        Err(last)
    }

    /// Sends all of it.
    ///
    /// # Errors
    /// When the peer is gone or takes nothing more.
    pub fn send(&mut self, bytes: &[u8]) -> Result<(), NetError> {
        for piece in bytes.chunks(PIECE) {
            self.in_time()?;
            self.over.write_all(piece).map_err(|fault| NetError::of(&fault))?;
        }
        self.over.flush().map_err(|fault| NetError::of(&fault))
    }

    /// Says that nothing more comes, and waits until the peer has read all and closed too.
    ///
    /// # Errors
    /// When it does not close in order and in time.
    pub fn finish(mut self) -> Result<(), NetError> {
        self.over.end().map_err(|fault| NetError::of(&fault))?;
        let mut said = 0_usize;
        let mut buffer = [0_u8; 4096];
        loop {
            self.in_time()?;
            match self.over.read(&mut buffer) {
                Ok(0) => return Ok(()),
                Ok(bytes) => said += bytes,
                Err(fault) if fault.kind() == ErrorKind::Interrupted => {}
                Err(fault) => return Err(NetError::of(&fault)),
            }
            if said > MOST_SAID {
                return Err(NetError::Broken("it talks where nothing was to be said".to_owned()));
            }
        }
    }

    /// Ends without waiting for the peer.
    ///
    /// # Errors
    /// When the end cannot be sent.
    pub fn leave(mut self) -> Result<(), NetError> {
        self.over.end().map_err(|fault| NetError::of(&fault))
    }

    fn in_time(&self) -> Result<(), NetError> {
        let left = self.until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(NetError::TimedOut);
        }
        let wait = Some(left.max(Duration::from_millis(1)));
        let socket = self.over.socket();
        socket
            .set_read_timeout(wait)
            .and_then(|()| socket.set_write_timeout(wait))
            .map_err(|fault| NetError::of(&fault))
    }
}

fn secured(host: &str, mut socket: TcpStream, tls: &Tls) -> Result<Over, NetError> {
    let name = ServerName::try_from(host.to_owned()).map_err(|_| NetError::Address(host.to_owned()))?;
    let mut session =
        ClientConnection::new(Arc::clone(&tls.0), name).map_err(|fault| NetError::Tls(fault.to_string()))?;
    while session.is_handshaking() {
        session.complete_io(&mut socket).map_err(|fault| match NetError::of(&fault) {
            NetError::Broken(what) => NetError::Tls(what),
            other => other,
        })?;
    }
    Ok(Over::Tls(Box::new(StreamOwned::new(session, socket))))
}

impl Over {
    fn socket(&self) -> &TcpStream {
        match self {
            Self::Plain(socket) => socket,
            Self::Tls(stream) => &stream.sock,
        }
    }

    /// The end of our writing, under TLS said there first.
    fn end(&mut self) -> std::io::Result<()> {
        if let Self::Tls(stream) = self {
            stream.conn.send_close_notify();
            stream.flush()?;
        }
        self.socket().shutdown(std::net::Shutdown::Write)
    }
}

impl Read for Over {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        match self {
            Self::Plain(socket) => socket.read(buffer),
            Self::Tls(stream) => match stream.read(buffer) {
                // Some peers close the socket without a word under TLS; all we sent was read by then all the same.
                Err(fault) if fault.kind() == ErrorKind::UnexpectedEof => Ok(0),
                read => read,
            },
        }
    }
}

impl Write for Over {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        match self {
            Self::Plain(socket) => socket.write(bytes),
            Self::Tls(stream) => stream.write(bytes),
        }
    }

    fn flush(&mut self) -> std::io::Result<()> {
        match self {
            Self::Plain(socket) => socket.flush(),
            Self::Tls(stream) => stream.flush(),
        }
    }
}
