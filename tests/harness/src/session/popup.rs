//! The popup, opened in a tab of its own: no driver presses a button of the browser's toolbar.

use super::Session;
use anyhow::{Context, Result};
use std::path::Path;

/// How the popup stands and what a person reads in it.
const WORDS: &str = "const popup = document.querySelector('main.popup');
return popup === null ? '' : `${popup.dataset.standing}\\n${popup.innerText}`;";

impl Session {
    /// Opens the popup, waits until it is as `wanted`, takes a picture if a place for it is given, and closes it. The words
    /// that were to be read, after a line with how it stands: `protected`, `trial`, `waiting`, …
    pub async fn popup(
        &self,
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
        let read = self
            .until(&format!("popup: {what}"), async || {
                let words = self.script(WORDS, Vec::new()).await?;
                Ok(words.as_str().filter(|words| wanted(words)).map(str::to_owned))
            })
            .await;
        if read.is_ok()
            && let Some(picture) = picture
        {
            self.screenshot(picture).await?;
        }
        driver.close_window().await?;
        driver.switch_to_window(page).await?;
        read
    }
}
