//! Which rows are asked about: drawn by what they say, so that every run asks about the same.

use models_train::random::Random;

/// At most `many` of `all`, the same in every run; `text` is what tells them apart.
pub(crate) fn some<T>(all: Vec<T>, many: usize, text: impl Fn(&T) -> &str) -> Vec<T> {
    let mut drawn: Vec<(u64, T)> =
        all.into_iter().map(|row| (Random::named(&format!("peers {}", text(&row))).draw(), row)).collect();
    drawn.sort_by_key(|(draw, _)| *draw);
    drawn.into_iter().take(many).map(|(_, row)| row).collect()
}
