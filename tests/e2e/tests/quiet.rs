//! What stands quietly beside the answers of a card: the word that this is a mistake. By mouse and by keyboard, in light
//! and dark, in a small window; pictures of it lie beside those of failed tests.

use anyhow::{Context as _, Result, ensure};
use serde_json::json;
use tests_e2e::{BLOCKED, Guarded, WARNED};
use tests_harness::{Browser, Launch, Site, State};

/// A window as narrow as browsers make it; the card is narrower still.
const SMALL: (u32, u32) = (500, 640);

async fn picture(guarded: &Guarded, name: &str) -> Result<()> {
    guarded.screenshot(&std::env::temp_dir().join(format!("promptgate-e2e/quiet-{name}.png"))).await
}

/// Reported while it waits: nothing goes, the card says so and stays, the answer counts as before.
async fn reported(launch: Launch, name: &str) -> Result<()> {
    let guarded = Guarded::launch(&launch, Site::ChatGpt).await?;
    let played = async {
        guarded.send(WARNED.text).await?;
        let card = guarded.card().await?;
        ensure!(card.choices().await? == ["edit", "send-anyway"]);
        ensure!(card.beside().await? == ["report"]);
        card.press_until("report", "#reported").await?;
        let said = card.until_words("#report", |words| words.contains("noted")).await?;
        ensure!(card.focused().await? == "reported", "the words are not where the focus is");
        ensure!(card.beside().await?.is_empty(), "it can be reported twice");
        card.leave().await?;
        picture(&guarded, name).await?;
        guarded.never_left(WARNED.secret)?;
        // The page finds no word of it.
        let found = guarded.script("return window.find(arguments[0])", vec![json!(said)]).await?;
        ensure!(found == json!(false), "the page finds the card's words");
        guarded.card().await?.choose("send-anyway").await?;
        guarded.wait_for(State::Done).await?;
        guarded.sent(0, &["judged", "shown", "mistake", "answered", "released", "response"]).await.map(drop)
    };
    let played = played.await;
    guarded.end(module_path!(), name, played).await
}

/// Reported by keyboard once it is refused: Tab goes round in the card, Enter presses, and Escape still closes it.
async fn reported_by_keyboard(browser: Browser) -> Result<()> {
    let guarded = Guarded::start(browser, Site::Claude).await?;
    let played = async {
        guarded.send(BLOCKED.text).await?;
        guarded.wait_for(State::Failed).await?;
        let card = guarded.card().await?;
        // Beside it: the text can be copied.
        ensure!(card.beside().await?.contains(&"report".to_owned()));
        card.keyboard_to("report").await?;
        card.press_enter_until("#reported").await?;
        card.until_words("#report", |words| words.contains("noted")).await?;
        card.leave().await?;
        let sent = guarded.sent(0, &["judged", "refused", "mistake"]).await?;
        ensure!(sent.row("released").is_none(), "a report let it go");
        let row = sent.row("mistake").context("no row")?;
        ensure!(row["app"] == "claude", "{row}");
        guarded.never_left(BLOCKED.secret)
    };
    let played = played.await;
    guarded.end(module_path!(), &format!("keyboard-{browser}"), played).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mistake_is_reported_in_chromium() -> Result<()> {
    reported(Launch::guarded(Browser::Chromium)?, "reported-chromium").await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mistake_is_reported_in_firefox() -> Result<()> {
    reported(Launch::guarded(Browser::Firefox)?, "reported-firefox").await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mistake_is_reported_in_the_dark_and_small_in_chromium() -> Result<()> {
    let launch = Launch { size: SMALL, dark: true, ..Launch::guarded(Browser::Chromium)? };
    reported(launch, "reported-dark-small-chromium").await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mistake_is_reported_in_the_dark_and_small_in_firefox() -> Result<()> {
    let launch = Launch { size: SMALL, dark: true, ..Launch::guarded(Browser::Firefox)? };
    reported(launch, "reported-dark-small-firefox").await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mistake_is_reported_by_keyboard_in_chromium() -> Result<()> {
    reported_by_keyboard(Browser::Chromium).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mistake_is_reported_by_keyboard_in_firefox() -> Result<()> {
    reported_by_keyboard(Browser::Firefox).await
}
