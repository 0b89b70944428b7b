//! A page that looks into the card, and requests that are too large or broken.

use anyhow::{Result, ensure};
use serde_json::{Value, json};
use tests_e2e::{ALLOWED, Guarded, JUSTIFIED, REDACTED};
use tests_harness::{Browser, Site, answer_to};

/// Looks for each text as a page's script can: by find, through frames too, and by the selection. What comes of
/// it is a word for each text; an error that depends on the text would tell as well.
const LOOK: &str = "
const look = (text, frames) => {
  getSelection().removeAllRanges();
  try {
    return `${window.find(text, false, false, true, false, frames, false)} ${getSelection()}`;
  } catch (error) {
    return error.name;
  }
};
return arguments[0].map((text) => `${look(text, false)}, ${look(text, true)}`);";

/// Fails when looking for any of `words` has another end than looking for what is nowhere.
async fn expect_unfindable(guarded: &Guarded, words: &[&str]) -> Result<()> {
    let absent = guarded.script(LOOK, vec![json!(["zebra crossing nobody wrote"])]).await?;
    let looked = guarded.script(LOOK, vec![json!(words)]).await?;
    let told = looked.as_array().is_none_or(|ends| ends.iter().any(|end| *end != absent[0]));
    ensure!(!told, "absent text ends in {absent}, these in {looked}");
    Ok(())
}

async fn unreadable(browser: Browser) -> Result<()> {
    let guarded = Guarded::start(browser, Site::ChatGpt).await?;
    // The look finds what the page itself shows: else it would prove nothing.
    let own = guarded.script(LOOK, vec![json!(["New chat"])]).await?;
    ensure!(own[0].as_str().is_some_and(|end| end.starts_with("true New chat")), "the look is blind: {own}");
    guarded.send(REDACTED.text).await?;
    guarded.card().await?.leave().await?;
    // Words that only the card shows: its title, the policy's message, the label, the mask.
    let words = ["card number", "social security", "You can send it", "Payment card", "\u{2022}\u{2022}"];
    expect_unfindable(&guarded, &words).await?;
    let frames = guarded.script("return window.length", Vec::new()).await?;
    ensure!(frames == json!(0), "the page sees {frames} frames");
    guarded.stop().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_page_cannot_read_the_card_in_chromium() -> Result<()> {
    unreadable(Browser::Chromium).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_page_cannot_read_the_card_in_firefox() -> Result<()> {
    unreadable(Browser::Firefox).await
}

/// The reason a person types reaches neither the page's events nor its find.
async fn unheard(browser: Browser) -> Result<()> {
    let guarded = Guarded::start(browser, Site::Claude).await?;
    let listen = "window.heard = 0;
        for (const type of ['keydown', 'keyup', 'input', 'beforeinput', 'paste'])
          window.addEventListener(type, () => { window.heard += 1; }, true);";
    guarded.send(JUSTIFIED.text).await?;
    let card = guarded.card().await?;
    card.leave().await?;
    guarded.script(listen, Vec::new()).await?;
    let card = guarded.card().await?;
    card.give_reason("quarterly audit by the heron office").await?;
    card.leave().await?;
    let heard = guarded.script("return window.heard", Vec::new()).await?;
    ensure!(heard == json!(0), "the page heard {heard} events");
    expect_unfindable(&guarded, &["heron office"]).await?;
    guarded.stop().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_page_cannot_hear_the_reason_in_chromium() -> Result<()> {
    unheard(Browser::Chromium).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_page_cannot_hear_the_reason_in_firefox() -> Result<()> {
    unheard(Browser::Firefox).await
}

/// Sends a body by the page's own fetch; its status, or the name of the error.
const POST: &str = "
const [body, done] = [arguments[0], arguments[arguments.length - 1]];
const text = typeof body === 'number' ? JSON.stringify({ action: 'next', messages: [{ author: { role: 'user' },
  content: { content_type: 'text', parts: ['heron '.repeat(body / 6)] } }] }) : body;
fetch('/backend-api/f/conversation', { method: 'POST', body: text, headers: { 'content-type': 'application/json' } })
  .then((response) => response.status, (error) => error.name).then(done);";

async fn broken(browser: Browser) -> Result<()> {
    let guarded = Guarded::start(browser, Site::ChatGpt).await?;
    let deep = format!("{}{}", "[".repeat(5_000), "]".repeat(5_000));
    let bodies = [json!("{\"action\":"), json!(deep), json!({"not": "text"}), json!(50_000_000)];
    for body in bodies {
        let ended = guarded.driver()?.execute_async(POST, vec![body.clone()]).await?.json().clone();
        ensure!(ended == json!(403), "a body that cannot be read ended as {ended}");
    }
    let sends = guarded.stand_ins().ledger().requests("POST", "/backend-api/f/conversation");
    ensure!(sends.is_empty(), "an unreadable send left");
    let rows: Vec<Value> = guarded.records()?.list(&[])?;
    let faults: Vec<&str> = rows.iter().filter_map(|row| row["fault"].as_str()).collect();
    ensure!(faults.iter().filter(|fault| **fault == "unread").count() >= 2, "{faults:?}");
    ensure!(faults.contains(&"oversize"), "{faults:?}");
    // The loop is alive.
    ensure!(guarded.ask(ALLOWED.text).await? == answer_to(ALLOWED.text), "nothing works any more");
    guarded.stop().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn broken_sends_are_refused_and_recorded_in_chromium() -> Result<()> {
    broken(Browser::Chromium).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn broken_sends_are_refused_and_recorded_in_firefox() -> Result<()> {
    broken(Browser::Firefox).await
}
