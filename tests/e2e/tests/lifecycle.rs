//! Pages that are open while the product comes, goes and comes back, or that come back themselves.

use std::time::Instant;

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};
use tests_e2e::{ALLOWED, BLOCKED, Guarded, WARNED};
use tests_harness::{Browser, Launch, PATIENCE, Served, Session, Site, StandIns, State};

/// A page's own send to Claude: `argument 0` the words, `argument 1` the name of the mark that says its end.
const SEND: &str = "const [words, mark] = arguments;
const path = '/api/organizations/00000000-0000-4000-8000-000000000001/chat_conversations/' +
  '00000000-0000-4000-8000-000000000002/completion';
const body = JSON.stringify({ prompt: words, parent_message_uuid: '00000000-0000-4000-8000-000000000000',
  create_conversation_params: {} });
delete document.documentElement.dataset[mark];
fetch(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
  .then(async (response) => { await response.text(); return response.status; })
  .catch(({ name }) => name).then((end) => { document.documentElement.dataset[mark] = end; });";

/// Begins a send; its end is for [`Session::wait_for_mark`].
async fn begin(guarded: &Guarded, words: &str, mark: &str) -> Result<()> {
    guarded.script(SEND, vec![json!(words), json!(mark)]).await.map(drop)
}

/// Sends words that may go, and fails unless they went.
async fn goes(guarded: &Guarded, words: &str, when: &str) -> Result<()> {
    begin(guarded, words, "goes").await?;
    let end = guarded.wait_for_mark("goes").await.with_context(|| when.to_owned())?;
    ensure!(end == "200", "{when}: what may go ended as {end}");
    ensure!(guarded.stand_ins().ledger().contains(words), "{when}: what may go did not arrive");
    Ok(())
}

/// Sends words that may not go, and fails unless they were refused.
async fn stays(guarded: &Guarded, words: &str, secret: &str, when: &str) -> Result<()> {
    begin(guarded, words, "stays").await?;
    let end = guarded.wait_for_mark("stays").await.with_context(|| when.to_owned())?;
    ensure!(end != "200", "{when}: it went");
    guarded.never_left(secret).context(when.to_owned())
}

/// A page whose extension is gone lets nothing go until it is loaded again, and what it held then is over.
async fn reloaded(browser: Browser) -> Result<()> {
    let launch = Launch::guarded(browser)?;
    let guarded = Guarded::launch(&launch, Site::Claude).await?;
    let played = async {
        guarded.ask(ALLOWED.text).await?;
        // Waits for a person, for far longer than anybody waits here.
        begin(&guarded, WARNED.text, "held").await?;
        guarded.card().await?.leave().await?;
        guarded.reload_extension(&launch).await?;
        let end = guarded.wait_for_mark("held").await.context("what was held while it was reloaded")?;
        ensure!(end != "200", "what was held went with the extension: {end}");
        guarded.never_left(WARNED.secret)?;
        stays(&guarded, BLOCKED.text, BLOCKED.secret, "in the page of before").await?;
        // Nobody is there who could tell it from the other.
        let harmless = "What is a good name for a ship's parrot?";
        stays(&guarded, harmless, harmless, "in the page of before").await?;
        guarded.open(Site::Claude).await?;
        ensure!(!guarded.ask(ALLOWED.text).await?.is_empty(), "no answer once it was loaded again");
        guarded.send(BLOCKED.text).await?;
        guarded.wait_for(State::Failed).await?;
        guarded.card().await?.leave().await?;
        guarded.never_left(BLOCKED.secret)
    };
    let played = played.await;
    guarded.end(module_path!(), &format!("reloaded-{browser}"), played).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_that_is_open_while_the_extension_is_reloaded_in_chromium() -> Result<()> {
    reloaded(Browser::Chromium).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_that_is_open_while_the_extension_is_reloaded_in_firefox() -> Result<()> {
    reloaded(Browser::Firefox).await
}

/// Sends words to Claude by the function that the page took before the product was there.
const KEPT: &str = "const [words, done] = arguments;
const path = '/api/organizations/00000000-0000-4000-8000-000000000001/chat_conversations/' +
  '00000000-0000-4000-8000-000000000002/completion';
kept(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ prompt: words }) })
  .then((response) => done(`status ${response.status}`), (error) => done(error.name));";

async fn kept(session: &Session, words: &str) -> Result<Value> {
    Ok(session.driver()?.execute_async(KEPT, vec![json!(words)]).await?.json().clone())
}

/// A page that was there first, with the browser's own functions in its hands, is stopped by the network level.
async fn loaded_before(browser: Browser) -> Result<()> {
    let launch = Launch::guarded(browser)?;
    let stand_ins = StandIns::start()?;
    let session = Session::start(&stand_ins, &launch.clone().later()).await?;
    if browser == Browser::Chromium {
        session.switch_extension_off(&launch).await?;
    }
    session.open(Site::Claude).await?;
    session.script("window.kept = window.fetch.bind(window)", Vec::new()).await?;
    let said = kept(&session, "before").await?;
    ensure!(stand_ins.ledger().contains("before"), "the page cannot send at all: {said}");
    session.switch_extension_on(&launch).await?;
    let end = Instant::now() + PATIENCE;
    while kept(&session, ALLOWED.text).await? != "TypeError" {
        ensure!(Instant::now() < end, "nothing ever stops it");
    }
    let said = kept(&session, BLOCKED.text).await?;
    ensure!(!stand_ins.ledger().contains(BLOCKED.secret), "it left: {said}");
    let stopped =
        |rows: &[Value]| rows.iter().any(|row| row["kind"] == "uncovered" && row["stopped"] == true);
    session.records()?.wait_for(PATIENCE, stopped).await.context("it is not on record")?;
    session.open(Site::Claude).await?;
    let answer = session.ask(ALLOWED.text).await.context("once it was loaded again")?;
    ensure!(!answer.is_empty(), "no answer once it was loaded again");
    session.close().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_that_was_there_first_in_chromium() -> Result<()> {
    loaded_before(Browser::Chromium).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_that_was_there_first_in_firefox() -> Result<()> {
    loaded_before(Browser::Firefox).await
}

/// A page that the browser kept and shows again is guarded as before.
async fn back(browser: Browser) -> Result<()> {
    let guarded = Guarded::start(browser, Site::Claude).await?;
    let played = async {
        guarded.ask(ALLOWED.text).await?;
        guarded.open(Site::ChatGpt).await?;
        guarded.driver()?.back().await?;
        ensure!(!guarded.ask(ALLOWED.text).await?.is_empty(), "no answer");
        // Last: this site leaves a refused text in the composer.
        guarded.send(BLOCKED.text).await?;
        guarded.wait_for(State::Failed).await?;
        guarded.card().await?.leave().await?;
        guarded.never_left(BLOCKED.secret)
    };
    let played = played.await;
    guarded.end(module_path!(), &format!("back-{browser}"), played).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_that_is_gone_back_to_in_chromium() -> Result<()> {
    back(Browser::Chromium).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_that_is_gone_back_to_in_firefox() -> Result<()> {
    back(Browser::Firefox).await
}

/// A page that a browser may keep, which says by a mark whether it is shown again or for the first time.
const KEPT_PAGE: &str =
    "<!doctype html><html lang=\"en\" data-state=\"idle\"><meta charset=\"utf-8\"><title>Kept</title><body>
<script>
  const mark = document.documentElement.dataset;
  addEventListener('pagehide', () => { delete mark.shown; });
  addEventListener('pageshow', ({ persisted }) => { mark.shown = persisted ? 'again' : 'new'; });
</script>";

/// Why Chromium did not keep a page; Firefox does not say.
const WHY: &str = "return JSON.stringify(performance.getEntriesByType('navigation')[0]?.notRestoredReasons ?? 'it does not say')";

/// Of a page that is left, what it held ends; shown again as it was, it is guarded as before.
async fn kept_by_the_browser(browser: Browser) -> Result<()> {
    let guarded = Guarded::start(browser, Site::Claude).await?;
    let played = async {
        let page =
            Served { content_type: "text/html; charset=utf-8", policy: None, body: KEPT_PAGE.to_owned() };
        guarded.stand_ins().serve_kept("/kept", page);
        guarded.open_at(Site::Claude, "/kept").await?;
        goes(&guarded, ALLOWED.text, "before the page was left").await?;
        guarded.open(Site::ChatGpt).await?;
        guarded.driver()?.back().await?;
        let shown = guarded.wait_for_mark("shown").await?;
        ensure!(shown == "again", "the page was loaded anew: {}", guarded.script(WHY, Vec::new()).await?);
        stays(&guarded, BLOCKED.text, BLOCKED.secret, "in a page that is shown again").await?;
        goes(&guarded, "What is a good name for a ship's parrot?", "in a page that is shown again").await?;
        // No card: the host is silent. What is held is the page's own promise, and no request of the network.
        let held = "What is a good name for a ship's goat?";
        guarded.hang_host()?;
        begin(&guarded, held, "held").await?;
        guarded.open(Site::ChatGpt).await?;
        guarded.wake_host()?;
        let closed = |rows: &[Value]| rows.iter().any(|row| row["by"] == json!({"extension": "closed"}));
        let told = guarded.records()?.wait_for_those(&["--kind", "refused"], PATIENCE, closed).await;
        told.context("nobody told that the page of a held prompt was left")?;
        guarded.driver()?.back().await?;
        // Firefox keeps no page that held something.
        if guarded.wait_for_mark("shown").await? == "again" {
            let end = guarded.wait_for_mark("held").await.context("what was held when the page was left")?;
            ensure!(end != "200", "what was held when the page was left went: {end}");
        }
        goes(&guarded, "What is a good name for a ship's cat?", "in a page that is gone back to").await?;
        ensure!(!guarded.stand_ins().ledger().contains(held), "what was held when the page was left arrived");
        // One that waits for a person goes with its page, too.
        guarded.open(Site::Claude).await?;
        begin(&guarded, WARNED.text, "held").await?;
        guarded.card().await?.leave().await?;
        guarded.open(Site::ChatGpt).await?;
        let both = |rows: &[Value]| {
            rows.iter().filter(|row| row["by"] == json!({"extension": "closed"})).count() >= 2
        };
        let told = guarded.records()?.wait_for_those(&["--kind", "refused"], PATIENCE, both).await;
        told.context("nobody told that the page of a prompt that was asked about was left")?;
        guarded.never_left(WARNED.secret)
    };
    let played = played.await;
    // A host that is stopped would outlive its browser.
    let _none_is_stopped = guarded.wake_host();
    guarded.end(module_path!(), &format!("kept-{browser}"), played).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_that_the_browser_kept_in_chromium() -> Result<()> {
    kept_by_the_browser(Browser::Chromium).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_that_the_browser_kept_in_firefox() -> Result<()> {
    kept_by_the_browser(Browser::Firefox).await
}
