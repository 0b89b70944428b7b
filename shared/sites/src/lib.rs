//! Reads and edits the requests of the known sites, and rebuilds their answers.

mod request;

pub use request::{Api, Body, FormPart, Request};
