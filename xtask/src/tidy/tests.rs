//! Each rule complains about what it forbids, and the tree keeps to all of them.

use super::{File, check, read_tree};

fn tree(files: &[(&str, &str)]) -> Vec<String> {
    let mut all = vec![("Cargo.toml", "[workspace.dependencies]\n")];
    all.extend(files);
    let file = |(path, text): (&str, &str)| File { path: path.to_owned(), text: text.to_owned() };
    check(&all.into_iter().map(file).collect::<Vec<_>>())
}

fn complains(files: &[(&str, &str)], about: &str) {
    let complaints = tree(files);
    assert!(complaints.iter().any(|complaint| complaint.contains(about)), "{complaints:?} lacks `{about}`");
}

fn manifest(name: &str, dependencies: &str) -> String {
    format!("[package]\nname = \"{name}\"\n[dependencies]\n{dependencies}\n")
}

#[test]
fn host_libraries_do_not_know_each_other() {
    let toml = manifest("host-policy", "host-classify.workspace = true");
    let rust = "//! x\nuse host_classify::Engine;\n";
    complains(
        &[("host/policy/Cargo.toml", &toml), ("host/policy/src/lib.rs", rust)],
        "may not depend on host-classify",
    );
}

#[test]
fn the_stand_ins_share_nothing_with_the_sites() {
    let toml = manifest("tests-harness", "shared-sites.workspace = true");
    complains(&[("tests/harness/Cargo.toml", &toml)], "may not depend on shared-sites");
}

#[test]
fn an_outside_crate_has_one_owner() {
    let toml = manifest("host-journal", "rusqlite.workspace = true");
    complains(&[("host/journal/Cargo.toml", &toml)], "rusqlite belongs to host/store");
}

#[test]
fn decorative_dependencies_are_refused() {
    let toml = manifest("host-store", "rusqlite.workspace = true");
    let rust = ("host/store/src/lib.rs", "//! Stores.\n");
    complains(&[("host/store/Cargo.toml", &toml), rust], "declared and not used");
}

#[test]
fn unknown_crates_and_names_are_refused() {
    complains(&[("host/new/Cargo.toml", &manifest("host-new", ""))], "a new crate");
    complains(&[("host/store/Cargo.toml", &manifest("store", ""))], "the crate's name is its path");
    complains(
        &[("host/store/Cargo.toml", &manifest("host-store", "left-pad = \"1\""))],
        "left-pad has no owner",
    );
}

#[test]
fn files_stay_short_named_and_explained() {
    complains(&[("host/store/src/a.rs", &format!("//! x\n{}", "\n".repeat(400)))], "more than 400");
    complains(&[("extension/page/a.js", &format!("// x\n{}", "\n".repeat(200)))], "more than 200");
    complains(&[("host/store/src/utils.rs", "//! x\n")], "says nothing");
    complains(&[("host/store/src/a.rs", "fn a() {}\n")], "begins without a comment");
    complains(&[("host/store/src/a/mod.rs", "//! x\n")], "modules are");
}

#[test]
fn unfinished_and_unsafe_lines_are_refused() {
    complains(&[("host/store/src/a.rs", "//! x\nfn a() { todo!() }\n")], "a.rs:2: unfinished");
    for page in ["extension/page/a.js", "host/agent/view/a.js"] {
        complains(&[(page, "// x\nx.innerHTML = 1;\n")], "no `innerHTML`");
    }
}

#[test]
fn the_middle_is_pure() {
    complains(&[("host/policy/src/a.rs", "//! x\nuse std::fs;\n")], "pure crate");
    complains(&[("shared/sites/src/a.rs", "//! x\nlet t = Instant::now();\n")], "pure crate");
    let in_a_test = ("host/policy/src/a.rs", "//! x\n#[cfg(test)]\nmod tests { use std::fs; }\n");
    assert_eq!(tree(&[in_a_test]), Vec::<String>::new());
}

#[test]
fn product_code_names_no_site() {
    complains(&[("host/agent/src/a.rs", "//! x\nlet a = \"claude.ai\";\n")], "names a site");
}

#[test]
fn the_tree_is_tidy() {
    let complaints = check(&read_tree(&crate::paths::root()).unwrap());
    assert!(complaints.is_empty(), "\n{}", complaints.join("\n"));
}
