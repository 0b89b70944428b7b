//! How the product's pages look to assistive technology and to those who check for it: axe-core, and the browser's own
//! roles and names.
//!
//! axe reads no generated content, so it looks at the words put in as text: the same elements, opened. The browser's own
//! word is about the real thing.

use super::Session;
use super::wire::Wire;
use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use std::path::PathBuf;
use thirtyfour::{By, WebElement};

/// axe-core as the set-up installs it.
const AXE: &str = "axe-core-4.14.1/node_modules/axe-core/axe.min.js";

/// The product's words as text, where they are drawn as generated content.
const OPEN: &str = "for (const one of document.querySelectorAll('.words[data-words]')) {
  one.textContent = one.dataset.words;
  one.classList.remove('words');
}";

/// Every rule that axe has for WCAG 2.2 A and AA, and what it calls best practice for a part of a page.
const LOOK: &str = "const done = arguments[arguments.length - 1];
const run = { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] };
const told = (one) => `${one.id}: ${one.nodes.map((node) => node.target.join(' ')).join(', ')}`;
window.axe.run(document, { runOnly: run, resultTypes: ['violations'] })
  .then(({ violations, passes }) => done({ violations: violations.map(told), passes: passes.length }))
  .catch((error) => done({ error: `${error}` }));";

/// axe's own script; `None` where the set-up's tools are not there.
pub fn axe() -> Result<Option<String>> {
    let Some(tools) = std::env::var_os("PROMPTGATE_TOOLS").map(PathBuf::from) else { return Ok(None) };
    let path = tools.join(AXE);
    let script = std::fs::read_to_string(&path);
    script.map(Some).with_context(|| format!("{} is not there: run `cargo xtask test`", path.display()))
}

impl Session {
    /// What axe finds wrong in the document that is looked into now, its words opened first: `rule: elements`. An error
    /// when it looked at nothing.
    pub async fn axe(&self, script: &str) -> Result<Vec<String>> {
        self.script(OPEN, Vec::new()).await?;
        // In one go: a driver may give each script a world of its own.
        let told =
            self.driver()?.execute_async(format!("{script};\n{LOOK}"), Vec::new()).await?.json().clone();
        let passes = told["passes"].as_u64().filter(|passes| *passes > 3);
        passes.with_context(|| format!("axe looked at nothing: {told}"))?;
        Ok(serde_json::from_value(told["violations"].clone())?)
    }

    /// Makes a page of the extension this many CSS pixels wide, by its zoom: neither browser's window can be so narrow.
    pub async fn narrow(&self, width: u32) -> Result<()> {
        let zoom = "const [width, done] = arguments;
            chrome.tabs.getCurrent()
              .then((tab) => chrome.tabs.getZoom(tab.id)
                .then((zoom) => chrome.tabs.setZoom(tab.id, zoom * innerWidth / width)))
              .then(() => done(''), (error) => done(`${error}`));";
        let said = self.driver()?.execute_async(zoom, vec![json!(width)]).await?.json().clone();
        ensure!(said == "", "no zoom: {said}");
        self.until_true(&format!("Math.abs(innerWidth - {width}) < 2")).await
    }

    /// Role and name of what a selector finds, in the browser's own accessibility tree.
    pub async fn spoken(&self, selector: &str) -> Result<Vec<(String, String)>> {
        let mut all = Vec::new();
        for element in self.driver()?.find_all(By::Css(selector)).await? {
            all.push((
                self.computed(&element, "computedrole").await?,
                self.computed(&element, "computedlabel").await?,
            ));
        }
        Ok(all)
    }

    async fn computed(&self, element: &WebElement, what: &'static str) -> Result<String> {
        let element = element.element_id().to_string();
        let value: Value = self.driver()?.cmd(Wire::Computed { element, what }).await?.value()?;
        Ok(value.as_str().unwrap_or_default().to_owned())
    }

    /// A page of the extension in this tab, of Chromium only, with a stand-in for the browser: it has the texts of a
    /// language, and tells the page what [`Session::tell`] says.
    pub async fn open_page_telling(&self, page: &str, texts: &Value) -> Result<()> {
        let stub = include_str!("access/stub.js").replace("__TEXTS__", &texts.to_string());
        let added = self.cdp("Page.addScriptToEvaluateOnNewDocument", json!({ "source": stub })).await?;
        let extension = self.extension.as_deref().context("the browser was started without the extension")?;
        self.driver()?.goto("about:blank").await?;
        self.driver()?.goto(self.browser.page_of(extension, page)?).await?;
        let gone = json!({ "identifier": added["identifier"] });
        self.cdp("Page.removeScriptToEvaluateOnNewDocument", gone).await?;
        self.until_true("window.promptgateTell").await
    }

    /// Says a message to such a page, as a background would.
    pub async fn tell(&self, message: &Value) -> Result<()> {
        self.script("window.promptgateTell(arguments[0])", vec![message.clone()]).await.map(drop)
    }

    /// A command of Chromium's own protocol.
    pub async fn cdp(&self, command: &str, with: Value) -> Result<Value> {
        let body = json!({ "cmd": command, "params": with });
        Ok(self.driver()?.cmd(Wire::Cdp { body }).await?.value()?)
    }
}
