//! An address that carries a prompt, followed as a link: judged before its page is asked for.

use anyhow::{Context as _, Result, ensure};
use tests_e2e::{ALLOWED, BLOCKED, Guarded, REDACTED};
use tests_harness::{Browser, PATIENCE, Site, State};

/// A test in each browser.
macro_rules! in_both {
    ($($name:ident),+) => {
        $(
            mod $name {
                use super::*;

                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn chromium() -> Result<()> {
                    in_one(Browser::Chromium).await
                }

                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn firefox() -> Result<()> {
                    in_one(Browser::Firefox).await
                }

                async fn in_one(browser: Browser) -> Result<()> {
                    let guarded = Guarded::start(browser, Site::Claude).await?;
                    let played = match guarded.until_net_is_closed().await {
                        Ok(()) => super::$name(&guarded).await,
                        never => never,
                    };
                    guarded.end(module_path!(), browser.id(), played).await
                }
            }
        )+
    };
}

in_both!(harmless, secret, redacted, in_a_new_tab, of_each_site);

/// The address of a new conversation that asks `text`.
fn asking(site: Site, key: &str, text: &str) -> String {
    format!("https://{}/?{key}={}&utm_source=mail", site.host(), text.replace(' ', "%20"))
}

/// Waits until a site was asked for the page with these words, under the mark of what was permitted.
async fn arrives(guarded: &Guarded, site: Site, words: &str) -> Result<()> {
    let asked = guarded.stand_ins().ledger().wait_for(PATIENCE, |entry| {
        entry.host == site.host() && entry.target.ends_with('&') && entry.contains(words)
    });
    asked.await.map(drop).with_context(|| guarded.stand_ins().ledger().outline())
}

/// It goes on by itself.
async fn harmless(guarded: &Guarded) -> Result<()> {
    guarded.follow(&asking(Site::ChatGpt, "q", ALLOWED.text), false).await?;
    arrives(guarded, Site::ChatGpt, ALLOWED.text).await?;
    guarded.wait_for(State::Idle).await?;
    guarded.sent(0, &["judged", "released"]).await.map(drop)
}

/// It stays, says so, gives the words back, and opens the page without them.
async fn secret(guarded: &Guarded) -> Result<()> {
    guarded.follow(&asking(Site::ChatGpt, "q", BLOCKED.text), false).await?;
    let said = guarded.gate_refused().await?;
    ensure!(said.contains(BLOCKED.text), "the words are lost: {said}");
    let picture = std::env::temp_dir().join(format!("promptgate-e2e/gate-refused-{}.png", guarded.browser()));
    guarded.screenshot(&picture).await?;
    guarded.never_left(BLOCKED.secret)?;
    guarded.sent(0, &["judged"]).await?.expect_action(BLOCKED.action)?;
    guarded.open_without().await?;
    guarded.wait_for(State::Idle).await?;
    guarded.never_left(BLOCKED.secret)
}

/// It goes on without what was found.
async fn redacted(guarded: &Guarded) -> Result<()> {
    guarded.follow(&asking(Site::ChatGpt, "prompt", REDACTED.text), false).await?;
    let card = guarded.gate_card().await?;
    let text = card.text().await?;
    let picture = std::env::temp_dir().join(format!("promptgate-e2e/gate-card-{}.png", guarded.browser()));
    card.leave().await?;
    guarded.screenshot(&picture).await?;
    guarded.never_left(REDACTED.secret)?;
    guarded.answer_at_gate("redact").await.with_context(|| text)?;
    arrives(guarded, Site::ChatGpt, "declined at the till?").await?;
    guarded.never_left(REDACTED.secret)?;
    guarded.sent(0, &["judged", "answered", "released"]).await.map(drop)
}

/// The page that it was opened from stays.
async fn in_a_new_tab(guarded: &Guarded) -> Result<()> {
    guarded.follow(&asking(Site::Perplexity, "q", BLOCKED.text), true).await?;
    // A driver that looks into the tab while it changes from one process to another hears nothing more of it.
    guarded.sent(0, &["judged"]).await?.expect_action(BLOCKED.action)?;
    guarded.newest_of(2).await?;
    guarded.gate_refused().await?;
    guarded.never_left(BLOCKED.secret)
}

/// A tab that is asked for one address after the other.
async fn of_each_site(guarded: &Guarded) -> Result<()> {
    for site in Site::ALL {
        guarded.open(site).await?;
        guarded.follow(&asking(site, "q", BLOCKED.text), false).await?;
        guarded.gate_refused().await.with_context(|| site.id())?;
    }
    guarded.never_left(BLOCKED.secret)
}
