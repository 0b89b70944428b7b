//! Problems as compilers show them, or as JSON.
//!
//! INVARIANT: what is shown of a line comes from the files that were checked, with control characters replaced.

use host_policy::{Problem, Weight};
use serde_json::{Value, json};

use crate::cli::table::plain;
use crate::out;

/// How many of each weight.
pub(super) fn counted(problems: &[Problem]) -> (usize, usize) {
    let errors = problems.iter().filter(|problem| problem.weight == Weight::Error).count();
    (errors, problems.len() - errors)
}

/// Each with its line and a mark. `named` says how a file is called, `text` what stands in it.
pub(super) fn show<'a>(problems: &[Problem], named: impl Fn(&str) -> String, text: impl Fn(&str) -> &'a str) {
    for problem in problems {
        let shown = problem.render(&named(&problem.file), text(&problem.file));
        // An empty line follows each, as it does in compilers.
        shown.lines().chain([""]).for_each(|line| {
            out::line(&plain(line));
        });
    }
}

/// `2 errors, 1 warning`.
pub(super) fn sum(problems: &[Problem]) -> String {
    let (errors, warnings) = counted(problems);
    let plural = |count: usize, what: &str| format!("{count} {what}{}", if count == 1 { "" } else { "s" });
    format!("{}, {}", plural(errors, "error"), plural(warnings, "warning"))
}

/// For programs.
pub(super) fn json(problems: &[Problem]) -> Vec<Value> {
    let one = |problem: &Problem| {
        json!({
            "weight": match problem.weight { Weight::Error => "error", Weight::Warning => "warning" },
            "file": problem.file,
            "line": problem.line,
            "column": problem.column,
            "message": problem.message,
            "help": problem.help,
        })
    };
    problems.iter().map(one).collect()
}
