//! Every state of the card and of the pages beside it, drawn by the real page of the extension from the cases of its views: nothing is wider than a
//! narrow window in any language, axe finds nothing, and what is planted is found.
//!
//! Chromium only, whose driver lets a page be told things before it starts; both browsers draw the real card in
//! `access.rs`. Pictures of each state lie beside those of the other tests.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};
use tests_e2e::Guarded;
use tests_harness::{Browser, Site, axe};

/// What of the page reaches over its sides, or is cut off inside a button; what scrolls by itself may.
const WIDER: &str = "return [...document.querySelectorAll('body *')].filter((one) => {
  const { left, right, width } = one.getBoundingClientRect();
  const cut = one.matches('button, h1, h3, .label') && one.scrollWidth > one.clientWidth + 1 && one.clientWidth > 0;
  return width > 0 && (left < -1 || right > innerWidth + 1 || cut);
}).map((one) => `${one.tagName}.${one.className}`).join();";

fn extension() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../extension")
}

/// The cases of a view by name.
fn cases(view: &str) -> Result<BTreeMap<String, Value>> {
    let mut cases = BTreeMap::new();
    for entry in fs::read_dir(extension().join("src/ui/cases").join(view))? {
        let path = entry?.path();
        if path.extension().is_some_and(|end| end == "json") {
            let name = path.file_stem().context("no name")?.to_string_lossy().into_owned();
            cases.insert(name, serde_json::from_str(&fs::read_to_string(&path)?)?);
        }
    }
    Ok(cases)
}

fn languages() -> Result<BTreeMap<String, Value>> {
    let mut languages = BTreeMap::new();
    for entry in fs::read_dir(extension().join("_locales"))? {
        let path = entry?.path();
        let name = path.file_name().context("no name")?.to_string_lossy().into_owned();
        languages.insert(name, serde_json::from_str(&fs::read_to_string(path.join("messages.json"))?)?);
    }
    Ok(languages)
}

fn picture(name: &str) -> PathBuf {
    std::env::temp_dir().join(format!("promptgate-e2e/states/{name}.png"))
}

/// A window of this width, in CSS pixels.
async fn wide(guarded: &Guarded, width: u32, height: u32) -> Result<()> {
    let size = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
    guarded.cdp("Emulation.setDeviceMetricsOverride", size).await.map(drop)
}

/// How the person likes it: `prefers-color-scheme` and the like.
async fn likes(guarded: &Guarded, features: &[(&str, &str)]) -> Result<()> {
    let features: Vec<Value> =
        features.iter().map(|(name, value)| json!({ "name": name, "value": value })).collect();
    guarded.cdp("Emulation.setEmulatedMedia", json!({ "features": features })).await.map(drop)
}

/// How a page of the extension is told a case of its view.
fn state_of(case: &Value) -> Value {
    json!({ "kind": "state", "state": case["state"] })
}

/// Draws a card in the page that is open for it.
async fn card(guarded: &Guarded, model: &Value) -> Result<()> {
    guarded.tell(&json!({ "kind": "model", "model": model })).await?;
    let drawn = "document.querySelector('.card')
        && document.getAnimations().every((one) => one.playState !== 'running')";
    guarded.until_true(drawn).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_wider_than_a_narrow_window_in_any_language() -> Result<()> {
    let guarded = Guarded::start(Browser::Chromium, Site::Claude).await?;
    let played = async {
        let mut wrong = Vec::new();
        wide(&guarded, 320, 900).await?;
        for (language, texts) in languages()? {
            guarded.open_page_telling("ui/card.html", &texts).await?;
            for (name, model) in cases("card")? {
                card(&guarded, &model).await?;
                let wider = guarded.script(WIDER, Vec::new()).await?;
                if wider != "" {
                    wrong.push(format!("{language} {name}: {wider}"));
                }
                if ["redact", "justify", "answer-both", "kept"].contains(&name.as_str()) {
                    guarded.screenshot(&picture(&format!("320-{language}-{name}"))).await?;
                }
            }
        }
        ensure!(wrong.is_empty(), "{}", wrong.join("\n"));
        // What is too wide is seen.
        guarded.script("document.querySelector('h1').style.width = '500px'", Vec::new()).await?;
        ensure!(guarded.script(WIDER, Vec::new()).await? != "", "the look is blind");
        Ok(())
    };
    let played = played.await;
    guarded.end(module_path!(), "narrow", played).await
}

/// A page of ours that has an address of a site to judge: its words are long, and so is what was asked.
const ASKED: &str = "https://claude.ai/new?q=x";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_page_is_wider_than_a_narrow_window_in_any_language() -> Result<()> {
    let guarded = Guarded::start(Browser::Chromium, Site::Claude).await?;
    let played = async {
        let mut wrong = Vec::new();
        wide(&guarded, 320, 900).await?;
        for (number, (language, texts)) in languages()?.into_iter().enumerate() {
            let scheme = if number % 2 == 0 { "light" } else { "dark" };
            likes(&guarded, &[("prefers-color-scheme", scheme)]).await?;
            for (view, page) in [("popup", "popup"), ("options", "options"), ("popup", "welcome")] {
                guarded.open_page_telling(&format!("ui/{page}.html"), &texts).await?;
                for (name, case) in cases(view)? {
                    guarded.tell(&state_of(&case)).await?;
                    guarded.until_true("document.querySelector('main[data-standing]')").await?;
                    let wider = guarded.script(WIDER, Vec::new()).await?;
                    if wider != "" {
                        wrong.push(format!("{language} {page} {name}: {wider}"));
                    }
                    if ["beside-site", "missing", "paste-theirs"].contains(&name.as_str()) {
                        guarded.screenshot(&picture(&format!("320-{language}-{page}-{name}"))).await?;
                    }
                }
            }
            // The gate is handed its address the way the background does it.
            let hand = "const [address, done] = arguments;
                chrome.storage.session.set({ 'gate:narrow': address }).then(() => done(''), (error) => done(`${error}`))";
            let handed = guarded.driver()?.execute_async(hand, vec![json!(ASKED)]).await?.json().clone();
            ensure!(handed == "", "{handed}");
            guarded.open_page_telling("ui/gate.html#narrow", &texts).await?;
            for stage in ["checking", "refused"] {
                if stage == "refused" {
                    let text = format!("{} {}", "Why?".repeat(9), "x".repeat(400));
                    guarded.tell(&json!({ "kind": "refuse", "text": text })).await?;
                }
                let still = "document.getAnimations().every((one) => one.playState !== 'running')";
                guarded.until_true(still).await?;
                let wider = guarded.script(WIDER, Vec::new()).await?;
                if wider != "" {
                    wrong.push(format!("{language} gate {stage}: {wider}"));
                }
                guarded.screenshot(&picture(&format!("320-{language}-gate-{stage}"))).await?;
            }
        }
        ensure!(wrong.is_empty(), "{}", wrong.join("\n"));
        Ok(())
    };
    let played = played.await;
    guarded.end(module_path!(), "narrow-pages", played).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn axe_finds_nothing_in_any_state_but_what_is_planted() -> Result<()> {
    let Some(script) = axe()? else {
        eprintln!("skipped: PROMPTGATE_TOOLS is not set");
        return Ok(());
    };
    let guarded = Guarded::start(Browser::Chromium, Site::Claude).await?;
    let played = async {
        let languages = languages()?;
        let mut wrong = Vec::new();
        for (language, scheme) in [("en", "light"), ("en", "dark"), ("ar", "light")] {
            let texts = languages.get(language).context("no such language")?;
            likes(&guarded, &[("prefers-color-scheme", scheme)]).await?;
            wide(&guarded, 420, 900).await?;
            guarded.open_page_telling("ui/card.html", texts).await?;
            for (name, model) in cases("card")? {
                card(&guarded, &model).await?;
                guarded.screenshot(&picture(&format!("{language}-{scheme}-{name}"))).await?;
                let found = guarded.axe(&script).await?;
                wrong.extend(found.into_iter().map(|one| format!("{language} {scheme} {name}: {one}")));
            }
            // A frame's page knows by its address whose it is.
            let hint = "hint.html#00000000-0000-4000-8000-000000000001";
            for (view, page, drawn) in [
                ("hint", hint, "#hint *"),
                ("popup", "popup.html", "main.popup"),
                ("options", "options.html", "main.wide"),
            ] {
                guarded.open_page_telling(&format!("ui/{page}"), texts).await?;
                for (name, case) in cases(view)? {
                    let told = match view {
                        "hint" => json!({ "kind": "model", "hint": case }),
                        _ => state_of(&case),
                    };
                    guarded.tell(&told).await?;
                    guarded.until_true(&format!("document.querySelector('{drawn}')")).await?;
                    let found = guarded.axe(&script).await?;
                    wrong.extend(
                        found.into_iter().map(|one| format!("{language} {scheme} {view} {name}: {one}")),
                    );
                }
            }
        }
        ensure!(wrong.is_empty(), "{}", wrong.join("\n"));

        // Faults that are planted are found.
        let english = languages.get("en").context("no English")?;
        let justify = cases("card")?.remove("justify").context("no such case")?;
        likes(&guarded, &[("prefers-color-scheme", "light")]).await?;
        guarded.open_page_telling("ui/card.html", english).await?;
        let redact = cases("card")?.remove("redact").context("no such case")?;
        for (rule, fault) in [
            ("label", "document.querySelector('label').remove()"),
            ("button-name", "document.querySelector('[data-press=edit] .words').remove()"),
        ] {
            // Another card between: the same one is not drawn anew.
            card(&guarded, &redact).await?;
            card(&guarded, &justify).await?;
            guarded.script(fault, Vec::new()).await?;
            let found = guarded.axe(&script).await?;
            ensure!(found.iter().any(|one| one.starts_with(rule)), "{rule} is not found: {found:?}");
        }
        Ok(())
    };
    let played = played.await;
    guarded.end(module_path!(), "axe", played).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_card_follows_what_the_person_likes() -> Result<()> {
    let guarded = Guarded::start(Browser::Chromium, Site::Claude).await?;
    let played = async {
        let languages = languages()?;
        let english = languages.get("en").context("no English")?;
        let redact = cases("card")?.remove("redact").context("no such case")?;
        // Zoomed to 200 %, a window of 840 pixels is one of 420.
        wide(&guarded, 420, 400).await?;
        guarded.open_page_telling("ui/card.html", english).await?;
        card(&guarded, &redact).await?;
        let reach = "const card = document.querySelector('.card'); card.scrollTop = card.scrollHeight;
            return card.scrollHeight > card.clientHeight && getComputedStyle(card).overflowY === 'auto'";
        ensure!(guarded.script(reach, Vec::new()).await? == json!(true), "a low window cuts the card off");
        guarded.screenshot(&picture("zoom-200")).await?;
        wide(&guarded, 420, 900).await?;
        for (name, features, check) in [
            (
                "reduced-motion",
                [("prefers-reduced-motion", "reduce")].as_slice(),
                "return parseFloat(getComputedStyle(document.querySelector('.card')).animationDuration) < 0.01 || getComputedStyle(document.querySelector('.card')).animationName === 'none'",
            ),
            (
                "forced-colors",
                [("forced-colors", "active")].as_slice(),
                "return getComputedStyle(document.querySelector('.leaving mark')).outlineStyle === 'solid' && getComputedStyle(document.querySelector('.card')).borderStyle === 'solid'",
            ),
            (
                "contrast",
                [("prefers-contrast", "more")].as_slice(),
                "const of = (one) => getComputedStyle(document.querySelector(one)).color; return of('.hint') === of('h1')",
            ),
        ] {
            likes(&guarded, features).await?;
            guarded.screenshot(&picture(name)).await?;
            ensure!(guarded.script(check, Vec::new()).await? == json!(true), "{name} is not followed");
        }
        Ok(())
    };
    let played = played.await;
    guarded.end(module_path!(), "likes", played).await
}
