//! Memory of the extension's process and of the host, at the first turn of a conversation and after many.

use anyhow::Result;
use serde_json::json;
use tests_harness::Part;

use crate::pair::{COMPLETION, Pair};
use crate::report::{Figure, Limit};
use crate::stats::{Quantile, blocks};
use crate::tell;

/// Characters of each turn.
const LENGTH: usize = 1_000;

/// After each answer, milliseconds.
const PAUSE_MS: u64 = 5;

/// In how many blocks the turns are sent.
const BLOCKS: usize = 20;

/// Kilobytes of 1,024 bytes to megabytes of a million.
const MB: f64 = 1024.0 / 1_000_000.0;

/// The two processes, each at turn 1 and at turn `n`, in a browser of its own: what came before counts too.
pub async fn measure(pair: &mut Pair, n: usize) -> Result<Vec<Figure>> {
    let mut figures = Vec::new();
    let seed = pair.seeds(n);
    turns(pair, seed, 1).await?;
    figures.extend(look(pair, 1)?);
    let mut sent = 1;
    for size in blocks(n.saturating_sub(1), BLOCKS) {
        turns(pair, seed + sent, size).await?;
        sent += size;
        tell(&format!("{}: memory, turn {sent} of {n}", pair.browser));
    }
    figures.extend(look(pair, sent)?);
    Ok(figures)
}

async fn turns(pair: &Pair, seed: usize, count: usize) -> Result<()> {
    pair.with.ask("cold", json!([COMPLETION, LENGTH, seed, count, PAUSE_MS])).await.map(drop)
}

fn look(pair: &Pair, turn: usize) -> Result<Vec<Figure>> {
    let figure = |part, name: &str| -> Result<Figure> {
        let memory = pair.with.guarded().resident(part)?;
        let limits = match part {
            Part::Host => vec![Limit::Most(Quantile::P50, 150.0)],
            Part::Extension => Vec::new(),
        };
        Ok(Figure {
            name: format!("memory-{name}-{turn}"),
            place: pair.browser.id(),
            what: format!("memory of the {name} after turn {turn}"),
            unit: "MB",
            with: vec![pair.sample(memory.resident as f64 * MB, 0)],
            limits,
            note: format!("of which no other process has: {:.1} MB", memory.private as f64 * MB),
            ..Figure::default()
        })
    };
    Ok(vec![figure(Part::Extension, "extension")?, figure(Part::Host, "host")?])
}
