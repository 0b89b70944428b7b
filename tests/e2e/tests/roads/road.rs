//! A road as its file tells it: its second line says where it is tried and how it must end.
//!
//! `site`, `page` (`strict`: under the site's own policy; `loose`: under none) and one end for each browser. Then, where it
//! is so: `says` (the word of a refused road), `row` (what the network level records: kinds of road, method, path; `none` where it hears nothing or the same as of another),
//! `unseen` (the browser that tells of no row where it stops this), `trial: refused` (also where nothing else is),
//! `plain: nothing` (the browser alone cannot send it to the stand-ins), `packets` (its arrival is a datagram), `alone`
//! (it spoils the page for every other one).

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::Value;
use tests_harness::{Browser, Site};

/// Fewer roads than this means that the folder was not found.
const FEWEST: usize = 50;

/// Files of the folder that are no road.
pub(crate) const NO_ROADS: [&str; 2] = ["kit", "in-worker"];

/// How a road ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// Held; a secret is refused, anything else goes.
    Judged,
    /// Refused at first; what was judged and permitted goes when it is sent again.
    Again,
    /// Nothing goes.
    Refused,
    /// A secret never goes; whether anything else does differs from one time to the next.
    Unsteady,
    /// Stopped below the page.
    Net,
    /// Not stopped.
    Open,
    /// Nothing goes without the product either: by what the page does, or since the browser has it and sends nothing.
    Nowhere,
    /// The browser has no such road.
    Absent,
}

impl End {
    fn read(word: &str) -> Option<Self> {
        Some(match word {
            "judged" => Self::Judged,
            "again" => Self::Again,
            "refused" => Self::Refused,
            "unsteady" => Self::Unsteady,
            "net" => Self::Net,
            "open" => Self::Open,
            "nowhere" => Self::Nowhere,
            "absent" => Self::Absent,
            _ => return None,
        })
    }
}

/// The row that a road leaves at the network level.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    roads: Vec<String>,
    path: String,
}

impl Row {
    /// `ROAD|ROAD METHOD /path`.
    fn read(said: &str) -> Option<Self> {
        let (roads, path) = said.split_once(' ')?;
        Some(Self { roads: roads.split('|').map(str::to_owned).collect(), path: path.to_owned() })
    }

    /// How many of these rows are this one.
    pub(crate) fn count(&self, rows: &[Value], stopped: bool) -> usize {
        let is_this = |row: &&Value| {
            row["kind"] == "uncovered"
                && row["stopped"] == stopped
                && row["path"] == self.path.as_str()
                && self.roads.iter().any(|road| row["road"] == road.as_str())
        };
        rows.iter().filter(is_this).count()
    }
}

/// One road.
pub(crate) struct Road {
    pub(crate) name: String,
    pub(crate) script: String,
    pub(crate) site: Site,
    pub(crate) strict: bool,
    pub(crate) end: End,
    pub(crate) alone: bool,
    pub(crate) packets: bool,
    /// What a refused one says.
    pub(crate) says: Option<String>,
    pub(crate) row: Option<Row>,
    /// The browser stops it and tells nobody.
    pub(crate) unseen: bool,
    /// Refused where nothing else is.
    pub(crate) trial_refused: bool,
    /// Without the product it reaches no stand-in.
    pub(crate) plain_nothing: bool,
    number: usize,
}

impl Road {
    fn read(path: &Path, number: usize, browser: Browser) -> Result<Self> {
        let script = std::fs::read_to_string(path)?;
        let name = path.file_stem().and_then(|stem| stem.to_str()).context("no name")?.to_owned();
        let line = script.lines().nth(1).and_then(|line| line.strip_prefix("// "));
        let line = line.with_context(|| format!("{name}: no second line"))?.to_owned();
        let said = |key: &str| {
            let mut pairs = line.split(", ").filter_map(|pair| pair.split_once(": "));
            pairs.find(|(known, _)| *known == key).map(|(_, value)| value)
        };
        let flag = |word: &str| line.split(", ").any(|pair| pair == word);
        let only = |key: &str, word: &str| match said(key) {
            None => Ok(false),
            Some(value) if value == word => Ok(true),
            Some(value) => bail!("{name}: `{key}: {value}` is not known"),
        };
        let end = said(browser.id()).and_then(End::read);
        let end = end.with_context(|| format!("{name}: no end in {browser}"))?;
        let strict = match said("page") {
            Some("strict") => true,
            Some("loose") => false,
            other => bail!("{name}: `{other:?}` is no page"),
        };
        let site = said("site").and_then(|id| Site::ALL.into_iter().find(|site| site.id() == id));
        let site = site.with_context(|| format!("{name}: no site"))?;
        let says = said("says").map(str::to_owned);
        let row = match said("row") {
            Some("none") => None,
            Some(words) => Some(Row::read(words).with_context(|| format!("{name}: `{words}` is no row"))?),
            None => None,
        };
        ensure!(end != End::Refused || says.is_some(), "{name}: a refused road, and not what it says");
        ensure!(
            end != End::Net || said("row").is_some(),
            "{name}: a road that the network level stops, and no row"
        );
        let unseen = said("unseen") == Some(browser.id());
        let (alone, packets) = (flag("alone"), flag("packets"));
        let (trial_refused, plain_nothing) = (only("trial", "refused")?, only("plain", "nothing")?);
        Ok(Self {
            name,
            script,
            site,
            strict,
            end,
            alone,
            packets,
            says,
            row,
            unseen,
            trial_refused,
            plain_nothing,
            number,
        })
    }

    /// Every road there is, with its end in this browser: those of one page beside each other, those that need a page
    /// of their own last.
    pub(crate) fn all(browser: Browser) -> Result<Vec<Self>> {
        let folder = folder();
        let paths =
            std::fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<Result<BTreeSet<_>>>()?;
        let is_road = |path: &&PathBuf| !NO_ROADS.iter().any(|name| path.file_stem() == Some(name.as_ref()));
        let roads = paths.iter().filter(is_road).enumerate();
        let mut roads =
            roads.map(|(number, path)| Self::read(path, number, browser)).collect::<Result<Vec<_>>>()?;
        ensure!(roads.len() >= FEWEST, "{} roads", roads.len());
        roads.sort_by_key(|road| (road.alone, road.site.id(), road.strict));
        Ok(roads)
    }

    pub(crate) fn path(&self) -> String {
        format!("/roads/{}.js", self.name)
    }

    /// A text that goes; no two roads have the same.
    pub(crate) fn control(&self) -> String {
        format!("What is a good name for the road of the {} heron?", self.name)
    }

    /// A text that is refused, with this road's secret.
    pub(crate) fn blocked(&self) -> String {
        format!("aws configure set aws_access_key_id {}", self.secret())
    }

    /// A key of a made-up form of its own for each road.
    pub(crate) fn secret(&self) -> String {
        let letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
        let letter = |at: usize| char::from(letters[at % letters.len()]);
        format!("AKIAQ3EGRIZ7WMN5TB{}{}", letter(self.number / letters.len()), letter(self.number))
    }
}

/// Where the roads are.
pub(crate) fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("roads")
}
