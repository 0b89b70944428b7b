//! Added at Send, page to page: from the page's call of fetch until its promise has the response, by length of the
//! text, cold and after the composer was read ahead. The same end with and without the product.

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use crate::pair::{COMPLETION, Pair, Sent, Side};
use crate::report::{Figure, Limit};
use crate::stats::{Quantile, Summary, blocks};
use crate::tell;

/// Characters of the texts.
const LENGTHS: [usize; 4] = [100, 1_000, 10_000, 100_000];

/// In how many blocks the samples of one figure are taken, the two sides in turns.
const BLOCKS: usize = 20;

/// After an answer, so that the next send is not the one that waits for the last one's rows. Milliseconds.
const PAUSE_MS: u64 = 25;

/// Between a paste and its send: a person looks at what was pasted. Milliseconds.
const SETTLE_MS: u64 = 120;
const SETTLE_LONG_MS: u64 = 350;

/// How a text gets to its send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// Judged at Send.
    Cold,
    /// Pasted into the composer before.
    Previewed,
}

/// All lengths, both ways.
pub fn all() -> impl Iterator<Item = (usize, Way)> {
    LENGTHS.into_iter().flat_map(|length| [(length, Way::Cold), (length, Way::Previewed)])
}

/// Sends of one length, one way.
pub async fn measure(pair: &mut Pair, n: usize, length: usize, way: Way) -> Result<Figure> {
    let word = match way {
        Way::Cold => "cold",
        Way::Previewed => "previewed",
    };
    let mut figure = Figure {
        name: format!("send-{length}-{word}"),
        place: pair.browser.id(),
        what: format!("send, {length} characters, {word}"),
        unit: "ms",
        limits: limits(length, way),
        ..Figure::default()
    };
    // Not measured: the first of its kind makes things ready on both sides.
    let warm = pair.seeds(1);
    for side in pair.sides(0) {
        block(side, way, length, warm, 1).await?;
    }
    let blocks = blocks(n, BLOCKS);
    let mut began = Vec::new();
    for (at, size) in blocks.iter().copied().enumerate() {
        tell(&format!("{}: {}, block {} of {}", pair.browser, figure.what, at + 1, blocks.len()));
        let seed = pair.seeds(size);
        for side in pair.sides(at) {
            for sent in block(side, way, length, seed, size).await? {
                let sample = pair.sample(sent.took, at);
                if side.with {
                    figure.with.push(sample);
                    began.push(sent.from);
                } else {
                    figure.without.push(sample);
                }
            }
        }
    }
    join(&mut figure, &began, &pair.with, way)?;
    Ok(figure)
}

fn limits(length: usize, way: Way) -> Vec<Limit> {
    match (length, way) {
        (1_000, Way::Previewed) => vec![Limit::Most(Quantile::P50, 8.0), Limit::Tail(3.0)],
        // With the encoder; 25 is the goal.
        (1_000, Way::Cold) => vec![Limit::Most(Quantile::P50, 60.0), Limit::Tail(3.0)],
        (100_000, Way::Cold) => vec![Limit::Most(Quantile::P95, 400.0)],
        _ => Vec::new(),
    }
}

async fn block(side: &Side, way: Way, length: usize, seed: usize, size: usize) -> Result<Vec<Sent>> {
    match way {
        Way::Cold => {
            let times = side.ask("cold", json!([COMPLETION, length, seed, size, PAUSE_MS])).await?;
            let sends = times.as_array().into_iter().flatten().map(Sent::read);
            let sends = sends.collect::<Result<Vec<_>>>()?;
            ensure!(sends.len() == size, "{} of {size} sends", sends.len());
            Ok(sends)
        }
        Way::Previewed => {
            let mut times = Vec::new();
            for at in 0..size {
                let text = side.ask("text", json!([length, seed + at])).await?;
                side.guarded().paste_prompt(text.as_str().context("no text")?).await?;
                // Without the product there is nothing to wait for.
                let settle = match (side.with, length) {
                    (false, _) => 10,
                    (true, 0..=10_000) => SETTLE_MS,
                    (true, _) => SETTLE_LONG_MS,
                };
                let time = side.ask("composed", json!([COMPLETION, length, settle])).await?;
                times.push(Sent::read(&time)?);
            }
            Ok(times)
        }
    }
}

/// Puts beside each send when the background had it and the host's own time: a send was let go after its row was durable, so the newest rows are its
/// own.
fn join(figure: &mut Figure, began: &[f64], side: &Side, way: Way) -> Result<()> {
    let limit = figure.with.len().to_string();
    let mut rows = side.guarded().records()?.list(&["--kind", "judged", "--limit", &limit])?;
    rows.sort_by_key(|row| row["seq"].as_u64());
    let is_send = |row: &Value| row["operation"] == "send-prompt" && row["action"] == "allow";
    ensure!(rows.len() == figure.with.len() && rows.iter().all(is_send), "other rows than the sends");
    for ((sample, row), from) in figure.with.iter_mut().zip(&rows).zip(began) {
        sample.reached_ms = row["at"].as_f64().map(|at| (at - from).max(0.0));
        sample.host_ms = row["timings"]["total_us"].as_f64().map(|us| us / 1000.0);
    }
    let ahead = rows.iter().filter(|row| row["timings"]["previewed"] == true).count();
    let host: Vec<f64> = figure.with.iter().filter_map(|sample| sample.host_ms).collect();
    let host = Summary::of(&host).context("no times of the host")?;
    figure.note = format!(
        "of which in the host, without the append: p50 {:.1}, p99 {:.1}, max {:.1} ms",
        host.p50, host.p99, host.max
    );
    if way == Way::Previewed {
        figure.note += &format!("; read ahead: {ahead} of {}", rows.len());
    }
    Ok(())
}
