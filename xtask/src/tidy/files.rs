//! What every file keeps to: length, a first comment, names, words.

use super::File;

/// Most lines of a source file, tests included.
const LINES: usize = 400;
/// Most lines of a script that runs beside the page.
const PAGE_LINES: usize = 200;

/// Where such scripts are.
const PAGES: [&str; 2] = ["extension/page/", "host/agent/view/"];

/// What runs in browsers.
const IN_BROWSERS: [&str; 2] = ["extension/", "host/agent/view/"];

/// Names that say nothing about what is inside.
const EMPTY_NAMES: [&str; 7] = ["common", "handler", "handlers", "helper", "helpers", "manager", "utils"];

/// Words that mark what is not finished, and where they may stand all the same.
const UNFINISHED: [&str; 5] = ["todo!(", "unimplemented!(", "FIXME", "#[ignore", "assert!(true)"];

/// Complaints about single files.
pub fn check(files: &[File]) -> Vec<String> {
    files.iter().filter(|file| !is_generated(&file.path)).flat_map(check_one).collect()
}

fn is_generated(path: &str) -> bool {
    path.ends_with(".lock") || path.ends_with("package-lock.json") || path.starts_with("xtask/src/tidy/")
}

fn check_one(file: &File) -> Vec<String> {
    let path = &file.path;
    let mut complaints = Vec::new();
    let lines = file.text.lines().count();
    let is_rust = path.ends_with(".rs");
    let is_page = PAGES.iter().any(|folder| path.starts_with(folder)) && path.ends_with(".js");
    let most = if is_page { PAGE_LINES } else { LINES };
    if (is_rust || path.ends_with(".js")) && lines > most {
        complaints.push(format!("{path}: {lines} lines, more than {most}"));
    }
    if is_rust && !file.text.starts_with("//!") && !file.text.starts_with("#![doc") {
        complaints.push(format!("{path}: begins without a comment that says what it is"));
    }
    if path.ends_with(".js") && !file.text.starts_with("//") {
        complaints.push(format!("{path}: begins without a comment that says what it is"));
    }
    let names = path.split(['/', '.', '-', '_']);
    complaints.extend(
        names.filter(|name| EMPTY_NAMES.contains(name)).map(|name| format!("{path}: `{name}` says nothing")),
    );
    if path.ends_with("/mod.rs") {
        complaints.push(format!("{path}: modules are `name.rs` beside `name/`"));
    }
    complaints.extend(words(file));
    complaints
}

fn words(file: &File) -> Vec<String> {
    let path = &file.path;
    let is_code = [".rs", ".js", ".html", ".css"].iter().any(|end| path.ends_with(end));
    let mut complaints = Vec::new();
    for (number, line) in file.text.lines().enumerate() {
        let at = number + 1;
        if is_code && UNFINISHED.iter().any(|word| line.contains(word)) {
            complaints.push(format!("{path}:{at}: unfinished"));
        }
        if IN_BROWSERS.iter().any(|folder| path.starts_with(folder)) && is_code {
            let unsafe_sinks = ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write"];
            complaints.extend(
                unsafe_sinks
                    .iter()
                    .filter(|sink| line.contains(*sink))
                    .map(|sink| format!("{path}:{at}: no `{sink}`")),
            );
        }
        if line.ends_with([' ', '\t']) && is_code {
            complaints.push(format!("{path}:{at}: white space at the end"));
        }
    }
    complaints
}
