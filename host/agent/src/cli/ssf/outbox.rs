//! The messages, and what became of each.

use anyhow::{Context, Result};
use host_risk::keep;
use host_store::{OutboxRow, Store, StoreError};
use serde_json::{Value, json};

use crate::cli::log::filter::shown;
use crate::cli::risk::word;
use crate::cli::table;
use crate::exit::Exit;
use crate::os::Env;
use crate::out;

/// How many, or what to do.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// Most lines.
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..))]
    limit: u32,
    /// Lets what is parked be tried again, once its cause is away.
    #[arg(long)]
    again: bool,
}

pub(super) fn run(args: &Args, env: &Env, json: bool) -> Result<Exit> {
    let data = env.data().context("no home folder is known; set HOME")?;
    let store = Store::existing(&data, Store::BUSY)?;
    if args.again {
        let count = store.write::<_, StoreError>(|tx| tx.unpark_outbox(None))?;
        if json {
            out::line(&json!({"again": count}).to_string());
        } else {
            out::line(&format!("{count} messages wait again; the host of a connected browser sends them"));
        }
        return Ok(Exit::Done);
    }
    let rows = store.read::<_, StoreError>(|view| view.outbox(args.limit))?;
    if json {
        for row in &rows {
            out::line(&told(row).to_string());
        }
        return Ok(Exit::Done);
    }
    let cells: Vec<Vec<String>> = rows.iter().map(cells).collect();
    let head = ["WHEN", "RECEIVER", "PERSON", "LEVEL", "CAUSE", "STATE", "TRIES", "ID", "FAULT"];
    for line in table::align(&head, &cells) {
        out::line(&line);
    }
    if rows.is_empty() {
        out::note("there is no message yet: one is written when a level moves while [ssf] names a receiver");
    }
    Ok(Exit::Done)
}

fn level(number: u8) -> &'static str {
    word(keep::level_of(number))
}

fn cells(row: &OutboxRow) -> Vec<String> {
    vec![
        shown(row.at),
        row.receiver.clone(),
        row.person.clone(),
        format!("{} > {}", level(row.before), level(row.after)),
        row.cause.clone(),
        row.state.as_str().to_owned(),
        row.attempts.to_string(),
        row.jti.clone(),
        row.fault.clone().unwrap_or_else(|| "-".to_owned()),
    ]
}

fn told(row: &OutboxRow) -> Value {
    let claims = row.claims.as_deref().and_then(|claims| serde_json::from_str::<Value>(claims).ok());
    json!({
        "id": row.id, "jti": row.jti, "txn": row.txn, "receiver": row.receiver, "person": row.person, "at": row.at,
        "from": level(row.before), "to": level(row.after), "cause": row.cause, "state": row.state.as_str(),
        "attempts": row.attempts, "retry_at": row.retry_at, "fault": row.fault, "done_at": row.done_at,
        "claims": claims,
    })
}
