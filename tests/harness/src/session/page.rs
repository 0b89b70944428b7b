//! The page: composer, Send, the thread.

use super::{Session, State};
use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use std::path::Path;
use thirtyfour::{By, Key, TypingData, WebElement};

/// The longest text that is typed key by key; longer text is put in at once.
const TYPED: usize = 200;

impl Session {
    /// What the page is at.
    pub async fn state(&self) -> Result<String> {
        self.mark("state").await
    }

    /// Waits until the page is at `state`.
    pub async fn wait_for(&self, state: State) -> Result<()> {
        let look = async || Ok((self.state().await? == state.mark()).then_some(()));
        let found = self.until(&format!("page in state {}", state.mark()), look).await;
        match found {
            Ok(()) => Ok(()),
            Err(error) => {
                let state = self.state().await.unwrap_or_default();
                let fault = self.fault().await.ok().flatten().unwrap_or_default();
                Err(error.context(format!("the page is at {state}; it says `{fault}`")))
            }
        }
    }

    /// Waits until the page is at one of these.
    pub async fn until_state(&self, states: &[State]) -> Result<()> {
        let look = async || {
            let now = self.state().await?;
            Ok(states.iter().any(|state| state.mark() == now).then_some(()))
        };
        self.until("page at its end", look).await
    }

    /// Waits until `html[data-NAME]` says something; pages of a test's own tell of their end that way.
    pub async fn wait_for_mark(&self, name: &str) -> Result<String> {
        let look = async || Ok(Some(self.mark(name).await?).filter(|said| !said.is_empty()));
        self.until(&format!("mark `{name}`"), look).await
    }

    /// Types a prompt as a person does, after what is there. Text that keys cannot give, or very long text, is put in
    /// as an input method would.
    pub async fn type_prompt(&self, text: &str) -> Result<()> {
        let composer = self.composer().await?;
        composer.click().await?;
        if text.len() > TYPED || text.chars().any(|c| u32::from(c) > 0xFFFF) {
            return self.insert(text).await;
        }
        for (number, line) in text.split('\n').enumerate() {
            if number > 0 {
                composer.send_keys(Key::Shift + Key::Enter).await?;
            }
            composer.send_keys(line).await?;
        }
        Ok(())
    }

    /// Pastes text into the composer: through the clipboard, with the keys a person presses.
    pub async fn paste_prompt(&self, text: &str) -> Result<()> {
        self.composer().await?.click().await?;
        self.insert_paste(text).await
    }

    /// The same where the caret stands.
    pub async fn insert_paste(&self, text: &str) -> Result<()> {
        let script = "const done = arguments[1]; navigator.clipboard.writeText(arguments[0]).then(() => done(''), (e) => done(`${e}`))";
        let fault = self.driver()?.execute_async(script, vec![json!(text)]).await?.json().clone();
        ensure!(fault == "", "the clipboard takes no text: {fault}");
        self.press_keys(Key::Control + "v").await
    }

    /// Pastes a picture (PNG, base64) into the composer: through the clipboard, with the keys a person presses.
    pub async fn paste_picture(&self, base64: &str) -> Result<()> {
        self.script("delete document.documentElement.dataset.upload", Vec::new()).await?;
        self.composer().await?.click().await?;
        let script = "const [base64, done] = arguments;
            const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
            const picture = new ClipboardItem({ 'image/png': new Blob([bytes], { type: 'image/png' }) });
            navigator.clipboard.write([picture]).then(() => done(''), (e) => done(`${e}`))";
        let fault = self.driver()?.execute_async(script, vec![json!(base64)]).await?.json().clone();
        ensure!(fault == "", "the clipboard takes no picture: {fault}");
        self.press_keys(Key::Control + "v").await
    }

    /// Takes the last change of the composer back.
    pub async fn press_undo(&self) -> Result<()> {
        self.press_keys(Key::Control + "z").await
    }

    /// Makes it again.
    pub async fn press_redo(&self) -> Result<()> {
        self.press_keys(Key::Control + (Key::Shift + "z")).await
    }

    /// Keys to what has the focus, where the caret stands.
    pub async fn press_keys(&self, keys: impl Into<TypingData>) -> Result<()> {
        Ok(self.driver()?.active_element().await?.send_keys(keys).await?)
    }

    async fn insert(&self, text: &str) -> Result<()> {
        let script = "document.execCommand('insertText', false, arguments[0])";
        self.script(script, vec![json!(text)]).await.map(drop)
    }

    /// Takes all text out of the composer.
    pub async fn clear_prompt(&self) -> Result<()> {
        self.composer().await?.click().await?;
        self.script("document.execCommand('selectAll'); document.execCommand('delete')", Vec::new())
            .await
            .map(drop)
    }

    /// Presses the Send button.
    pub async fn press_send(&self) -> Result<()> {
        Ok(self.find("form button[type=submit]").await?.click().await?)
    }

    /// Presses Enter in the composer.
    pub async fn press_enter(&self) -> Result<()> {
        Ok(self.composer().await?.send_keys(Key::Enter + "").await?)
    }

    /// Types a prompt and presses Enter.
    pub async fn send(&self, text: &str) -> Result<()> {
        self.type_prompt(text).await?;
        self.press_enter().await
    }

    /// Types a prompt, presses Enter, waits for the whole answer and returns it.
    pub async fn ask(&self, text: &str) -> Result<String> {
        self.send(text).await?;
        self.wait_for(State::Done).await?;
        self.answer().await
    }

    /// The last answer in the thread, as far as it is there.
    pub async fn answer(&self) -> Result<String> {
        self.last("answer").await?.context("no answer in the thread")
    }

    /// The last error in the thread.
    pub async fn fault(&self) -> Result<Option<String>> {
        self.last("fault").await
    }

    /// The text that is in the composer.
    pub async fn composer_text(&self) -> Result<String> {
        let text =
            self.script("return document.querySelector('.composer').innerText.trim()", Vec::new()).await?;
        Ok(text.as_str().unwrap_or_default().to_owned())
    }

    /// The conversation's id as the page knows it.
    pub async fn conversation(&self) -> Result<Option<String>> {
        Ok(Some(self.mark("conversation").await?).filter(|id| !id.is_empty()))
    }

    /// Attaches a file and waits until the page has uploaded it or says that it could not; true: uploaded.
    pub async fn attach(&self, file: &Path) -> Result<bool> {
        let reset = "delete document.documentElement.dataset.upload";
        self.script(reset, Vec::new()).await?;
        let path = file.canonicalize()?.display().to_string();
        self.find("form input[type=file]").await?.send_keys(path).await?;
        self.ended("upload", "ready").await
    }

    /// Chooses a folder and waits for the end of its files; true: all were uploaded.
    pub async fn attach_folder(&self, folder: &Path) -> Result<bool> {
        self.script("delete document.documentElement.dataset.upload", Vec::new()).await?;
        let path = folder.canonicalize()?.display().to_string();
        self.find("form input[webkitdirectory]").await?.send_keys(path).await?;
        self.ended("upload", "ready").await
    }

    /// Waits until the page has tried to send typed text as a draft, `times` in all, whatever came of it.
    pub async fn wait_for_drafts(&self, times: u64) -> Result<()> {
        let look = async || {
            let tried = self.mark("drafts").await?.parse().unwrap_or(0_u64);
            Ok((tried >= times).then_some(()))
        };
        self.until("draft", look).await
    }

    /// Begins a new conversation by the page's own button, without a page load.
    pub async fn new_chat(&self) -> Result<()> {
        self.find("[data-action=new-chat]").await?.click().await?;
        self.wait_for(State::Idle).await
    }

    /// Shares the conversation and waits until the page says how it went; true: shared. Not on Gemini, whose call is
    /// not known.
    pub async fn share(&self) -> Result<bool> {
        self.script("delete document.documentElement.dataset.share", Vec::new()).await?;
        self.find("[data-action=share]").await?.click().await?;
        self.ended("share", "done").await
    }

    /// Waits until a mark says that something ended; true: well.
    async fn ended(&self, name: &str, well: &str) -> Result<bool> {
        let look = async || {
            let mark = self.mark(name).await?;
            Ok((mark == well || mark == "error").then_some(mark == well))
        };
        self.until(&format!("end of the {name}"), look).await
    }

    /// A mark of the page; empty when it is not there.
    async fn mark(&self, name: &str) -> Result<String> {
        let script = "return document.documentElement?.dataset[arguments[0]] ?? ''";
        let mark = self.script(script, vec![json!(name)]).await?;
        Ok(mark.as_str().unwrap_or_default().to_owned())
    }

    /// Edits the last prompt in the thread and sends it again.
    pub async fn edit_last(&self, text: &str) -> Result<()> {
        self.find_last("[data-action=edit]").await?.click().await?;
        let field = self.find_last(".question textarea").await?;
        field.clear().await?;
        field.send_keys(text).await?;
        Ok(self.find_last("[data-action=send-edit]").await?.click().await?)
    }

    /// Asks for the last answer once more.
    pub async fn regenerate(&self) -> Result<()> {
        Ok(self.find_last("[data-action=regenerate]").await?.click().await?)
    }

    /// Waits until the composer holds this text.
    pub async fn wait_for_draft(&self, text: &str) -> Result<()> {
        let script = "return document.querySelector('.composer').innerText.trim() === arguments[0]";
        let look = async || {
            let holds = self.script(script, vec![json!(text)]).await?;
            Ok((holds == json!(true)).then_some(()))
        };
        self.until("prompt back in the composer", look).await
    }

    async fn composer(&self) -> Result<WebElement> {
        self.find(".composer").await
    }

    pub(super) async fn find(&self, selector: &str) -> Result<WebElement> {
        self.driver()?
            .find(By::Css(selector.to_owned()))
            .await
            .with_context(|| format!("no {selector} in the page"))
    }

    async fn find_last(&self, selector: &str) -> Result<WebElement> {
        let all = self.driver()?.find_all(By::Css(selector.to_owned())).await?;
        all.into_iter().next_back().with_context(|| format!("no {selector} in the page"))
    }

    /// The exact text of the last element of a kind, not as laid out.
    async fn last(&self, role: &str) -> Result<Option<String>> {
        let script =
            "return [...document.querySelectorAll(`[data-role=${arguments[0]}]`)].pop()?.textContent ?? null";
        let text: Value = self.script(script, vec![json!(role)]).await?;
        Ok(text.as_str().map(str::to_owned))
    }
}
