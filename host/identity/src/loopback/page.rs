//! What the person's browser shows at the end.
//!
//! INVARIANT: no script, nothing from elsewhere, no way to anywhere; what a provider said stands as text.

use std::io::Write as _;
use std::net::{Shutdown, TcpStream};

use crate::IdentityError;

/// How the sign-in ended.
pub(super) fn ended(stream: &TcpStream, how: Result<(), &IdentityError>) {
    match how {
        Ok(()) => write(
            stream,
            "200 OK",
            "You are signed in",
            "Promptgate knows who you are. You can close this page.",
        ),
        Err(why) => {
            let why = format!("{why}. You can close this page.");
            write(stream, "200 OK", "You are not signed in", &why);
        }
    }
}

/// To whatever is none of the sign-in's.
pub(super) fn stranger(stream: &TcpStream, status: &str) {
    let text = "This address takes the answer of one sign-in, and this is not it. You can close this page.";
    write(stream, status, "Nothing here", text);
}

fn write(mut stream: &TcpStream, status: &str, title: &str, text: &str) {
    let (title, text) = (escaped(title), escaped(text));
    let body = format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>Promptgate: {title}</title><style>body{{font:1.1rem/1.5 system-ui,sans-serif;max-width:34rem;\
         margin:15vh auto;padding:0 1.5rem;color-scheme:light dark}}</style><h1>{title}</h1><p>{text}</p></html>\n"
    );
    let head = format!(
        "HTTP/1.1 {status}\r\ncontent-type: text/html; charset=utf-8\r\ncontent-length: {}\r\n\
         content-security-policy: default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'\r\n\
         referrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\ncache-control: no-store\r\n\
         connection: close\r\n\r\n",
        body.len()
    );
    // A browser that is gone need not be told.
    let _gone = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body.as_bytes()));
    let _gone = stream.shutdown(Shutdown::Write);
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            _ => out.push(char),
        }
    }
    out
}
