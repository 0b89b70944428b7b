//! .

pub mod ui;
