//! Signing in at a provider that others wrote and that is certified, and at one of ours that does what no such provider
//! would.

mod enrolling;
mod judged;
mod leaving;
mod provider;
mod proving;
mod reached;
mod refused;
mod renewing;
mod signing_in;
mod stand_in;
mod telling;
mod travelling;
mod visitor;
