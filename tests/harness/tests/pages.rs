//! The stand-ins' pages in the real browsers, without the product: what a person would see there.

use anyhow::{Result, ensure};
use tests_harness::{Browser, Launch, Session, Site, StandIns, State, answer_to};

/// Two turns with all that decoders get wrong; the ledger must hold what was typed.
async fn converses(site: Site, browser: Browser) -> Result<()> {
    let stand_ins = StandIns::start()?;
    let session = Session::start(&stand_ins, &Launch::plain(browser)).await?;
    session.open(site).await?;
    let first = "What is a \"pangram\"?\nName one, please.";
    assert_eq!(session.ask(first).await?, answer_to(first));
    ensure!(stand_ins.ledger().contains(first), "the first prompt is not in the ledger");
    ensure!(session.composer_text().await?.is_empty());
    let conversation = session.conversation().await?;
    ensure!(conversation.is_some());

    let second = "And one with 🦊 \u{1F469}\u{200D}\u{1F52C}, né C:\\fox?";
    session.type_prompt(second).await?;
    session.press_send().await?;
    session.wait_for(State::Done).await?;
    assert_eq!(session.answer().await?, answer_to(second));
    ensure!(session.conversation().await? == conversation, "the second turn is in another conversation");
    ensure!(session.fault().await?.is_none());
    ensure!(!stand_ins.ledger().contains("a text that nobody typed"));
    session.close().await
}

macro_rules! conversations {
    ($($name:ident: $site:ident in $browser:ident;)*) => {$(
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $name() -> Result<()> {
            converses(Site::$site, Browser::$browser).await
        }
    )*};
}

conversations! {
    chatgpt_in_chromium: ChatGpt in Chromium;
    chatgpt_in_firefox: ChatGpt in Firefox;
    gemini_in_chromium: Gemini in Chromium;
    gemini_in_firefox: Gemini in Firefox;
    claude_in_chromium: Claude in Chromium;
    claude_in_firefox: Claude in Firefox;
    perplexity_in_chromium: Perplexity in Chromium;
    perplexity_in_firefox: Perplexity in Firefox;
}
