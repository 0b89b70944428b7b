//! A card in a closed shadow root, drawn by a small extension made here, is found and used in both browsers.

use anyhow::{Result, ensure};
use std::fs;
use std::path::Path;
use tests_harness::{Browser, Launch, Session, Site, StandIns};

const MANIFEST: &str = r#"{"manifest_version": 3, "name": "card", "version": "1",
  "browser_specific_settings": {"gecko": {"id": "card@example.org"}},
  "host_permissions": ["https://chatgpt.com/*"],
  "content_scripts": [{"matches": ["https://chatgpt.com/*"], "js": ["content.js"], "run_at": "document_start"}],
  "web_accessible_resources": [{"resources": ["card.html"], "matches": ["https://chatgpt.com/*"], "use_dynamic_url": true}]}"#;

const CONTENT: &str = "const host = document.createElement('div');
  const frame = document.createElement('iframe');
  frame.src = chrome.runtime.getURL('card.html');
  host.attachShadow({ mode: 'closed' }).append(frame);
  addEventListener('message', () => host.remove());
  document.documentElement.append(host);";

const CARD: &str = r#"<!doctype html><meta charset="utf-8"><p>Found: a card number</p><input type="text">
  <button data-press="edit">Edit</button><button data-press="close" hidden>Send</button>
  <button data-press="justify">Justify</button><button data-press="send">Send</button><script src="card.js"></script>"#;

/// Takes no answer before the second press, as a card that was not seen long enough.
const SCRIPT: &str = "let presses = 0;
  document.querySelector('[data-press=justify]').onclick = () => {
  if (++presses < 2) return;
  const reason = document.querySelector('input').value;
  if (reason === 'a good reason') parent.postMessage('done', '*'); };";

fn extension(folder: &Path) -> Result<()> {
    for (name, text) in
        [("manifest.json", MANIFEST), ("content.js", CONTENT), ("card.html", CARD), ("card.js", SCRIPT)]
    {
        fs::write(folder.join(name), text)?;
    }
    Ok(())
}

async fn is_found(browser: Browser) -> Result<()> {
    let folder = tempfile::tempdir()?;
    extension(folder.path())?;
    let stand_ins = StandIns::start()?;
    let launch = Launch { extension: Some(folder.path().to_owned()), ..Launch::plain(browser) };
    let session = Session::start(&stand_ins, &launch).await?;
    session.open(Site::ChatGpt).await?;

    let card = session.card().await?;
    ensure!(card.text().await?.contains("Found: a card number"));
    ensure!(card.choices().await? == ["edit", "justify", "send-anyway"]);
    card.give_reason("a good reason").await?;
    card.choose("justify").await?;
    session.wait_for_no_card().await?;
    ensure!(session.composer_text().await?.is_empty(), "the session is back in the page");
    session.close().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_card_is_found_in_chromium() -> Result<()> {
    is_found(Browser::Chromium).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_card_is_found_in_firefox() -> Result<()> {
    is_found(Browser::Firefox).await
}
