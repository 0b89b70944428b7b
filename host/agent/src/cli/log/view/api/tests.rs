//! The page's questions.
