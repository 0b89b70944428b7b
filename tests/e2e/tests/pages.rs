//! The pages that a person opens in a tab, in real browsers: what is recorded about them, and what Promptgate does.

use std::env;
use std::path::PathBuf;

use anyhow::{Context as _, Result, ensure};
use serde_json::json;
use tests_e2e::{ALLOWED, Guarded, WARNED};
use tests_harness::{Browser, Launch, Managed, Session, Site, StandIns, State};

/// Whether anything is wider than the window.
const OVERFLOWS: &str = "return document.documentElement.scrollWidth > window.innerWidth";

/// What stands where the keyboard comes by, in its order.
const STOPS: &str = "return [...document.querySelectorAll('a[href], button')].map((e) => e.textContent)";

fn picture(name: &str, browser: Browser) -> PathBuf {
    env::temp_dir().join(format!("promptgate-e2e/pages-{name}-{browser}.png"))
}

/// Opens both pages, looks that nothing is cut off, and takes their pictures; their words.
async fn looked_at(
    guarded: &Guarded,
    name: &str,
    browser: Browser,
    width: Option<u32>,
) -> Result<[String; 2]> {
    let mut words = [String::new(), String::new()];
    for (page, said) in ["options", "welcome"].into_iter().zip(&mut words) {
        let before = guarded.open_page(&format!("ui/{page}.html")).await?;
        let wanted = if page == "options" { ".item" } else { ".rows dd" };
        let there = format!("return document.querySelectorAll('{wanted}').length > 0");
        let end = std::time::Instant::now() + tests_harness::PATIENCE;
        while guarded.script(&there, Vec::new()).await? != true {
            ensure!(std::time::Instant::now() < end, "{page} never has {wanted}");
        }
        *said = guarded.page_says(page, |words| words.len() > 100).await?;
        if let Some(width) = width {
            guarded.narrow(width).await?;
        }
        ensure!(guarded.script(OVERFLOWS, Vec::new()).await? == false, "{page} {name}: too wide");
        guarded.screenshot(&picture(&format!("{page}-{name}"), browser)).await?;
        guarded.close_tab(before).await?;
    }
    Ok(words)
}

async fn recorded(browser: Browser) -> Result<()> {
    let guarded = Guarded::start(browser, Site::Claude).await?;
    guarded.ask(ALLOWED.text).await?;
    guarded.open(Site::Claude).await?;
    guarded.send(WARNED.text).await?;
    guarded.card().await?.choose("edit").await?;
    guarded.wait_for(State::Failed).await?;
    guarded.sent(1, &["refused"]).await?;
    let [options, welcome] = looked_at(&guarded, "light", browser, None).await?;
    for words in ["A message to Claude", "Not sent", "Sent", "What is never recorded", "Who can open it"] {
        ensure!(options.contains(words), "{words}: {options}");
    }
    ensure!(!options.contains(WARNED.secret) && !options.contains(ALLOWED.text), "{options}");
    for words in ["What it does", "Here and now"] {
        ensure!(welcome.contains(words), "{words}: {welcome}");
    }
    let before = guarded.open_page("ui/options.html").await?;
    guarded.page_says("options", |words| words.len() > 100).await?;
    let stops = guarded.script(STOPS, Vec::new()).await?;
    ensure!(stops.as_array().is_some_and(|stops| !stops.is_empty()), "{stops}");
    guarded.close_tab(before).await?;
    let popup = |words: &str| words.contains("A message to Claude");
    guarded.popup("lately", popup, Some(&picture("popup-light", browser))).await?;
    guarded.stop().await
}

/// The popup tells of the site that it stands beside, and of no other; what was decided, and no text.
async fn beside(browser: Browser) -> Result<()> {
    let guarded = Guarded::start(browser, Site::ChatGpt).await?;
    guarded.ask(ALLOWED.text).await?;
    guarded.open(Site::Claude).await?;
    let empty =
        |words: &str| words.contains("Lately on Claude") && words.contains("Nothing on this site lately");
    guarded.popup_beside(Site::Claude, "nothing", empty, None).await?;
    guarded.send(WARNED.text).await?;
    guarded.card().await?.choose("edit").await?;
    guarded.wait_for(State::Failed).await?;
    guarded.sent(1, &["refused"]).await?;
    let decided = |words: &str| words.contains("You were asked to look again");
    let picture = picture("popup-beside", browser);
    let said = guarded.popup_beside(Site::Claude, "a verdict", decided, Some(&picture)).await?;
    for words in ["Lately on Claude", "A message to Claude", "Not sent"] {
        ensure!(said.contains(words), "{words}: {said}");
    }
    ensure!(!said.contains("ChatGPT"), "another site's: {said}");
    ensure!(!said.contains(WARNED.secret) && !said.contains(WARNED.text), "{said}");
    guarded.stop().await
}

/// Puts the tab of a host in front and opens the popup over it as the toolbar's button does, from a page of the extension
/// behind; how wide and high it is, inside and drawn, and what it tells of the site.
const OPENED: &str = "const [host, done] = arguments;
const look = (times) => {
  const [view] = chrome.extension.getViews({ type: 'popup' });
  const told = view?.document.getElementById('lately')?.textContent;
  // It tells of all sites until it knows where it stands.
  if (!told?.includes(' on ') && times > 0) return setTimeout(look, 100, times - 1);
  const { scrollWidth, clientWidth } = view?.document.documentElement ?? {};
  return done([view?.innerWidth, view?.innerHeight, clientWidth, scrollWidth, told ?? '']);
};
chrome.tabs.query({ url: `https://${host}/*` })
  .then(([tab]) => chrome.tabs.update(tab.id, { active: true }))
  .then(() => chrome.action.openPopup())
  .then(() => look(100), (error) => done([`${error}`]));";

/// The popup by the toolbar's button is as wide as it is drawn for, and knows where it is.
async fn opened(browser: Browser) -> Result<()> {
    let guarded = Guarded::start(browser, Site::Claude).await?;
    let before = guarded.open_page("ui/options.html").await?;
    let site = vec![json!(Site::Claude.host())];
    let said = guarded.driver()?.execute_async(OPENED, site).await?.json().clone();
    let size = |at: usize| said[at].as_u64().with_context(|| format!("no popup: {said}"));
    ensure!(size(0)? >= 360 && size(1)? >= 300 && size(3)? <= size(2)?, "the popup is {said}");
    ensure!(said[4] == "Lately on Claude", "the popup is {said}");
    guarded.close_tab(before).await?;
    guarded.stop().await
}

/// Dark and narrow at once.
async fn narrow(browser: Browser) -> Result<()> {
    let launch = Launch { dark: true, size: (640, 900), ..Launch::guarded(browser)? };
    let guarded = Guarded::launch(&launch, Site::Claude).await?;
    guarded.ask(ALLOWED.text).await?;
    guarded.sent(0, &["released"]).await?;
    looked_at(&guarded, "dark-narrow", browser, Some(320)).await?;
    guarded.popup("lately", |words| words.contains("Claude"), Some(&picture("popup-dark", browser))).await?;
    guarded.stop().await
}

/// Without a host both pages say so, and what to do.
async fn alone(browser: Browser) -> Result<()> {
    let guarded = Guarded::start(browser, Site::Claude).await?;
    guarded.home().hide_host(true)?;
    guarded.kill_host()?;
    let before = guarded.open_page("ui/welcome.html").await?;
    let said = guarded.page_says("no host", |words| words.starts_with("unconnected")).await?;
    ensure!(said.contains("promptgate doctor"), "{said}");
    guarded.screenshot(&picture("welcome-alone", browser)).await?;
    guarded.close_tab(before).await?;
    guarded.stop().await
}

/// Whoever installs the product by hand is shown the first page once, and not again when it is updated.
async fn first(browser: Browser) -> Result<()> {
    let launch = Launch { close_first_page: false, ..Launch::guarded(browser)? };
    let stand_ins = StandIns::start()?;
    let session = Session::start(&stand_ins, &launch).await?;
    let before = session.driver()?.window().await?;
    session.newest_of(2).await?;
    let said = session.page_says("how it stands", |words| words.starts_with("trial")).await?;
    ensure!(said.contains("What it does") && said.contains("Here and now"), "{said}");
    ensure!(
        session.script("return document.visibilityState", Vec::new()).await? == "visible",
        "it is not in front"
    );
    session.screenshot(&picture("first", browser)).await?;
    session.close_tab(before).await?;
    session.reload_extension(&launch).await?;
    // A background that speaks with its host again has heard of everything that a browser tells at its start.
    session.popup("connected again", |words| words.starts_with("trial"), None).await?;
    let windows = session.driver()?.windows().await?.len();
    ensure!(windows == 1, "{windows} tabs after an update");
    session.close().await
}

/// A browser that an organisation manages opens no tab that nobody asked for.
async fn first_of_a_fleet(browser: Browser) -> Result<()> {
    let Some(managed) = Managed::new(&Launch::guarded(browser)?)? else {
        eprintln!("skipped: only an administrator may write what Chromium reads");
        return Ok(());
    };
    let stand_ins = StandIns::start()?;
    let session = Session::start(&stand_ins, managed.launch()).await?;
    // Chromium's goes under an id of its own, which the host does not answer: that opens the page of others, too.
    let known = |words: &str| words.starts_with("trial") || words.starts_with("unconnected");
    session.popup("how it stands", known, None).await?;
    let windows = session.driver()?.windows().await?.len();
    ensure!(windows == 1, "{windows} tabs in a browser that is managed");
    session.close().await
}

tests_e2e::in_both! {
    opened;
    first;
    first_of_a_fleet;
    recorded;
    beside;
    narrow;
    alone;
}
