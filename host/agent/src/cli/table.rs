//! Aligned columns for people.
//!
//! It deliberately knows no colour and cuts nothing off: output goes into pipes and files.

/// Lines with columns padded to the widest cell; the last column is not padded. Control characters are
/// replaced, so that recorded words cannot move a terminal's cursor.
pub(super) fn align(head: &[&str], rows: &[Vec<String>]) -> Vec<String> {
    let head = head.iter().map(|&cell| cell.to_owned()).collect::<Vec<_>>();
    let all: Vec<Vec<String>> =
        std::iter::once(&head).chain(rows).map(|row| row.iter().map(|cell| plain(cell)).collect()).collect();
    let columns = all.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| {
        all.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let line = |row: &Vec<String>| {
        let cells = row.iter().zip(&widths).map(|(cell, &width)| format!("{cell:width$}"));
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    all.iter().map(line).collect()
}

/// Without control characters.
pub(super) fn plain(text: &str) -> String {
    text.chars().map(|char| if char.is_control() { '\u{fffd}' } else { char }).collect()
}

#[cfg(test)]
mod tests {
    use super::align;

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let rows = [vec!["a".to_owned(), "é\u{1b}".to_owned(), "x".to_owned()]];
        assert_eq!(align(&["NAME", "W", "LAST"], &rows), ["NAME  W   LAST", "a     é\u{fffd}  x"]);
    }
}
