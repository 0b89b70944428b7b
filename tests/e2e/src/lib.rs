//! What a person does and what must come of it: shared by the end-to-end tests and the demo.
//!
//! INVARIANT: what left the browser is told by the stand-ins' ledger alone, what was recorded by the host's own
//! command line alone; nothing here looks into the product.

mod files;
mod guarded;
mod interaction;
mod on_sites;
mod prompts;
mod watch;

pub use files::{Sample, Way, base64, formats};
pub use guarded::Guarded;
pub use interaction::Interaction;
pub use on_sites::PATIENT;
pub use prompts::{ALLOWED, BLOCKED, COACHED, JUSTIFIED, Prompt, REDACTED, WARNED};
pub use watch::Watch;

/// A test in each browser, from `async fn NAME(browser: Browser) -> Result<()>` beside it.
#[macro_export]
macro_rules! in_both {
    ($($name:ident;)+) => {
        $(
            mod $name {
                use super::*;

                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn chromium() -> Result<()> {
                    super::$name(Browser::Chromium).await
                }

                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn firefox() -> Result<()> {
                    super::$name(Browser::Firefox).await
                }
            }
        )+
    };
}
