//! A session that is dropped in the middle of things leaves no process and no folder behind.

use anyhow::{Result, ensure};
use std::fs;
use tests_harness::{Browser, Launch, Session, Site, StandIns};

/// How many processes have this folder in their environment.
fn processes(home: &str) -> usize {
    let environs = fs::read_dir("/proc").into_iter().flatten().flatten().map(|it| it.path().join("environ"));
    environs
        .filter_map(|path| fs::read(path).ok())
        .filter(|all| String::from_utf8_lossy(all).contains(home))
        .count()
}

async fn leaves_nothing(browser: Browser) -> Result<()> {
    let stand_ins = StandIns::start()?;
    let session = Session::start(&stand_ins, &Launch::plain(browser)).await?;
    session.open(Site::Claude).await?;
    let home = session.home().path().to_owned();
    let mark = home.display().to_string();
    ensure!(processes(&mark) > 1, "driver and browser are marked");
    // As a panic in a test would: unwinding drops the session.
    let ended = tokio::spawn(async move {
        let _session = session;
        panic!("on purpose");
    });
    ensure!(ended.await.is_err());
    ensure!(processes(&mark) == 0, "processes are left");
    ensure!(!home.exists(), "the home is left");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn chromium_leaves_nothing() -> Result<()> {
    leaves_nothing(Browser::Chromium).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn firefox_leaves_nothing() -> Result<()> {
    leaves_nothing(Browser::Firefox).await
}
