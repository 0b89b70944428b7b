//! The record's viewer in this browser.

use super::Session;
use crate::viewer::Viewer;
use anyhow::{Context, Result};
use serde_json::Value;
use std::path::Path;

impl Session {
    /// Serves this home's record.
    pub fn viewer(&self) -> Result<Viewer> {
        let host = self.host.as_deref().context("the browser was started without a native host")?;
        Viewer::start(host, &self.home)
    }

    /// Waits until an expression of the page is true.
    pub async fn until_true(&self, expression: &str) -> Result<()> {
        let script = format!("return Boolean({expression});");
        let look = async || Ok((self.script(&script, Vec::new()).await? == Value::Bool(true)).then_some(()));
        let found = self.until(expression, look).await;
        match found {
            Ok(()) => Ok(()),
            Err(error) => {
                let text = self.script("return document.body.innerText;", Vec::new()).await?;
                Err(error.context(format!("the page says: {text}")))
            }
        }
    }

    /// Hands a file to a page's input.
    pub async fn hand_file(&self, selector: &str, file: &Path) -> Result<()> {
        let path = file.canonicalize()?.display().to_string();
        Ok(self.find(selector).await?.send_keys(path).await?)
    }
}
