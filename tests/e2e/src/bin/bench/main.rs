//! How fast it is: the product in real browsers beside the same pages without it, and the host alone. Started by
//! `cargo xtask bench`.
//!
//! Tables on stdout, or one JSON object; progress on stderr. A limit that is missed is told and is no failure: the
//! figures are those of one machine at one time.

mod flow;
mod host;
mod machine;
mod memory;
mod options;
mod pair;
mod push;
mod report;
mod send;
mod stats;
mod transport;
mod wake;

use std::env;
use std::io::{IsTerminal, stderr};
use std::process::ExitCode;

use anyhow::{Context, Result};
use serde_json::{Value, json};
use tests_harness::Browser;

use options::{Measure, Options, USAGE};
use pair::Pair;
use report::Figure;

/// What was asked for is not understood.
const USAGE_FAULT: u8 = 2;

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> ExitCode {
    let args: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    let options = match Options::read(&words) {
        Ok(options) => options,
        Err(why) => {
            eprintln!("error: {why}\n{USAGE}");
            return ExitCode::from(USAGE_FAULT);
        }
    };
    match run(&options).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Progress: a line, written over where a person looks at it.
pub(crate) fn tell(what: &str) {
    if stderr().is_terminal() {
        eprint!("\r\x1b[K   {what}");
    } else {
        eprintln!("   {what}");
    }
}

/// A line that stays.
pub(crate) fn say(what: &str) {
    let over = if stderr().is_terminal() { "\r\x1b[K" } else { "" };
    eprintln!("{over}   {what}");
}

async fn run(options: &Options) -> Result<()> {
    let before = machine::load();
    let mut machine = machine::facts()?;
    machine["build"] =
        "release host and WASM; the measuring program and its stand-ins are a debug build".into();
    let mut figures = Vec::new();
    let taken = take(options, &mut machine, &mut figures).await;
    machine["load_before"] = before;
    machine["load_after"] = machine::load();
    say("done\n");
    // What was measured before a fault is not lost.
    print(options, &machine, &figures);
    taken
}

async fn take(options: &Options, machine: &mut Value, figures: &mut Vec<Figure>) -> Result<()> {
    if options.wants(Measure::Transport) {
        put(figures, transport::measure(options.n(Measure::Transport))?);
    }
    if options.wants(Measure::Push) {
        put(figures, push::measure(options.n(Measure::Push))?);
    }
    for &browser in &options.browsers {
        machine[browser.id()] =
            measure(browser, options, figures).await.with_context(|| browser.to_string())?;
    }
    Ok(())
}

/// All that is wanted in one browser; its version.
async fn measure(browser: Browser, options: &Options, figures: &mut Vec<Figure>) -> Result<Value> {
    let wants = |measures: &[Measure]| measures.iter().any(|measure| options.wants(*measure));
    let mut version = Value::Null;
    if wants(&[Measure::Send, Measure::Stream, Measure::Load, Measure::Asleep, Measure::HostStart]) {
        tell(&format!("{browser}: starting it twice, with the product and without"));
        let mut pair = Pair::start(browser).await?;
        version = pair.without.ask("browser", json!([])).await?;
        if options.wants(Measure::Send) {
            for (length, way) in send::all() {
                put(figures, vec![send::measure(&mut pair, options.n(Measure::Send), length, way).await?]);
            }
        }
        if options.wants(Measure::Stream) {
            put(figures, vec![flow::stream(&mut pair, options.n(Measure::Stream)).await?]);
        }
        if options.wants(Measure::Load) {
            put(figures, flow::load(&pair, options.n(Measure::Load)).await?);
        }
        for which in [Measure::HostStart, Measure::Asleep] {
            if options.wants(which) && (which == Measure::HostStart || browser == Browser::Chromium) {
                put(figures, vec![wake::measure(&mut pair, which, options.n(which)).await?]);
            }
        }
        pair.stop().await?;
    }
    if options.wants(Measure::Memory) {
        tell(&format!("{browser}: starting it anew"));
        let mut pair = Pair::start(browser).await?;
        version = pair.without.ask("browser", json!([])).await?;
        put(figures, memory::measure(&mut pair, options.n(Measure::Memory)).await?);
        pair.stop().await?;
    }
    Ok(version)
}

/// Keeps figures, and says what they come to.
fn put(figures: &mut Vec<Figure>, taken: Vec<Figure>) {
    for figure in &taken {
        say(&figure.line());
    }
    figures.extend(taken);
}

fn print(options: &Options, machine: &Value, figures: &[Figure]) {
    if options.json {
        let figures: Value = figures.iter().map(Figure::value).collect();
        println!("{}", json!({"machine": machine, "figures": figures}));
        return;
    }
    println!("{}", report::table(figures));
    println!("   The worst of each, by its place in the run:\n\n{}", report::remarks(figures));
    println!("   The machine:\n");
    for (name, value) in machine.as_object().into_iter().flatten() {
        let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        println!("   {name:<12} {value}");
    }
}
