//! The same send where the product has to start first: with the background asleep and no host, and with no host alone.
//!
//! Chromium only for the first: no driver puts Firefox's background to sleep, and a killed one is not one that sleeps.

use std::time::Duration;

use anyhow::Result;
use tests_harness::Part;

use crate::options::Measure;
use crate::pair::Pair;
use crate::report::Figure;
use crate::tell;

/// Characters of the texts.
const LENGTH: usize = 1_000;

/// How long a send's last rows may take, and how long the browser may take to tell that a process is gone: then
/// nothing but the measured send wants a host.
const REST: Duration = Duration::from_millis(700);

/// One of the two.
pub async fn measure(pair: &mut Pair, which: Measure, n: usize) -> Result<Figure> {
    let asleep = which == Measure::Asleep;
    let what = if asleep { "background asleep, no host" } else { "no host" };
    let mut figure = Figure {
        name: which.id().to_owned(),
        place: pair.browser.id(),
        what: format!("send, {LENGTH} characters, {what}"),
        unit: "ms",
        ..Figure::default()
    };
    for at in 0..n {
        tell(&format!("{}: {}, {} of {n}", pair.browser, figure.what, at + 1));
        let seed = pair.seeds(3);
        // What is put to sleep was at work before.
        pair.with.send(LENGTH, seed).await?;
        tokio::time::sleep(REST).await;
        if asleep {
            pair.with.guarded().kill_background().await?;
        } else {
            pair.with.guarded().kill_host()?;
        }
        pair.with.guarded().until_gone(Part::Host).await?;
        tokio::time::sleep(REST).await;
        let with = pair.with.send(LENGTH, seed + 1).await?;
        let without = pair.without.send(LENGTH, seed + 2).await?;
        figure.with.push(pair.sample(with, at));
        figure.without.push(pair.sample(without, at));
    }
    Ok(figure)
}
