//! The stand-ins as a plain client meets them: TLS that their authority vouches for, strict pages, streams, the ledger.

use anyhow::{Context, Result, ensure};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tests_harness::{Site, StandIns};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpStream, UdpSocket};
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

/// Sends one request over a connection of its own and returns all that comes back.
async fn exchange(stand_ins: &StandIns, host: &'static str, head: &str, body: &str) -> Result<String> {
    let mut roots = RootCertStore::empty();
    roots.add(stand_ins.authority().clone())?;
    let config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    let stream = TcpStream::connect(stand_ins.address()).await?;
    let mut stream =
        TlsConnector::from(Arc::new(config)).connect(ServerName::try_from(host)?, stream).await?;
    let length = body.len();
    let request =
        format!("{head}\r\nhost: {host}\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}");
    stream.write_all(request.as_bytes()).await?;
    let mut answer = Vec::new();
    // The server closes without the last word of TLS; what came is whole all the same.
    let _unclean = stream.read_to_end(&mut answer).await;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

#[tokio::test]
async fn every_site_has_a_strict_page_under_its_name() -> Result<()> {
    let stand_ins = StandIns::start()?;
    for site in Site::ALL {
        let page =
            exchange(&stand_ins, site.host(), &format!("GET {} HTTP/1.1", site.new_chat()), "").await?;
        let (head, html) = page.split_once("\r\n\r\n").context("a head and a body")?;
        ensure!(head.starts_with("HTTP/1.1 200 OK"), "{head}");
        let policy = head.lines().find_map(|line| line.strip_prefix("content-security-policy: "));
        let policy = policy.context("a content security policy")?;
        ensure!(policy.contains("require-trusted-types-for 'script'"), "{policy}");
        ensure!(!policy.contains("unsafe") && !policy.contains('*'), "{policy}");
        let nonce = policy.split('\'').find_map(|word| word.strip_prefix("nonce-")).context("a nonce")?;
        ensure!(
            html.matches(&format!("<script nonce=\"{nonce}\"")).count() == html.matches("<script").count()
        );
        ensure!(!html.contains("{{"), "a place was not filled");
        let again =
            exchange(&stand_ins, site.host(), &format!("GET {} HTTP/1.1", site.new_chat()), "").await?;
        ensure!(!again.contains(nonce), "the nonce came twice");
    }
    Ok(())
}

#[tokio::test]
async fn an_unknown_name_gets_nothing_and_is_noted() -> Result<()> {
    let stand_ins = StandIns::start()?;
    let head = "POST /collect?q=one%20secret HTTP/1.1\r\nhost: elsewhere.example";
    let answer = exchange(&stand_ins, "claude.ai", head, "{\"text\":\"two \\u0073ecret\"}").await?;
    // Two names in one request are refused by the server itself; then the name alone.
    ensure!(answer.starts_with("HTTP/1.1 4"), "{answer}");
    ensure!(stand_ins.ledger().contains("one secret") && stand_ins.ledger().contains("two secret"));
    ensure!(!stand_ins.ledger().contains("three secret"));
    Ok(())
}

#[tokio::test]
async fn an_answer_comes_in_pieces_cut_inside_characters() -> Result<()> {
    let stand_ins = StandIns::start()?;
    let body = r#"{"action":"next","messages":[{"author":{"role":"user"},"content":{"parts":["hello"]}}]}"#;
    let answer =
        exchange(&stand_ins, "chatgpt.com", "POST /backend-api/f/conversation HTTP/1.1", body).await?;
    ensure!(answer.contains("transfer-encoding: chunked"), "{answer}");
    // The length lines between the pieces break some character in two: as it stands, the whole is no text.
    ensure!(answer.contains(char::REPLACEMENT_CHARACTER), "{answer}");
    Ok(())
}

#[tokio::test]
async fn a_body_that_lost_its_shape_is_refused_in_the_sites_own_form() -> Result<()> {
    let stand_ins = StandIns::start()?;
    let completion = "/api/organizations/o/chat_conversations/c/completion";
    for (host, path, wanted) in [
        ("chatgpt.com", "/backend-api/f/conversation", "{\"detail\":["),
        (
            "gemini.google.com",
            "/_/BardChatUi/data/assistant.lamda.BardFrontendService/StreamGenerate",
            "[13]",
        ),
        ("claude.ai", completion, "\"type\":\"invalid_request_error\""),
        ("www.perplexity.ai", "/rest/sse/perplexity_ask", "{\"detail\":"),
    ] {
        let answer = exchange(&stand_ins, host, &format!("POST {path} HTTP/1.1"), "{\"prompt\":").await?;
        let text: String = answer.lines().collect();
        ensure!(text.contains(wanted), "{host}: {answer}");
    }
    Ok(())
}

#[tokio::test]
async fn the_ledger_wakes_who_waits_and_gives_up_in_time() -> Result<()> {
    let stand_ins = StandIns::start()?;
    let ledger = stand_ins.ledger().clone();
    let waiting =
        tokio::spawn(
            async move { ledger.wait_for(Duration::from_secs(20), |e| e.contains("wake up")).await },
        );
    exchange(&stand_ins, "perplexity.ai", "POST /rest/thread HTTP/1.1", "wake+up").await?;
    assert_eq!(waiting.await??.host, "perplexity.ai");
    let nothing = stand_ins.ledger().wait_for(Duration::from_millis(1), |e| e.contains("nobody")).await;
    ensure!(nothing.is_err_and(|error| error.to_string().contains("POST https://perplexity.ai/rest/thread")));
    Ok(())
}

#[tokio::test]
async fn datagrams_to_the_same_port_are_counted() -> Result<()> {
    let stand_ins = StandIns::start()?;
    assert_eq!(stand_ins.packets(), 0);
    let socket = UdpSocket::bind(("127.0.0.1", 0)).await?;
    let end = Instant::now() + Duration::from_secs(20);
    for wanted in 1..=2 {
        socket.send_to(b"hello", stand_ins.address()).await?;
        while stand_ins.packets() < wanted {
            ensure!(Instant::now() < end, "datagram {wanted} was not counted");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
    assert_eq!(stand_ins.packets(), 2);
    Ok(())
}
