//! The extension switched off, switched on and loaded anew under pages that stay open.

use super::Session;
use crate::browser::{Browser, Launch, chromium_id};
use anyhow::{Result, bail, ensure};
use serde_json::{Value, json};

impl Session {
    /// Loads the extension anew, as an update does. Open pages stay as they are.
    pub async fn reload_extension(&self, launch: &Launch) -> Result<()> {
        match self.browser() {
            // A reload of an extension from the command line leaves it switched off.
            Browser::Chromium => {
                self.switch_extension_off(launch).await?;
                self.switch_extension_on(launch).await
            }
            Browser::Firefox => self.install(launch).await,
        }
    }

    /// Switches the extension off. Chromium only: no driver does this in Firefox, which is started without instead.
    pub async fn switch_extension_off(&self, launch: &Launch) -> Result<()> {
        self.manage("chrome.management.setEnabled(id, false)", launch).await
    }

    /// Switches it on; Firefox is handed it for the first time.
    pub async fn switch_extension_on(&self, launch: &Launch) -> Result<()> {
        match self.browser() {
            Browser::Chromium => self.manage("chrome.management.setEnabled(id, true)", launch).await,
            Browser::Firefox => {
                self.install(launch).await?;
                self.close_first_page(launch).await
            }
        }
    }

    /// Runs a promise on Chromium's own page of extensions, in a tab of its own.
    async fn manage(&self, promise: &str, launch: &Launch) -> Result<()> {
        let Some(extension) = &launch.extension else { bail!("no extension") };
        let id = chromium_id(extension)?;
        let driver = self.driver()?;
        let page = driver.window().await?;
        let tab = driver.new_tab().await?;
        driver.switch_to_window(tab).await?;
        driver.goto("chrome://extensions").await?;
        let script = format!(
            "const [id, done] = arguments;
             Promise.resolve({promise}).then(() => done(''), (error) => done(`${{error}}`));"
        );
        let said: Value = driver.execute_async(script, vec![json!(id)]).await?.json().clone();
        driver.close_window().await?;
        driver.switch_to_window(page).await?;
        ensure!(said == "", "{promise}: {said}");
        Ok(())
    }
}
