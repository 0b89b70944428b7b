//! Pages that are open while the product comes, goes and comes back.

use std::time::Instant;

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};
use tests_e2e::{ALLOWED, BLOCKED, Guarded};
use tests_harness::{Browser, Launch, PATIENCE, Session, Site, StandIns, State};

/// A page whose extension is gone lets nothing go until it is loaded again.
async fn reloaded(browser: Browser) -> Result<()> {
    let launch = Launch::guarded(browser)?;
    let guarded = Guarded::launch(&launch, Site::Claude).await?;
    let played = async {
        guarded.ask(ALLOWED.text).await?;
        guarded.reload_extension(&launch).await?;
        guarded.send(BLOCKED.text).await?;
        guarded.wait_for(State::Failed).await?;
        guarded.never_left(BLOCKED.secret)?;
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
