//! A person who signs in: the extension's page that starts it, and the provider's pages in a tab of the same browser.

use super::Session;
use anyhow::{Context, Result};
use std::collections::HashSet;
use thirtyfour::{By, WindowHandle};

/// How the popup stands and what a person reads in it.
const WORDS: &str = "const page = document.querySelector('main');
return page === null ? '' : `${page.dataset.standing ?? ''}\\n${page.innerText}`;";

/// Fills in the provider's form and sends it; the answer says which form it was. Each form is sent once.
const FILL: &str = "const form = document.querySelector('form[data-prompt]');
if (form === null || form.dataset.sent) return '';
form.dataset.sent = 'yes';
if (form.dataset.prompt === 'login') {
  for (const [name, value] of arguments[0]) form.elements[name].value = value;
}
form.requestSubmit();
return form.dataset.prompt;";

/// The tabs that were open before something opens one more.
pub struct Tabs(HashSet<WindowHandle>);

impl Session {
    /// Opens a page of the extension in a tab of its own and looks into it; the tab that was looked into before.
    pub async fn open_page(&self, page: &str) -> Result<WindowHandle> {
        let extension = self.extension.as_deref().context("the browser was started without the extension")?;
        let driver = self.driver()?;
        let before = driver.window().await?;
        let tab = driver.new_tab().await?;
        driver.switch_to_window(tab).await?;
        driver.goto(self.browser.page_of(extension, page)?).await?;
        Ok(before)
    }

    /// Closes the tab that is looked into and looks into another.
    pub async fn close_tab(&self, then: WindowHandle) -> Result<()> {
        self.driver()?.close_window().await?;
        Ok(self.driver()?.switch_to_window(then).await?)
    }

    /// Waits until the words of the extension's page are as `wanted`, after a line with how it stands.
    pub async fn page_says(&self, what: &str, wanted: impl Fn(&str) -> bool) -> Result<String> {
        self.until(what, async || {
            let words = self.script(WORDS, Vec::new()).await?;
            Ok(words.as_str().filter(|words| wanted(words)).map(str::to_owned))
        })
        .await
    }

    /// Presses a button of the extension's page, which may be drawn anew between a look and the press.
    pub async fn press_in_page(&self, word: &str) -> Result<()> {
        self.until(word, async || {
            let button = self.driver()?.find(By::Css(format!("[data-press={word}]"))).await;
            let Ok(button) = button else { return Ok(None) };
            Ok(button.click().await.ok())
        })
        .await
    }

    /// The tabs that are open now.
    pub async fn tabs(&self) -> Result<Tabs> {
        Ok(Tabs(self.driver()?.windows().await?.into_iter().collect()))
    }

    /// Waits for a tab that was not open before, and looks into it.
    pub async fn new_tab_since(&self, before: &Tabs) -> Result<()> {
        let tab = self
            .until("new tab", async || {
                Ok(self.driver()?.windows().await?.into_iter().find(|tab| !before.0.contains(tab)))
            })
            .await?;
        Ok(self.driver()?.switch_to_window(tab).await?)
    }

    /// In the tab that was opened since: fills in the provider's forms until the way back is there; what that page says.
    pub async fn sign_in(&self, before: &Tabs, form: &[(&str, &str)]) -> Result<String> {
        self.new_tab_since(before).await?;
        let form: Vec<Vec<&str>> = form.iter().map(|(name, value)| vec![*name, *value]).collect();
        self.until("way back from the provider", async || {
            // Between two pages there is none.
            let Ok(url) = self.driver()?.current_url().await else { return Ok(None) };
            if url.host_str() == Some("127.0.0.1") {
                let body = self.driver()?.find(By::Tag("body")).await;
                let text = match body {
                    Ok(body) => body.text().await.unwrap_or_default(),
                    Err(_) => String::new(),
                };
                return Ok((!text.is_empty()).then_some(text));
            }
            let _sent = self.script(FILL, vec![form.clone().into()]).await;
            Ok(None)
        })
        .await
    }
}
