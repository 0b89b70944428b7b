//! A browser with the product in it, in front of the stand-ins.

use std::ops::Deref;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use tests_harness::{Browser, Launch, PATIENCE, Session, Site, StandIns};

use crate::Interaction;

/// Asks the site for a picture whose address has words, and waits for its end.
const LOOK: &str = "const [words, done] = arguments;
const image = new Image();
image.onload = image.onerror = () => done(null);
image.src = `/?q=${words}`;";

/// How long the host may take to start.
const START: Duration = Duration::from_secs(15);

/// One browser, its stand-ins and its record.
pub struct Guarded {
    stand_ins: StandIns,
    session: Session,
}

impl Deref for Guarded {
    type Target = Session;

    fn deref(&self) -> &Session {
        &self.session
    }
}

impl Guarded {
    /// Starts a browser with the built-in enforcing policy and opens a new conversation.
    pub async fn start(browser: Browser, site: Site) -> Result<Self> {
        Self::launch(&Launch::guarded(browser)?, site).await
    }

    /// The same, started another way.
    pub async fn launch(launch: &Launch, site: Site) -> Result<Self> {
        let stand_ins = StandIns::start()?;
        let session = Session::start(&stand_ins, launch).await?;
        session.open(site).await?;
        if launch.host.is_some() && !started(&session).await {
            // Firefox answers the installation before every content process knows of it: such a page was loaded
            // before the product was there.
            session.open(site).await?;
            ensure!(
                started(&session).await,
                "the host did not start; the browser said:\n{}",
                session.output()
            );
        }
        Ok(Self { stand_ins, session })
    }

    /// Waits until the network level is closed. A browser that was just started learns from its host that it is to be,
    /// and takes its own time to do it.
    pub async fn until_net_is_closed(&self) -> Result<()> {
        let end = Instant::now() + PATIENCE;
        for look in 0.. {
            let words = format!("look-{look}");
            self.session.driver()?.execute_async(LOOK, vec![json!(words)]).await?;
            if !self.stand_ins.ledger().contains(&words) {
                return Ok(());
            }
            ensure!(Instant::now() < end, "the network level is never closed");
        }
        Ok(())
    }

    /// What reached the sites.
    pub fn stand_ins(&self) -> &StandIns {
        &self.stand_ins
    }

    /// Fails when `secret` reached any host in any form.
    pub fn never_left(&self, secret: &str) -> Result<()> {
        self.not_left_since(0, secret)
    }

    /// The same for what came after the first `before` arrivals.
    pub fn not_left_since(&self, before: usize, secret: &str) -> Result<()> {
        let entries = self.stand_ins.ledger().entries();
        let leaks = entries.iter().skip(before).filter(|entry| entry.contains(secret));
        let places: Vec<String> =
            leaks.map(|entry| format!("{} {}{}", entry.method, entry.host, entry.path())).collect();
        ensure!(places.is_empty(), "`{secret}` reached {}", places.join(", "));
        Ok(())
    }

    /// Fails when `secret` reached no host: then the test would prove nothing.
    pub fn left(&self, secret: &str) -> Result<()> {
        let ledger = self.stand_ins.ledger();
        ensure!(ledger.contains(secret), "`{secret}` reached nobody:\n{}", ledger.outline());
        Ok(())
    }

    /// The `n`th prompt that was sent with Send, from 0, once its record has rows of all `kinds`.
    pub async fn sent(&self, n: usize, kinds: &[&str]) -> Result<Interaction> {
        self.interaction("send-prompt", n, kinds).await
    }

    /// The `n`th interaction of an operation, from 0, once its record has rows of all `kinds`.
    pub async fn interaction(&self, operation: &str, n: usize, kinds: &[&str]) -> Result<Interaction> {
        let records = self.session.records()?;
        let found = |rows: &[Value]| -> Option<Interaction> {
            let mut rows: Vec<&Value> = rows.iter().filter(|row| row["operation"] == operation).collect();
            rows.sort_by_key(|row| row["seq"].as_u64());
            let event = rows.get(n)?["event"].as_str()?;
            let interaction = Interaction::new(event, records.show(event).ok()?);
            interaction.has(kinds).then_some(interaction)
        };
        let rows = records.wait_for(PATIENCE, |rows| found(rows).is_some()).await;
        let rows = rows.with_context(|| format!("{operation} {n} never had {kinds:?}"))?;
        found(&rows).context("a row that was there is gone")
    }

    /// Waits for this many entries of what was refused while the host was away.
    pub async fn late(&self, count: usize) -> Result<()> {
        let refused = |row: &&Value| row["kind"] == "late" && row["released"] == false;
        let enough = |rows: &[Value]| rows.iter().filter(refused).count() == count;
        self.session.records()?.wait_for(PATIENCE, enough).await.map(drop)
    }

    /// The texts of an interaction, opened with the key of this machine: members `prompt`, `answer`, `reason`.
    pub fn opened(&self, interaction: &Interaction) -> Result<Vec<Value>> {
        let output = self.session.records()?.run(&["log", "open", &interaction.event, "--json"])?;
        let values = serde_json::Deserializer::from_str(&output).into_iter::<Value>();
        Ok(values.collect::<Result<Vec<_>, _>>()?)
    }

    /// Ends the browser. A failure gets a picture of what was to be seen, and what reached the sites.
    pub async fn end(self, module: &str, name: &str, played: Result<()>) -> Result<()> {
        if played.is_err() {
            let name = format!("{module}-{name}.png").replace("::", "-");
            let picture = std::env::temp_dir().join("promptgate-e2e").join(name);
            let taken = self.session.screenshot(&picture).await.is_ok();
            let picture = if taken { picture.display().to_string() } else { "no picture".to_owned() };
            return played.with_context(|| format!("{picture}\n{}", self.stand_ins.ledger().outline()));
        }
        self.stop().await
    }

    /// Ends the browser.
    pub async fn stop(self) -> Result<()> {
        self.session.close().await
    }
}

/// Whether the host has begun its record, which it does when the extension first speaks to it. Before that word
/// a fresh profile knows no settings and lets go what waits too long.
async fn started(session: &Session) -> bool {
    let Ok(records) = session.records() else { return false };
    records.wait_for(START, |_| true).await.is_ok()
}
