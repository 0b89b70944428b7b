//! Four sites, two browsers, six actions: what the person sees, what leaves, what is recorded.

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;
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

    let mut conversations = Vec::new();
    for (turn, prompt) in [ALLOWED.text, second].into_iter().enumerate() {
        let sent = guarded.sent(turn, &["judged", "released", "response", "ended"]).await?;
        sent.expect_action(ALLOWED.action)?;
        let response = sent.row("response").context("no response")?;
        ensure!(response["complete"] == true, "{response}");
        conversations.push(sent.conversation().context("no conversation")?);
        let texts = guarded.opened(&sent)?;
        expect_text(&texts, "answer", &answer_to(prompt))?;
        let said = texts.iter().map(ToString::to_string).collect::<String>();
        ensure!(said.contains(prompt), "the prompt is not in the record: {said}");
    }
    ensure!(conversations[0] == conversations[1], "{conversations:?}");
    let rebuilt = guarded.records()?.run(&["log", "conversation", &conversations[0], "--open"])?;
    let places = [ALLOWED.text, second].map(|prompt| rebuilt.find(prompt));
    ensure!(places[0].is_some() && places[0] < places[1], "not in order: {rebuilt}");
    Ok(())
}

/// Sent, with advice shown.
async fn coached(guarded: &Guarded) -> Result<()> {
    guarded.send(COACHED.text).await?;
    // Advice goes away by itself after a while.
    guarded.card().await?.leave().await?;
    guarded.wait_for(State::Done).await?;
    ensure!(guarded.answer().await? == answer_to(COACHED.text), "the page's answer was changed");
    guarded.left(COACHED.secret)?;
    let sent = guarded.sent(0, &["judged", "released", "shown", "response"]).await?;
    sent.expect_action(COACHED.action)
}

/// Held; nothing left; then sent anyway.
async fn warned(guarded: &Guarded) -> Result<()> {
    guarded.send(WARNED.text).await?;
    let card = guarded.card().await?;
    guarded.never_left(WARNED.secret)?;
    let choices = card.choices().await?;
    ensure!(choices == ["edit", "send-anyway"], "{choices:?}");
    card.choose("send-anyway").await?;
    guarded.wait_for(State::Done).await?;
    ensure!(guarded.answer().await? == answer_to(WARNED.text), "the page's answer was changed");
    guarded.left(WARNED.secret)?;
    let sent = guarded.sent(0, &["judged", "shown", "answered", "released", "response"]).await?;
    sent.expect_action(WARNED.action)
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
    let sent = guarded.sent(0, &["judged", "shown", "answered", "released", "response"]).await?;
    expect_text(&guarded.opened(&sent)?, "reason", reason)?;
    sent.expect_action(JUSTIFIED.action)
}

/// Held; sent without the number, which reached nobody in any form.
async fn redacted(guarded: &Guarded) -> Result<()> {
    guarded.send(REDACTED.text).await?;
    let card = guarded.card().await?;
    guarded.never_left(REDACTED.secret)?;
    card.choose("redact").await?;
    guarded.wait_for(State::Done).await?;
    let redacted = REDACTED.text.replace(REDACTED.secret, "[CARD_1]");
    guarded.left(&redacted)?;
    ensure!(guarded.answer().await? == answer_to(&redacted), "the site answered to something else");
    let sent = guarded.sent(0, &["judged", "shown", "answered", "released", "response"]).await?;
    guarded.never_left(REDACTED.secret)?;
    sent.expect_action(REDACTED.action)
}

/// Not sent; the page ends in its own error, the card says why, and the person has the text again.
async fn blocked(guarded: &Guarded) -> Result<()> {
    guarded.send(BLOCKED.text).await?;
    guarded.wait_for(State::Failed).await?;
    guarded.card().await?.choose("close").await?;
    guarded.wait_for_no_card().await?;
    guarded.wait_for_draft(BLOCKED.text).await?;
    let sent = guarded.sent(0, &["judged", "refused", "shown"]).await?;
    guarded.never_left(BLOCKED.secret)?;
    ensure!(sent.row("released").is_none(), "refused and released: {sent:?}");
    sent.expect_action(BLOCKED.action)
}

fn expect_text(texts: &[Value], member: &str, wanted: &str) -> Result<()> {
    let found = texts.iter().any(|text| text[member] == wanted);
    ensure!(found, "no {member} of this text in the record: {texts:?}");
    Ok(())
}
