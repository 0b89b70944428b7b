//! Four sites, two browsers, six actions: what the person sees, what leaves, what is recorded.

use anyhow::{Context as _, Result, ensure};
use tests_e2e::{ALLOWED, BLOCKED, COACHED, Guarded, JUSTIFIED, REDACTED, WARNED};
use tests_harness::{Browser, Site, State, answer_to};

/// A test for each action on one site in one browser.
macro_rules! site {
    ($browser:ident, $module:ident, $site:ident) => {
        mod $module {
            use super::*;

            site!(@action $browser, $site, allowed, coached, warned, justified, redacted, blocked);
        }
    };
    (@action $browser:ident, $site:ident, $($action:ident),+) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $action() -> Result<()> {
                let guarded = Guarded::start(Browser::$browser, Site::$site).await?;
                let played = super::super::$action(&guarded).await;
                guarded.end(module_path!(), stringify!($action), played).await
            }
        )+
    };
}

mod chromium {
    use super::*;

    site!(Chromium, chatgpt, ChatGpt);
    site!(Chromium, claude, Claude);
    site!(Chromium, gemini, Gemini);
    site!(Chromium, perplexity, Perplexity);
}

mod firefox {
    use super::*;

    site!(Firefox, chatgpt, ChatGpt);
    site!(Firefox, claude, Claude);
    site!(Firefox, gemini, Gemini);
    site!(Firefox, perplexity, Perplexity);
}

/// Sent, answered, and a second turn in the same conversation; both answers whole in the record.
async fn allowed(guarded: &Guarded) -> Result<()> {
    let second = "And for a ship's dog?";
    ensure!(guarded.ask(ALLOWED.text).await? == answer_to(ALLOWED.text), "the page's answer was changed");
    ensure!(guarded.ask(second).await? == answer_to(second), "the page's second answer was changed");

    let events =
        guarded.events(|events| events.send_has(0, "response") && events.send_has(1, "response")).await?;
    let mut conversations = Vec::new();
    for (turn, prompt) in [ALLOWED.text, second].into_iter().enumerate() {
        let event = events.send(turn).context("no such send")?;
        let judged = events.row(event, "judged").context("no judged row")?;
        ensure!(judged["action"] == "allow", "{judged}");
        ensure!(events.row(event, "released").is_some(), "{}", events.lines());
        let response = events.row(event, "response").context("no response row")?;
        ensure!(response["complete"] == true, "{response}");
        conversations.push(
            response["conversation_id"].as_str().or(judged["conversation_id"].as_str()).map(str::to_owned),
        );
        let opened = guarded.opened(event)?;
        ensure!(opened.contains(prompt), "the prompt is not in the record: {opened}");
        ensure!(opened.contains(&answer_to(prompt)), "the answer is not whole in the record: {opened}");
    }
    ensure!(conversations[0].is_some() && conversations[0] == conversations[1], "{conversations:?}");
    Ok(())
}

/// Sent, with advice shown.
async fn coached(guarded: &Guarded) -> Result<()> {
    ensure!(guarded.ask(COACHED.text).await? == answer_to(COACHED.text), "the page's answer was changed");
    guarded.left(COACHED.secret)?;
    let events =
        guarded.events(|events| events.send_has(0, "shown") && events.send_has(0, "response")).await?;
    expect_action(&events, COACHED.action)
}

/// Held; nothing left; then sent anyway.
async fn warned(guarded: &Guarded) -> Result<()> {
    guarded.send(WARNED.text).await?;
    let card = guarded.card().await?;
    guarded.never_left(WARNED.secret)?;
    ensure!(card.choices().await? == ["edit", "send"], "{:?}", card.choices().await?);
    card.choose("send").await?;
    guarded.wait_for(State::Done).await?;
    ensure!(guarded.answer().await? == answer_to(WARNED.text));
    guarded.left(WARNED.secret)?;
    let events = guarded.events(|events| events.send_has(0, "response")).await?;
    expect_rows(&events, &["judged", "shown", "answered", "released", "response"])?;
    expect_action(&events, WARNED.action)
}

/// Held; nothing left; sent with a reason that is sealed in the record.
async fn justified(guarded: &Guarded) -> Result<()> {
    let reason = "The customer asked for this invoice";
    guarded.send(JUSTIFIED.text).await?;
    let card = guarded.card().await?;
    guarded.never_left(JUSTIFIED.secret)?;
    card.give_reason(reason).await?;
    card.choose("justify").await?;
    guarded.wait_for(State::Done).await?;
    guarded.left(JUSTIFIED.secret)?;
    guarded.never_left(reason)?;
    let events = guarded.events(|events| events.send_has(0, "response")).await?;
    expect_rows(&events, &["judged", "shown", "answered", "released", "response"])?;
    let opened = guarded.opened(events.send(0).unwrap_or_default())?;
    ensure!(opened.contains(reason), "the reason is not in the record: {opened}");
    expect_action(&events, JUSTIFIED.action)
}

/// Held; sent without the number, which reached nobody in any form.
async fn redacted(guarded: &Guarded) -> Result<()> {
    guarded.send(REDACTED.text).await?;
    let card = guarded.card().await?;
    guarded.never_left(REDACTED.secret)?;
    card.choose("redact").await?;
    guarded.wait_for(State::Done).await?;
    let redacted = REDACTED.text.replace(REDACTED.secret, "[payment card]");
    guarded.left(&redacted)?;
    ensure!(guarded.answer().await? == answer_to(&redacted), "the site answered to something else");
    let events = guarded.events(|events| events.send_has(0, "response")).await?;
    guarded.never_left(REDACTED.secret)?;
    expect_rows(&events, &["judged", "shown", "answered", "released", "response"])?;
    expect_action(&events, REDACTED.action)
}

/// Not sent; the page ends in its own error, the card says why.
async fn blocked(guarded: &Guarded) -> Result<()> {
    guarded.send(BLOCKED.text).await?;
    guarded.wait_for(State::Failed).await?;
    guarded.card().await?.leave().await?;
    let events = guarded.events(|events| events.send_has(0, "refused")).await?;
    guarded.never_left(BLOCKED.secret)?;
    ensure!(!events.send_has(0, "released"), "{}", events.lines());
    expect_action(&events, BLOCKED.action)
}

fn expect_action(events: &tests_e2e::Events, action: &str) -> Result<()> {
    let judged = events.sends().next().context("no send is on record")?;
    ensure!(judged["action"] == action, "{judged}");
    Ok(())
}

fn expect_rows(events: &tests_e2e::Events, kinds: &[&str]) -> Result<()> {
    let missing: Vec<_> = kinds.iter().filter(|kind| !events.send_has(0, kind)).collect();
    ensure!(missing.is_empty(), "no {missing:?} row:\n{}", events.lines());
    Ok(())
}
