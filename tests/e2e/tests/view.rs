//! `promptgate log view` in a real browser: looked through, filtered, opened with the key and locked again.

use anyhow::{Context as _, Result, ensure};
use serde_json::json;
use std::fs;
use tests_e2e::{ALLOWED, BLOCKED, Guarded};
use tests_harness::{Browser, Launch, Site, State, answer_to};

/// A private key of nobody here: 32 bytes of ones.
const OTHER_KEY: &str = "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";

const ENTER: &str = "\u{e007}";

/// Presses what a selector finds.
async fn press(guarded: &Guarded, selector: &str) -> Result<()> {
    guarded.until_true(&format!("document.querySelector({})", json!(selector))).await?;
    guarded.script("document.querySelector(arguments[0]).click();", vec![json!(selector)]).await.map(drop)
}

/// All that the page says.
async fn said(guarded: &Guarded) -> Result<String> {
    let text = guarded.script("return document.body.textContent;", Vec::new()).await?;
    Ok(text.as_str().context("the page has no text")?.to_owned())
}

async fn paste_key(guarded: &Guarded, key: &str) -> Result<()> {
    press(guarded, "[data-press=unlock]").await?;
    guarded.until_true("document.activeElement?.id === 'key-text'").await?;
    guarded.press_keys(key).await?;
    guarded.press_keys(ENTER).await
}

async fn looked_through(browser: Browser) -> Result<()> {
    let guarded = Guarded::start(browser, Site::Claude).await?;
    let played = async {
        let answer = guarded.ask(ALLOWED.text).await?;
        guarded.send(BLOCKED.text).await?;
        guarded.wait_for(State::Failed).await?;
        guarded.card().await?.leave().await?;
        guarded.sent(0, &["judged", "released", "response", "ended"]).await?;
        guarded.sent(1, &["judged", "refused"]).await?;
        let viewer = guarded.viewer()?;

        guarded.driver()?.goto(viewer.address()).await?;
        guarded.until_true("document.querySelectorAll('a[data-row]').length === 3").await?;
        guarded.until_true("/3/.test(document.querySelector('.counted').textContent)").await?;
        guarded.until_true("document.querySelectorAll('.days .bars [data-series]').length >= 2").await?;
        guarded.until_true("!location.href.includes('enter')").await?;

        // Filtered as a person filters; the address keeps it.
        let choose = "const select = document.querySelector('select[name=action]'); select.value = 'block';
            select.dispatchEvent(new Event('change', { bubbles: true }));";
        guarded.script(choose, Vec::new()).await?;
        guarded.until_true("document.querySelectorAll('a[data-row]').length === 1").await?;
        guarded.until_true("location.hash.includes('action=block')").await?;
        press(&guarded, ".chips a.all").await?;
        guarded.until_true("document.querySelectorAll('a[data-row]').length === 3").await?;

        // By keys: to the last row, which is the first prompt (the site asked for a title after it), in and back.
        guarded.script("document.activeElement.blur();", Vec::new()).await?;
        guarded.press_keys("jjj").await?;
        guarded.until_true("document.activeElement === document.querySelectorAll('a[data-row]')[2]").await?;
        guarded.press_keys(ENTER).await?;
        guarded.until_true("document.querySelectorAll('.steps li').length >= 4").await?;
        guarded.press_keys("u").await?;
        guarded.until_true("document.querySelectorAll('a[data-row]').length === 3").await?;
        guarded.driver()?.back().await?;
        press(&guarded, ".ways a:last-child").await?;
        guarded.until_true("document.querySelectorAll('.talk .closed').length >= 2").await?;
        ensure!(!said(&guarded).await?.contains(ALLOWED.text), "sealed text is on the page");

        // What is no key, and a key of somebody else.
        paste_key(&guarded, "half a key").await?;
        guarded.until_true("document.querySelector('#key-fault').textContent.includes('44')").await?;
        press(&guarded, "#key .quiet").await?;
        paste_key(&guarded, OTHER_KEY).await?;
        guarded.until_true("document.querySelector('[data-press=lock]')").await?;
        guarded.until_true("document.querySelector('.talk').textContent.includes('Sealed to key')").await?;
        ensure!(!said(&guarded).await?.contains(ALLOWED.text), "another key opened it");
        press(&guarded, "[data-press=lock]").await?;

        // The right one, from its file: read in this tab, and sent to nobody.
        let file = guarded.home().path().join(".local/share/promptgate/keys/trial.key");
        let key = fs::read_to_string(&file)?;
        press(&guarded, "[data-press=unlock]").await?;
        guarded.hand_file("#key-file", &file).await?;
        guarded.until_true("document.querySelectorAll('.talk [data-opened]').length >= 2").await?;
        let picture = std::env::temp_dir().join(format!("promptgate-e2e/view-conversation-{browser}.png"));
        guarded.screenshot(&picture).await?;
        let text = said(&guarded).await?;
        ensure!(text.contains(ALLOWED.text), "the prompt is not readable: {text}");
        let first = answer.lines().next().unwrap_or_default();
        ensure!(text.contains(first) && answer.contains(first), "the answer is not readable: {text}");
        ensure!(answer == answer_to(ALLOWED.text), "another answer");
        press(&guarded, "[data-press=lock]").await?;
        guarded.until_true("document.querySelectorAll('[data-opened]').length === 0").await?;
        guarded.until_true("document.querySelectorAll('.talk .closed').length >= 2").await?;
        ensure!(!said(&guarded).await?.contains(ALLOWED.text), "locked, and still readable");
        for secret in [key.trim(), OTHER_KEY, "half a key", ALLOWED.text, BLOCKED.secret] {
            ensure!(!viewer.was_sent(secret), "the page sent `{secret}`");
        }
        ensure!(viewer.was_sent("GET /api/sealed/"), "nothing was watched");

        // A long conversation comes in parts.
        guarded.script(LONGER, Vec::new()).await?;
        for (turns, more) in [(50, true), (100, true), (120, false)] {
            let there = format!("document.querySelectorAll('.talk > li').length === {turns}");
            guarded.until_true(&there).await?;
            guarded.until_true(&format!("!!document.querySelector('button.more') === {more}")).await?;
            if more {
                press(&guarded, "button.more").await?;
            }
        }
        guarded
            .until_true(
                "document.activeElement.closest('li') === document.querySelectorAll('.talk > li')[100]",
            )
            .await?;

        // The address counted once.
        guarded.script("sessionStorage.clear();", Vec::new()).await?;
        guarded.driver()?.goto("about:blank").await?;
        guarded.driver()?.goto(viewer.address()).await?;
        guarded.until_true("document.querySelector('[role=alert]')").await?;
        ensure!(!said(&guarded).await?.contains("Claude"), "a spent address let somebody in");
        Ok(())
    };
    let played = played.await;
    guarded.end(module_path!(), browser.id(), played).await
}

/// As if the conversation on the page had 120 turns: it is asked for again.
const LONGER: &str = "const ask = window.fetch;
window.fetch = async (...asked) => {
  const response = await ask(...asked);
  if (!String(asked[0]).includes('/api/conversation')) return response;
  const { turns } = await response.json();
  return new Response(JSON.stringify({ turns: Array(120).fill(turns[0]) }), { headers: { 'content-type': 'application/json' } });
};
const here = location.hash;
location.hash = '#/health';
setTimeout(() => { location.hash = here; }, 500);";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_record_is_looked_through_in_chromium() -> Result<()> {
    looked_through(Browser::Chromium).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_record_is_looked_through_in_firefox() -> Result<()> {
    looked_through(Browser::Firefox).await
}

/// Whatever reaches over the sides of the page; what scrolls by itself may.
const WIDER: &str = "return [...document.querySelectorAll('body *')].filter((one) => {
    const { left, right, width } = one.getBoundingClientRect();
    const apart = one.closest('.scroll, .unseen, .skip, svg');
    return !apart && width > 0 && (left < -1 || right > innerWidth + 1);
}).map((one) => `${one.tagName} ${one.className}`).join();";

/// In Arabic the page runs from right to left: names and numbers keep their order, and nothing leaves a narrow window.
async fn right_to_left(browser: Browser) -> Result<()> {
    let launch = Launch { language: Some("ar"), size: (500, 700), ..Launch::guarded(browser)? };
    let guarded = Guarded::launch(&launch, Site::Claude).await?;
    let played = async {
        guarded.send(BLOCKED.text).await?;
        guarded.wait_for(State::Failed).await?;
        guarded.card().await?.leave().await?;
        guarded.sent(0, &["judged", "refused"]).await?;
        let viewer = guarded.viewer()?;
        guarded.driver()?.goto(viewer.address()).await?;
        guarded.until_true("document.querySelectorAll('a[data-row]').length >= 1").await?;
        guarded.until_true("/[0-9]/.test(document.querySelector('.counted').textContent)").await?;
        let root = "return [document.documentElement.lang, document.documentElement.dir, getComputedStyle(document.body).direction];";
        let root = guarded.script(root, Vec::new()).await?;
        ensure!(root == json!(["ar", "rtl", "rtl"]), "{root}");
        let text = said(&guarded).await?;
        ensure!(text.contains("التفاعلات"), "the words are not Arabic: {text}");
        ensure!(!text.contains(['٠', '١', '٢', '٣']), "digits of two kinds: {text}");
        for page in ["#/", "#/figures", "#/health"] {
            guarded.script("location.hash = arguments[0];", vec![json!(page)]).await?;
            let there = format!("document.querySelector('nav [aria-current]')?.hash === {}", json!(page));
            guarded.until_true(&there).await?;
            let wider = guarded.script(WIDER, Vec::new()).await?;
            ensure!(wider == json!(""), "{page} is wider than the window: {wider}");
        }
        press(&guarded, "nav a").await?;
        guarded.until_true("document.querySelector('a[data-row]')").await?;
        press(&guarded, "a[data-row]").await?;
        guarded.until_true("document.querySelectorAll('.steps li').length >= 2").await?;
        let title = guarded.script("return document.querySelector('h1').textContent;", Vec::new()).await?;
        let title = title.as_str().unwrap_or_default().to_owned();
        ensure!(title.contains("\u{2068}Claude\u{2069}"), "the site's name is not kept apart: {title}");
        let wider = guarded.script(WIDER, Vec::new()).await?;
        ensure!(wider == json!(""), "an interaction is wider than the window: {wider}");
        Ok(())
    };
    let played = played.await;
    guarded.end(module_path!(), &format!("{browser}-ar"), played).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn in_arabic_the_record_runs_from_right_to_left_in_chromium() -> Result<()> {
    right_to_left(Browser::Chromium).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn in_arabic_the_record_runs_from_right_to_left_in_firefox() -> Result<()> {
    right_to_left(Browser::Firefox).await
}
