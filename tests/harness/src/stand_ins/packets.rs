//! Datagrams: where TLS is spoken, QUIC could be too, under the same number of a port. Nobody answers them. They are
//! counted, since what is in them is nobody's to read: the first one of a `WebTransport` shows that it was opened.

use std::net::UdpSocket;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// The largest payload of a datagram over IPv4 (RFC 768, RFC 791 section 3.1).
const LARGEST: usize = 65_507;

/// How many came so far; clones count together.
#[derive(Clone, Default)]
pub(super) struct Packets(Arc<AtomicU64>);

impl Packets {
    pub(super) fn count(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    /// Counts until the runtime ends.
    pub(super) async fn take(self, socket: UdpSocket) {
        let Ok(socket) = tokio::net::UdpSocket::from_std(socket) else { return };
        let mut packet = vec![0; LARGEST];
        loop {
            // A fault is the word of one peer that it is gone; the next one is heard all the same.
            if socket.recv_from(&mut packet).await.is_ok() {
                self.0.fetch_add(1, Ordering::Relaxed);
            }
        }
    }
}
