//! What breaks around a page: the host stopped, killed or missing, the extension's background killed.

use super::Session;
use crate::browser::{Browser, signal};
use anyhow::{Context, Result, ensure};
use serde_json::Value;
use std::fs;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// The native host's process.
const HOST: &str = "promptgate";

/// Firefox runs the extension's pages, its background among them, in a process of this name.
const EXTENSIONS: &str = "WebExtensions";

impl Session {
    /// Stops the native host as a debugger or a full machine would: it lives and says nothing.
    pub fn hang_host(&self) -> Result<()> {
        ensure!(signal(self.home.path(), HOST, "STOP") > 0, "no host runs");
        Ok(())
    }

    /// Kills the native host.
    pub fn kill_host(&self) -> Result<()> {
        ensure!(signal(self.home.path(), HOST, "KILL") > 0, "no host runs");
        Ok(())
    }

    /// Kills the extension's background in the middle of whatever it does.
    pub async fn kill_background(&self) -> Result<()> {
        match self.browser {
            Browser::Chromium => self.close_worker().await,
            Browser::Firefox => {
                ensure!(signal(self.home.path(), EXTENSIONS, "KILL") > 0, "no process of extensions runs");
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
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await?;
        let (head, body) = answer.split_once("\r\n\r\n").context("no answer")?;
        ensure!(head.starts_with("HTTP/1.1 200"), "{path}: {head}");
        Ok(body.to_owned())
    }
}
