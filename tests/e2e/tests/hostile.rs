//! A page that looks into the card, compares what it gets, or opens something over the card; and requests that are too
//! large or broken.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};
use tests_e2e::{ALLOWED, BLOCKED, Guarded, JUSTIFIED, REDACTED, WARNED};
use tests_harness::{Browser, Site, State, answer_to};

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

/// Sends a body by the page's own `fetch`, or its `XMLHttpRequest`; all that the page can read of what comes back is
/// in `window.told[name]`, but for when it came.
const ASK: &str = "
const [name, how, body] = arguments;
window.told ??= {};
const path = '/backend-api/f/conversation';
const tell = (...said) => { window.told[name] = said; };
if (how === 'fetch') {
  window.fetch(path, { method: 'POST', body, headers: { 'content-type': 'application/json' } }).then(async (response) => {
    const { status, statusText, ok, type, url, redirected } = response;
    tell(status, statusText, ok, type, url, redirected, [...response.headers], await response.text());
  }).catch((error) => tell(error.name, error.message));
} else {
  const xhr = new window.XMLHttpRequest();
  const heard = [];
  for (const type of ['loadstart', 'progress', 'load', 'error', 'abort', 'timeout'])
    xhr.addEventListener(type, ({ loaded, total }) => heard.push([type, loaded, total]));
  xhr.addEventListener('loadend', () => tell(xhr.status, xhr.statusText, xhr.responseURL, xhr.readyState,
    xhr.getAllResponseHeaders(), xhr.responseText, heard));
  xhr.open('POST', path);
  xhr.setRequestHeader('content-type', 'application/json');
  xhr.send(body);
}";

/// A prompt as ChatGPT's page sends it.
fn prompt(text: &str) -> Value {
    let content = json!({ "content_type": "text", "parts": [text] });
    let message = json!({ "author": { "role": "user" }, "content": content });
    json!(json!({ "action": "next", "messages": [message] }).to_string())
}

/// What the person decided, what the policy decided and what could not be read look the same to the page.
async fn alike(guarded: &Guarded, how: &str) -> Result<()> {
    let told = async |name: &str, body: Value| -> Result<()> {
        guarded.script(ASK, vec![json!(name), json!(how), body]).await.map(drop)
    };
    let ended = async |name: &str| -> Result<String> {
        guarded.until_true(&format!("window.told.{name}")).await.with_context(|| format!("{how} {name}"))?;
        let said = guarded.script(&format!("return JSON.stringify(window.told.{name})"), Vec::new()).await?;
        Ok(said.as_str().unwrap_or_default().to_owned())
    };
    guarded.script("window.told = {}", Vec::new()).await?;
    told("person", prompt(WARNED.text)).await?;
    guarded.card().await?.choose("edit").await?;
    let person = ended("person").await?;
    // What is refused at once may leave a card that only says so; the page gets its answer whether that is read or not.
    told("policy", prompt(BLOCKED.text)).await?;
    let policy = ended("policy").await?;
    told("unread", json!("{\"action\":")).await?;
    let unread = ended("unread").await?;
    ensure!(person.starts_with("[403,"), "{how}: the page was not refused as its site refuses: {person}");
    ensure!(policy == person, "{how}: the person's refusal is {person}, the policy's {policy}");
    ensure!(unread == person, "{how}: the person's refusal is {person}, that of what is unread {unread}");
    for secret in [WARNED.secret, BLOCKED.secret] {
        guarded.never_left(secret)?;
    }
    Ok(())
}

async fn refused_alike(browser: Browser) -> Result<()> {
    let guarded = Guarded::start(browser, Site::ChatGpt).await?;
    let played = alike(&guarded, "fetch").await;
    guarded.end(module_path!(), &format!("alike-fetch-{browser}"), played).await?;
    let guarded = Guarded::start(browser, Site::ChatGpt).await?;
    let played = alike(&guarded, "xhr").await;
    guarded.end(module_path!(), &format!("alike-xhr-{browser}"), played).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_refusal_looks_the_same_to_the_page_in_chromium() -> Result<()> {
    refused_alike(Browser::Chromium).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_refusal_looks_the_same_to_the_page_in_firefox() -> Result<()> {
    refused_alike(Browser::Firefox).await
}

/// Opens a dialog that makes all else of the page untouchable, the card too.
const MODAL: &str = "
const dialog = document.createElement('dialog');
dialog.style.cssText = 'width:100vw;height:100vh;max-width:none;max-height:none;margin:0;padding:0;border:0';
document.body.append(dialog);
dialog.showModal();
return dialog.matches(':modal');";

/// Makes the whole page untouchable, and with it what stands in it.
const INERT: &str = "document.documentElement.inert = true; return document.documentElement.inert;";

/// Goes full screen a while after Enter, which is what allows it; the card is there by then.
const FULL_SCREEN: &str = "
addEventListener('keydown', ({ key }) => {
  if (key !== 'Enter') return;
  setTimeout(() => document.getElementById('thread').requestFullscreen().catch((error) => {
    document.documentElement.dataset.refused = `${error}`;
  }), 2_000);
}, true);
return true;";

/// Longer than a card that is lost again and again takes to move to a window.
const MOVES: Duration = Duration::from_secs(10);

/// Whatever the page opens over the card, the prompt stays held; the question is answered where it then is: in the
/// card that was put back, or in a window of the extension.
async fn over(browser: Browser, before: Option<&str>, after: Option<&str>, until: &str) -> Result<()> {
    let guarded = Guarded::start(browser, Site::ChatGpt).await?;
    let played = async {
        if let Some(script) = before {
            guarded.script(script, Vec::new()).await?;
        }
        guarded.send(WARNED.text).await?;
        guarded.card().await?.leave().await?;
        if let Some(script) = after {
            let done = guarded.script(script, Vec::new()).await?;
            ensure!(done == json!(true), "the page cannot do it here: {done}");
        }
        guarded.until_true(until).await?;
        let window = tokio::time::timeout(MOVES, guarded.card_window()).await;
        guarded.never_left(WARNED.secret).context("let go while something lay over the card")?;
        match window {
            Ok(card) => card?.answer_in_window("send-anyway").await?,
            Err(_) => guarded.card().await?.choose("send-anyway").await?,
        }
        guarded.wait_for(State::Done).await?;
        guarded.left(WARNED.secret)?;
        guarded.sent(0, &["judged", "shown", "answered", "released", "response"]).await.map(drop)
    };
    let played = played.await;
    let name = until.split(|c: char| !c.is_alphanumeric()).collect::<Vec<_>>().join("-");
    guarded.end(module_path!(), &format!("{name}-{browser}"), played).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_modal_dialog_over_the_card_lets_nothing_go_in_chromium() -> Result<()> {
    over(Browser::Chromium, None, Some(MODAL), "document.querySelector('dialog:modal')").await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_modal_dialog_over_the_card_lets_nothing_go_in_firefox() -> Result<()> {
    over(Browser::Firefox, None, Some(MODAL), "document.querySelector('dialog:modal')").await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_made_inert_lets_nothing_go_in_chromium() -> Result<()> {
    over(Browser::Chromium, None, Some(INERT), "document.documentElement.inert").await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_made_inert_lets_nothing_go_in_firefox() -> Result<()> {
    over(Browser::Firefox, None, Some(INERT), "document.documentElement.inert").await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn full_screen_over_the_card_lets_nothing_go_in_chromium() -> Result<()> {
    over(Browser::Chromium, Some(FULL_SCREEN), None, "document.fullscreenElement").await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn full_screen_over_the_card_lets_nothing_go_in_firefox() -> Result<()> {
    over(Browser::Firefox, Some(FULL_SCREEN), None, "document.fullscreenElement").await
}
