//! One browser with a page of a stand-in: what a person does there, and what the person sees.

mod access;
mod card;
mod faults;
mod gate;
mod input;
mod lifecycle;
mod page;
mod part;
mod popup;
mod restart;
mod signing;
mod viewer;
mod wire;

pub use access::axe;
pub use card::Card;
pub use part::{Part, Resident};
pub use signing::Tabs;

use crate::browser::{Browser, Home, Launch, Process, pack};
use crate::records::Records;
use crate::site::Site;
use crate::stand_ins::StandIns;
use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::path::Path;
use std::time::{Duration, Instant};
use thirtyfour::WebDriver;
use thirtyfour::extensions::addons::firefox::FirefoxTools;

/// How long a page, a card or an answer may take before a test fails. Long: machines are shared.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// How long the first page may take until the browser is started anew: ChromeDriver loses it now and then where an
/// extension is loaded at the start, whichever it is, and waits in vain for all the time it has.
const FIRST_PAGE: [Duration; 4] =
    [Duration::from_secs(5), Duration::from_secs(10), Duration::from_secs(20), PATIENCE];

/// How often a condition is looked at.
const GLANCE: Duration = Duration::from_millis(15);

/// What a page of a stand-in is at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Ready for the next prompt; nothing was sent yet.
    Idle,
    /// Sent, no answer yet. A held prompt is here.
    Sending,
    /// The answer comes.
    Streaming,
    /// The answer is there.
    Done,
    /// The send failed; the page shows why.
    Failed,
}

impl State {
    fn mark(self) -> &'static str {
        match self {
            State::Idle => "idle",
            State::Sending => "sending",
            State::Streaming => "streaming",
            State::Done => "done",
            State::Failed => "error",
        }
    }
}

/// A running browser.
pub struct Session {
    browser: Browser,
    driver: Option<WebDriver>,
    process: Process,
    home: Home,
    host: Option<std::path::PathBuf>,
    extension: Option<std::path::PathBuf>,
}

impl Session {
    /// Starts a browser that sees nothing but the stand-ins.
    pub async fn start(stand_ins: &StandIns, launch: &Launch) -> Result<Session> {
        let mut fault = None;
        for patience in FIRST_PAGE {
            let session = Self::begin(stand_ins, launch).await?;
            session.driver()?.set_page_load_timeout(patience).await?;
            match session.driver()?.title().await {
                Ok(_) => return session.ready(launch).await,
                Err(error) => fault = Some(error),
            }
        }
        let fault = fault.map_or_else(String::new, |fault| fault.to_string());
        bail!("{} never shows its first page: {fault}", launch.browser)
    }

    async fn begin(stand_ins: &StandIns, launch: &Launch) -> Result<Session> {
        let home = Home::new(launch)?;
        let process = launch.browser.driver(&home)?;
        let driver = restart::connect(launch, &home, &process, stand_ins).await?;
        let (browser, host, extension) = (launch.browser, launch.host.clone(), launch.extension.clone());
        Ok(Session { browser, driver: Some(driver), process, home, host, extension })
    }

    async fn ready(self, launch: &Launch) -> Result<Session> {
        self.driver()?.set_page_load_timeout(PATIENCE).await?;
        if self.browser == Browser::Firefox {
            // Chromium is told so at its start.
            self.driver()?.set_window_rect(0, 0, launch.size.0, launch.size.1).await?;
            if !launch.later {
                self.install(launch).await?;
            }
        }
        if !launch.later || self.browser == Browser::Chromium {
            self.close_first_page(launch).await?;
        }
        Ok(self)
    }

    /// Waits for the first page, where it opens by itself, and closes it: what follows begins with the tab of before.
    pub(crate) async fn close_first_page(&self, launch: &Launch) -> Result<()> {
        if !launch.close_first_page {
            return Ok(());
        }
        let driver = self.driver()?;
        let before = driver.window().await?;
        let first = self
            .until("first page", async || {
                Ok(driver.windows().await?.into_iter().find(|window| *window != before))
            })
            .await?;
        driver.switch_to_window(first).await?;
        self.until("address of the first page", async || {
            let address = driver.current_url().await?;
            Ok(address.path().ends_with("/ui/welcome.html").then_some(()))
        })
        .await?;
        driver.close_window().await?;
        Ok(driver.switch_to_window(before).await?)
    }

    /// Hands the extension to a Firefox that runs; one that has it already takes it for an update.
    pub(crate) async fn install(&self, launch: &Launch) -> Result<()> {
        let Some(extension) = &launch.extension else { return Ok(()) };
        let mut path = extension.canonicalize()?;
        if launch.lasting {
            // For good it takes one file, and no folder.
            let packed = pack(&path)?;
            path = self.home.path().join("extension.xpi");
            std::fs::write(&path, packed)?;
        }
        let path = path.display().to_string();
        let tools = FirefoxTools::new(self.driver()?.handle().clone());
        Ok(tools.install_addon(&path, Some(!launch.lasting)).await?)
    }

    /// Which browser it is.
    pub fn browser(&self) -> Browser {
        self.browser
    }

    /// Its home.
    pub fn home(&self) -> &Home {
        &self.home
    }

    /// The driver, for what is not offered here.
    pub fn driver(&self) -> Result<&WebDriver> {
        self.driver.as_ref().context("the session is closed")
    }

    /// Loads a site's page for a new conversation and waits until it is ready.
    pub async fn open(&self, site: Site) -> Result<()> {
        self.open_at(site, site.new_chat()).await
    }

    /// Loads a page of a site, by path and query.
    pub async fn open_at(&self, site: Site, path: &str) -> Result<()> {
        self.driver()?.goto(format!("https://{}{path}", site.host())).await?;
        self.wait_for(State::Idle).await
    }

    /// Writes what is to be seen into a PNG file.
    pub async fn screenshot(&self, path: &Path) -> Result<()> {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        Ok(self.driver()?.screenshot(path).await?)
    }

    /// Waits until there are this many windows and tabs, and looks into the newest.
    pub async fn newest_of(&self, windows: usize) -> Result<()> {
        let before = self.driver()?.windows().await?;
        let newest = self
            .until(&format!("{windows} windows"), async || {
                let now = self.driver()?.windows().await?;
                Ok((now.len() == windows).then_some(now))
            })
            .await?;
        let newest = newest.into_iter().rev().find(|one| windows == 1 || Some(one) != before.first());
        Ok(self.driver()?.switch_to_window(newest.context("no window")?).await?)
    }

    /// Runs a script in the page and returns its result.
    pub async fn script(&self, script: &str, arguments: Vec<Value>) -> Result<Value> {
        Ok(self.driver()?.execute(script.to_owned(), arguments).await?.json().clone())
    }

    /// What the native host recorded in this home, read with its own command line.
    pub fn records(&self) -> Result<Records<'_>> {
        let host = self.host.as_deref().context("the browser was started without a native host")?;
        Ok(Records::new(host, &self.home))
    }

    /// The last lines that the driver and the browser wrote: for the message of a test that failed.
    pub fn output(&self) -> String {
        self.process.output()
    }

    /// Ends the browser and waits until it and the native host are gone.
    pub async fn close(mut self) -> Result<()> {
        if let Some(driver) = self.driver.take() {
            driver.quit().await?;
        }
        self.process.settled(PATIENCE).await
    }

    /// Waits until `look` finds something.
    pub(crate) async fn until<T>(
        &self,
        what: &str,
        mut look: impl AsyncFnMut() -> Result<Option<T>>,
    ) -> Result<T> {
        let end = Instant::now() + PATIENCE;
        let mut glance = tokio::time::interval(GLANCE);
        loop {
            if let Some(found) = look().await? {
                return Ok(found);
            }
            if Instant::now() > end {
                bail!("no {what} within {PATIENCE:?}; the browser said:\n{}", self.output());
            }
            glance.tick().await;
        }
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // Not closed, perhaps in a panic: the processes are killed, so there is nobody to say goodbye to.
        if let Some(driver) = self.driver.take() {
            let _left = driver.leak();
        }
    }
}
