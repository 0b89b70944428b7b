//! Text that grows up to a cap.
//!
//! INVARIANT: what is kept is a prefix, cut between characters.

/// Adds `more` as far as `left` allows, and takes it from `left`. False when something was cut.
pub(super) fn push(target: &mut String, more: &str, left: &mut usize) -> bool {
    if more.len() <= *left {
        target.push_str(more);
        *left = left.saturating_sub(more.len());
        return true;
    }
    target.push_str(more.get(..more.floor_char_boundary(*left)).unwrap_or_default());
    *left = 0;
    false
}

/// Cuts `text` to at most `cap` bytes. True when something was cut.
pub(super) fn cut(text: &mut String, cap: usize) -> bool {
    let over = text.len() > cap;
    text.truncate(text.floor_char_boundary(cap));
    over
}
