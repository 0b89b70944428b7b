//! What the end-to-end tests and the demo stand on: the sites' stand-ins, and the real browsers that visit them.
//!
//! ```no_run
//! use tests_harness::{Browser, Launch, Session, Site, StandIns, State, answer_to};
//! # async fn example() -> anyhow::Result<()> {
//! let stand_ins = StandIns::start()?; // one for all sites; share it between browsers
//! let session = Session::start(&stand_ins, &Launch::guarded(Browser::Chromium)?).await?;
//! session.open(Site::ChatGpt).await?;
//! assert_eq!(session.ask("hello").await?, answer_to("hello"));
//!
//! session.send("my card is 4111 1111 1111 1111").await?; // held: the page is at State::Sending
//! let card = session.card().await?; // looks into the card's frame
//! assert!(card.choices().await?.contains(&"redact".to_owned()));
//! card.choose("redact").await?; // and back to the page
//! session.wait_for(State::Done).await?; // or State::Failed after "edit", with `fault()` the page's own error
//! assert!(!stand_ins.ledger().contains("4111 1111 1111 1111"));
//! session.screenshot("target/demo/1.png".as_ref()).await?;
//! let rows = session.records()?.list(&[])?;
//! # drop(rows);
//! session.close().await // graceful; a drop kills
//! # }
//! ```
//!
//! The pages tell tests what they are at by marks in the DOM (`html[data-state]`, [`State`]) and by the thread;
//! the server tells by its [`Ledger`]. Nothing here sleeps: each wait looks at a condition until [`PATIENCE`] ends.
//! What the pages do with a refused prompt differs on purpose: ChatGPT and Perplexity put it back into the composer,
//! Claude leaves it there, Gemini loses it. A prompt with `[handoff]` on ChatGPT is answered over the WebSocket.
//!
//! None of it shares code or data with the product's own readers of the sites.

mod browser;
mod certificate;
mod ledger;
mod organisation;
mod paths;
mod provider;
mod records;
mod session;
mod site;
mod stand_ins;
mod viewer;

pub use browser::{Browser, Home, Launch, Managed};
pub use ledger::{Arrival, Entry, Ledger};
pub use organisation::Organisation;
pub use paths::{extension, host};
pub use provider::Provider;
pub use records::Records;
pub use session::{Card, PATIENCE, Part, Resident, Session, State, Tabs, axe};
pub use site::Site;
pub use stand_ins::{Paced, Served, StandIns, answer_to};
pub use viewer::Viewer;
