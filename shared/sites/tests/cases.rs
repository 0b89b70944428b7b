//! Every file in `sites/*/cases/`: the request, read, and compared with the `.expect` beside it.
//!
//! `UPDATE_EXPECT=1` writes the expectations; they are reviewed by hand. A request that is a prompt, or whose
//! answer is kept, must be one that the hook holds.

#![expect(
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::string_slice,
    clippy::unreachable,
    clippy::unwrap_used,
    reason = "helpers of tests, and figures for people"
)]

#[path = "support/case.rs"]
mod case;
#[path = "support/change.rs"]
mod change;
#[path = "support/mutant.rs"]
mod mutant;
#[path = "support/mutation.rs"]
mod mutation;
#[path = "support/tree.rs"]
mod tree;

use std::path::{Path, PathBuf};

use case::Case;
use proptest::prelude::*;
use shared_sites::{Body, Reading, Request, Sites, Thread};

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

#[test]
fn broken_cases_never_panic() {
    let sites = Sites::builtin().unwrap();
    let files = case_files().into_iter().filter(|file| file.extension().is_some_and(|ext| ext == "json"));
    let requests = files.map(|file| {
        let case: Case = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
        case.request()
    });
    let with_text: Vec<Request> =
        requests.filter(|request| matches!(request.body, Body::Text { .. })).collect();
    let change = (any::<prop::sample::Index>(), 0..30_usize, r#"[\[\]{}",:%&=0-9an\\u]{0,6}"#);
    let changes = proptest::collection::vec(change, 1..5);
    proptest!(|(request in proptest::sample::select(with_text), changes in changes, word in "[a-z]{1,4}")| {
        let Body::Text { text } = &request.body else { unreachable!() };
        let text = change::changed(text.expose(), &changes);
        let url = change::changed(&request.url, &changes[..1]);
        for url in [request.url.clone(), url] {
            let request = Request { url, body: Body::Text { text: text.as_str().into() }, ..request.clone() };
            let _ = sites.refusal(&request);
            if let Reading::Prompt(prompt) = sites.read(&request, &Thread::default()).reading {
                let _ = sites.edit(&request, &change::edits(&prompt, std::slice::from_ref(&word)));
            }
        }
    });
}
