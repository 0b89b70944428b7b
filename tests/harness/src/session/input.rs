//! Other ways than keys and the clipboard to put text into the composer: an input method, and the mouse.

use super::Session;
use crate::browser::Browser;
use anyhow::{Context, Result, ensure};
use hyper::Method;
use serde_json::{Value, json};
use thirtyfour::common::command::FormatRequestData;
use thirtyfour::{By, RequestData, SessionId};

/// What Firefox's own input methods speak to, from its own window: one step of a composition.
const COMPOSE: &str = "const [text, ends] = arguments;
const tip = window.promptgateInput ??=
  Cc['@mozilla.org/text-input-processor;1'].createInstance(Ci.nsITextInputProcessor);
if (!tip.hasComposition && !tip.beginInputTransactionForTests(window)) return 'no input method may begin';
if (ends) { tip.commitCompositionWith(text); return ''; }
tip.setPendingCompositionString(text);
tip.appendClauseToPendingComposition(text.length, tip.ATTR_RAW_CLAUSE);
tip.setCaretInPendingComposition(text.length);
return tip.flushPendingComposition() ? '' : 'nothing is composed';";

/// A line to drag, above everything, its words selected.
const LINE: &str = "const line = document.createElement('p');
line.id = 'line';
line.textContent = arguments[0];
line.style.cssText = 'position:fixed;left:20px;top:20px;margin:0;padding:0;z-index:9;width:max-content;background:white;color:black';
document.body.append(line);
getSelection().selectAllChildren(line);";

/// A command that only one browser's driver knows.
#[derive(Debug)]
struct Own {
    path: &'static str,
    body: Value,
}

impl FormatRequestData for Own {
    fn format_request(&self, session: &SessionId) -> RequestData {
        RequestData::new(Method::POST, format!("/session/{session}/{}", self.path))
            .add_body(self.body.clone())
    }
}

impl Session {
    /// Shows `text` where the caret stands as something that is still being composed; again: shows other text.
    pub async fn compose(&self, text: &str) -> Result<()> {
        match self.browser() {
            Browser::Chromium => {
                let end = text.encode_utf16().count();
                let composition = json!({ "text": text, "selectionStart": end, "selectionEnd": end });
                self.input("Input.imeSetComposition", composition).await
            }
            Browser::Firefox => self.input_method(text, false).await,
        }
    }

    /// Ends the composition with `text`.
    pub async fn compose_end(&self, text: &str) -> Result<()> {
        match self.browser() {
            Browser::Chromium => self.input("Input.insertText", json!({ "text": text })).await,
            Browser::Firefox => self.input_method(text, true).await,
        }
    }

    /// Drags `text` from elsewhere in the page into the composer.
    pub async fn drop_prompt(&self, text: &str) -> Result<()> {
        self.script(LINE, vec![json!(text)]).await?;
        let driver = self.driver()?;
        let line = driver.find(By::Id("line")).await?;
        let composer = driver.find(By::Css(".composer")).await?;
        let drag = driver.action_chain().click_and_hold_element(&line).move_by_offset(4, 4);
        drag.move_to_element_center(&composer).move_by_offset(2, 0).release().perform().await?;
        Ok(())
    }

    async fn input(&self, command: &str, with: Value) -> Result<()> {
        let body = json!({ "cmd": command, "params": with });
        self.own("goog/cdp/execute", body).await
    }

    async fn input_method(&self, text: &str, ends: bool) -> Result<()> {
        self.own("moz/context", json!({ "context": "chrome" })).await?;
        let said = self.script(COMPOSE, vec![json!(text), json!(ends)]).await;
        self.own("moz/context", json!({ "context": "content" })).await?;
        let said = said.context("Firefox's own window takes no script")?;
        ensure!(said == "", "the input method says: {said}");
        Ok(())
    }

    pub(super) async fn own(&self, path: &'static str, body: Value) -> Result<()> {
        self.driver()?.handle().cmd(Own { path, body }).await?;
        Ok(())
    }
}
