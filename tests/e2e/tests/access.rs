//! The real card as those meet it who do not see it or use no mouse: what the browser itself says of it, the keyboard's
//! way through it, and an input method's Enter.

use anyhow::{Context as _, Result, ensure};
use tests_e2e::{Guarded, JUSTIFIED, REDACTED};
use tests_harness::{Browser, Card, Site, State, axe};

/// Role and name of each part as the browser tells them; a name that is taken away is not told any more.
async fn says_what_is_drawn(guarded: &Guarded, card: &Card<'_>) -> Result<()> {
    let title = card.words_of("#title").await?;
    let dialog = guarded.spoken(".card").await?;
    ensure!(dialog == [("alertdialog".to_owned(), title.clone())], "{title}: {dialog:?}");
    for (role, selector) in [
        ("heading", "h1"),
        ("button", "[data-press=redact]"),
        ("button", "[data-press=edit]"),
        ("group", ".leaving"),
    ] {
        let drawn = card.words_of(if role == "group" { "#leaves" } else { selector }).await?;
        let said = guarded.spoken(selector).await?;
        ensure!(
            !drawn.is_empty() && said == [(role.to_owned(), drawn.clone())],
            "{selector} `{drawn}`: {said:?}"
        );
    }
    // What the browser would not say is seen.
    guarded.script("document.querySelector('.card').removeAttribute('aria-labelledby')", Vec::new()).await?;
    let unnamed = guarded.spoken(".card").await?;
    ensure!(unnamed.first().is_some_and(|(_, name)| *name != title), "a name that is gone is still said");
    Ok(())
}

/// What the browser tells assistive technology of the card is what is drawn.
async fn spoken(browser: Browser) -> Result<()> {
    let guarded = Guarded::start(browser, Site::ChatGpt).await?;
    let played = async {
        guarded.send(REDACTED.text).await?;
        let card = guarded.card().await?;
        // ChromeDriver finds nothing accessible in a frame of another process: there axe looks alone.
        if browser == Browser::Firefox {
            says_what_is_drawn(&guarded, &card).await?;
        }
        // The keyboard comes to each answer and to the text that scrolls, in the order they are drawn.
        card.keyboard_to("redact").await?;
        card.keyboard_to("edit").await?;
        if let Some(script) = axe()? {
            let found = guarded.axe(&script).await?;
            ensure!(found.is_empty(), "{found:?}");
            let fault = "document.querySelector('[data-press=edit]').replaceChildren()";
            guarded.script(fault, Vec::new()).await?;
            let found = guarded.axe(&script).await?;
            let planted = found.iter().any(|one| one.starts_with("button-name"));
            ensure!(planted, "the planted fault is not found: {found:?}");
        }
        Ok(())
    };
    let played = played.await;
    guarded.end(module_path!(), &format!("spoken-{browser}"), played).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_browser_says_what_is_drawn_in_chromium() -> Result<()> {
    spoken(Browser::Chromium).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_browser_says_what_is_drawn_in_firefox() -> Result<()> {
    spoken(Browser::Firefox).await
}

/// A common reason goes into the field by the keyboard; an Enter that ends a composition sends nothing, the next one does.
async fn reasons(browser: Browser) -> Result<()> {
    let guarded = Guarded::start(browser, Site::Claude).await?;
    let played = async {
        guarded.send(JUSTIFIED.text).await?;
        let card = guarded.card().await?;
        card.keyboard_to("reason-work").await?;
        card.press_enter_until("#reason:focus").await?;
        let reason = card.reason().await?;
        ensure!(!reason.is_empty() && card.words_of("[data-press=reason-work]").await? == reason, "{reason}");
        let picture = std::env::temp_dir().join(format!("promptgate-e2e/access-reason-{browser}.png"));
        card.leave().await?;
        guarded.screenshot(&picture).await?;
        let card = guarded.card().await?;
        guarded.script("document.getElementById('reason').focus()", Vec::new()).await?;
        if browser == Browser::Chromium {
            guarded.compose("\u{3042}").await?;
            guarded.press_keys("\u{e007}").await?;
            guarded.compose_end("\u{3042}").await?;
            guarded.never_left(JUSTIFIED.secret)?;
            ensure!(!card.choices().await?.is_empty(), "the composition's Enter answered");
        }
        guarded.press_keys("\u{e007}").await?;
        guarded.driver()?.enter_default_frame().await?;
        guarded.wait_for(State::Done).await?;
        guarded.left(JUSTIFIED.secret)
    };
    let played = played.await;
    guarded.end(module_path!(), &format!("reasons-{browser}"), played).await.context("reasons")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_common_reason_is_given_by_keyboard_in_chromium() -> Result<()> {
    reasons(Browser::Chromium).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_common_reason_is_given_by_keyboard_in_firefox() -> Result<()> {
    reasons(Browser::Firefox).await
}
