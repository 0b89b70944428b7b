//! A page that the browser renders before anybody goes there (speculation rules), whose script sends at once and again when
//! the page is shown.
//!
//! Chromium only: Firefox renders no page ahead, which `roads/prerender.js` asserts. All that the page says it says to the
//! site, by addresses without a prompt: a driver that looks into a tab while one page takes the place of another hears
//! nothing more of it.

use anyhow::{Context as _, Result, ensure};
use tests_e2e::{BLOCKED, Guarded};
use tests_harness::{Browser, PATIENCE, Served, Site};

/// Asks for the other page ahead.
const OPENER: &str = "<!doctype html><html lang=\"en\" data-state=\"idle\"><meta charset=\"utf-8\"><title>Opener</title><body>
<script type=\"speculationrules\">{ \"prerender\": [{ \"source\": \"list\", \"urls\": [\"/ahead\"], \"eagerness\": \"immediate\" }] }</script>";

/// Sends a text that may go and one that may not, before it is shown and after.
const AHEAD: &str = "<!doctype html><html lang=\"en\" data-state=\"idle\"><meta charset=\"utf-8\"><title>Ahead</title><body>
<script>
  const told = (word) => fetch(`/ahead/told/${word}`);
  const post = (text) => {
    const message = { author: { role: 'user' }, content: { content_type: 'text', parts: [text] } };
    const body = JSON.stringify({ action: 'next', messages: [message] });
    const init = { method: 'POST', body, headers: { 'content-type': 'application/json' } };
    return fetch('/backend-api/f/conversation', init).then(({ status }) => status, ({ name }) => name);
  };
  const all = (when) => {
    told(`${when}/${document.prerendering ? 'ahead' : 'open'}`);
    post(`What is a good name for the heron ${when} the show?`).then((end) => told(`${when}-harmless/${end}`));
    post(`SECRET ${when}`).then((end) => told(`${when}-secret/${end}`));
  };
  document.addEventListener('prerenderingchange', () => all('after'));
  all('before');
</script>";

/// The page's own word about something.
async fn told(guarded: &Guarded, what: &str) -> Result<String> {
    let place = format!("/ahead/told/{what}/");
    let ledger = guarded.stand_ins().ledger();
    let entry = ledger.wait_for(PATIENCE, |entry| entry.path().starts_with(&place)).await;
    let entry = entry.with_context(|| format!("the page never tells of `{what}`"))?;
    Ok(entry.path().strip_prefix(&place).unwrap_or_default().to_owned())
}

/// Both sends of one time ended, each as it had to.
async fn ended(guarded: &Guarded, when: &str) -> Result<()> {
    let secret = told(guarded, &format!("{when}-secret")).await?;
    guarded.never_left(BLOCKED.secret).with_context(|| when.to_owned())?;
    ensure!(secret != "200", "{when}: the secret was answered");
    let harmless = told(guarded, &format!("{when}-harmless")).await?;
    ensure!(harmless == "200", "{when}: what may go ended as {harmless}");
    guarded.left(&format!("the heron {when} the show?"))
}

async fn shown_later(guarded: &Guarded) -> Result<()> {
    let page = |body: String| Served { content_type: "text/html; charset=utf-8", policy: None, body };
    guarded.stand_ins().serve("/opener", page(OPENER.to_owned()));
    guarded.stand_ins().serve("/ahead", page(AHEAD.replace("SECRET", BLOCKED.text)));
    guarded.open_at(Site::ChatGpt, "/opener").await?;
    let before = told(guarded, "before").await.context("Chromium renders nothing ahead here")?;
    ensure!(before == "ahead", "document.prerendering was false: the page is {before}");
    ended(guarded, "before").await.context("nobody has gone there yet")?;
    ensure!(
        !guarded.stand_ins().ledger().contains("/ahead/told/after"),
        "it is shown, and nobody went there"
    );
    guarded.follow("https://chatgpt.com/ahead", false).await?;
    let after = told(guarded, "after").await.context("it was not shown, or was loaded anew")?;
    ensure!(after == "open", "it is shown and not shown: {after}");
    ended(guarded, "after").await.context("it is shown")?;
    // Each of the four is on record as what it was.
    let judged = |rows: &[serde_json::Value]| {
        let of = |action: &str| rows.iter().filter(|row| row["action"] == action).count();
        (of("allow"), of(BLOCKED.action)) == (2, 2)
    };
    let rows = guarded.records()?.wait_for_those(&["--kind", "judged"], PATIENCE, judged).await;
    rows.map(drop).context("not each of the four sends was judged once")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_that_is_rendered_ahead_is_guarded_before_and_after_it_is_shown_in_chromium() -> Result<()> {
    let guarded = Guarded::start(Browser::Chromium, Site::ChatGpt).await?;
    let played = shown_later(&guarded).await;
    guarded.end(module_path!(), "chromium", played).await
}
