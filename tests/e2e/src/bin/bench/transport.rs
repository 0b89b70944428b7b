//! The host alone: the program as a browser starts it, over its wire, without a browser. Transport, judging and the
//! durable append together, the same without an append, and the time from start to ready.

use std::time::Instant;

use anyhow::{Result, ensure};

use crate::host::{Host, settings};
use crate::report::{Figure, Limit, Sample};
use crate::stats::Quantile;
use crate::tell;

/// Characters of the texts.
const LENGTH: usize = 1_000;

/// How often the host is started for the time to ready.
const STARTS: usize = 30;

/// All of them.
pub fn measure(n: usize) -> Result<Vec<Figure>> {
    let figure = |name: &str, what: &str, limits| Figure {
        name: name.to_owned(),
        place: "host alone",
        what: what.to_owned(),
        unit: "ms",
        limits,
        ..Figure::default()
    };
    let mut ready = figure("start", "start to ready", vec![Limit::Most(Quantile::P50, 300.0)]);
    let mut first = figure("first", "start to the first verdict", Vec::new());
    let mut wire = figure("wire", "a question over the wire, nothing written", Vec::new());
    let append = vec![Limit::Most(Quantile::P50, 6.0), Limit::Most(Quantile::P99, 20.0)];
    let mut judged =
        figure("transport", &format!("transport and append, {LENGTH} characters read ahead"), append);
    let mut cold = figure("cold", &format!("the same with all engines, {LENGTH} characters"), Vec::new());
    let home = tempfile::tempdir()?;
    settings(&home, "policy = \"builtin-enforce\"\n")?;
    let run = Instant::now();
    let sample = |since: Instant| Sample {
        ms: since.elapsed().as_secs_f64() * 1000.0,
        block: 0,
        at: run.elapsed(),
        reached_ms: None,
        host_ms: None,
    };
    tell("host alone: start to ready");
    for number in 0..STARTS.min(n) {
        let started = Instant::now();
        let mut host = Host::start(&home)?;
        ready.with.push(sample(started));
        judge(&mut host, n + 2 + number)?;
        first.with.push(sample(started));
        host.close()?;
    }
    let mut host = Host::start(&home)?;
    // Not measured: the first of its kind makes things ready.
    judge(&mut host, 0)?;
    for number in 1..=n {
        if number % 100 == 1 {
            tell(&format!("host alone: {number} of {n}"));
        }
        let asked = Instant::now();
        host.status()?;
        wire.with.push(sample(asked));
        // What was read ahead is looked up: what is left is the way and the append.
        host.preview(number, &text(number))?;
        let asked = Instant::now();
        judge(&mut host, number)?;
        judged.with.push(sample(asked));
        let other = 2 * n + STARTS + number;
        let asked = Instant::now();
        judge(&mut host, other)?;
        cold.with.push(sample(asked));
    }
    host.close()?;
    Ok(vec![ready, first, wire, judged, cold])
}

fn judge(host: &mut Host, number: usize) -> Result<()> {
    let verdict = host.judge(number, &text(number))?;
    ensure!(verdict["outcome"] == "release", "not let go: {verdict}");
    Ok(())
}

/// Words that nothing is found in; no two numbers give the same text.
fn text(number: usize) -> String {
    let words = "please rewrite this part of the spring plan in plain words and keep the table as it is ";
    let mut text = format!("Draft {number}: {}", words.repeat(LENGTH / words.len() + 1));
    text.truncate(LENGTH);
    text
}
