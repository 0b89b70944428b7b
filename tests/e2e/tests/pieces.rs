//! Files that a page sends in pieces, in real browsers, each site in a way of its own: what the store received tells.
//! The secret lies across two pieces, so that neither of them has it.

use anyhow::{Context as _, Result, ensure};
use serde_json::json;
use tests_e2e::{ALLOWED, BLOCKED, Guarded, PATIENT, Sample, WARNED, Way, on_sites};
use tests_harness::{Entry, PATIENCE, Site, State};

/// What cannot be read goes.
const LENIENT: &str = "policy = \"builtin-enforce\"\n[fail]\ndeadline_ms = 20000\nfile_deadline_ms = 120000\n\
    unread_file = \"allow\"\n";

on_sites! {
    judged_whole: PATIENT, on chatgpt ChatGpt, claude Claude, gemini Gemini, perplexity Perplexity;
    asked_once: PATIENT, on chatgpt ChatGpt, claude Claude, gemini Gemini, perplexity Perplexity;
    unknown: PATIENT, on chatgpt ChatGpt, claude Claude, gemini Gemini, perplexity Perplexity;
    unknown_may_go: LENIENT, on gemini Gemini;
}

/// Bytes of a piece.
const PIECE: usize = 4_096;

/// A text of five pieces with `word` in the middle of the border between the third and the fourth.
fn text(line: &str, word: &str) -> String {
    let border = 3 * PIECE;
    let mut text: String = (0..).map(|n| format!("{line} {n}\n")).take(5 * PIECE / line.len()).collect();
    text.truncate(5 * PIECE - 100);
    let at = border - word.len() / 2;
    text.replace_range(at..at + word.len(), word);
    text
}

/// Has the page cut what it uploads: with the browser's `slice`, or out of bytes that it read before.
async fn cut(guarded: &Guarded, how: &str) -> Result<()> {
    let script =
        "Object.assign(document.documentElement.dataset, { piece: arguments[0], cut: arguments[1] })";
    guarded.script(script, vec![json!(PIECE), json!(how)]).await.map(drop)
}

async fn give(guarded: &Guarded, text: &str) -> Result<String> {
    guarded.give(Way::Drop, &[Sample::text("lakes.txt", "text/plain", text)]).await?;
    guarded.upload_end(PATIENCE).await
}

/// The bytes of a file that a request brought: of a form those of its file.
fn carried(entry: &Entry) -> Vec<u8> {
    let text = entry.text();
    let part = text.split("\r\n--").find(|part| part.contains("filename=\""));
    match part.and_then(|part| part.split_once("\r\n\r\n")) {
        Some((_, bytes)) => bytes.as_bytes().to_vec(),
        None => entry.body.clone(),
    }
}

/// What the store has of pieces, from the entry `since` on, put together as the requests say.
fn stored(guarded: &Guarded, since: usize) -> Vec<Vec<u8>> {
    let place = |entry: &Entry| {
        let range = entry.header("content-range").and_then(|range| range.strip_prefix("bytes "));
        let offset = range.and_then(|range| range.split('-').next());
        let offset = offset.or_else(|| entry.header("x-goog-upload-offset"));
        let block = entry.target.split("blockid=").nth(1);
        let form = entry.text();
        let chunk = form.split("name=\"dzchunkindex\"\r\n\r\n").nth(1);
        let chunk = chunk.and_then(|rest| rest.split("\r\n").next()?.parse::<usize>().ok());
        let number = |id: &str| (0..100).find(|n| tests_e2e::base64(format!("{n:06}").as_bytes()) == id);
        offset
            .and_then(|offset| offset.parse::<usize>().ok())
            .or_else(|| block.and_then(number).map(|number| number * PIECE))
            .or_else(|| chunk.map(|chunk| chunk * PIECE))
    };
    let entries = guarded.stand_ins().ledger().entries();
    let uploads = entries.iter().skip(since).filter(|entry| entry.whole && entry.method != "OPTIONS");
    let mut pieces: Vec<(usize, Vec<u8>)> =
        uploads.filter_map(|entry| Some((place(entry)?, carried(entry)))).collect();
    pieces.sort();
    pieces.into_iter().map(|(_, bytes)| bytes).collect()
}

/// A harmless file arrives, piece by piece; of one with a secret nothing does.
async fn judged_whole(guarded: &Guarded, _site: Site) -> Result<()> {
    cut(guarded, "slice").await?;
    let since = guarded.stand_ins().ledger().len();
    let herons = text("the herons of the northern lake", " and of the southern one ");
    ensure!(give(guarded, &herons).await? == "ready", "a harmless file was stopped");
    let arrived = stored(guarded, since);
    ensure!(arrived.len() == 5, "{} pieces arrived", arrived.len());
    ensure!(arrived.concat() == herons.as_bytes(), "it arrived broken");
    let since = guarded.stand_ins().ledger().len();
    let secret = text("the grebes of the eastern lake", BLOCKED.text);
    ensure!(give(guarded, &secret).await? == "error", "a secret across two pieces went");
    let card = guarded.card().await?;
    let said = card.text().await?;
    card.leave().await?;
    ensure!(stored(guarded, since).is_empty(), "pieces of it left");
    guarded.not_left_since(since, "grebes of the eastern")?;
    guarded.not_left_since(since, BLOCKED.secret.get(..10).context("no half of it")?)?;
    // Line 354 of the whole, not of a piece.
    ensure!(said.contains("line 354") && said.contains("lakes.txt"), "{said}");
    Ok(())
}

/// A person who permits a file permits all of its pieces, its processing and the prompt that names it, and the record has
/// one judgement with that question.
async fn asked_once(guarded: &Guarded, _site: Site) -> Result<()> {
    cut(guarded, "slice").await?;
    let since = guarded.stand_ins().ledger().len();
    let numbers = text("the herons of the northern lake", WARNED.text);
    guarded.give(Way::Drop, &[Sample::text("lakes.txt", "text/plain", &numbers)]).await?;
    let card = guarded.card().await?;
    ensure!(stored(guarded, since).is_empty(), "pieces of it left before the answer");
    card.choose("send-anyway").await?;
    ensure!(guarded.upload_end(PATIENCE).await? == "ready", "it was stopped all the same");
    ensure!(stored(guarded, since).concat() == numbers.as_bytes(), "it arrived broken");
    let rows = guarded.records()?.list(&["--operation", "upload-file"])?;
    let warned = rows.iter().filter(|row| row["action"] == WARNED.action).count();
    ensure!(warned == 1, "it was judged {warned} times");
    // The prompt that names it is judged with it, and nobody is asked again.
    guarded.send(ALLOWED.text).await?;
    guarded.wait_for(State::Done).await?;
    let sent = guarded.sent(0, &["judged", "released"]).await?;
    let judged = sent.row("judged").context("the prompt is not on record")?;
    ensure!(judged["action"] == "allow", "{judged}");
    ensure!(judged["files"][0]["labels"]["pii.phone"] == 1, "it was judged without the file: {judged}");
    Ok(())
}

/// What was cut out of bytes that the page read belongs to no file that could be looked at.
async fn unknown(guarded: &Guarded, _site: Site) -> Result<()> {
    cut(guarded, "bytes").await?;
    let since = guarded.stand_ins().ledger().len();
    let herons = text("the herons of the northern lake", " and of the southern one ");
    ensure!(give(guarded, &herons).await? == "error", "pieces of an unknown file went");
    guarded.card().await.context("no card says why")?.leave().await?;
    ensure!(stored(guarded, since).is_empty(), "pieces of it left");
    Ok(())
}

/// The setting decides about it.
async fn unknown_may_go(guarded: &Guarded, _site: Site) -> Result<()> {
    cut(guarded, "bytes").await?;
    let since = guarded.stand_ins().ledger().len();
    let herons = text("the herons of the northern lake", " and of the southern one ");
    ensure!(give(guarded, &herons).await? == "ready", "it was stopped");
    ensure!(stored(guarded, since).concat() == herons.as_bytes(), "it arrived broken");
    let first = give(guarded, BLOCKED.text).await?;
    ensure!(first == "error", "a piece with a secret went");
    guarded.never_left(BLOCKED.secret)
}
