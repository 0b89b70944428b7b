//! Jupyter notebooks (nbformat 4): sources and outputs of the cells.

use serde::Deserialize;
use serde_json::Value;
use shared_protocol::UnreadFile;

use super::super::out::{Counted, Out};
use super::super::said::Places;

#[derive(Deserialize)]
struct Notebook {
    cells: Vec<Cell>,
    #[serde(default)]
    metadata: Value,
}

#[derive(Deserialize)]
struct Cell {
    #[serde(default)]
    source: Value,
    #[serde(default)]
    outputs: Value,
    #[serde(default)]
    attachments: Value,
    #[serde(default)]
    metadata: Value,
}

/// `false` when it is none.
pub(super) fn read(text: &str, inside: &[String], out: &mut Out<'_>) -> bool {
    let Ok(notebook) = serde_json::from_str::<Notebook>(text) else { return false };
    let (mut shown, mut starts) = (Counted::default(), Vec::new());
    for cell in &notebook.cells {
        starts.push(shown.length);
        for value in [&cell.source, &cell.outputs, &cell.attachments, &cell.metadata] {
            lines(value, "", &mut shown);
        }
    }
    out.text(inside, shown.text, Places::Blocks(starts));
    // Pictures beside no text: what they show is all that there is.
    let has_text =
        notebook.cells.iter().any(|cell| holds(&cell.source, &|_: &str, text: &str| !text.trim().is_empty()));
    let has_picture = notebook.cells.iter().any(|cell| {
        let is_picture = |key: &str, _: &str| key.starts_with("image/");
        holds(&cell.outputs, &is_picture) || holds(&cell.attachments, &is_picture)
    });
    if has_picture && !has_text {
        out.unread(UnreadFile::Picture);
    }
    let mut about = Counted::default();
    lines(&notebook.metadata, "", &mut about);
    out.text(inside, about.text, Places::About);
    true
}

/// Whether a string in it, with the name that it goes by, is such a one.
fn holds(value: &Value, is_such: &dyn Fn(&str, &str) -> bool) -> bool {
    fn under(value: &Value, key: &str, is_such: &dyn Fn(&str, &str) -> bool) -> bool {
        match value {
            Value::String(text) => is_such(key, text),
            Value::Array(all) => all.iter().any(|one| under(one, key, is_such)),
            Value::Object(all) => all.iter().any(|(key, one)| under(one, key, is_such)),
            Value::Null | Value::Bool(_) | Value::Number(_) => false,
        }
    }
    under(value, "", is_such)
}

/// Every string: those of one list are lines of one text. Pictures of outputs are part of the page.
fn lines(value: &Value, key: &str, to: &mut Counted) {
    match value {
        Value::String(text) if !key.starts_with("image/") => {
            to.push(text);
            if !text.ends_with('\n') {
                to.push("\n");
            }
        }
        Value::Array(all) if all.iter().all(Value::is_string) => {
            if key.starts_with("image/") {
                return;
            }
            for text in all.iter().filter_map(Value::as_str) {
                to.push(text);
            }
            to.push("\n");
        }
        Value::Array(all) => all.iter().for_each(|one| lines(one, key, to)),
        Value::Object(all) => all.iter().for_each(|(key, one)| lines(one, key, to)),
        Value::String(_) | Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
