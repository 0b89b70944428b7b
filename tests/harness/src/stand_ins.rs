//! The stand-ins: one TLS server on the loopback that answers under the host names of the four sites. Datagrams to the
//! same port are counted.
//!
//! It runs on threads of its own and stops when dropped. It shares no code or data with the product: what it knows of
//! the sites is written here a second time, so that a wrong belief shows as a test that fails.

mod answer;
mod chatgpt;
mod claude;
mod connection;
mod events;
mod exchange;
mod gemini;
mod packets;
mod page;
mod perplexity;
mod pieces;
mod served;

use crate::certificate::{self, Identity};
use crate::ledger::Ledger;
use crate::site::{self, Origin, Site};
pub use answer::answer_to;
use anyhow::{Context, Result, bail};
use exchange::{Incoming, Reply};
use packets::Packets;
pub use served::{Paced, Served};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, UdpSocket};
use std::sync::Arc;
use tokio::runtime::{Builder, Runtime};
use tokio_rustls::rustls::pki_types::CertificateDer;

/// The system gives a port for connections whose number may be taken for datagrams: then another one.
const PORTS: usize = 8;

/// The running stand-ins of all four sites.
pub struct StandIns {
    address: SocketAddr,
    ledger: Ledger,
    packets: Packets,
    authority: CertificateDer<'static>,
    fronts: Arc<Fronts>,
    runtime: Option<Runtime>,
}

impl StandIns {
    /// Starts them on a free port.
    pub fn start() -> Result<StandIns> {
        let Identity { server, authority } = certificate::issue(&site::hosts())?;
        let (listener, datagrams) = listen()?;
        let address = listener.local_addr()?;
        let ledger = Ledger::new();
        let packets = Packets::default();
        let runtime =
            Builder::new_multi_thread().worker_threads(2).thread_name("stand-ins").enable_all().build()?;
        let fronts = Arc::new(Fronts::new(ledger.clone()));
        runtime.spawn(connection::accept(listener, server, Arc::clone(&fronts)));
        runtime.spawn(packets.clone().take(datagrams));
        Ok(StandIns { address, ledger, packets, authority, fronts, runtime: Some(runtime) })
    }

    /// Where they listen.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What reached them.
    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// How many datagrams reached them, under whatever name.
    pub fn packets(&self) -> u64 {
        self.packets.count()
    }

    /// The certificate of their authority, for a plain client.
    pub fn authority(&self) -> &CertificateDer<'static> {
        &self.authority
    }

    /// Serves a file of the test's own at this path of every site's host, from now on.
    pub fn serve(&self, path: &str, file: Served) {
        self.fronts.files.put(path, file);
    }

    /// The same, of a page that the browser may keep when it is left, and show again for "back".
    pub fn serve_kept(&self, path: &str, file: Served) {
        self.fronts.files.put_kept(path, file);
    }

    /// Streams this at this path of every site's host, from now on.
    pub fn serve_paced(&self, path: &str, stream: Paced) {
        self.fronts.files.put_paced(path, stream);
    }

    /// The content security policy of a site's pages, with this nonce.
    pub fn policy(site: Site, nonce: &str) -> String {
        page::policy(site, nonce)
    }

    /// Every host name they answer under.
    pub fn hosts() -> Vec<&'static str> {
        site::hosts()
    }
}

/// A port of the loopback for connections and for datagrams.
fn listen() -> Result<(TcpListener, UdpSocket)> {
    for _ in 0..PORTS {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("no free port on the loopback")?;
        if let Ok(datagrams) = UdpSocket::bind(listener.local_addr()?) {
            listener.set_nonblocking(true)?;
            datagrams.set_nonblocking(true)?;
            return Ok((listener, datagrams));
        }
    }
    bail!("no port of the loopback is free for connections and for datagrams");
}

impl Drop for StandIns {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// What lives as long as the server: the ledger and each site's conversations.
pub(crate) struct Fronts {
    pub(crate) ledger: Ledger,
    files: served::Files,
    chatgpt: chatgpt::ChatGpt,
    gemini: gemini::Gemini,
    claude: claude::Claude,
    perplexity: perplexity::Perplexity,
}

impl Fronts {
    fn new(ledger: Ledger) -> Fronts {
        Fronts {
            ledger,
            files: served::Files::default(),
            chatgpt: chatgpt::ChatGpt::default(),
            gemini: gemini::Gemini::default(),
            claude: claude::Claude::default(),
            perplexity: perplexity::Perplexity::default(),
        }
    }

    /// Answers one request that is wholly here.
    pub(crate) fn reply(&self, request: &Incoming) -> Reply {
        if request.path == "/favicon.ico" {
            return Reply::empty(204);
        }
        if let Some(file) = self.files.reply(&request.path) {
            return file;
        }
        match site::origin(&request.host) {
            Some(Origin::Front(site)) => page::reply(site, request).unwrap_or_else(|| match site {
                Site::ChatGpt => self.chatgpt.reply(request),
                Site::Gemini => self.gemini.reply(request),
                Site::Claude => self.claude.reply(request),
                Site::Perplexity => self.perplexity.reply(request),
            }),
            Some(Origin::Sockets) => self.chatgpt.socket(request),
            Some(Origin::Suggestions) => perplexity::suggestions(request),
            Some(Origin::Store(site)) => exchange::store(site, request),
            None => Reply::empty(421),
        }
    }
}
