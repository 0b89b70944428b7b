//! An address that carries a prompt, gone to by a link, a script or a form: judged before its page is asked for.

use anyhow::{Context as _, Result, ensure};
use serde_json::json;
use tests_e2e::{ALLOWED, BLOCKED, Guarded, REDACTED};
use tests_harness::{Browser, Launch, PATIENCE, Served, Site, State, axe};

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

in_both!(harmless, secret, redacted, in_a_new_tab, of_each_site, under_the_mark, once, other_ways);

/// The address of a new conversation that asks `text`.
fn asking(site: Site, key: &str, text: &str) -> String {
    format!("https://{}/?{key}={}&utm_source=mail", site.host(), text.replace(' ', "%20"))
}

/// Waits until a site was asked for the page with these words.
async fn arrives(guarded: &Guarded, site: Site, words: &str) -> Result<()> {
    let ledger = guarded.stand_ins().ledger();
    let asked = ledger.wait_for(PATIENCE, |entry| entry.host == site.host() && entry.contains(words));
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
    // A card that is not drawn yet takes no room.
    let gap = "const at = (what) => document.querySelector(what)?.getBoundingClientRect();
        const card = document.querySelector('iframe:not(.unsized)')?.getBoundingClientRect().height ?? 0;
        return Math.round(at('.asked').top - at('[data-press=open]').bottom - card)";
    let gap = guarded.script(gap, Vec::new()).await?;
    ensure!(gap.as_i64().is_some_and(|gap| (0..60).contains(&gap)), "{gap} pixels of nothing");
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

/// The mark of a hook at the end of a link, where anybody can write it, is no way past the gate.
async fn under_the_mark(guarded: &Guarded) -> Result<()> {
    let link = format!("{}&", asking(Site::ChatGpt, "q", BLOCKED.text));
    guarded.follow(&link, false).await?;
    guarded.gate_refused().await?;
    guarded.sent(0, &["judged"]).await?.expect_action(BLOCKED.action)?;
    guarded.never_left(BLOCKED.secret)
}

/// What was let go went once: when its page is loaded again, it is judged again.
async fn once(guarded: &Guarded) -> Result<()> {
    guarded.follow(&asking(Site::ChatGpt, "q", ALLOWED.text), false).await?;
    arrives(guarded, Site::ChatGpt, ALLOWED.text).await?;
    guarded.wait_for(State::Idle).await?;
    let first = guarded.sent(0, &["judged", "released"]).await?;
    guarded.script("setTimeout(() => location.reload(), 0)", Vec::new()).await?;
    let second = guarded.sent(1, &["judged", "released"]).await?;
    ensure!(first.event != second.event, "it was judged once");
    Ok(())
}

/// A page without a policy that would keep it, which goes to an address as scripts and forms do.
async fn other_ways(guarded: &Guarded) -> Result<()> {
    let body = "<!doctype html><html lang=\"en\" data-state=\"idle\"><meta charset=\"utf-8\"><title>Ways</title><body>";
    let page = Served { content_type: "text/html; charset=utf-8", policy: None, body: body.to_owned() };
    guarded.stand_ins().serve("/ways/", page);
    let form = "const url = new URL(address);
        const form = document.createElement('form');
        form.action = `${url.origin}/`;
        const field = document.createElement('input');
        field.name = 'q';
        field.value = url.searchParams.get('q');
        form.append(field);
        document.body.append(form);
        form.submit();";
    let ways = [("location", "location.href = address"), ("form", form), ("window", "window.open(address)")];
    for (number, (way, script)) in ways.into_iter().enumerate() {
        guarded.open_at(Site::Claude, "/ways/").await?;
        let go = format!("const [address] = arguments; setTimeout(() => {{ {script} }}, 0);");
        guarded.script(&go, vec![json!(asking(Site::ChatGpt, "q", BLOCKED.text))]).await?;
        let judged = guarded.sent(number, &["judged"]).await.with_context(|| way)?;
        judged.expect_action(BLOCKED.action)?;
        if way == "window" {
            guarded.newest_of(2).await?;
        }
        guarded.gate_refused().await.with_context(|| way)?;
    }
    guarded.never_left(BLOCKED.secret)
}

/// What axe finds wrong at the gate now, and whether anything is wider than the window; a picture of it.
async fn look(guarded: &Guarded, script: &str, name: &str, dark: bool) -> Result<()> {
    let still = "document.getAnimations().every((one) => one.playState !== 'running')";
    if dark {
        guarded.narrow(320).await?;
    }
    guarded.until_true(still).await?;
    let picture = format!("promptgate-e2e/gate-{name}-{}.png", guarded.browser());
    guarded.screenshot(&std::env::temp_dir().join(picture)).await?;
    let wider = "return document.documentElement.scrollWidth > window.innerWidth";
    ensure!(guarded.script(wider, Vec::new()).await? == false, "{name}: wider than its window");
    let found = guarded.axe(script).await?;
    ensure!(found.is_empty(), "{name}: {found:?}");
    Ok(())
}

/// Each stage of the gate, as it comes: axe finds nothing but what is planted.
async fn stages(browser: Browser, dark: bool) -> Result<()> {
    let Some(script) = axe()? else {
        eprintln!("skipped: PROMPTGATE_TOOLS is not set");
        return Ok(());
    };
    let size = if dark { (640, 900) } else { (1100, 800) };
    let launch = Launch { dark, size, ..Launch::guarded(browser)? };
    let guarded = Guarded::launch(&launch, Site::Claude).await?;
    let played = async {
        guarded.until_net_is_closed().await?;
        let named = |stage: &str| format!("{stage}-{}", if dark { "dark-narrow" } else { "light" });
        guarded.follow(&asking(Site::ChatGpt, "q", REDACTED.text), false).await?;
        guarded.gate_card().await?.leave().await?;
        look(&guarded, &script, &named("asks"), dark).await?;
        guarded.open(Site::Claude).await?;
        guarded.follow(&asking(Site::ChatGpt, "q", BLOCKED.text), false).await?;
        guarded.gate_refused().await?;
        look(&guarded, &script, &named("refused"), dark).await?;
        let fault = "document.querySelector('[data-press=open]').replaceChildren()";
        guarded.script(fault, Vec::new()).await?;
        let found = guarded.axe(&script).await?;
        ensure!(found.iter().any(|one| one.starts_with("button-name")), "not found: {found:?}");
        // Loaded again, nothing is known of it any more.
        guarded.driver()?.refresh().await?;
        guarded.until_true("document.querySelector('main.gate[data-tone=calm] h1')").await?;
        look(&guarded, &script, &named("gone"), dark).await
    };
    let played = played.await;
    let name = format!("stages-{browser}-{}", if dark { "dark" } else { "light" });
    guarded.end(module_path!(), &name, played).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn axe_finds_nothing_in_the_light_in_chromium() -> Result<()> {
    stages(Browser::Chromium, false).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn axe_finds_nothing_in_the_light_in_firefox() -> Result<()> {
    stages(Browser::Firefox, false).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn axe_finds_nothing_in_the_dark_in_chromium() -> Result<()> {
    stages(Browser::Chromium, true).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn axe_finds_nothing_in_the_dark_in_firefox() -> Result<()> {
    stages(Browser::Firefox, true).await
}

/// A window this high inside, whatever the browser puts around the page.
const LOW: u32 = 400;

/// Makes the window that low.
async fn lower(guarded: &Guarded) -> Result<()> {
    let around = guarded.script("return outerHeight - innerHeight", Vec::new()).await?;
    let around = u32::try_from(around.as_u64().context("no height")?)?;
    guarded.driver()?.set_window_rect(0, 0, 500, LOW + around).await?;
    guarded.until_true(&format!("Math.abs(innerHeight - {LOW}) < 2")).await
}

/// What scrolls, of the page and of the card in its frame, and what of the gate's title and button is not in sight.
const SCROLLS: &str = "const frame = document.querySelector('iframe')?.contentDocument;
    const within = (page) => [page.scrollingElement, ...page.querySelectorAll('body *')].filter((one) =>
      one.scrollHeight > one.clientHeight + 1
        && (one === document.scrollingElement || ['auto', 'scroll'].includes(getComputedStyle(one).overflowY)));
    const scrolls = [document, frame].filter(Boolean).flatMap(within).map((one) => one.localName);
    const shown = [...document.querySelectorAll('.gate h1, [data-press=open]')];
    const hidden = shown.filter((one) => one.getBoundingClientRect().bottom > innerHeight);
    return `${frame ? 'a card' : 'no card'}: ${scrolls} scrolls, ${hidden.length} of ${shown.length} out of sight`;";

/// In a low window one thing scrolls, which is the page.
async fn low(browser: Browser) -> Result<()> {
    let launch = Launch { size: (500, 700), ..Launch::guarded(browser)? };
    let guarded = Guarded::launch(&launch, Site::Claude).await?;
    let played = async {
        guarded.until_net_is_closed().await?;
        let picture = |stage: &str| {
            std::env::temp_dir().join(format!("promptgate-e2e/gate-low-{stage}-{}.png", guarded.browser()))
        };
        // The card takes its height when it is drawn.
        let scrolls = async |wanted: &str| {
            let is = format!("(() => {{ {SCROLLS} }})() === '{wanted}'");
            let told = guarded.until_true(&is).await;
            told.with_context(|| wanted.to_owned())
        };
        let long = |text: &str| format!("{text} {}", "and so on ".repeat(90));
        guarded.follow(&asking(Site::ChatGpt, "q", REDACTED.text), false).await?;
        guarded.gate_card().await?.leave().await?;
        lower(&guarded).await?;
        scrolls("a card: html scrolls, 0 of 1 out of sight").await?;
        guarded.screenshot(&picture("asks")).await?;
        guarded.open(Site::Claude).await?;
        guarded.follow(&asking(Site::ChatGpt, "q", &long(BLOCKED.text)), false).await?;
        guarded.gate_refused().await?;
        scrolls("a card: html scrolls, 0 of 2 out of sight").await?;
        guarded.screenshot(&picture("refused")).await
    };
    let played = played.await;
    guarded.end(module_path!(), &format!("low-{browser}"), played).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_thing_scrolls_in_a_low_window_in_chromium() -> Result<()> {
    low(Browser::Chromium).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_thing_scrolls_in_a_low_window_in_firefox() -> Result<()> {
    low(Browser::Firefox).await
}
