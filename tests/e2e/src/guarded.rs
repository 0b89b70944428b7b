//! A browser with the product in it, in front of the stand-ins.

use std::ops::Deref;

use anyhow::{Context, Result, ensure};
use tests_harness::{Browser, Launch, PATIENCE, Session, Site, StandIns};

use crate::Events;

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
        Ok(Self { stand_ins, session })
    }

    /// What reached the sites.
    pub fn stand_ins(&self) -> &StandIns {
        &self.stand_ins
    }

    /// Fails when `secret` reached any host in any form.
    pub fn never_left(&self, secret: &str) -> Result<()> {
        let leaks = self.stand_ins.ledger().holding(secret);
        let places: Vec<String> =
            leaks.iter().map(|entry| format!("{} {}{}", entry.method, entry.host, entry.path())).collect();
        ensure!(places.is_empty(), "`{secret}` reached {}", places.join(", "));
        Ok(())
    }

    /// Fails when `secret` reached no host: then the test would prove nothing.
    pub fn left(&self, secret: &str) -> Result<()> {
        let ledger = self.stand_ins.ledger();
        ensure!(ledger.contains(secret), "`{secret}` reached nobody:\n{}", ledger.outline());
        Ok(())
    }

    /// The record, once it satisfies `enough`.
    pub async fn events(&self, enough: impl Fn(&Events) -> bool) -> Result<Events> {
        let records = self.session.records()?;
        let rows = records.wait_for(PATIENCE, |rows| enough(&Events::new(rows.to_vec()))).await;
        rows.map(Events::new).with_context(|| self.session.output())
    }

    /// The sealed text of an event, opened with the key of this machine.
    pub fn opened(&self, event: &str) -> Result<String> {
        self.session.records()?.run(&["log", "open", event])
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
