//! Every file in `sites/*/cases/`: the request, read, and compared with the `.expect` beside it.
//!
//! `UPDATE_EXPECT=1` writes the expectations; they are reviewed by hand. A request that is a prompt, or whose
//! answer is kept, must be one that the hook holds.

#[path = "support/case.rs"]
mod case;

use std::path::{Path, PathBuf};

use case::Case;
use shared_sites::Sites;

fn case_files() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("sites");
    let folders = std::fs::read_dir(root).unwrap().map(|site| site.unwrap().path().join("cases"));
    let entries =
        folders.filter(|folder| folder.is_dir()).flat_map(|folder| std::fs::read_dir(folder).unwrap());
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

#[test]
fn requests_read_as_expected() {
    let sites = Sites::builtin().unwrap();
    let files = case_files();
    let requests = files.iter().filter(|file| file.extension().is_some_and(|ext| ext == "json"));
    let mut count = 0;
    for file in requests {
        let text = std::fs::read_to_string(file).unwrap();
        let case: Case = serde_json::from_str(&text).unwrap_or_else(|e| panic!("{}: {e}", file.display()));
        let outcome = case.outcome(&sites);
        let kept = outcome.contains("reading: prompt")
            || outcome.contains("answer: ")
            || outcome.contains("reading: unread");
        assert!(
            !kept || outcome.contains("held: yes"),
            "{}: the hook lets it pass\n{outcome}",
            file.display()
        );
        expect_test::expect_file![file.with_extension("expect")].assert_eq(&outcome);
        count += 1;
    }
    assert!(count > 0);
    for file in files.iter().filter(|file| file.extension().is_some_and(|ext| ext == "expect")) {
        assert!(file.with_extension("json").is_file(), "{} has no request", file.display());
    }
}
