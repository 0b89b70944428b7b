//! The popup, opened in a tab of its own: no driver presses a button of the browser's toolbar.

use super::Session;
use crate::site::Site;
use anyhow::{Context, Result, ensure};
use serde_json::json;
use std::path::Path;

/// How the popup stands and what a person reads in it.
const WORDS: &str = "const popup = document.querySelector('main.popup');
return popup === null ? '' : `${popup.dataset.standing}\\n${popup.innerText}`;";

/// Puts the tab of a host in front and loads this page anew behind it, as a popup stands beside the tab that is looked at.
const BEHIND: &str = "const [host, done] = arguments;
chrome.tabs.query({ url: `https://${host}/*` })
  .then(([tab]) => chrome.tabs.update(tab.id, { active: true }))
  .then(() => { done(''); location.reload(); }, (error) => done(`${error}`));";

/// Puts this page in front.
const AHEAD: &str = "const [done] = arguments;
chrome.tabs.getCurrent().then((tab) => chrome.tabs.update(tab.id, { active: true })).then(() => done(), () => done());";

impl Session {
    /// Opens the popup, waits until it is as `wanted`, takes a picture if a place for it is given, and closes it. The words
    /// that were to be read, after a line with how it stands: `protected`, `trial`, `waiting`, …
    pub async fn popup(
        &self,
        what: &str,
        wanted: impl Fn(&str) -> bool,
        picture: Option<&Path>,
    ) -> Result<String> {
        self.open_popup(None, what, wanted, picture).await
    }

    /// The same beside the tab of a site.
    pub async fn popup_beside(
        &self,
        site: Site,
        what: &str,
        wanted: impl Fn(&str) -> bool,
        picture: Option<&Path>,
    ) -> Result<String> {
        self.open_popup(Some(site), what, wanted, picture).await
    }

    async fn open_popup(
        &self,
        beside: Option<Site>,
        what: &str,
        wanted: impl Fn(&str) -> bool,
        picture: Option<&Path>,
    ) -> Result<String> {
        let extension = self.extension.as_deref().context("the browser was started without the extension")?;
        let driver = self.driver()?;
        let page = driver.window().await?;
        let tab = driver.new_tab().await?;
        driver.switch_to_window(tab).await?;
        driver.goto(self.browser.page_of(extension, "ui/popup.html")?).await?;
        if let Some(site) = beside {
            let said = driver.execute_async(BEHIND, vec![json!(site.host())]).await?.json().clone();
            ensure!(said == "", "the tab of {} is not put in front: {said}", site.host());
        }
        let read = self
            .until(&format!("popup: {what}"), async || {
                // A page that is loaded anew runs no script.
                let words = self.script(WORDS, Vec::new()).await.unwrap_or_default();
                Ok(words.as_str().filter(|words| wanted(words)).map(str::to_owned))
            })
            .await;
        if read.is_ok()
            && let Some(picture) = picture
        {
            if beside.is_some() {
                driver.execute_async(AHEAD, Vec::new()).await?;
            }
            self.screenshot(picture).await?;
        }
        driver.close_window().await?;
        driver.switch_to_window(page).await?;
        read
    }
}
