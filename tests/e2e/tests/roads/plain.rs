//! The roads in a browser as it comes: the positive control of every test that asks that nothing arrives.

use anyhow::{Result, ensure};
use tests_e2e::Guarded;
use tests_harness::{Browser, Launch, Site};

use crate::faults;
use crate::play::{Pages, arrives, run, stays};
use crate::road::{End, Road};

/// Plays every road; what is wrong with any of them.
pub(crate) async fn all(browser: Browser) -> Result<()> {
    let guarded = Guarded::launch(&Launch::plain(browser), Site::ChatGpt).await?;
    let played = play_all(&guarded, browser).await;
    guarded.end(module_path!(), browser.id(), played).await
}

async fn play_all(guarded: &Guarded, browser: Browser) -> Result<()> {
    let roads = Road::all(browser)?;
    let mut pages = Pages::new(&roads);
    let mut wrong = Vec::new();
    for road in &roads {
        pages.show(guarded, road).await?;
        if let Err(first) = leads_out(guarded, road).await {
            // On a busy machine a page can be too slow: once more, on a fresh page.
            pages.show_only(guarded, road).await?;
            if let Err(error) = leads_out(guarded, road).await {
                wrong.push(format!("without the product: {error:#}; before that: {first:#}"));
            }
        }
    }
    faults(&wrong)
}

async fn leads_out(guarded: &Guarded, road: &Road) -> Result<()> {
    let control = road.control();
    let said = run(guarded, road, &control).await?;
    match road.end {
        End::Absent => {
            ensure!(said.word == "absent", "{}: it is there: {}", road.name, said.word);
            Ok(())
        }
        End::Nowhere => stays(guarded, road, &control, &said),
        _ if road.plain_nothing => stays(guarded, road, &control, &said),
        End::Judged | End::Again | End::Refused | End::Unsteady | End::Net | End::Open => {
            arrives(guarded, road, &control, &said).await
        }
    }
}
