//! A browser that is ended and started again with the profile that it had, as by a person who comes back the next day.

use super::{FIRST_PAGE, PATIENCE, Session};
use crate::browser::{Browser, Home, Launch, Process};
use crate::stand_ins::StandIns;
use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::time::{Duration, Instant};
use thirtyfour::{Capabilities, WebDriver};

/// How long a tab that opens by itself is waited for.
const TAB: Duration = Duration::from_secs(5);

/// How often is looked for it.
const GLANCE: Duration = Duration::from_millis(50);

/// Starts a browser by its driver.
pub(super) async fn connect(
    launch: &Launch,
    home: &Home,
    process: &Process,
    stand_ins: &StandIns,
) -> Result<WebDriver> {
    let Value::Object(capabilities) = launch.browser.capabilities(launch, home, stand_ins)? else {
        bail!("capabilities are an object");
    };
    let url = format!("http://127.0.0.1:{}", process.port);
    let driver = WebDriver::new(&url, Capabilities::from(capabilities)).await;
    driver.with_context(|| format!("{} does not start:\n{}", launch.browser, process.output()))
}

impl Session {
    /// Ends the browser in order and starts it again, with the same home and driver. Of Firefox the launch has to be a
    /// lasting one. Returns with the first page there and nothing else done.
    pub async fn restart(&mut self, stand_ins: &StandIns, launch: &Launch) -> Result<()> {
        let mut fault = None;
        for patience in FIRST_PAGE {
            if let Some(driver) = self.driver.take() {
                driver.quit().await?;
            }
            self.process.settled(PATIENCE).await.context("the browser does not end")?;
            let driver = connect(launch, &self.home, &self.process, stand_ins).await?;
            let first = first_page(&driver, patience).await;
            self.driver = Some(driver);
            match first {
                Ok(()) => return Ok(()),
                Err(error) => fault = Some(error),
            }
        }
        let fault = fault.map_or_else(String::new, |fault| format!("{fault:#}"));
        bail!("{} never shows its first page again: {fault}", launch.browser)
    }

    /// Closes what opened beside the tab that is looked into: Chromium takes an extension from its command line for newly
    /// installed with every start, and then the extension's first page opens in front.
    pub async fn close_other_tabs(&self) -> Result<()> {
        let driver = self.driver()?;
        let page = driver.window().await?;
        let end = Instant::now() + if self.browser == Browser::Chromium { TAB } else { Duration::ZERO };
        loop {
            let others: Vec<_> =
                driver.windows().await?.into_iter().filter(|window| *window != page).collect();
            let any = !others.is_empty();
            for other in others {
                driver.switch_to_window(other).await?;
                driver.close_window().await?;
            }
            if any || Instant::now() > end {
                return Ok(driver.switch_to_window(page).await?);
            }
            tokio::time::sleep(GLANCE).await;
        }
    }
}

async fn first_page(driver: &WebDriver, patience: Duration) -> Result<()> {
    driver.set_page_load_timeout(patience).await?;
    driver.title().await?;
    Ok(driver.set_page_load_timeout(PATIENCE).await?)
}
