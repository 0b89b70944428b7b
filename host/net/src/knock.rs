//! Whether somebody is there: a connection, under TLS with its handshake, and not a byte of anything else.
//!
//! INVARIANT: nothing is said, so that nobody counts it, logs it as an attempt or has to answer it.

use reqwest::Url;

use crate::{NetError, Reach, Stream, Tls};

/// Connects to where an address leads (`https`, `http`, `tls`, `tcp`) and leaves. With a proxy, only to that: who is behind it
/// would have to be asked something.
///
/// # Errors
/// When nobody is there, or the certificate does not check out.
pub fn knock(address: &str, reach: &Reach) -> Result<(), NetError> {
    let place = reach.proxy.as_deref().unwrap_or(address);
    let wrong = || NetError::Address(place.to_owned());
    let url = Url::parse(place).map_err(|_| wrong())?;
    let host = url.host_str().map(|host| host.trim_matches(['[', ']']).to_owned()).ok_or_else(wrong)?;
    let port = url.port_or_known_default().ok_or_else(wrong)?;
    let tls = match url.scheme() {
        // Of a proxy the authorities of the system count.
        "https" | "tls" if reach.proxy.is_some() => Some(Tls::new(&Reach { ca: None, ..reach.clone() })?),
        "https" | "tls" => Some(Tls::new(reach)?),
        _ => None,
    };
    Stream::connect(&host, port, tls.as_ref(), reach)?.leave()
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;
    use std::time::Duration;

    use super::{NetError, Reach, knock};

    fn reach() -> Reach {
        Reach { connect: Duration::from_secs(5), total: Duration::from_secs(5), ..Reach::default() }
    }

    #[test]
    fn who_is_there_is_told_from_who_is_not() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        for address in [format!("tcp://127.0.0.1:{port}"), format!("http://localhost:{port}/events?x=1")] {
            assert_eq!(knock(&address, &reach()), Ok(()), "{address}");
            // Nothing was said.
            let (mut stream, _) = listener.accept().unwrap();
            assert_eq!(std::io::Read::read(&mut stream, &mut [0; 9]).unwrap(), 0);
        }
        drop(listener);
        let gone = format!("http://127.0.0.1:{port}/");
        assert!(matches!(knock(&gone, &reach()), Err(NetError::Unreachable(_))));
        assert!(matches!(knock("nowhere", &reach()), Err(NetError::Address(_))));
        assert!(matches!(knock("tcp://127.0.0.1", &reach()), Err(NetError::Address(_))));
    }

    #[test]
    fn of_a_proxy_only_itself_is_asked() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let proxy = format!("http://{}", listener.local_addr().unwrap());
        let reach = Reach { proxy: Some(proxy), ..reach() };
        assert_eq!(knock("https://receiver.invalid/", &reach), Ok(()));
    }
}
