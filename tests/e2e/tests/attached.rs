//! How people attach, beside dropping a file: a folder, a picture from the clipboard, long text that a site makes a file
//! of, a document that a connector's picker names. In real browsers, with what the stand-ins received.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::json;
use tests_e2e::{ALLOWED, BLOCKED, Guarded, PATIENT, Sample, Way, base64, on_sites};
use tests_harness::{PATIENCE, Site, State};
use tokio::time::sleep;

/// As `PATIENT`, and with the program that reads text in pictures.
const READING: &str = "policy = \"builtin-enforce\"\n[fail]\ndeadline_ms = 20000\nfile_deadline_ms = 120000\n\
    [pictures]\nprogram = \"/usr/bin/tesseract\"\n";

on_sites! {
    folder: PATIENT, on chatgpt ChatGpt, claude Claude, gemini Gemini, perplexity Perplexity;
    picture: PATIENT, on chatgpt ChatGpt, claude Claude, gemini Gemini, perplexity Perplexity;
    screenshot: READING, on chatgpt ChatGpt, claude Claude, gemini Gemini, perplexity Perplexity;
    long_text: PATIENT, on chatgpt ChatGpt, claude Claude, gemini Gemini, perplexity Perplexity;
    picked: PATIENT, on chatgpt ChatGpt, claude Claude, perplexity Perplexity;
}

/// Whether this is Firefox, whose driver chooses no folder and whose clipboard takes no picture without a screen.
async fn is_firefox(guarded: &Guarded) -> Result<bool> {
    let says = guarded.script("return navigator.userAgent.includes('Firefox')", Vec::new()).await?;
    Ok(says == true)
}

/// Files of a folder.
const FILES: usize = 20;

/// Of a folder's files those that say nothing go, whatever lies beside them and below.
async fn folder(guarded: &Guarded, _site: Site) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let below = folder.path().join("below");
    std::fs::create_dir(&below)?;
    let mut files = Vec::new();
    for n in 0..FILES {
        let text = if n.is_multiple_of(2) {
            format!("the name of heron {n:02}")
        } else {
            format!("{} {n:02}", BLOCKED.text)
        };
        let place = if n < FILES / 2 { folder.path() } else { &below };
        let name = format!("file-{n:02}.txt");
        std::fs::write(place.join(&name), &text)?;
        files.push(Sample::text(&name, "text/plain", &text));
    }
    let all = if is_firefox(guarded).await? {
        guarded.give(Way::Folder, &files).await?;
        guarded.upload_end(PATIENCE * 2).await? == "ready"
    } else {
        guarded.attach_folder(folder.path()).await?
    };
    ensure!(!all, "all of it went");
    let went = guarded.script("return document.documentElement.dataset.uploaded", Vec::new()).await?;
    ensure!(went == format!("{}", FILES / 2), "{went} of its files went");
    for n in (0..FILES).step_by(2) {
        guarded.left(&format!("the name of heron {n:02}"))?;
    }
    guarded.never_left(BLOCKED.secret)
}

/// A picture of one pixel.
const PICTURE: &[u8] =
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89\0\0\0\rIDATx\x9cc\xf8\
\xcf\xc0\xf0\x1f\0\x05\0\x01\xff\x89\x99=\x1d\0\0\0\0IEND\xaeB`\x82";

/// A picture that is pasted, in Chromium with the keys, is held, and stays since nobody reads it.
async fn picture(guarded: &Guarded, _site: Site) -> Result<()> {
    if is_firefox(guarded).await? {
        let picture =
            Sample { name: "image.png".to_owned(), media_type: "image/png", bytes: PICTURE.to_vec() };
        guarded.give(Way::Paste, &[picture]).await?;
    } else {
        guarded.paste_picture(&base64(PICTURE)).await?;
    }
    ensure!(guarded.upload_end(PATIENCE).await? == "error", "a picture that nobody read went");
    let card = guarded.card().await?;
    let said = card.text().await?;
    card.leave().await?;
    ensure!(said.contains("Text in pictures is not read."), "{said}");
    let entries = guarded.stand_ins().ledger().entries();
    let left = entries.iter().filter(|entry| entry.body.windows(4).any(|four| four == b"IDAT")).count();
    ensure!(left == 0, "it left");
    Ok(())
}

/// A screenshot with a telephone number in it.
const SCREENSHOT: &[u8] = include_bytes!("../../../host/agent/tests/cases/pictures/light.png");

/// A screenshot that is pasted is read where the settings say by what, and the card says where in it something stands.
async fn screenshot(guarded: &Guarded, _site: Site) -> Result<()> {
    if is_firefox(guarded).await? {
        let name = "image.png".to_owned();
        let picture = Sample { name, media_type: "image/png", bytes: SCREENSHOT.to_vec() };
        guarded.give(Way::Paste, &[picture]).await?;
    } else {
        guarded.paste_picture(&base64(SCREENSHOT)).await?;
    }
    // Until then the card tells how far it is.
    let until = Instant::now() + PATIENCE * 2;
    let (card, said) = loop {
        let card = guarded.card().await?;
        let said = card.text().await.unwrap_or_default();
        if said.contains("line") || Instant::now() > until {
            break (card, said);
        }
        card.leave().await?;
        sleep(Duration::from_millis(100)).await;
    };
    ensure!(said.contains("image.png") && said.contains("line 3") && said.contains("41••••••32"), "{said}");
    card.choose("send-anyway").await?;
    ensure!(guarded.upload_end(PATIENCE).await? == "ready", "it did not go");
    Ok(())
}

/// Text that is longer than a site takes into its composer is pasted: what becomes of it is judged all the same.
async fn long_text(guarded: &Guarded, site: Site) -> Result<()> {
    if site != Site::Claude {
        guarded.script("document.documentElement.dataset.long = 4000", Vec::new()).await?;
    }
    let herons: String = (0..200).map(|n| format!("the heron of lake number {n}\n")).collect();
    guarded.paste_prompt(&herons).await?;
    if site != Site::Claude {
        ensure!(guarded.upload_end(PATIENCE).await? == "ready", "harmless text was stopped");
        guarded.left("the heron of lake number 199")?;
    }
    guarded.send(ALLOWED.text).await?;
    guarded.wait_for(State::Done).await?;
    guarded.left("the heron of lake number 199")?;
    let secret = format!("{herons}{}\n{herons}", BLOCKED.text);
    guarded.script("delete document.documentElement.dataset.upload", Vec::new()).await?;
    guarded.paste_prompt(&secret).await?;
    if site == Site::Claude {
        guarded.press_enter().await?;
        guarded.wait_for(State::Failed).await?;
    } else {
        ensure!(guarded.upload_end(PATIENCE).await? == "error", "a secret went");
    }
    guarded.card().await?.leave().await?;
    guarded.never_left(BLOCKED.secret)
}

/// What a picker chose goes by its name: that is judged, and the connector is on record with the prompt. Linking an
/// account is an operation of its own.
async fn picked(guarded: &Guarded, site: Site) -> Result<()> {
    let (source, link, named) = match site {
        Site::ChatGpt => ("google_drive", "/backend-api/aip/connectors/links/oauth/callback", true),
        Site::Claude => {
            ("gdrive", "/api/organizations/0a9c0de0-0000-4000-8000-000000000001/mcp/start-auth/d", false)
        }
        Site::Perplexity => ("google_drive", "/rest/connections/google_drive/authorize", false),
        Site::Gemini => bail!("what a picker adds to its request is not known"),
    };
    let pick = async |name: &str| {
        let file = json!({ "id": "doc0001", "name": name, "type": "application/vnd.google-apps.document", "source": source });
        let script = "document.documentElement.dataset.picked = arguments[0]";
        guarded.script(script, vec![json!(file.to_string())]).await.map(drop)
    };
    pick("Herons.gdoc").await?;
    guarded.send(ALLOWED.text).await?;
    guarded.wait_for(State::Done).await?;
    let sent = guarded.sent(0, &["judged", "released"]).await?;
    let connectors = sent.judged()?["connectors"].to_string();
    ensure!(connectors.contains(source), "the record names no connector: {}", sent.judged()?);
    if named {
        pick(&format!("{}.gdoc", BLOCKED.secret)).await?;
        guarded.send(ALLOWED.text).await?;
        guarded.wait_for(State::Failed).await?;
        guarded.never_left(BLOCKED.secret)?;
        guarded.card().await?.leave().await?;
    }
    let script = "fetch(arguments[0], { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' }).catch(() => {})";
    guarded.script(script, vec![json!(link)]).await?;
    let linked = guarded.interaction("use-connector", 0, &["judged", "released"]).await;
    linked.context("linking an account is not on record").map(drop)
}
