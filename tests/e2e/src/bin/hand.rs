//! A browser with extension and host for hand work, with a home of its own. Started by `cargo xtask run`, in whose work tree it
//! watches the sources: what changes is built and loaded anew.
//!
//! INVARIANT: it leaves nothing behind, however it ends: the browser is closed, home and profile are gone.

use std::env;
use std::fs;
use std::io::stdin;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use tests_e2e::Watch;
use tests_harness::{Browser, Launch, Session, Site, StandIns};
use tokio::process::Command;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

/// Between two looks at the sources and at the browser.
const TICK: Duration = Duration::from_secs(1);

/// What is built from.
const SOURCES: [&str; 4] = ["extension", "host", "models/active", "shared"];

/// How a browser ended.
enum End {
    /// Somebody ended it.
    Done,
    /// It has to be started anew.
    Again,
}

/// What was asked for.
struct Work {
    launch: Launch,
    tree: PathBuf,
}

/// Whoever may say something.
struct Ears {
    ends: [Signal; 3],
    /// Enter in the terminal.
    lines: UnboundedReceiver<()>,
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> Result<()> {
    let args: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    let usage = "usage: hand --browser chromium|firefox --sites stand-ins|real --tree FOLDER";
    let ["--browser", browser, "--sites", sites, "--tree", tree] = words.as_slice() else { bail!(usage) };
    let browser = match *browser {
        "chromium" => Browser::Chromium,
        "firefox" => Browser::Firefox,
        _ => bail!(usage),
    };
    let launch = Launch::guarded(browser)?;
    let launch = match *sites {
        "stand-ins" => launch,
        "real" => launch.real(),
        _ => bail!(usage),
    };
    let visible = env::var_os("DISPLAY").is_some() || env::var_os("WAYLAND_DISPLAY").is_some();
    let work = Work { launch: if visible { launch.visible() } else { launch }, tree: PathBuf::from(tree) };
    let mut ears = Ears::open()?;
    let stand_ins = StandIns::start()?;
    while let End::Again = work.browse(&stand_ins, &mut ears).await? {}
    println!("   ended; nothing is left of it");
    Ok(())
}

impl Ears {
    fn open() -> Result<Ears> {
        let (tell, lines) = unbounded_channel();
        // It ends with the process, or with the terminal.
        std::thread::spawn(move || {
            while stdin().read_line(&mut String::new()).is_ok_and(|read| read > 0) && tell.send(()).is_ok() {}
        });
        let kinds = [SignalKind::interrupt(), SignalKind::terminate(), SignalKind::hangup()];
        let [interrupt, terminate, hangup] = kinds.map(signal);
        Ok(Ears { ends: [interrupt?, terminate?, hangup?], lines })
    }

    /// Until somebody wants it to end.
    async fn end(ends: &mut [Signal; 3]) {
        let [interrupt, terminate, hangup] = ends;
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
            _ = hangup.recv() => {}
        }
    }
}

impl Work {
    async fn browse(&self, stand_ins: &StandIns, ears: &mut Ears) -> Result<End> {
        let session = tokio::select! {
            session = Session::start(stand_ins, &self.launch) => session?,
            () = Ears::end(&mut ears.ends) => return Ok(End::Done),
        };
        let end = self.stay(&session, ears).await;
        // A browser whose last window was closed has nobody to say goodbye to.
        let closed = session.close().await;
        let end = end?;
        if let (Err(fault), End::Again) = (&closed, &end) {
            println!("   the browser did not end in order: {fault:#}");
        }
        Ok(end)
    }

    async fn stay(&self, session: &Session, ears: &mut Ears) -> Result<End> {
        let site = Site::ChatGpt;
        let address = format!("https://{}{}", site.host(), site.new_chat());
        // What the browser says of it stands in its window.
        if session.driver()?.goto(&address).await.is_err() {
            println!("   {address} does not load: is this machine's network up?");
        }
        self.tell(session);
        let mut watch = Watch::over(SOURCES.map(|source| self.tree.join(source)));
        let mut tick = tokio::time::interval(TICK);
        loop {
            let asked = tokio::select! {
                () = Ears::end(&mut ears.ends) => return Ok(End::Done),
                Some(()) = ears.lines.recv() => true,
                _ = tick.tick() => false,
            };
            if session.driver()?.windows().await.map_or(true, |windows| windows.is_empty()) {
                println!("   the browser was closed");
                return Ok(End::Done);
            }
            let mut changed = watch.changed();
            if changed.is_empty() && !asked {
                continue;
            }
            // Whoever writes many files is waited for.
            while let more @ [_, ..] = watch.changed().as_slice() {
                changed.extend_from_slice(more);
                tick.tick().await;
            }
            let before = self.manifest();
            let built = tokio::select! {
                built = self.build(&changed) => built?,
                () = Ears::end(&mut ears.ends) => return Ok(End::Done),
            };
            if !built {
                println!("   not loaded: it does not build; waiting for the next change");
            } else if self.manifest() != before {
                println!("   the manifest is another one: the browser is started anew");
                return Ok(End::Again);
            } else {
                self.load(session).await?;
                println!("   loaded anew");
            }
        }
    }

    fn tell(&self, session: &Session) {
        let home = session.home().path().display();
        println!("   {} is ready; its home is {home}", self.launch.browser);
        println!("   settings, which hold from the next prompt on: {home}/.config/promptgate/settings.toml");
        if let Some(host) = &self.launch.host {
            println!("   record: HOME={home} XDG_DATA_HOME={home}/.local/share {} log list", host.display());
        }
        println!(
            "   what changes in {} is built and loaded; Enter loads anew, Ctrl-C ends",
            SOURCES.join(", ")
        );
    }

    /// Builds what `changed` concerns; whether it builds.
    async fn build(&self, changed: &[PathBuf]) -> Result<bool> {
        let extension = self.tree.join("extension");
        let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        cargo.current_dir(&self.tree).args(["xtask", "build"]).kill_on_drop(true);
        if changed.is_empty() {
            return Ok(true);
        }
        let outline = changed.iter().take(3).map(|path| self.short(path)).collect::<Vec<_>>().join(", ");
        println!("   changed: {outline}{}", if changed.len() > 3 { ", …" } else { "" });
        if changed.iter().all(|path| path.starts_with(&extension)) {
            cargo.arg("--extension");
        }
        Ok(cargo.status().await.context("cargo cannot be started")?.success())
    }

    fn short(&self, path: &Path) -> String {
        path.strip_prefix(&self.tree).unwrap_or(path).display().to_string()
    }

    /// Loads the extension anew, whose connection starts the new host, and then the pages of the sites.
    async fn load(&self, session: &Session) -> Result<()> {
        let driver = session.driver()?;
        let windows = driver.windows().await?;
        let first = windows.first().context("the browser has no window")?.clone();
        // The window of before may have been closed by hand.
        driver.switch_to_window(first.clone()).await?;
        session.reload_extension(&self.launch).await?;
        for window in windows {
            driver.switch_to_window(window).await?;
            let address = driver.current_url().await?;
            if address.host_str().is_some_and(|host| StandIns::hosts().contains(&host)) {
                driver.refresh().await?;
            }
        }
        Ok(driver.switch_to_window(first).await?)
    }

    fn manifest(&self) -> Option<Vec<u8>> {
        fs::read(self.launch.extension.as_ref()?.join("manifest.json")).ok()
    }
}
