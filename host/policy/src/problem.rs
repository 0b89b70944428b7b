//! What is wrong with a policy's text, where, and what to write instead.
//!
//! INVARIANT: lines and columns count from 1, columns in code points, as editors do.

use std::fmt;
use std::ops::Range;

/// How bad a problem is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Weight {
    /// The policy is refused.
    Error,
    /// The policy is taken, and somebody should look.
    Warning,
}

/// One problem.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// How bad.
    pub weight: Weight,
    /// The file, as its folder names it (`policy/start.cedar`); empty for a text that stands in none.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// Column, from 1.
    pub column: usize,
    /// The bytes of the text it is about.
    pub span: Range<usize>,
    /// What is wrong.
    pub message: String,
    /// What to write instead.
    pub help: Option<String>,
}

impl Problem {
    /// A problem with the bytes `span` of `text`.
    #[must_use]
    pub fn at(text: &str, span: Range<usize>, weight: Weight, message: impl Into<String>) -> Self {
        let before = text.get(..span.start.min(text.len())).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        Self { weight, file: String::new(), line, column, span, message: message.into(), help: None }
    }

    /// The same in a file.
    #[must_use]
    pub fn in_file(mut self, file: &str) -> Self {
        file.clone_into(&mut self.file);
        self
    }

    /// The same with a remedy.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// The problem with the line it is about and a mark under the place, as compilers show it. `file` names
    /// the text `source`.
    #[must_use]
    pub fn render(&self, file: &str, source: &str) -> String {
        let word = match self.weight {
            Weight::Error => "error",
            Weight::Warning => "warning",
        };
        let line = source.lines().nth(self.line.saturating_sub(1)).unwrap_or_default();
        let rest = line.chars().count().saturating_sub(self.column.saturating_sub(1));
        let width = source.get(self.span.clone()).map_or(1, |text| text.chars().count());
        let number = self.line.to_string();
        let gutter = " ".repeat(number.len());
        let indent = " ".repeat(self.column.saturating_sub(1));
        let mark = "^".repeat(width.min(rest).max(1));
        let mut out = format!("{word}: {}\n{gutter}--> {file}:{}:{}\n", self.message, self.line, self.column);
        // Of a file that is not there, or whose lines are nobody's to read, the place is enough.
        if !source.is_empty() {
            out.push_str(&format!("{gutter} |\n{number} | {line}\n{gutter} | {indent}{mark}\n"));
        }
        if let Some(help) = &self.help {
            out.push_str(&format!("{gutter} = help: {help}\n"));
        }
        out
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.file.is_empty() {
            write!(out, "{}:", self.file)?;
        }
        write!(out, "{}:{}: {}", self.line, self.column, self.message)?;
        match &self.help {
            Some(help) => write!(out, " ({help})"),
            None => Ok(()),
        }
    }
}

/// The text is no policy. Holds at least one error, in the order of the text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", .problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
pub struct PolicyError {
    /// Errors and warnings.
    pub problems: Vec<Problem>,
}
