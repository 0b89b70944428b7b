//! The product at work: allowed, warned, redacted and blocked prompts on the four sites' stand-ins, then the
//! records. Started by `cargo xtask demo`.
//!
//! With a display the browser is visible and stays open to play with. Each step leaves a picture, and so do popup, options and viewer.

use std::env;
use std::io::{IsTerminal, stdin};
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, Result, bail, ensure};
use tests_e2e::{ALLOWED, BLOCKED, Guarded, Prompt, REDACTED, WARNED};
use tests_harness::{Browser, Launch, Site, State};

/// What the demo plays on each site, with the answer to the card.
const STEPS: [(Prompt, Option<&str>); 4] =
    [(ALLOWED, None), (WARNED, Some("send-anyway")), (REDACTED, Some("redact")), (BLOCKED, None)];

/// Width and height of a window that is no wider than the popup, where a window can be so narrow.
const POPUP: (u32, u32) = (400, 800);

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> Result<()> {
    let args: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    let ["--browser", browser, "--out", out] = words.as_slice() else {
        bail!("usage: demo --browser chromium|firefox|both --out FOLDER")
    };
    let browsers: &[Browser] = match *browser {
        "chromium" => &[Browser::Chromium],
        "firefox" => &[Browser::Firefox],
        "both" => &Browser::ALL,
        other => bail!("`{other}` is no browser: chromium, firefox or both"),
    };
    for &browser in browsers {
        play(browser, &PathBuf::from(out)).await?;
    }
    Ok(())
}

async fn play(browser: Browser, out: &Path) -> Result<()> {
    let visible = env::var_os("DISPLAY").is_some() || env::var_os("WAYLAND_DISPLAY").is_some();
    let launch = Launch::guarded(browser)?;
    let launch = if visible { launch.visible() } else { launch };
    println!("   {browser}: starting, on stand-ins of the four sites");
    let guarded = Guarded::launch(&launch, Site::ChatGpt).await?;
    for site in Site::ALL {
        guarded.open(site).await?;
        for (number, (prompt, choice)) in (1..).zip(STEPS) {
            let started = Instant::now();
            let picture = out.join(format!("{browser}-{}-{number}-{}.png", site.id(), prompt.action));
            let what = step(&guarded, prompt, choice, &picture).await;
            if what.is_err() {
                guarded.screenshot(&picture).await?;
            }
            let ended = what.with_context(|| format!("{} on {}", prompt.action, site.id()))?;
            let seconds = started.elapsed().as_secs_f32();
            println!("   {browser:<9} {:<11} {:<7} {ended:<44} {seconds:4.1} s", site.id(), prompt.action);
        }
    }
    pages(&guarded, browser, out).await?;
    println!("\n   The record, as `promptgate log list` shows it:\n");
    println!("{}", guarded.records()?.run(&["log", "list"])?);
    println!("   Pictures of each step, of popup, options and viewer: {}", out.display());
    if visible && stdin().is_terminal() {
        println!("   The browser stays open to play with. Press Enter here to end.");
        stdin().read_line(&mut String::new())?;
    }
    guarded.stop().await
}

/// Pictures of what a person opens: the popup, what is recorded about them, and the record's viewer.
async fn pages(guarded: &Guarded, browser: Browser, out: &Path) -> Result<()> {
    let place = |name: &str| out.join(format!("{browser}-{name}.png"));
    let driver = guarded.driver()?;
    let window = driver.get_window_rect().await?;
    // A popup is as wide as its words.
    driver.set_window_rect(0, 0, POPUP.0, POPUP.1).await?;
    guarded.popup("what was sent", |words| words.contains("A message to"), Some(&place("popup"))).await?;
    driver.set_window_rect(0, 0, u32::try_from(window.width)?, u32::try_from(window.height)?).await?;
    let before = guarded.open_page("ui/options.html").await?;
    guarded.page_says("options", |words| words.contains("A message to")).await?;
    guarded.screenshot(&place("options")).await?;
    guarded.close_tab(before).await?;
    let viewer = guarded.viewer()?;
    driver.goto(viewer.address()).await?;
    guarded.until_true("document.querySelectorAll('a[data-row]').length > 0").await?;
    guarded.until_true("document.querySelectorAll('.days .bars [data-series]').length > 0").await?;
    guarded.screenshot(&place("viewer")).await?;
    drop(viewer);
    guarded.open(Site::ChatGpt).await
}

/// Plays one prompt as a person would; says how it ended. The picture is of what the person sees: the card, or else
/// the answer.
async fn step(guarded: &Guarded, prompt: Prompt, choice: Option<&str>, picture: &Path) -> Result<String> {
    // The same prompt was sent by choice on the site before.
    let before = guarded.stand_ins().ledger().len();
    guarded.send(prompt.text).await?;
    if prompt.action == BLOCKED.action {
        guarded.wait_for(State::Failed).await?;
        guarded.card().await?.leave().await?;
        guarded.screenshot(picture).await?;
        guarded.not_left_since(before, prompt.secret)?;
        return Ok("not sent; nothing of it left".to_owned());
    }
    if let Some(choice) = choice {
        guarded.card().await?.leave().await?;
        guarded.screenshot(picture).await?;
        guarded.not_left_since(before, prompt.secret)?;
        guarded.card().await?.choose(choice).await?;
    }
    guarded.wait_for(State::Done).await?;
    if choice.is_none() {
        guarded.screenshot(picture).await?;
    }
    ensure!(!guarded.answer().await?.is_empty(), "no answer");
    if prompt.action == REDACTED.action {
        guarded.not_left_since(before, prompt.secret)?;
        return Ok("sent without the number; nothing of it left".to_owned());
    }
    Ok(choice.map_or("sent and answered", |_| "held, then sent by choice").to_owned())
}
