//! What redaction took out: shown before, numbered for the conversation, put back for the person and nobody else.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use serde_json::json;
use tests_e2e::{Guarded, REDACTED};
use tests_harness::{Browser, Site, State, answer_to};

/// A card number that is not in the first prompt.
const OTHER: &str = "5555 5555 5555 4444";

/// All that a page's script can get at: the document with its open roots, what the selection and `find` say, each window
/// it has a hold of, and what it heard.
const HUNT: &str = "
const [text, done] = arguments;
const seen = [];
const all = (root) => {
  for (const one of root.querySelectorAll('*')) {
    if (one.shadowRoot) all(one.shadowRoot);
    if (typeof one.value === 'string') seen.push(one.value);
    for (const { value } of one.attributes) seen.push(value);
  }
  seen.push(root.textContent ?? '', root.documentElement?.outerHTML ?? '');
};
all(document);
const found = [];
if (seen.some((one) => one.includes(text))) found.push('document');
for (const frames of [false, true]) {
  getSelection().removeAllRanges();
  try { if (window.find(text, false, false, true, false, frames, false)) found.push('find'); } catch {}
  if (`${getSelection()}`.includes(text)) found.push('selection');
}
getSelection().selectAllChildren(document.documentElement);
if (`${getSelection()}`.includes(text)) found.push('selection of all');
getSelection().removeAllRanges();
if (window.length > 0 || window.opener) found.push('a window');
if ((window.heard ?? []).some((one) => one.includes(text))) found.push('events');
done(found.join());";

/// Hears all that is typed, pasted, moved or said in the page.
const LISTEN: &str = "window.heard = [];
for (const type of ['keydown', 'keyup', 'input', 'beforeinput', 'paste', 'copy', 'message', 'selectionchange', 'focusin'])
  window.addEventListener(type, (event) => {
    window.heard.push(`${type} ${event.key ?? ''} ${event.data ?? ''} ${event.clipboardData?.getData('text') ?? ''}`);
  }, true);";

fn picture(name: &str) -> PathBuf {
    std::env::temp_dir().join(format!("promptgate-e2e/redacted-{name}.png"))
}

async fn hunt(guarded: &Guarded, text: &str) -> Result<String> {
    let found = guarded.driver()?.execute_async(HUNT, vec![json!(text)]).await?.json().clone();
    Ok(found.as_str().context("the hunt says nothing")?.to_owned())
}

/// Files below `folder` that hold `text`, as UTF-8 or as UTF-16.
fn holding(folder: &Path, text: &str) -> Vec<PathBuf> {
    let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let (path, Ok(kind)) = (entry.path(), entry.file_type()) else { continue };
            if kind.is_dir() {
                folders.push(path);
            } else if kind.is_file()
                && fs::read(&path).is_ok_and(|bytes| has(&bytes, text.as_bytes()) || has(&bytes, &wide))
            {
                found.push(path);
            }
        }
    }
    found
}

fn has(bytes: &[u8], wanted: &[u8]) -> bool {
    bytes.windows(wanted.len()).any(|window| window == wanted)
}

/// Sends a prompt, has it redacted, and gives back what the card said would leave.
async fn redact(guarded: &Guarded, text: &str) -> Result<String> {
    guarded.send(text).await?;
    let card = guarded.card().await?;
    let leaving = card.leaving().await?;
    card.choose("redact").await?;
    guarded.wait_for(State::Done).await?;
    guarded.left(&leaving)?;
    Ok(leaving)
}

async fn originals(browser: Browser) -> Result<()> {
    let guarded = Guarded::start(browser, Site::ChatGpt).await?;
    let played = async {
        guarded.script(LISTEN, Vec::new()).await?;
        let first = redact(&guarded, REDACTED.text).await?;
        ensure!(first == REDACTED.text.replace(REDACTED.secret, "[CARD_1]"), "shown: {first}");
        ensure!(guarded.answer().await? == answer_to(&first), "the site answered to something else");

        // The answer is offered with its originals; the card on the page has none of them.
        let card = guarded.card().await?;
        ensure!(card.choices().await?.contains(&"read".to_owned()), "{:?}", card.choices().await?);
        let drawn = card.words_of("body").await?;
        ensure!(!drawn.contains(REDACTED.secret), "{drawn}");
        card.leave().await?;
        guarded.screenshot(&picture(&format!("answer-{browser}"))).await?;
        let page = guarded.driver()?.window().await?;
        let card = guarded.card().await?;
        card.press_while("read", 2).await?;
        guarded.newest_of(2).await?;
        guarded.until_true("document.querySelector('.answer mark')").await?;
        let whole = answer_to(&first).replace("[CARD_1]", REDACTED.secret);
        let read = guarded.script("return document.querySelector('.answer').textContent", Vec::new()).await?;
        ensure!(read == json!(whole), "the reader says {read}");
        guarded.screenshot(&picture(&format!("reader-{browser}"))).await?;

        // What only the reader shows: the page has the prompt as it was typed, and the answer as it came.
        let canary = format!("\u{201C}{}", REDACTED.text);
        ensure!(whole.contains(&canary), "the canary is nowhere");
        guarded.driver()?.switch_to_window(page.clone()).await?;
        let own = hunt(&guarded, "\u{201C}Why was card [CARD_1]").await?;
        ensure!(own.contains("document") && own.contains("find"), "the hunt is blind: {own}");
        let found = hunt(&guarded, &canary).await?;
        ensure!(found.is_empty(), "the page has it by {found}");

        // The same value has the same name, another one the next.
        let second = redact(&guarded, &format!("Is {OTHER} better than {}?", REDACTED.secret)).await?;
        ensure!(second == "Is [CARD_2] better than [CARD_1]?", "shown: {second}");
        guarded.never_left(REDACTED.secret)?;
        guarded.never_left(OTHER)?;

        // In memory only. The search finds what is on the disk.
        let home = guarded.home().path();
        // Firefox packs what an extension stores; its list of extensions stands as it is.
        let plain = ["on_deadline", "extensions.webextensions"];
        ensure!(
            plain.iter().any(|word| !holding(home, word).is_empty()),
            "the search of the profile is blind"
        );
        for secret in [REDACTED.secret, OTHER] {
            let files = holding(home, secret);
            ensure!(files.is_empty(), "on the disk: {files:?}");
        }
        Ok(())
    };
    let played = played.await;
    guarded.end(module_path!(), browser.id(), played).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn originals_are_for_the_person_alone_in_chromium() -> Result<()> {
    originals(Browser::Chromium).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn originals_are_for_the_person_alone_in_firefox() -> Result<()> {
    originals(Browser::Firefox).await
}

/// A site whose composer throws away whatever is put into it.
const GREEDY: &str = "window.greedy = setInterval(() => {
  const composer = document.querySelector('.composer');
  if (composer.value) composer.value = '';
  if (composer.childNodes.length > 0) composer.replaceChildren();
}, 20);";

/// A text that its composer lost is offered again, and comes back when the person asks.
async fn lost(browser: Browser) -> Result<()> {
    let guarded = Guarded::start(browser, Site::Claude).await?;
    let played = async {
        guarded.send(REDACTED.text).await?;
        let card = guarded.card().await?;
        card.leave().await?;
        guarded.script(GREEDY, Vec::new()).await?;
        guarded.card().await?.choose("edit").await?;
        let card = guarded.card().await?;
        ensure!(card.choices().await?.contains(&"give-back".to_owned()), "{:?}", card.choices().await?);
        card.press_until("copy", "#status [data-words]").await?;
        card.leave().await?;
        guarded.screenshot(&picture(&format!("kept-{browser}"))).await?;
        guarded.script("clearInterval(window.greedy)", Vec::new()).await?;
        guarded.card().await?.choose("give-back").await?;
        guarded.wait_for_no_card().await?;
        guarded.wait_for_draft(REDACTED.text).await?;
        guarded.never_left(REDACTED.secret)
    };
    let played = played.await;
    guarded.end(module_path!(), &format!("lost-{browser}"), played).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lost_text_comes_back_in_chromium() -> Result<()> {
    lost(Browser::Chromium).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lost_text_comes_back_in_firefox() -> Result<()> {
    lost(Browser::Firefox).await
}
