//! What is paid without a send: each piece of a streamed answer, and the loading of a page.

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use tests_harness::Site;

use crate::pair::{Pair, STREAMED, Side};
use crate::report::{Figure, Limit};
use crate::stats::{Quantile, blocks};
use crate::tell;

/// Pieces of one streamed answer.
const PIECES: usize = 100;

/// Blocks of page loads.
const BLOCKS: usize = 20;

/// When the open page was loaded and first painted, in milliseconds from the start of its navigation.
const LOADED: &str = "const [done] = arguments;
const later = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
(async () => {
  const [navigation] = performance.getEntriesByType('navigation');
  const paint = () => performance.getEntriesByName('first-contentful-paint')[0]?.startTime;
  for (let look = 0; look < 200 && (navigation.loadEventEnd === 0 || paint() === undefined); look += 1) await later(5);
  done([navigation.loadEventEnd, paint() ?? null]);
})();";

/// From the stand-in's writing of a piece to the page's reading of it. `n` counts pieces.
pub async fn stream(pair: &mut Pair, n: usize) -> Result<Figure> {
    let mut figure = Figure {
        name: "stream".to_owned(),
        place: pair.browser.id(),
        what: "a piece of a streamed answer".to_owned(),
        unit: "ms",
        limits: vec![Limit::Most(Quantile::P50, 1.0)],
        note: "from the server's writing to the page's reading, by the machine's clock".to_owned(),
        ..Figure::default()
    };
    for at in 0..n.div_ceil(PIECES) {
        tell(&format!("{}: {}, answer {} of {}", pair.browser, figure.what, at + 1, n.div_ceil(PIECES)));
        let seed = pair.seeds(1);
        for side in pair.sides(at) {
            let delays = side.ask("stream", json!([STREAMED, seed])).await?;
            let delays: Vec<f64> =
                delays.as_array().into_iter().flatten().filter_map(Value::as_f64).collect();
            ensure!(delays.len() == PIECES, "{} of {PIECES} pieces", delays.len());
            let samples = delays.into_iter().map(|ms| pair.sample(ms, at));
            if side.with { figure.with.extend(samples) } else { figure.without.extend(samples) }
        }
    }
    Ok(figure)
}

/// Claude's stand-in loaded: to its load event, and to its first paint.
pub async fn load(pair: &Pair, n: usize) -> Result<Vec<Figure>> {
    let figure = |name: &str, what: &str| Figure {
        name: name.to_owned(),
        place: pair.browser.id(),
        what: what.to_owned(),
        unit: "ms",
        ..Figure::default()
    };
    let mut loads = figure("load", "page load, to the load event");
    let mut paints = figure("paint", "page load, to the first paint");
    let blocks = blocks(n, BLOCKS);
    for side in pair.sides(0) {
        times(side).await?;
    }
    for (at, size) in blocks.iter().copied().enumerate() {
        tell(&format!("{}: page load, block {} of {}", pair.browser, at + 1, blocks.len()));
        for side in pair.sides(at) {
            for _ in 0..size {
                let (load, paint) = times(side).await?;
                let put = |figure: &mut Figure, ms| {
                    let sample = pair.sample(ms, at);
                    if side.with { figure.with.push(sample) } else { figure.without.push(sample) }
                };
                put(&mut loads, load);
                if let Some(paint) = paint {
                    put(&mut paints, paint);
                }
            }
        }
    }
    for side in pair.sides(0) {
        side.open().await?;
    }
    let mut figures = vec![loads];
    figures.extend((!paints.with.is_empty()).then_some(paints));
    Ok(figures)
}

async fn times(side: &Side) -> Result<(f64, Option<f64>)> {
    side.guarded().open(Site::Claude).await?;
    let times = side.guarded().driver()?.execute_async(LOADED, Vec::new()).await?.json().clone();
    Ok((times[0].as_f64().context("no load event")?, times[1].as_f64()))
}
