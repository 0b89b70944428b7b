//! Fixed vectors of the encoding.
