//! Bundles and grant codes: what is taken, what is refused and with which word.
//!
//! The bundles of the attacks are written by `raw`, which shares nothing with what reads them.

#![cfg(test)]

mod attacks;
mod building;
mod grants;
mod independent;
mod keys;
mod opening;
mod raw;
