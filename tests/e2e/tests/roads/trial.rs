//! The roads in a trial, without a policy that stops anything: what the network level or a hook would refuse leaves, and
//! is on record.

use anyhow::{Context as _, Result, ensure};
use tests_e2e::Guarded;
use tests_harness::{Browser, Launch, Site};

use crate::play::{Pages, arrives, run, says, stays};
use crate::road::{End, Road, Row};
use crate::{faults, rows};

/// Plays every road that is refused elsewhere; what is wrong with any of them.
pub(crate) async fn all(browser: Browser) -> Result<()> {
    let launch = Launch { settings: None, ..Launch::guarded(browser)? };
    let guarded = Guarded::launch(&launch, Site::ChatGpt).await?;
    let played = play_all(&guarded, browser).await;
    guarded.end(module_path!(), browser.id(), played).await
}

async fn play_all(guarded: &Guarded, browser: Browser) -> Result<()> {
    let mut roads = Road::all(browser)?;
    roads.retain(|road| matches!(road.end, End::Again | End::Refused | End::Net));
    // The first send of all is looked for by its number.
    roads.sort_by_key(|road| road.end != End::Again);
    let mut pages = Pages::new(&roads);
    let mut wrong = Vec::new();
    let mut uncovered: Vec<(&Road, &Row)> = Vec::new();
    ensure!(roads.first().is_some_and(|road| road.end == End::Again), "no road is sent again");
    for road in &roads {
        pages.show(guarded, road).await?;
        if let Err(error) = leaves(guarded, road).await {
            wrong.push(format!("in a trial: {error:#}"));
        }
        if road.end == End::Again {
            guarded.sent(0, &["judged", "released"]).await.with_context(|| road.name.clone())?;
        }
        // One that is refused all the same has no row of the network level.
        uncovered.extend(road.row.as_ref().filter(|_| !road.trial_refused).map(|row| (road, row)));
    }
    wrong.extend(rows::wrong(guarded, &uncovered, false, true).await?);
    faults(&wrong)
}

async fn leaves(guarded: &Guarded, road: &Road) -> Result<()> {
    let secret = road.secret();
    let held = rows::held(guarded)?;
    let said = run(guarded, road, &road.blocked()).await?;
    if road.trial_refused {
        stays(guarded, road, &secret, &said)?;
        return says(road, &said);
    }
    arrives(guarded, road, &secret, &said).await?;
    if road.end == End::Net {
        return Ok(());
    }
    let on_record = rows::one_more_held(guarded, held).await;
    on_record.with_context(|| format!("{}: no hook held it; the road said `{}`", road.name, said.word))
}
