//! Pages with roads on them, and what is played on one: a road is started, says its word, and the stand-ins say what
//! arrived.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use serde_json::json;
use tests_e2e::Guarded;
use tests_harness::{Served, Site, StandIns};

use crate::road::{NO_ROADS, Road, folder};

/// How long a text may take to arrive once its road has ended.
const TRAVEL: Duration = Duration::from_secs(15);

/// How often is looked whether a datagram is there.
const GLANCE: Duration = Duration::from_millis(20);

/// The page that is open, with every road that needs none of its own.
pub(crate) struct Pages<'a> {
    roads: &'a [Road],
    open: Option<(Site, bool)>,
}

impl<'a> Pages<'a> {
    pub(crate) fn new(roads: &'a [Road]) -> Self {
        Self { roads, open: None }
    }

    /// Opens the road's page, unless it is open already.
    pub(crate) async fn show(&mut self, guarded: &Guarded, road: &Road) -> Result<()> {
        let here = (road.site, road.strict);
        if road.alone {
            return self.show_only(guarded, road).await;
        }
        if self.open != Some(here) {
            let is_beside = |other: &&Road| (other.site, other.strict) == here && !other.alone;
            let beside: Vec<&Road> = self.roads.iter().filter(is_beside).collect();
            let path = serve(guarded.stand_ins(), &beside, road.site, road.strict);
            guarded.open_at(road.site, path).await?;
            self.open = Some(here);
        }
        Ok(())
    }

    /// Opens a page with this road alone.
    pub(crate) async fn show_only(&mut self, guarded: &Guarded, road: &Road) -> Result<()> {
        self.open = None;
        close_others(guarded).await?;
        let path = serve(guarded.stand_ins(), &[road], road.site, road.strict);
        guarded.open_at(road.site, path).await
    }
}

/// Closes the tabs that roads opened.
async fn close_others(guarded: &Guarded) -> Result<()> {
    let driver = guarded.driver()?;
    let here = driver.window().await?;
    for other in driver.windows().await?.into_iter().filter(|window| *window != here) {
        driver.switch_to_window(other).await?;
        driver.close_window().await?;
    }
    Ok(driver.switch_to_window(here).await?)
}

/// A page with the scripts of these roads, as strict as the site's own or without any policy.
fn serve(stand_ins: &StandIns, roads: &[&Road], site: Site, strict: bool) -> &'static str {
    let script = |body: String| Served { content_type: "text/javascript", policy: None, body };
    for name in NO_ROADS {
        let body = std::fs::read_to_string(folder().join(name).with_extension("js")).unwrap_or_default();
        stand_ins.serve(&format!("/roads/{name}.js"), script(body));
    }
    let port = stand_ins.address().port();
    let mut html = format!(
        "<!doctype html><html lang=\"en\" data-state=\"idle\" data-port=\"{port}\"><meta charset=\"utf-8\">\
         <title>Roads</title><body><script nonce=\"roads\" src=\"/roads/kit.js\"></script>"
    );
    for road in roads {
        stand_ins.serve(&road.path(), script(road.script.clone()));
        html += &format!("<script nonce=\"roads\" src=\"{}\"></script>", road.path());
    }
    let policy = strict.then(|| StandIns::policy(site, "roads"));
    stand_ins.serve("/roads/", Served { content_type: "text/html; charset=utf-8", policy, body: html });
    "/roads/"
}

/// What is known of a road that was started.
pub(crate) struct Said {
    /// Its own word; none of one that spoils its page.
    pub(crate) word: String,
    /// How many datagrams there were before.
    packets: u64,
}

/// Starts a road and waits for its own word.
pub(crate) async fn run(guarded: &Guarded, road: &Road, text: &str) -> Result<Said> {
    let packets = guarded.stand_ins().packets();
    let start = "window.start(arguments[0], arguments[1])";
    let started = guarded.script(start, vec![json!(road.path()), json!(text)]).await;
    started.with_context(|| format!("{}: it cannot be started", road.name))?;
    if road.alone {
        return Ok(Said { word: String::new(), packets });
    }
    let word =
        guarded.wait_for_mark("ended").await.with_context(|| format!("{}: it has no end", road.name))?;
    Ok(Said { word, packets })
}

/// Whether the text arrived anywhere: at a stand-in, or at the road's own other end.
pub(crate) fn arrived(guarded: &Guarded, road: &Road, text: &str, said: &Said) -> bool {
    if road.packets {
        return guarded.stand_ins().packets() > said.packets;
    }
    guarded.stand_ins().ledger().contains(text)
        || (said.word.starts_with("arrived") && said.word.contains(text))
}

/// Fails when the text does not arrive.
pub(crate) async fn arrives(guarded: &Guarded, road: &Road, text: &str, said: &Said) -> Result<()> {
    if arrived(guarded, road, text, said) {
        return Ok(());
    }
    let there = if road.packets {
        packet(guarded, said).await
    } else {
        guarded.stand_ins().ledger().wait_for(TRAVEL, |entry| entry.contains(text)).await.is_ok()
    };
    ensure!(there, "{}: `{text}` does not arrive; the road said `{}`", road.name, said.word);
    Ok(())
}

async fn packet(guarded: &Guarded, said: &Said) -> bool {
    let end = Instant::now() + TRAVEL;
    while guarded.stand_ins().packets() <= said.packets {
        if Instant::now() > end {
            return false;
        }
        tokio::time::sleep(GLANCE).await;
    }
    true
}

/// Fails when the text arrived, with where.
pub(crate) fn stays(guarded: &Guarded, road: &Road, text: &str, said: &Said) -> Result<()> {
    if !arrived(guarded, road, text, said) {
        return Ok(());
    }
    let entries = guarded.stand_ins().ledger().holding(text);
    let places = entries.iter().map(|entry| format!("{} {}{}", entry.method, entry.host, entry.path()));
    let places = places.collect::<Vec<_>>().join(", ");
    let packets = guarded.stand_ins().packets() - said.packets;
    anyhow::bail!(
        "{}: `{text}` arrived at [{places}], with {packets} datagrams; the road said `{}`",
        road.name,
        said.word
    )
}

/// Fails when the road does not say what its file tells.
pub(crate) fn says(road: &Road, said: &Said) -> Result<()> {
    let wanted = road.says.as_deref().unwrap_or(&said.word);
    ensure!(said.word == wanted, "{}: it said `{}`, not `{wanted}`", road.name, said.word);
    Ok(())
}
