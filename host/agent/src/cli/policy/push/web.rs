//! To a web server, by PUT: `policy serve`, or any other that takes it.

use anyhow::{Context, Result, bail};
use host_net::{Client, Put, Reach};
use serde::Deserialize;

use super::Args;
use crate::cli::policy::serve::token;
use crate::ship::check_address;

/// Most of an answer that is passed on, in characters.
const SAID: usize = 300;

/// Puts it there; where that is.
pub(super) fn put(args: &Args, to: &str, archive: &[u8]) -> Result<String> {
    check_address(to).map_err(|what| anyhow::anyhow!("{what}"))?;
    let token = args.token_file.as_deref().map(token).transpose()?;
    let authorization = token.map(|token| format!("Bearer {}", token.as_str()));
    send(args, to, authorization.as_deref(), archive)?;
    Ok(to.to_owned())
}

/// Sends it, and tells what the server says when it does not take it.
pub(super) fn send(args: &Args, url: &str, authorization: Option<&str>, archive: &[u8]) -> Result<()> {
    let reach = Reach { ca: args.ca.clone(), proxy: args.proxy.clone(), ..Reach::default() };
    let put = Put { url, content_type: "application/gzip", authorization, body: archive };
    let answer = Client::new(&reach)?.put(&put).context("the bundle was not pushed")?;
    let status = answer.status;
    if (200..=299).contains(&status) {
        return Ok(());
    }
    // `policy serve` says what to do itself.
    if let Ok(Refusal { error, message }) = serde_json::from_slice(&answer.body) {
        bail!("the server answers {status}, {error}: {}", one_line(&message));
    }
    let remedy = match status {
        300..=399 => {
            let to = answer.location.as_deref().unwrap_or("nowhere");
            bail!("the server answers {status} and sends on to {to}: push to that address")
        }
        401 | 403 => "check the token or the credentials, and that they may write there",
        404 => "check the address",
        405 => "this server takes no PUT at this address",
        413 => "the bundle is too large for this server",
        _ => "the server's log may say more",
    };
    let said = one_line(&String::from_utf8_lossy(&answer.body));
    let said = if said.is_empty() { said } else { format!(" ({said})") };
    bail!("the server answers {status}{said}: {remedy}")
}

/// What `policy serve` says when it does not take a bundle.
#[derive(Deserialize)]
struct Refusal {
    error: String,
    message: String,
}

fn one_line(text: &str) -> String {
    let one = text.split_whitespace().collect::<Vec<_>>().join(" ");
    one.chars().filter(|char| !char.is_control()).take(SAID).collect()
}
