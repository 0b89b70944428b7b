//! Receivers: real ones, and one of the tests that does what it is told, however badly.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

/// Longer than anything here takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// A program or folder that the whole run of the tests installs. Alone, a test without it is skipped, and says so;
/// in the whole run it fails.
pub(crate) fn installed(what: &str, found: Option<PathBuf>) -> Option<PathBuf> {
    if found.is_none() {
        assert!(
            std::env::var_os("PROMPTGATE_TOOLS").is_none(),
            "{what} is missing, which the set-up installs"
        );
        eprintln!("SKIPPED: {what} is missing; `cargo xtask test` installs it");
    }
    found
}

/// A program where Debian puts those of the system.
pub(crate) fn program(name: &str) -> Option<PathBuf> {
    let folders = ["/usr/sbin", "/usr/bin", "/sbin", "/bin"].map(|folder| Path::new(folder).join(name));
    installed(name, folders.into_iter().find(|path| path.is_file()))
}

/// A tool in the cached tools folder.
pub(crate) fn tool(path: &str) -> Option<PathBuf> {
    let tools = std::env::var_os("PROMPTGATE_TOOLS").map(PathBuf::from);
    let cache = || Some(PathBuf::from(std::env::var_os("HOME")?).join(".cache/promptgate/tools"));
    installed(path, tools.or_else(cache).map(|tools| tools.join(path)).filter(|path| path.exists()))
}

/// A port that was free a moment ago.
pub(crate) fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// Waits until it holds.
pub(crate) fn until(what: &str, holds: impl Fn() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < PATIENCE, "{what}");
        // Whoever asks all the time keeps those from working who are waited for.
        thread::sleep(Duration::from_millis(5));
    }
}

/// A process that ends with its test.
pub(crate) struct Running(Child);

impl Running {
    pub(crate) fn start(command: &mut Command, port: u16) -> Self {
        let child = command.stdin(Stdio::null()).spawn().unwrap();
        let running = Self(child);
        until("the receiver listens", || TcpStream::connect(("127.0.0.1", port)).is_ok());
        running
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ended = self.0.kill();
        let _ended = self.0.wait();
    }
}

/// Certificates of an authority of the test's own, as PEM files in a folder.
pub(crate) struct Certificates {
    pub(crate) ca: PathBuf,
    pub(crate) certificate: PathBuf,
    pub(crate) key: PathBuf,
    server: Arc<ServerConfig>,
}

impl Certificates {
    pub(crate) fn make(folder: &Path, host: &str) -> Self {
        fs::create_dir_all(folder).unwrap();
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        let authority = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        let key = KeyPair::generate().unwrap();
        let leaf =
            CertificateParams::new(vec![host.to_owned()]).unwrap().signed_by(&key, &authority).unwrap();
        let file = |name: &str, text: String| {
            let path = folder.join(name);
            fs::write(&path, text).unwrap();
            path
        };
        let private = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let server = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![leaf.der().clone()], private)
            .unwrap();
        Self {
            ca: file("ca.pem", authority.pem()),
            certificate: file("certificate.pem", leaf.pem()),
            key: file("key.pem", key.serialize_pem()),
            server: Arc::new(server),
        }
    }
}

/// A request that came.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    /// The request line.
    pub(crate) line: String,
    /// Names in lower case.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Request {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str())
    }
}

/// What it does with a request.
#[derive(Clone, Debug)]
pub(crate) enum Reply {
    /// A status with a body.
    Status(u16, &'static str),
    /// A status with a header.
    With(u16, String),
    /// These bytes.
    Raw(Vec<u8>),
    /// It closes without a word.
    Close,
    /// It says nothing for a while.
    Silence(Duration),
}

/// A receiver over HTTP that does what it is told.
pub(crate) struct Receiver {
    pub(crate) port: u16,
    requests: Arc<Mutex<Vec<Request>>>,
}

type Script = Box<dyn FnMut(usize, &Request) -> Reply + Send>;

impl Receiver {
    pub(crate) fn start(script: impl FnMut(usize, &Request) -> Reply + Send + 'static) -> Self {
        Self::with(None, script)
    }

    pub(crate) fn with(
        tls: Option<&Certificates>,
        script: impl FnMut(usize, &Request) -> Reply + Send + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let script: Arc<Mutex<Script>> = Arc::new(Mutex::new(Box::new(script)));
        let (told, tls) = (Arc::clone(&requests), tls.map(|tls| Arc::clone(&tls.server)));
        // It ends with the test's process.
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (stream, told, script, tls) =
                    (stream.unwrap(), Arc::clone(&told), Arc::clone(&script), tls.clone());
                thread::spawn(move || match tls {
                    None => serve(stream, &told, &script),
                    Some(tls) => {
                        serve(StreamOwned::new(ServerConnection::new(tls).unwrap(), stream), &told, &script);
                    }
                });
            }
        });
        Self { port, requests }
    }

    pub(crate) fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap().clone()
    }
}

/// Requests of one connection, until it closes.
fn serve(stream: impl std::io::Read + std::io::Write, told: &Mutex<Vec<Request>>, script: &Mutex<Script>) {
    let mut stream = BufReader::new(stream);
    while let Some(request) = read(&mut stream) {
        let count = {
            let mut told = told.lock().unwrap();
            told.push(request.clone());
            told.len()
        };
        let reply = (*script.lock().unwrap())(count, &request);
        let bytes = match reply {
            Reply::Status(status, body) => {
                format!("HTTP/1.1 {status} X\r\ncontent-length: {}\r\n\r\n{body}", body.len()).into_bytes()
            }
            Reply::With(status, header) => {
                format!("HTTP/1.1 {status} X\r\n{header}\r\ncontent-length: 0\r\n\r\n").into_bytes()
            }
            Reply::Raw(bytes) => bytes,
            Reply::Close => return,
            Reply::Silence(time) => {
                thread::sleep(time);
                return;
            }
        };
        if stream.get_mut().write_all(&bytes).and_then(|()| stream.get_mut().flush()).is_err() {
            return;
        }
    }
}

/// By the program of that name, which is none of ours.
fn gunzipped(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut gzip =
        Command::new("gzip").arg("-dc").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().ok()?;
    let (mut stdin, bytes) = (gzip.stdin.take()?, bytes.to_vec());
    let writer = thread::spawn(move || stdin.write_all(&bytes));
    let output = gzip.wait_with_output().ok().filter(|output| output.status.success())?;
    writer.join().ok()?.ok()?;
    Some(output.stdout)
}

fn read(stream: &mut BufReader<impl std::io::Read>) -> Option<Request> {
    let mut line = String::new();
    stream.read_line(&mut line).ok().filter(|&bytes| bytes > 0)?;
    let mut headers = Vec::new();
    loop {
        let mut header = String::new();
        stream.read_line(&mut header).ok().filter(|&bytes| bytes > 0)?;
        let Some((name, value)) = header.trim_end().split_once(": ") else { break };
        headers.push((name.to_ascii_lowercase(), value.to_owned()));
    }
    let length = headers.iter().find(|(name, _)| name == "content-length");
    let length = length.map_or(Some(0), |(_, length)| length.parse().ok())?;
    let mut body = vec![0; length];
    stream.read_exact(&mut body).ok()?;
    if headers.iter().any(|(name, value)| name == "content-encoding" && value == "gzip") {
        body = gunzipped(&body)?;
    }
    Some(Request { line: line.trim_end().to_owned(), headers, body: String::from_utf8(body).ok()? })
}
