//! Roads out of a page: each file of `roads/` sends a text in one way, and says in its second line where it does so
//! and how that must end in each browser. What left is told by the stand-ins.
//!
//! Each is played three times: without the product, where its text must arrive, or nothing would be proved by a text that
//! does not; where a policy is enforced; and, where a hook or the network level refuses it, in a trial, which only records.

#[path = "roads/plain.rs"]
mod plain;
#[path = "roads/play.rs"]
mod play;
#[path = "roads/road.rs"]
mod road;
#[path = "roads/rows.rs"]
mod rows;
#[path = "roads/trial.rs"]
mod trial;

use anyhow::{Context as _, Result, anyhow, ensure};
use tests_e2e::Guarded;
use tests_harness::{Browser, Site};

use play::{Pages, Said, arrived, arrives, run, says, stays};
use road::{End, Road, Row};

/// How often what was permitted is sent again until it goes.
const AGAIN: usize = 20;

/// Plays one road where a policy is enforced: with a secret, and with a text that goes.
async fn travel(guarded: &Guarded, road: &Road) -> Result<()> {
    let secret = road.secret();
    let refusals = rows::refusals(guarded)?;
    let first = run(guarded, road, &road.blocked()).await?;
    if road.end == End::Absent {
        ensure!(first.word == "absent", "{}: it is there: {}", road.name, first.word);
        return Ok(());
    }
    if road.end == End::Open {
        let open = arrives(guarded, road, &secret, &first).await;
        return open.context("closed by now: say so in its second line");
    }
    if road.alone {
        // The page is of no use any more, not even to say how it went.
        let told = rows::one_more_refusal(guarded, refusals).await;
        told.with_context(|| format!("{}: nobody judged it", road.name))?;
        guarded.open_at(road.site, "/roads/").await?;
    }
    stays(guarded, road, &secret, &first)?;
    let control = road.control();
    let said = run(guarded, road, &control).await?;
    match road.end {
        End::Judged => arrives(guarded, road, &control, &said).await?,
        End::Again => again(guarded, road, &control, said).await?,
        End::Refused | End::Nowhere => {
            stays(guarded, road, &control, &said)?;
            says(road, &first)?;
            says(road, &said)?;
        }
        End::Net => stays(guarded, road, &control, &said)?,
        End::Open | End::Absent | End::Unsteady => {}
    }
    stays(guarded, road, &secret, &first).context("after all")
}

/// What cannot wait is refused, and goes once it was judged and is sent again.
async fn again(guarded: &Guarded, road: &Road, control: &str, mut said: Said) -> Result<()> {
    stays(guarded, road, control, &said).context("it did not wait for a verdict")?;
    guarded.card().await?.leave().await?;
    for _ in 0..AGAIN {
        said = run(guarded, road, control).await?;
        if arrived(guarded, road, control, &said) {
            break;
        }
    }
    arrives(guarded, road, control, &said).await
}

/// What is wrong with any of these, as one error.
pub(crate) fn faults(wrong: &[String]) -> Result<()> {
    if wrong.is_empty() { Ok(()) } else { Err(anyhow!(wrong.join("\n"))) }
}

/// All roads of one browser that `wanted` accepts; what is wrong with any of them.
async fn all(browser: Browser, name: &str, wanted: impl Fn(&Road) -> bool) -> Result<()> {
    let guarded = Guarded::start(browser, Site::ChatGpt).await?;
    let played = play_all(&guarded, browser, wanted).await;
    guarded.end(module_path!(), &format!("{name}-{browser}"), played).await
}

async fn play_all(guarded: &Guarded, browser: Browser, wanted: impl Fn(&Road) -> bool) -> Result<()> {
    guarded.until_net_is_closed().await?;
    let roads = Road::all(browser)?;
    let mut pages = Pages::new(&roads);
    let mut wrong = Vec::new();
    let played: Vec<&Road> = roads.iter().filter(|road| wanted(road)).collect();
    for road in &played {
        pages.show(guarded, road).await?;
        if let Err(first) = travel(guarded, road).await {
            // On a busy machine a page can lose a control: once more, on a fresh page. What leaked stays on record.
            pages.show_only(guarded, road).await?;
            if let Err(error) = travel(guarded, road).await {
                wrong.push(format!("{error:#}; before that: {first:#}"));
            }
        }
    }
    for road in played.iter().filter(|road| road.end != End::Open) {
        if let Err(error) = guarded.never_left(&road.secret()) {
            wrong.push(format!("{}: {error:#}", road.name));
        }
    }
    ensure!(!guarded.records()?.list(&[])?.is_empty(), "nothing is on record");
    let stopped: Vec<(&Road, &Row)> = played
        .iter()
        .filter(|road| road.end == End::Net)
        .filter_map(|road| Some((*road, road.row.as_ref()?)))
        .collect();
    let (unseen, seen): (Vec<_>, Vec<_>) = stopped.into_iter().partition(|(road, _)| road.unseen);
    wrong.extend(rows::wrong(guarded, &seen, true, false).await?);
    for (road, row) in unseen {
        if let Err(error) = rows::none(guarded, road, row) {
            wrong.push(format!("{error:#}"));
        }
    }
    faults(&wrong)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_road_ends_as_it_says_in_chromium() -> Result<()> {
    all(Browser::Chromium, "roads", |road| !road.alone).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_road_ends_as_it_says_in_firefox() -> Result<()> {
    all(Browser::Firefox, "roads", |road| !road.alone).await
}

/// What a page replaces after us changes nothing; nor does it that a form takes the page's place.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_that_replaces_what_it_can_in_chromium() -> Result<()> {
    all(Browser::Chromium, "alone", |road| road.alone).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_that_replaces_what_it_can_in_firefox() -> Result<()> {
    all(Browser::Firefox, "alone", |road| road.alone).await
}

/// Without the product each road leads out: what stays away otherwise was stopped by it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_road_leads_out_without_the_product_in_chromium() -> Result<()> {
    plain::all(Browser::Chromium).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_road_leads_out_without_the_product_in_firefox() -> Result<()> {
    plain::all(Browser::Firefox).await
}

/// Where nothing is ever stopped, what cannot wait is not stopped either, and is on record.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_trial_lets_go_what_cannot_wait_in_chromium() -> Result<()> {
    trial::all(Browser::Chromium).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_trial_lets_go_what_cannot_wait_in_firefox() -> Result<()> {
    trial::all(Browser::Firefox).await
}
