//! A question's query: the filters and the page of `log list`, under the same names.

use clap::Parser;
use host_journal::{Filter, Page};

use super::Fault;
use crate::cli::log::filter;

/// Most rows of a page.
const MOST: u32 = 200;

/// What a query may say of the list; `--NAME=VALUE` of the command line.
const NAMES: [&str; 13] = [
    "action",
    "after",
    "app",
    "captured",
    "conversation",
    "kind",
    "limit",
    "matched",
    "operation",
    "since",
    "topic",
    "until",
    "user",
];

/// What a query says.
#[derive(Debug)]
pub(super) struct Ask {
    /// Which rows.
    pub(super) filter: Filter,
    /// Which page of them.
    pub(super) page: Page,
    /// Milliseconds that the page's time zone is ahead of UTC.
    pub(super) offset: i64,
}

#[derive(Debug, Parser)]
#[command(no_binary_name = true, disable_help_flag = true)]
struct Line {
    #[command(flatten)]
    args: filter::Args,
}

impl Ask {
    pub(super) fn read(query: &str) -> Result<Self, Fault> {
        let mut words = Vec::new();
        let mut offset = 0;
        for (name, value) in fields(query) {
            if value.is_empty() {
                continue;
            }
            if name == "offset" {
                // No time zone is further away than 14 hours.
                let minutes: i64 = value.parse().map_err(|_| asked(&name))?;
                offset = minutes.clamp(-840, 840) * 60_000;
            } else if NAMES.contains(&name.as_str()) {
                words.push(format!("--{name}={value}"));
            } else {
                return Err(Fault::Asked(format!("`{name}` is no filter")));
            }
        }
        let line = Line::try_parse_from(&words).map_err(|fault| {
            let said = fault.to_string();
            Fault::Asked(said.lines().next().unwrap_or_default().trim_start_matches("error: ").to_owned())
        })?;
        let filter = line.args.filter().map_err(|fault| Fault::Asked(format!("{fault:#}")))?;
        let page = line.args.page();
        Ok(Self { filter, page: Page { limit: page.limit.min(MOST), ..page }, offset })
    }
}

fn asked(name: &str) -> Fault {
    Fault::Asked(format!("`{name}` is a whole number"))
}

/// The fields of a query, decoded.
pub(super) fn fields(query: &str) -> impl Iterator<Item = (String, String)> {
    form_urlencoded::parse(query.as_bytes()).map(|(name, value)| (name.into_owned(), value.into_owned()))
}
