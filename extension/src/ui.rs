//! The extension's own pages: the card beside the composer and the popup.
//!
//! INVARIANT: what is drawn is decided by pure functions over [`model`]; the web-sys side only draws it and
//! hands presses back. No policy, no site format, no storage here.

pub mod model;
