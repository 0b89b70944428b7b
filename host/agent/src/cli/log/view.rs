//! `promptgate log view`: a page on this machine to look through the record.
//!
//! INVARIANT: serves the loopback and nobody else; never opens a sealed text: texts are opened in the tab, with a key
//! that stays there. INVARIANT: reads only, but for the row that says that somebody looked, which comes first.

mod api;
mod assets;
mod door;
mod serve;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use host_journal::{Audit, By, Change, Entry, SiteWord};
use host_store::Store;
use serde_json::json;

use self::door::{Door, Secret};
use self::serve::Desk;
use super::books;
use crate::cli::way_in;
use crate::exit::Exit;
use crate::native::now;
use crate::os::Env;
use crate::out;
use crate::record::Recorder;

/// How it is served.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// The port; one that is free when not given.
    #[arg(long, default_value_t = 0, hide_default_value = true)]
    port: u16,
    /// Only print the address.
    #[arg(long)]
    no_browser: bool,
    /// Ends after this many minutes in which nobody asked for anything.
    #[arg(long, default_value_t = 30, value_name = "MINUTES", value_parser = clap::value_parser!(u64).range(1..=1440))]
    idle: u64,
    #[command(flatten)]
    pub(in crate::cli) from: books::From,
}

/// Who looks.
pub(super) struct Reader<'a> {
    /// The data folder of this machine.
    pub(super) data: &'a Path,
    pub(super) env: &'a Env,
    /// Where it is put on record that somebody looks; none for exports, which are other devices' records.
    pub(super) recorder: Option<Recorder>,
}

pub(super) fn run(args: &Args, store: Store, reader: Reader<'_>, json: bool) -> Result<Exit> {
    let Reader { data, env, recorder } = reader;
    // One thread that listens; reading the file is done beside it.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let listener = serve::bind(args.port).await?;
        let port = listener.local_addr().context("the port is not known")?.port();
        let enter = Secret::fresh()?;
        let address = format!("http://127.0.0.1:{port}/#enter={}", enter.as_str());
        if json {
            out::line(&json!({ "address": address }).to_string());
        } else {
            out::line(&address);
            out::line("The address lets one browser in, once. Ctrl-C ends the page.");
            if !assets::has_opener() {
                out::line("This build has no opener: sealed text stays closed on the page (`promptgate log open` reads it).");
            }
        }
        let way_in = if args.no_browser { None } else { way_in::browser(env, data, "view.html", &address) };
        let door = Door::new(port, enter, Secret::fresh()?);
        let by = env.user().unwrap_or_default().to_owned();
        let desk = Arc::new(Desk::new(store, door, Box::new(move || viewed(recorder.as_ref(), &by))));
        serve::until_idle(listener, desk, Duration::from_secs(args.idle.saturating_mul(60))).await?;
        drop(way_in);
        Ok(Exit::Done)
    })
}

/// On record that the record is looked at.
fn viewed(recorder: Option<&Recorder>, by: &str) -> Result<()> {
    let Some(recorder) = recorder else { return Ok(()) };
    let audit = Audit::new(Change::LogViewed, By::User(SiteWord::from(by)));
    recorder.note(None, now(), Entry::Audit(audit))
}
