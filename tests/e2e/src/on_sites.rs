//! A test that is played on several sites in both browsers.

/// Settings that enforce, with time enough for a debug build on a busy machine, files included.
pub const PATIENT: &str =
    "policy = \"builtin-enforce\"\n[fail]\ndeadline_ms = 20000\nfile_deadline_ms = 120000\n";

/// `name: settings, on module Site, …;` plays `name(&guarded, site)` of the same file in a browser that was started with these
/// settings: once for each site and browser, as `name::module::chromium` and `name::module::firefox`.
#[macro_export]
macro_rules! on_sites {
    ($($name:ident: $settings:expr, on $($module:ident $site:ident),+;)+) => {
        $(
            mod $name {
                use super::*;

                async fn play(browser: tests_harness::Browser, site: tests_harness::Site) -> anyhow::Result<()> {
                    let launch = tests_harness::Launch::guarded(browser)?.settings($settings);
                    let guarded = $crate::Guarded::launch(&launch, site).await?;
                    let played = super::$name(&guarded, site).await;
                    // A host that a test stopped would outlive its browser.
                    let _none_is_stopped = guarded.wake_host();
                    guarded.end(module_path!(), &format!("{}-{browser}", site.id()), played).await
                }

                $(
                    mod $module {
                        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                        async fn chromium() -> anyhow::Result<()> {
                            super::play(tests_harness::Browser::Chromium, tests_harness::Site::$site).await
                        }

                        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                        async fn firefox() -> anyhow::Result<()> {
                            super::play(tests_harness::Browser::Firefox, tests_harness::Site::$site).await
                        }
                    }
                )+
            }
        )+
    };
}
