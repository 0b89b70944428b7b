//! The composer read ahead of Send: what the person sees, what is recorded, what the page can tell.

use anyhow::{Context as _, Result, ensure};
use serde_json::json;
use tests_e2e::{BLOCKED, Guarded, REDACTED};
use tests_harness::{Browser, Launch, Site, State};

/// A test in each browser.
macro_rules! in_both {
    ($preview:literal: $($name:ident),+) => {
        $(
            mod $name {
                use super::*;

                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn chromium() -> Result<()> {
                    let guarded = start(Browser::Chromium, $preview).await?;
                    let played = super::$name(&guarded).await;
                    guarded.end(module_path!(), "chromium", played).await
                }

                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn firefox() -> Result<()> {
                    let guarded = start(Browser::Firefox, $preview).await?;
                    let played = super::$name(&guarded).await;
                    guarded.end(module_path!(), "firefox", played).await
                }
            }
        )+
    };
}

in_both!("paste": pasted, changed, rich, unseen_by_the_page, closed);
in_both!("typing": typed, composed);
in_both!("off": not_read);

/// On Claude, which sends nothing before Send.
async fn start(browser: Browser, preview: &str) -> Result<Guarded> {
    let launch = Launch::guarded(browser)?;
    let settings = launch.settings.clone().context("no settings")?;
    Guarded::launch(&launch.settings(&format!("preview = \"{preview}\"\n{settings}")), Site::Claude).await
}

async fn hinted(guarded: &Guarded, word: &str) -> Result<()> {
    guarded.wait_for_hint(word, |hint| hint.is_some_and(|hint| hint.contains(word))).await
}

async fn hint_gone(guarded: &Guarded) -> Result<()> {
    guarded.wait_for_hint("gone", |hint| hint.is_none()).await
}

/// Nothing of a text that was only read is on record or has left.
fn expect_no_trace(guarded: &Guarded, secret: &str) -> Result<()> {
    let mut rows = guarded.records()?.list(&[])?;
    rows.retain(|row| row["kind"] != "heartbeat");
    ensure!(rows.is_empty(), "read ahead and recorded: {rows:?}");
    guarded.never_left(secret)
}

/// Sends what is in the composer, which is held; whether its judgement was a look-up.
async fn sent_ahead(guarded: &Guarded) -> Result<bool> {
    guarded.press_send().await?;
    guarded.card().await?.leave().await?;
    let sent = guarded.sent(0, &["judged"]).await?;
    Ok(sent.judged()?["timings"]["previewed"] == true)
}

/// The hint says before Send what the card says after; the Send's verdict is a look-up and is recorded.
async fn pasted(guarded: &Guarded) -> Result<()> {
    guarded.paste_prompt(REDACTED.text).await?;
    hinted(guarded, "Payment card").await?;
    expect_no_trace(guarded, REDACTED.secret)?;
    let focus = "return document.activeElement.classList.contains('composer')";
    ensure!(guarded.script(focus, Vec::new()).await? == json!(true), "the hint took the focus");
    ensure!(sent_ahead(guarded).await?, "the verdict was no look-up");
    hint_gone(guarded).await?;
    guarded.card().await?.choose("redact").await?;
    guarded.wait_for(State::Done).await?;
    guarded.never_left(REDACTED.secret)?;
    guarded.sent(0, &["judged", "shown", "answered", "released"]).await?.expect_action(REDACTED.action)
}

/// The same for a text that is dragged into the composer. Firefox without a display drags nothing.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn dropped_in_chromium() -> Result<()> {
    let guarded = start(Browser::Chromium, "paste").await?;
    let played = dropped(&guarded).await;
    guarded.end(module_path!(), "dropped", played).await
}

async fn dropped(guarded: &Guarded) -> Result<()> {
    guarded.drop_prompt(REDACTED.text).await?;
    hinted(guarded, "Payment card").await?;
    expect_no_trace(guarded, REDACTED.secret)?;
    ensure!(sent_ahead(guarded).await?, "the verdict was no look-up");
    guarded.never_left(REDACTED.secret)
}

/// Longer than the pause after which a text that is typed is read.
const PAUSE: &str = "setTimeout(arguments[0], 1_000);";

/// With an input method: nothing is read before the composition ends, then all of it is.
async fn composed(guarded: &Guarded) -> Result<()> {
    let (before, card) = REDACTED.text.split_at(REDACTED.text.find(REDACTED.secret).context("no secret")?);
    guarded.type_prompt(before).await?;
    guarded.until_hint_frame().await?;
    guarded.compose("4111").await?;
    guarded.compose(card).await?;
    ensure!(guarded.composer_text().await?.contains(REDACTED.secret), "nothing is composed");
    guarded.driver()?.execute_async(PAUSE, Vec::new()).await?;
    ensure!(guarded.hint().await?.is_none(), "read in the midst of a composition");
    guarded.compose_end(card).await?;
    hinted(guarded, "Payment card").await?;
    ensure!(guarded.composer_text().await? == REDACTED.text, "composed otherwise");
    expect_no_trace(guarded, REDACTED.secret)?;
    ensure!(sent_ahead(guarded).await?, "the verdict was no look-up");
    guarded.never_left(REDACTED.secret)
}

/// The hint goes when the text changes; a text that is only near has to be judged itself.
async fn changed(guarded: &Guarded) -> Result<()> {
    guarded.paste_prompt(REDACTED.text).await?;
    hinted(guarded, "Payment card").await?;
    guarded.press_keys("!").await?;
    hint_gone(guarded).await?;
    expect_no_trace(guarded, REDACTED.secret)?;
    ensure!(!sent_ahead(guarded).await?, "another text was taken for the one that was read");
    guarded.never_left(REDACTED.secret)
}

/// Text over several elements, as rich composers have it.
async fn rich(guarded: &Guarded) -> Result<()> {
    let fill = "const composer = document.querySelector('.composer');
        const [one, two] = ['p', 'p'].map((name) => document.createElement(name));
        const bold = document.createElement('b');
        one.append('Why\\u00a0was this declined?');
        bold.append('4111 1111');
        two.append('card ', bold, ' 1111 1111');
        composer.replaceChildren(one, two);
        getSelection().selectAllChildren(two);
        getSelection().collapseToEnd();";
    guarded.type_prompt("x").await?;
    guarded.script(fill, Vec::new()).await?;
    guarded.insert_paste(" at the till").await?;
    hinted(guarded, "Payment card").await?;
    expect_no_trace(guarded, REDACTED.secret)?;
    ensure!(sent_ahead(guarded).await?, "the verdict was no look-up");
    Ok(())
}

/// While typing: the hint follows the text, through undo and redo.
async fn typed(guarded: &Guarded) -> Result<()> {
    guarded.type_prompt(BLOCKED.text).await?;
    hinted(guarded, "not be sent").await?;
    guarded.press_undo().await?;
    hint_gone(guarded).await?;
    guarded.press_redo().await?;
    hinted(guarded, "not be sent").await?;
    expect_no_trace(guarded, BLOCKED.secret)?;
    ensure!(sent_ahead(guarded).await?, "the verdict was no look-up");
    guarded.never_left(BLOCKED.secret)
}

/// Switched off, nothing is read: the same text is judged when it is sent.
async fn not_read(guarded: &Guarded) -> Result<()> {
    guarded.paste_prompt(REDACTED.text).await?;
    ensure!(!sent_ahead(guarded).await?, "read although it is off");
    ensure!(guarded.hint().await?.is_none(), "a hint although it is off");
    let hosts = guarded.script("return document.querySelectorAll('html > div').length", Vec::new()).await?;
    ensure!(hosts == json!(1), "more than the card on the page: {hosts}");
    Ok(())
}

/// A person chooses on the options page, by its words in the popup from then on.
async fn choose(guarded: &Guarded, press: &str, words: &str) -> Result<()> {
    let before = guarded.open_page("ui/options.html").await?;
    guarded.until_true(&format!("document.querySelector('[data-press={press}]')")).await?;
    guarded.press_in_page(press).await?;
    let kept =
        format!("document.activeElement.dataset.press === '{press}' && document.activeElement.checked");
    guarded.until_true(&kept).await.context("whoever chose by it has lost the keyboard")?;
    guarded.close_tab(before).await?;
    let holds = format!("Checked before Send\n{words}");
    let flat = |said: &str| said.split_whitespace().collect::<Vec<_>>().join(" ");
    guarded.popup("the choice", |said| flat(said).contains(&flat(&holds)), None).await.map(drop)
}

/// Less reading ahead, chosen by the person: at once, also after the extension was loaded anew, and taken back.
async fn chosen(browser: Browser) -> Result<()> {
    let launch = Launch::guarded(browser)?;
    let settings = launch.settings.clone().context("no settings")?;
    let launch = launch.settings(&format!("preview = \"typing\"\n{settings}"));
    let guarded = Guarded::launch(&launch, Site::Claude).await?;
    let played = async {
        guarded.paste_prompt(BLOCKED.text).await?;
        hinted(&guarded, "not be sent").await?;
        choose(&guarded, "ahead-off", "Never").await?;
        hint_gone(&guarded).await?;
        guarded.clear_prompt().await?;
        guarded.paste_prompt(REDACTED.text).await?;
        ensure!(!sent_ahead(&guarded).await?, "read although the person does not want it");
        ensure!(guarded.hint().await?.is_none(), "a hint although the person does not want it");
        guarded.reload_extension(&launch).await?;
        guarded.open(Site::Claude).await?;
        let before = guarded.open_page("ui/options.html").await?;
        guarded.until_true("document.querySelector('[data-press=ahead-off]:checked')").await?;
        guarded.close_tab(before).await?;
        choose(&guarded, "ahead-paste", "When you paste").await?;
        guarded.paste_prompt(REDACTED.text).await?;
        hinted(&guarded, "Payment card").await
    };
    let played = played.await;
    guarded.end(module_path!(), &format!("chosen-{browser}"), played).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn chosen_by_the_person_in_chromium() -> Result<()> {
    chosen(Browser::Chromium).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn chosen_by_the_person_in_firefox() -> Result<()> {
    chosen(Browser::Firefox).await
}

/// More than the settings allow cannot be chosen, and the page says who decided.
async fn closed(guarded: &Guarded) -> Result<()> {
    let before = guarded.open_page("ui/options.html").await?;
    let note = "The settings of this computer allow no more than this";
    guarded.page_says("the switch", |words| words.contains(note)).await?;
    let open = "return [...document.querySelectorAll('[name=ahead]')].map((one) => !one.disabled)";
    ensure!(guarded.script(open, Vec::new()).await? == json!([true, true, false]), "typing can be chosen");
    guarded.close_tab(before).await
}

/// What a page can see of the product after a paste: its elements, what lies under the hint, frames, what a search
/// finds.
const SEEN: &str = "
const hosts = [...document.querySelectorAll('html > :not(head):not(body)')];
const composer = document.querySelector('.composer').getBoundingClientRect();
const under = document.elementFromPoint(composer.left + composer.width / 2, composer.top - 30);
const found = arguments[0].map((word) => [false, true].map((frames) => {
  getSelection().removeAllRanges();
  try { return `${find(word, false, false, true, false, frames, false)}`; } catch (error) { return error.name; }
}));
return JSON.stringify([hosts.map((host) => [host.outerHTML, host.shadowRoot, host.getBoundingClientRect()]),
  hosts.includes(under), window.length, found]);";

/// To the page, a paste with something in it looks like one without.
async fn unseen_by_the_page(guarded: &Guarded) -> Result<()> {
    let words = json!(["Payment card", "without what was found"]);
    let harmless = "Why was card 4111 1111 1111 1112 declined at the till?";
    guarded.paste_prompt(harmless).await?;
    guarded.until_hint_frame().await?;
    ensure!(guarded.hint().await?.is_none(), "a hint about nothing");
    let before = guarded.script(SEEN, vec![words.clone()]).await?;
    guarded.clear_prompt().await?;
    guarded.paste_prompt(REDACTED.text).await?;
    hinted(guarded, "Payment card").await?;
    let after = guarded.script(SEEN, vec![words]).await?;
    ensure!(before == after, "the page saw {before}, then {after}");
    Ok(())
}
