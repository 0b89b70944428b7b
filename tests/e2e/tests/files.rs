//! What is attached, in real browsers: every format on every site, every way to attach, and what breaks meanwhile.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use tests_e2e::{ALLOWED, BLOCKED, Guarded, PATIENT, Sample, Way, formats, on_sites};
use tests_harness::{PATIENCE, Site, State};

/// What is not read at all goes, so that only what was found stops anything.
const LENIENT: &str = "policy = \"builtin-enforce\"\n[fail]\ndeadline_ms = 20000\nfile_deadline_ms = 120000\n\
    unread_file = \"allow\"\n";

/// The time for a file is soon over.
const HASTY: &str = "policy = \"builtin-enforce\"\n[fail]\ndeadline_ms = 6000\nfile_deadline_ms = 3000\n";

on_sites! {
    every_format: LENIENT, on chatgpt ChatGpt, claude Claude, gemini Gemini, perplexity Perplexity;
    goes_and_is_named: PATIENT, on chatgpt ChatGpt, claude Claude, gemini Gemini, perplexity Perplexity;
    pasted_and_dropped: PATIENT, on chatgpt ChatGpt, claude Claude, gemini Gemini, perplexity Perplexity;
    twenty_at_once: PATIENT, on chatgpt ChatGpt;
    large: PATIENT, on claude Claude;
    too_large: PATIENT, on claude Claude;
    called_off: PATIENT, on claude Claude;
    page_aborts: PATIENT, on claude Claude;
    host_killed: PATIENT, on claude Claude;
    deadline: HASTY, on claude Claude;
}

/// A secret in each format stays; the same without it goes.
async fn every_format(guarded: &Guarded, site: Site) -> Result<()> {
    let mut missed = Vec::new();
    for (secret, clean) in formats(BLOCKED.text).into_iter().zip(formats(ALLOWED.text)) {
        let name = secret.name.clone();
        let begin = Instant::now();
        guarded.give(Way::Drop, &[secret]).await?;
        let ended = guarded.upload_end(PATIENCE * 2).await.with_context(|| name.clone())?;
        let held = begin.elapsed();
        guarded.give(Way::Drop, &[clean]).await?;
        let passed = guarded.upload_end(PATIENCE * 2).await.with_context(|| name.clone())?;
        println!(
            "{} {name}: with a secret {ended} after {} ms, without {passed}",
            site.id(),
            held.as_millis()
        );
        if ended != "error" || passed != "ready" {
            missed.push(name);
        }
        if ended == "error" {
            guarded.never_left(BLOCKED.secret)?;
        }
    }
    ensure!(missed.is_empty(), "wrong: {missed:?}");
    Ok(())
}

/// A harmless file goes; a secret one is not attached, and the prompt can be sent without it.
async fn goes_and_is_named(guarded: &Guarded, _site: Site) -> Result<()> {
    let words = "the herons of the northern lake";
    guarded.give(Way::Drop, &[Sample::text("herons.txt", "text/plain", words)]).await?;
    ensure!(guarded.upload_end(PATIENCE).await? == "ready", "a harmless file was stopped");
    guarded.left(words)?;
    guarded.send(ALLOWED.text).await?;
    guarded.wait_for(State::Done).await?;
    let sent = guarded.sent(0, &["judged", "released"]).await?;
    ensure!(sent.row("judged").is_some(), "{sent:?}");
    guarded.give(Way::Drop, &[Sample::text("secret.txt", "text/plain", BLOCKED.text)]).await?;
    ensure!(guarded.upload_end(PATIENCE).await? == "error", "a secret file went");
    let card = guarded.card().await?;
    card.leave().await?;
    guarded.never_left(BLOCKED.secret)
}

/// Whatever way a file comes, it is judged.
async fn pasted_and_dropped(guarded: &Guarded, _site: Site) -> Result<()> {
    let picture = Sample { name: "image.png".to_owned(), media_type: "image/png", bytes: PICTURE.to_vec() };
    guarded.give(Way::Paste, &[picture]).await?;
    ensure!(guarded.upload_end(PATIENCE).await? == "error", "a picture that nobody read went");
    guarded.card().await?.leave().await?;
    for way in [Way::Paste, Way::Drop] {
        guarded.give(way, &[Sample::text("notes.txt", "text/plain", BLOCKED.text)]).await?;
        ensure!(guarded.upload_end(PATIENCE).await? == "error", "{way:?} went");
    }
    guarded.never_left(BLOCKED.secret)
}

/// A picture of one pixel.
const PICTURE: &[u8] =
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89\0\0\0\rIDATx\x9cc\xf8\
\xcf\xc0\xf0\x1f\0\x05\0\x01\xff\x89\x99=\x1d\0\0\0\0IEND\xaeB`\x82";

/// Twenty files dropped together: each gets its own end.
async fn twenty_at_once(guarded: &Guarded, _site: Site) -> Result<()> {
    let file = |n: usize| {
        let text = if n.is_multiple_of(2) {
            format!("the name of heron {n}")
        } else {
            format!("{} {n}", BLOCKED.text)
        };
        Sample::text(&format!("file-{n:02}.txt"), "text/plain", &text)
    };
    let files: Vec<Sample> = (0..20).map(file).collect();
    guarded.give(Way::Drop, &files).await?;
    ensure!(guarded.upload_end(PATIENCE * 3).await? == "error", "none of them was stopped");
    let script = "return document.documentElement.dataset.uploaded";
    let went = guarded.script(script, Vec::new()).await?;
    ensure!(went == "10", "{went} of them went");
    guarded.left("the name of heron 18")?;
    guarded.never_left(BLOCKED.secret)
}

/// Counts the longest time between two frames, and the longest task where the browser tells.
const WATCH: &str = "window.watched = { gap: 0, task: 0, frames: 0 };
let last = performance.now();
const frame = () => {
  const now = performance.now();
  window.watched.gap = Math.max(window.watched.gap, now - last);
  window.watched.frames += 1;
  last = now;
  requestAnimationFrame(frame);
};
requestAnimationFrame(frame);
try {
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) window.watched.task = Math.max(window.watched.task, duration);
  }).observe({ entryTypes: ['longtask'] });
} catch {}";

/// Files up to the limit: each is judged, and the page goes on drawing.
async fn large(guarded: &Guarded, _site: Site) -> Result<()> {
    for megabytes in [1_usize, 10, 50] {
        let size = megabytes * 1024 * 1024;
        let words = format!("the herons of lake number {megabytes}\n");
        guarded.give_large("lakes.txt", &words, size).await?;
        // The file itself is made in the page's own turn.
        guarded.script(WATCH, Vec::new()).await?;
        let begin = Instant::now();
        let ended = guarded.upload_end(PATIENCE * 8).await?;
        let took = begin.elapsed();
        if ended != "ready" {
            let rows = guarded.records()?.list(&["--operation", "upload-file"])?;
            bail!("{megabytes} MB were stopped after {took:?}: {:?}", rows.first());
        }
        let watched = guarded.script("return window.watched", Vec::new()).await?;
        println!("{megabytes} MB: {} ms, {watched}", took.as_millis());
        let gap = watched["gap"].as_f64().unwrap_or(f64::MAX);
        ensure!(gap < 5_000.0, "the page stood still for {gap} ms");
    }
    Ok(())
}

/// A file over the limit could not be read.
async fn too_large(guarded: &Guarded, _site: Site) -> Result<()> {
    guarded.give_large("lakes.txt", "the herons of the lake\n", 51 * 1024 * 1024).await?;
    ensure!(guarded.upload_end(PATIENCE * 2).await? == "error", "a file that is too large went");
    let card = guarded.card().await?;
    let text = card.text().await?;
    card.leave().await?;
    ensure!(text.contains("lakes.txt") && text.contains("It is too large to be read."), "{text}");
    nothing_large_left(guarded)
}

fn nothing_large_left(guarded: &Guarded) -> Result<()> {
    let large = guarded.stand_ins().ledger().entries().iter().any(|entry| entry.body.len() > 1_000_000);
    ensure!(!large, "bytes left");
    Ok(())
}

/// The card of a slow file takes it back.
async fn called_off(guarded: &Guarded, _site: Site) -> Result<()> {
    guarded.hang_host()?;
    guarded.give_large("lakes.txt", "the herons of the lake\n", 4 * 1024 * 1024).await?;
    let card = guarded.card().await?;
    ensure!(guarded.upload_mark().await.is_ok(), "the page stands still");
    card.choose("edit").await?;
    ensure!(guarded.upload_end(PATIENCE).await? == "error", "it went");
    guarded.wake_host()?;
    nothing_large_left(guarded)
}

const ABORTED: &str = "const abort = new AbortController();
const form = new FormData();
form.append('file', new File([new Uint8Array(20 << 20).fill(97)], 'lakes.txt'));
fetch('/api/organizations/00000000-0000-4000-8000-000000000001/upload', { method: 'POST', body: form, signal: abort.signal })
  .catch(({ name }) => { document.documentElement.dataset.aborted = name; });
setTimeout(() => abort.abort(), 300);";

/// A page that takes its file back is told so at once; the next file goes.
async fn page_aborts(guarded: &Guarded, _site: Site) -> Result<()> {
    guarded.script(ABORTED, Vec::new()).await?;
    let said = guarded.wait_for_mark("aborted").await?;
    ensure!(said == "AbortError", "{said}");
    nothing_large_left(guarded)?;
    works(guarded).await
}

/// Another host is given it all again.
async fn host_killed(guarded: &Guarded, _site: Site) -> Result<()> {
    guarded.hang_host()?;
    guarded.give_large("lakes.txt", "the herons of the lake\n", 8 * 1024 * 1024).await?;
    tokio::time::sleep(Duration::from_secs(1)).await;
    guarded.kill_host()?;
    ensure!(guarded.upload_end(PATIENCE * 3).await? == "ready", "it was stopped");
    works(guarded).await
}

/// A host that takes nothing costs the file its time, and no more.
async fn deadline(guarded: &Guarded, _site: Site) -> Result<()> {
    guarded.hang_host()?;
    guarded.give_large("lakes.txt", "the herons of the lake\n", 4 * 1024 * 1024).await?;
    ensure!(guarded.upload_end(PATIENCE).await? == "error", "it went");
    nothing_large_left(guarded)?;
    guarded.wake_host()?;
    works(guarded).await
}

/// The next files are judged as if nothing had happened.
async fn works(guarded: &Guarded) -> Result<()> {
    let begin = Instant::now();
    loop {
        guarded.give(Way::Drop, &[Sample::text("next.txt", "text/plain", "the next heron")]).await?;
        if guarded.upload_end(PATIENCE).await? == "ready" {
            break;
        }
        ensure!(begin.elapsed() < PATIENCE, "the next file is stopped");
    }
    guarded.give(Way::Drop, &[Sample::text("next.txt", "text/plain", BLOCKED.text)]).await?;
    ensure!(guarded.upload_end(PATIENCE).await? == "error", "a secret went");
    guarded.never_left(BLOCKED.secret)
}
