//! The real browsers, each started with a home of its own in which only the stand-ins' names resolve.

mod chromium;
mod firefox;
mod home;
mod managed;
mod process;
mod xpi;

pub(crate) use chromium::extension_id as chromium_id;
pub(crate) use firefox::extension_id as firefox_id;
pub use home::Home;
pub use managed::Managed;
pub(crate) use process::{Process, signal};
pub(crate) use xpi::pack;

use crate::paths;
use crate::stand_ins::StandIns;
use anyhow::{Result, ensure};
use serde_json::Value;
use std::fmt;
use std::path::{Path, PathBuf};

/// One of the two engines the product is tested in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Browser {
    /// Chromium through chromedriver.
    Chromium,
    /// Firefox through geckodriver.
    Firefox,
}

impl Browser {
    /// Both.
    pub const ALL: [Browser; 2] = [Browser::Chromium, Browser::Firefox];

    /// A short name, also that of the extension's build for it.
    pub fn id(self) -> &'static str {
        match self {
            Browser::Chromium => "chromium",
            Browser::Firefox => "firefox",
        }
    }

    /// The address of a page of the extension.
    pub(crate) fn page_of(self, extension: &Path, page: &str) -> Result<String> {
        Ok(match self {
            Browser::Chromium => format!("chrome-extension://{}/{page}", chromium::extension_id(extension)?),
            Browser::Firefox => format!("moz-extension://{}/{page}", firefox::PAGES),
        })
    }

    pub(crate) fn driver(self, home: &Home) -> Result<Process> {
        match self {
            Browser::Chromium => chromium::driver(home),
            Browser::Firefox => firefox::driver(home),
        }
    }

    pub(crate) fn capabilities(self, launch: &Launch, home: &Home, stand_ins: &StandIns) -> Result<Value> {
        match self {
            Browser::Chromium => chromium::capabilities(launch, home, stand_ins),
            Browser::Firefox => firefox::capabilities(launch, home, stand_ins),
        }
    }
}

impl fmt::Display for Browser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

/// How a browser is started.
#[derive(Clone, Debug)]
pub struct Launch {
    /// Which one.
    pub browser: Browser,
    /// Without a window.
    pub headless: bool,
    /// Width and height of the window.
    pub size: (u32, u32),
    /// The person likes it dark.
    pub dark: bool,
    /// The language that the person reads pages in, as a BCP 47 tag; the browser's own words stay English, and with them
    /// those of the extension's pages.
    pub language: Option<&'static str>,
    /// The unpacked extension, if any.
    pub extension: Option<PathBuf>,
    /// Firefox is handed the extension by the test, not at the start.
    pub later: bool,
    /// The first page opens by itself, as it does for whoever installs the product by hand: it is waited for and closed.
    pub close_first_page: bool,
    /// The native host's binary, if any: its manifest is put where this browser looks.
    pub host: Option<PathBuf>,
    /// The host's `settings.toml`, if any.
    pub settings: Option<String>,
    /// Firefox's managed storage says that an organisation manages the profile; for either browser see [`Managed`].
    pub managed: bool,
    /// Firefox keeps its profile in the home and has the extension for good, so that it can be started again with both.
    /// Chromium's profile is there anyway, and it is handed the extension with every start.
    pub lasting: bool,
    /// The sites themselves instead of their stand-ins: for hand work, never for a test.
    pub real: bool,
}

impl Launch {
    /// A browser as it comes, without the product.
    pub fn plain(browser: Browser) -> Launch {
        Launch {
            browser,
            headless: true,
            size: (1100, 800),
            dark: false,
            language: None,
            extension: None,
            later: false,
            close_first_page: false,
            host: None,
            settings: None,
            managed: false,
            lasting: false,
            real: false,
        }
    }

    /// A browser with the product as built; an error that says what to run when it is not.
    pub fn guarded(browser: Browser) -> Result<Launch> {
        let managed = "/etc/promptgate/settings.toml";
        ensure!(
            !Path::new(managed).exists(),
            "{managed} would win over the settings of a test: move it away"
        );
        let extension = Some(paths::extension(browser)?);
        let host = Some(paths::host()?);
        // A debug build on a busy machine is slower than any host that people have.
        let settings = Some("policy = \"builtin-enforce\"\n[fail]\ndeadline_ms = 20000\n".to_owned());
        Ok(Launch { extension, host, settings, close_first_page: true, ..Launch::plain(browser) })
    }

    /// Without the extension at the start of Firefox.
    pub fn later(mut self) -> Launch {
        self.later = true;
        self
    }

    /// With a profile and an extension that outlast one start.
    pub fn lasting(mut self) -> Launch {
        self.lasting = true;
        self
    }

    /// With these host settings.
    pub fn settings(mut self, toml: &str) -> Launch {
        self.settings = Some(toml.to_owned());
        self
    }

    /// In front of the sites themselves.
    pub fn real(mut self) -> Launch {
        self.real = true;
        self
    }

    /// With a window.
    pub fn visible(mut self) -> Launch {
        self.headless = false;
        self
    }
}
