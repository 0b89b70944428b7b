//! What breaks around a page: the host stopped, killed or missing, the extension's background stopped or ended.

use super::{PATIENCE, Part, Session};
use crate::browser::{Browser, firefox_id, signal};
use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use std::fs;
use std::process::Command;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// The native host's process.
const HOST: &str = "promptgate";

/// Ends the background from Firefox's own window, as Firefox does with one that has nothing to do, whatever it does now.
/// The process in which it runs takes the driver along when it is killed.
const END: &str = "const [id, done] = arguments;
const { extension } = WebExtensionPolicy.getByID(id);
if (extension.backgroundState !== 'running') return done(`it is ${extension.backgroundState}`);
const all = { ignoreDevToolsAttached: true, disableResetIdleForTest: true };
extension.terminateBackground(all).then(() => done(''), (error) => done(`${error}`));";

impl Session {
    /// Stops the native host as a debugger or a full machine would: it lives and says nothing.
    pub fn hang_host(&self) -> Result<()> {
        ensure!(signal(self.home.path(), HOST, "STOP") > 0, "no host runs");
        Ok(())
    }

    /// Lets it go on.
    pub fn wake_host(&self) -> Result<()> {
        ensure!(signal(self.home.path(), HOST, "CONT") > 0, "no host runs");
        Ok(())
    }

    /// Stops the whole browser and its host for this long, as a laptop does whose lid is closed.
    pub async fn suspend(&self, time: Duration) -> Result<()> {
        ensure!(self.process.signal_all("STOP") > 0, "nothing runs");
        // The time is the fault itself: nothing runs that could be waited for.
        tokio::time::sleep(time).await;
        self.process.signal_all("CONT");
        Ok(())
    }

    /// Kills the native host.
    pub fn kill_host(&self) -> Result<()> {
        ensure!(signal(self.home.path(), HOST, "KILL") > 0, "no host runs");
        Ok(())
    }

    /// Stops the process of the extension's background: it lives and says nothing, nor do the extension's frames.
    pub fn hang_background(&self) -> Result<()> {
        self.signal_background("STOP")
    }

    /// Lets it go on.
    pub fn wake_background(&self) -> Result<()> {
        self.signal_background("CONT")
    }

    fn signal_background(&self, signal: &str) -> Result<()> {
        let processes = self.processes(Part::Extension);
        ensure!(!processes.is_empty(), "no process of the extension runs");
        for process in processes {
            let sent = Command::new("kill").args([&format!("-{signal}"), &process.to_string()]).status()?;
            ensure!(sent.success(), "{signal} did not reach the extension's process");
        }
        Ok(())
    }

    /// Ends the extension's background in the middle of whatever it does.
    pub async fn kill_background(&self) -> Result<()> {
        match self.browser {
            Browser::Chromium => self.close_worker().await,
            Browser::Firefox => {
                let extension =
                    self.extension.as_deref().context("the browser was started without the extension")?;
                let id = firefox_id(extension)?;
                self.own("moz/context", json!({ "context": "chrome" })).await?;
                let said = self.driver()?.execute_async(END, vec![json!(id)]).await;
                self.own("moz/context", json!({ "context": "content" })).await?;
                let said = said.context("Firefox's own window takes no script")?.json().clone();
                ensure!(said == "", "the background is not ended: {said}");
                Ok(())
            }
        }
    }

    /// Closes the service worker through Chromium's own debugging port.
    async fn close_worker(&self) -> Result<()> {
        let targets: Value = serde_json::from_str(&self.debugger("/json/list").await?)?;
        let workers =
            targets.as_array().into_iter().flatten().filter(|target| target["type"] == "service_worker");
        let worker = workers.filter_map(|target| target["id"].as_str()).next().context("no worker runs")?;
        self.debugger(&format!("/json/close/{worker}")).await.map(drop)
    }

    async fn debugger(&self, path: &str) -> Result<String> {
        let told = fs::read_to_string(self.home.profile().join("DevToolsActivePort"))?;
        let port: u16 = told.lines().next().context("no port")?.parse()?;
        let mut stream = TcpStream::connect(("127.0.0.1", port)).await?;
        let request = format!("GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await?;
        let mut answer = Vec::new();
        // It keeps the connection, whatever it is asked.
        loop {
            let mut piece = [0; 4096];
            let read = tokio::time::timeout(PATIENCE, stream.read(&mut piece)).await??;
            answer.extend(piece.get(..read).unwrap_or_default());
            let text = String::from_utf8_lossy(&answer);
            if let Some((head, body)) = text.split_once("\r\n\r\n") {
                let length = head.lines().find_map(|line| {
                    line.to_lowercase().strip_prefix("content-length:")?.trim().parse().ok()
                });
                if read == 0 || length.is_some_and(|length: usize| body.len() >= length) {
                    ensure!(head.starts_with("HTTP/1.1 200"), "{path}: {head}");
                    return Ok(body.to_owned());
                }
            }
            ensure!(read > 0, "{path}: no answer");
        }
    }
}
