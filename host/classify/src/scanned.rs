//! What one text says by itself, before it is a part of a prompt: what can be found ahead of time and used again.
//!
//! INVARIANT: holds places, labels and masks, never the text; the masks are wiped when it is dropped.
//! INVARIANT: means something only to the engine that made it.

use std::fmt;

use shared_protocol::Finding;
use zeroize::Zeroize as _;

use crate::asked::Asked;

/// A text, looked through.
pub struct Scanned {
    /// As if the text were part 0.
    pub(crate) findings: Vec<Finding>,
    /// By the detector's place in the engine: what the topics are scored from.
    pub(crate) evidence: Vec<(usize, f32)>,
    /// What the models say.
    pub(crate) asked: Asked,
}

impl Scanned {
    /// How many places were found: about what it weighs.
    #[must_use]
    pub fn places(&self) -> usize {
        self.findings.len()
    }
}

impl fmt::Debug for Scanned {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Scanned({} places)", self.findings.len())
    }
}

impl Drop for Scanned {
    fn drop(&mut self) {
        for finding in &mut self.findings {
            finding.mask.zeroize();
        }
    }
}
