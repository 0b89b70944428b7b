//! `cargo run --release -p models-eval [-- --data DIR] [--json] [--wrong] [--custom] [--curves DIR]`: how good the models are, on
//! sources they have seen and on sources that they have not, beside a score that knows the text's length only.
//!
//! `--peers --tools DIR` measures detectors of others beside ours instead, which are installed into a folder in DIR.
//!
//! Without `--data` the written examples alone are scored, and it says where the sets are expected.

#![expect(clippy::print_stdout, reason = "a command prints")]

mod curves;
mod custom;
mod flags;
mod leave_out;
mod metrics;
mod peers;
mod speed;
mod table;
mod together;

use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use host_classify::Engine;
use models_train::fit::Settings;
use models_train::reading::Reading;
use models_train::row::Row;
use models_train::{data, written};

use table::Table;

/// What was asked for.
#[derive(Debug, Default)]
struct Options {
    data: Option<PathBuf>,
    json: bool,
    curves: Option<PathBuf>,
    only: Option<String>,
    wrong: bool,
    custom: bool,
    peers: bool,
    tools: Option<PathBuf>,
}

fn main() -> Result<()> {
    let options = options()?;
    if options.custom {
        println!("{}", custom::table()?);
        return Ok(());
    }
    if options.peers {
        let tools = options.tools.as_deref().context("--tools DIR: where the peers are installed")?;
        show(&peers::tables(options.data.as_deref(), tools, options.only.as_deref())?, options.json);
        return Ok(());
    }
    let model = host_classify::linear::builtin()?;
    let linear = |text: &str| {
        let [pii, abuse, jailbreak, ..] = host_classify::linear::scores(&model, text);
        [pii, abuse, jailbreak]
    };
    let engine = Engine::builtin()?;
    let both = |text: &str| together::scores(&engine, text);
    let written = written::rows()?;
    let mut tables = Vec::new();
    match &options.data {
        None => {
            if !options.json {
                println!(
                    "--data DIR: the public sets are expected there, see models/README.md; written examples only\n"
                );
            }
            let title = "written examples, which the models were trained on";
            tables.push(flags::sources(&format!("{title}: linear model"), &linear, &written));
            tables.push(flags::sources(&format!("{title}: both"), &both, &written));
        }
        Some(folder) => {
            let sets = data::read(folder)?;
            let title = "tune sources, which the models were not trained on";
            tables.push(flags::sources(&format!("{title}: linear model"), &linear, &sets.tune));
            tables.push(flags::sources(&format!("{title}: both"), &both, &sets.tune));
            tables.push(together::benign(&sets.tune, &both));
            let rows: Vec<Row> = [sets.train, sets.tune, written].concat();
            let readings: Vec<Reading> = rows.iter().map(|row| Reading::of(&row.text)).collect();
            let folds = leave_out::leave_out(&rows, &readings, &Settings::default(), options.only.as_deref());
            tables.push(leave_out::table(&folds));
            tables.extend(flags::benign(&rows, &readings, options.wrong)?);
            if options.wrong {
                tables.push(leave_out::missed(&folds));
            }
            if let Some(folder) = &options.curves {
                curves::write(folder, &folds)?;
            }
        }
    }
    tables.push(speed::table(&model, &engine));
    show(&tables, options.json);
    Ok(())
}

fn show(tables: &[Table], as_json: bool) {
    match as_json {
        true => println!("{}", serde_json::Value::from(tables.iter().map(Table::json).collect::<Vec<_>>())),
        false => tables.iter().for_each(|table| println!("{table}")),
    }
}

fn options() -> Result<Options> {
    let mut options = Options::default();
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        let mut value = || words.next().with_context(|| format!("{word} wants a value"));
        match word.as_str() {
            "--data" => options.data = Some(value()?.into()),
            "--wrong" => options.wrong = true,
            "--json" => options.json = true,
            "--custom" => options.custom = true,
            "--peers" => options.peers = true,
            "--tools" => options.tools = Some(value()?.into()),
            "--curves" => options.curves = Some(value()?.into()),
            "--only" => options.only = Some(value()?),
            other => {
                bail!(
                    "`{other}` is none of --data DIR, --json, --wrong, --custom, --peers, --tools DIR, --curves DIR, \
                     --only FAMILY|TOPIC"
                )
            }
        }
    }
    Ok(options)
}
