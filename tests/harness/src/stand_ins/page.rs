//! The pages and their scripts, under content security policies as strict as the real sites' or stricter.
//!
//! Each page has a fresh nonce, forbids inline script without it and turns Trusted Types on. What an extension
//! draws must live with that.

use super::exchange::{Incoming, Reply};
use crate::site::{CHATGPT_STORE, GEMINI_STORE, PERPLEXITY_STORE, PERPLEXITY_SUGGESTIONS, Site};
use std::sync::atomic::{AtomicU64, Ordering};

const KIT: &str = include_str!("pages/kit.js");
const SHELL: &str = include_str!("pages/shell.html");
const STYLE: &str = include_str!("pages/style.css");

/// The page or one of its files, if that is what is asked for.
pub(super) fn reply(site: Site, request: &Incoming) -> Option<Reply> {
    let ("GET", path) = request.call() else { return None };
    match path {
        "/assets/kit.js" => Some(Reply::typed("text/javascript", KIT)),
        "/assets/app.js" => Some(Reply::typed("text/javascript", script(site))),
        "/assets/style.css" => Some(Reply::typed("text/css", STYLE)),
        _ if is_page(site, path) => Some(document(site)),
        _ => None,
    }
}

fn is_page(site: Site, path: &str) -> bool {
    let begins = |prefixes: &[&str]| prefixes.iter().any(|prefix| path.starts_with(prefix));
    match site {
        Site::ChatGpt => path == "/" || begins(&["/c/", "/g/"]),
        Site::Gemini => path == "/" || path == "/app" || begins(&["/app/", "/u/"]) && !path.contains("/_/"),
        Site::Claude => path == "/" || path == "/new" || begins(&["/chat/", "/project/"]),
        Site::Perplexity => path == "/" || path == "/search" || begins(&["/search/"]),
    }
}

fn document(site: Site) -> Reply {
    let nonce = nonce();
    let html = SHELL.replace("{{nonce}}", &nonce);
    let html = furniture(site).iter().fold(html, |html, (place, value)| html.replace(place, value));
    let headers = vec![
        ("content-type", "text/html; charset=utf-8".to_owned()),
        ("content-security-policy", policy(site, &nonce)),
        ("cache-control", "no-store".to_owned()),
        ("x-content-type-options", "nosniff".to_owned()),
        ("referrer-policy", "strict-origin-when-cross-origin".to_owned()),
    ];
    Reply::Whole { status: 200, headers, body: html.into_bytes() }
}

/// Differs from page to page; it need not be hard to guess here.
fn nonce() -> String {
    static COUNT: AtomicU64 = AtomicU64::new(1);
    format!("n{:016x}", COUNT.fetch_add(1, Ordering::Relaxed).wrapping_mul(0x9E37_79B9_7F4A_7C15))
}

pub(super) fn policy(site: Site, nonce: &str) -> String {
    let script = format!("script-src 'nonce-{nonce}' 'strict-dynamic'; base-uri 'none'; object-src 'none'");
    let types = "require-trusted-types-for 'script'; trusted-types 'none'";
    match site {
        Site::ChatGpt => format!(
            "default-src 'self'; {script}; connect-src 'self' wss://ws.chatgpt.com https://{CHATGPT_STORE}; \
             style-src 'self'; frame-src 'self'; frame-ancestors 'none'; {types}"
        ),
        Site::Gemini => format!(
            "default-src 'none'; {script}; connect-src 'self' https://{GEMINI_STORE}; \
             style-src 'nonce-{nonce}' 'self'; img-src 'self'; {types}"
        ),
        Site::Claude => {
            format!(
                "default-src 'none'; {script}; connect-src 'self'; style-src 'self'; form-action 'none'; {types}"
            )
        }
        Site::Perplexity => format!(
            "default-src 'self'; {script}; connect-src 'self' wss://{PERPLEXITY_SUGGESTIONS} \
             https://{PERPLEXITY_STORE}; style-src 'self'; frame-src 'none'; {types}"
        ),
    }
}

/// What differs in the pages' HTML: title, file field, composer, button; named as on the real sites.
fn furniture(site: Site) -> [(&'static str, &'static str); 4] {
    let (title, file, composer, button) = match site {
        Site::ChatGpt => (
            "ChatGPT",
            r#"id="upload-files""#,
            r#"id="prompt-textarea" class="composer ProseMirror" aria-label="Chat with ChatGPT""#,
            r#"id="composer-submit-button" data-testid="send-button" aria-label="Send prompt""#,
        ),
        Site::Gemini => (
            "Gemini",
            r#"name="Filedata""#,
            r#"class="composer ql-editor textarea" aria-label="Enter a prompt here""#,
            r#"class="send-button submit" aria-label="Send message""#,
        ),
        Site::Claude => (
            "Claude",
            r#"data-testid="file-upload""#,
            r#"class="composer tiptap ProseMirror" aria-label="Write your prompt to Claude""#,
            r#"aria-label="Send message""#,
        ),
        Site::Perplexity => (
            "Perplexity",
            r#"data-testid="file-upload-input""#,
            r#"id="ask-input" class="composer" data-lexical-editor="true" aria-label="Ask anything""#,
            r#"data-testid="submit-button" aria-label="Submit""#,
        ),
    };
    [("{{title}}", title), ("{{file}}", file), ("{{composer}}", composer), ("{{button}}", button)]
}

fn script(site: Site) -> &'static str {
    match site {
        Site::ChatGpt => include_str!("pages/chatgpt.js"),
        Site::Gemini => include_str!("pages/gemini.js"),
        Site::Claude => include_str!("pages/claude.js"),
        Site::Perplexity => include_str!("pages/perplexity.js"),
    }
}
