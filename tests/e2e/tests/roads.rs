//! Roads out of a page: each file of `roads/` sends a text in one way, and says in its second line where it does so
//! and how that must end in each browser. What left is told by the stand-ins.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::{Value, json};
use tests_e2e::Guarded;
use tests_harness::{Browser, Launch, PATIENCE, Served, Site, StandIns};

/// Fewer roads than this means that the folder was not found.
const FEWEST: usize = 50;

/// Files of the folder that are no road.
const NO_ROADS: [&str; 2] = ["kit", "in-worker"];

/// How a road ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// Held; a secret is refused, anything else goes.
    Judged,
    /// Refused at first; what was judged and permitted goes when it is sent again.
    Again,
    /// Nothing goes.
    Refused,
    /// Refused or open, from one time to the next: a known limit, and nothing that a test could hold.
    Unsteady,
    /// Stopped below the page.
    Net,
    /// Not stopped.
    Open,
    /// The browser has no such road.
    Absent,
}

/// One road.
struct Road {
    name: String,
    script: String,
    site: Site,
    strict: bool,
    /// It spoils the page for every other one.
    alone: bool,
    end: End,
}

impl Road {
    fn read(path: &Path, browser: Browser) -> Result<Self> {
        let script = std::fs::read_to_string(path)?;
        let name = path.file_stem().and_then(|stem| stem.to_str()).context("no name")?.to_owned();
        let line =
            script.lines().nth(1).and_then(|line| line.strip_prefix("// ")).context("no second line")?;
        let said = |key: &str| {
            let mut pairs = line.split(", ").filter_map(|pair| pair.split_once(": "));
            pairs.find(|(known, _)| *known == key).map(|(_, value)| value)
        };
        let site = said("site").and_then(|id| Site::ALL.into_iter().find(|site| site.id() == id));
        let end = match said(browser.id()) {
            Some("judged") => End::Judged,
            Some("again") => End::Again,
            Some("refused") => End::Refused,
            Some("unsteady") => End::Unsteady,
            Some("net") => End::Net,
            Some("open") => End::Open,
            Some("absent") => End::Absent,
            other => bail!("{name}: `{other:?}` is no end"),
        };
        let strict = match said("page") {
            Some("strict") => true,
            Some("loose") => false,
            other => bail!("{name}: `{other:?}` is no page"),
        };
        let alone = line.ends_with(", alone");
        Ok(Self { site: site.context("no site")?, strict, alone, end, name, script })
    }

    fn all(browser: Browser) -> Result<Vec<Self>> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("roads");
        let paths =
            std::fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<Result<BTreeSet<_>>>()?;
        let is_road =
            |path: &&std::path::PathBuf| !NO_ROADS.iter().any(|name| path.file_stem() == Some(name.as_ref()));
        let roads =
            paths.iter().filter(is_road).map(|path| Self::read(path, browser)).collect::<Result<Vec<_>>>()?;
        ensure!(roads.len() >= FEWEST, "{} roads", roads.len());
        Ok(roads)
    }

    fn path(&self) -> String {
        format!("/roads/{}.js", self.name)
    }

    /// A text that goes; no two roads have the same.
    fn control(&self) -> String {
        format!("What is a good name for the road of the {} heron?", self.name)
    }
}

/// A key of a made-up form of its own for each number.
fn secret(number: usize) -> String {
    let letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let letter = |at: usize| char::from(letters[at % letters.len()]);
    format!("AKIAQ3EGRIZ7WMN5TB{}{}", letter(number / letters.len()), letter(number))
}

/// A page with the scripts of these roads, as strict as the site's own or without any policy.
fn serve(stand_ins: &StandIns, roads: &[&Road], site: Site, strict: bool) -> &'static str {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("roads");
    let script = |body: String| Served { content_type: "text/javascript", policy: None, body };
    for name in NO_ROADS {
        let body = std::fs::read_to_string(folder.join(name).with_extension("js")).unwrap_or_default();
        stand_ins.serve(&format!("/roads/{name}.js"), script(body));
    }
    let mut html = "<!doctype html><html lang=\"en\" data-state=\"idle\"><meta charset=\"utf-8\"><title>Roads</title><body>\
                    <script nonce=\"roads\" src=\"/roads/kit.js\"></script>"
        .to_owned();
    for road in roads {
        stand_ins.serve(&road.path(), script(road.script.clone()));
        html += &format!("<script nonce=\"roads\" src=\"{}\"></script>", road.path());
    }
    let policy = strict.then(|| StandIns::policy(site, "roads"));
    stand_ins.serve("/roads/", Served { content_type: "text/html; charset=utf-8", policy, body: html });
    "/roads/"
}

/// Starts a road and waits for its own word.
async fn run(guarded: &Guarded, road: &Road, text: &str) -> Result<String> {
    let start = "window.start(arguments[0], arguments[1])";
    guarded.script(start, vec![json!(road.path()), json!(text)]).await?;
    if road.alone {
        return Ok(String::new());
    }
    guarded.wait_for_mark("ended").await.with_context(|| road.name.clone())
}

/// Whether the text arrived anywhere: at a stand-in, or at the road's own other end.
fn arrived(guarded: &Guarded, text: &str, said: &str) -> bool {
    guarded.stand_ins().ledger().contains(text) || (said.starts_with("arrived") && said.contains(text))
}

async fn arrives(guarded: &Guarded, road: &Road, text: &str, said: &str) -> Result<()> {
    if !arrived(guarded, text, said) {
        let there = guarded.stand_ins().ledger().wait_for(PATIENCE / 4, |entry| entry.contains(text)).await;
        ensure!(there.is_ok(), "{}: the control did not arrive; the road said `{said}`", road.name);
    }
    Ok(())
}

async fn travel(guarded: &Guarded, road: &Road, number: usize) -> Result<()> {
    let secret = secret(number);
    let refusals = refusals(guarded)?;
    let text = format!("aws configure set aws_access_key_id {secret}");
    let said = run(guarded, road, &text).await?;
    if road.end == End::Absent {
        ensure!(said == "absent", "{}: it is there: {said}", road.name);
        return Ok(());
    }
    if road.end == End::Open {
        return arrives(guarded, road, &secret, &said)
            .await
            .context("closed by now: say so in its second line");
    }
    if road.alone {
        // The page is of no use any more, not even to say how it went.
        let told = guarded.records()?.wait_for(PATIENCE / 2, |rows| count_refusals(rows) > refusals).await;
        told.map(drop).with_context(|| format!("{}: nobody judged it", road.name))?;
        guarded.open_at(road.site, "/roads/").await?;
    }
    ensure!(!arrived(guarded, &secret, &said), "{}: the secret arrived; the road said `{said}`", road.name);
    let control = road.control();
    let said = run(guarded, road, &control).await?;
    match road.end {
        End::Judged => arrives(guarded, road, &control, &said).await?,
        End::Again => {
            ensure!(!arrived(guarded, &control, &said), "{}: it did not wait for a verdict", road.name);
            guarded.card().await?.leave().await?;
            let mut said = said;
            for _ in 0..20 {
                said = run(guarded, road, &control).await?;
                if arrived(guarded, &control, &said) {
                    break;
                }
            }
            arrives(guarded, road, &control, &said).await?;
        }
        End::Refused | End::Net => {
            ensure!(!arrived(guarded, &control, &said), "{}: the control arrived: {said}", road.name)
        }
        End::Open | End::Absent | End::Unsteady => {}
    }
    ensure!(!arrived(guarded, &secret, ""), "{}: the secret arrived after all", road.name);
    Ok(())
}

fn count_refusals(rows: &[Value]) -> usize {
    rows.iter().filter(|row| row["kind"] == "refused" || row["action"] == "block").count()
}

fn refusals(guarded: &Guarded) -> Result<usize> {
    Ok(count_refusals(&guarded.records()?.list(&[])?))
}

/// All roads of one browser that `wanted` accepts; what is wrong with any of them.
async fn all(browser: Browser, wanted: impl Fn(&Road) -> bool) -> Result<()> {
    let guarded = Guarded::start(browser, Site::ChatGpt).await?;
    let mut roads = Road::all(browser)?;
    roads.retain(|road| road.end != End::Unsteady);
    let mut wrong = Vec::new();
    let mut open = None;
    let numbered = roads.iter().enumerate().filter(|(_, road)| wanted(road));
    let mut numbered: Vec<_> = numbered.collect();
    numbered.sort_by_key(|(_, road)| (road.site.id(), road.strict, road.alone));
    for (number, road) in &numbered {
        let here = (road.site, road.strict);
        if road.alone || open != Some(here) {
            let beside: Vec<&Road> = if road.alone {
                vec![road]
            } else {
                roads.iter().filter(|other| (other.site, other.strict) == here && !other.alone).collect()
            };
            let path = serve(guarded.stand_ins(), &beside, road.site, road.strict);
            guarded.open_at(road.site, path).await?;
            open = (!road.alone).then_some(here);
        }
        if let Err(first) = travel(&guarded, road, *number).await {
            // On a busy machine a page can lose a control: once more, on a fresh page. What leaked stays on record.
            let path = serve(guarded.stand_ins(), &[road], road.site, road.strict);
            guarded.open_at(road.site, path).await?;
            open = None;
            if let Err(error) = travel(&guarded, road, *number).await {
                wrong.push(format!("{error:#}; before that: {first:#}"));
            }
        }
    }
    for (number, road) in numbered.iter().filter(|(_, road)| road.end != End::Open) {
        if let Err(error) = guarded.never_left(&secret(*number)) {
            wrong.push(format!("{}: {error:#}", road.name));
        }
    }
    ensure!(!guarded.records()?.list(&[])?.is_empty(), "nothing is on record");
    let uncovered = guarded.records()?.list(&["--kind", "uncovered"])?;
    ensure!(
        !uncovered.is_empty() || !numbered.iter().any(|(_, road)| road.end == End::Net),
        "what the network level stopped is not on record"
    );
    let played = if wrong.is_empty() { Ok(()) } else { Err(anyhow::anyhow!(wrong.join("\n"))) };
    guarded.end(module_path!(), browser.id(), played).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_road_ends_as_it_says_in_chromium() -> Result<()> {
    all(Browser::Chromium, |road| !road.alone).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_road_ends_as_it_says_in_firefox() -> Result<()> {
    all(Browser::Firefox, |road| !road.alone).await
}

/// What a page replaces after us changes nothing.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_that_replaces_what_it_can_in_chromium() -> Result<()> {
    all(Browser::Chromium, |road| road.alone).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_that_replaces_what_it_can_in_firefox() -> Result<()> {
    all(Browser::Firefox, |road| road.alone).await
}

/// Where nothing is ever stopped, what cannot wait is not stopped either, and is on record.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_trial_lets_go_what_cannot_wait_in_each_browser() -> Result<()> {
    for browser in Browser::ALL {
        let launch = Launch { settings: None, ..Launch::guarded(browser)? };
        let guarded = Guarded::launch(&launch, Site::ChatGpt).await?;
        let roads = Road::all(browser)?;
        let road = roads.iter().find(|road| road.end == End::Again).context("no such road")?;
        let path = serve(guarded.stand_ins(), &[road], road.site, road.strict);
        guarded.open_at(road.site, path).await?;
        let said = run(&guarded, road, &secret(0)).await?;
        ensure!(arrived(&guarded, &secret(0), &said), "{browser}: a trial stopped it: {said}");
        guarded.sent(0, &["judged", "released"]).await?;
        guarded.stop().await.with_context(|| browser.id())?;
    }
    Ok(())
}
