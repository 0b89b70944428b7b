//! The pure middle knows no file, socket, clock, environment, randomness or console.

use super::File;

/// Crates where everything is an argument.
const PURE: [&str; 8] = [
    "shared/opener/src/",
    "shared/protocol/src/",
    "shared/seal/src/",
    "shared/sites/src/",
    "host/classify/src/",
    "host/policy/src/",
    "host/journal/src/",
    "host/risk/src/",
];

/// What reaches outside, and the remedy.
const OUTSIDE: [(&str, &str); 10] = [
    ("std::fs", "take the bytes as an argument"),
    ("std::net", "the network belongs to one crate"),
    ("std::env", "take the value as an argument"),
    ("std::process", "the edge starts processes"),
    ("std::io::std", "return values; the edge prints"),
    ("SystemTime", "take the time as an argument"),
    ("Instant::now", "take the time as an argument"),
    ("thread_rng", "take the randomness as an argument"),
    ("getrandom::", "take the randomness as an argument"),
    ("println!", "return values; the edge prints"),
];

/// Complaints about impure lines.
pub fn check(files: &[File]) -> Vec<String> {
    let mut complaints = Vec::new();
    for file in files.iter().filter(|file| file.path.ends_with(".rs")) {
        if PURE.iter().any(|folder| file.path.starts_with(folder)) {
            complaints.extend(impure_lines(file));
        }
        complaints.extend(site_names(file));
    }
    complaints
}

fn impure_lines(file: &File) -> Vec<String> {
    // Tests in the file come last and may read their cases.
    let product = file.text.split("#[cfg(test)]").next().unwrap_or_default();
    let mut complaints = Vec::new();
    for (number, line) in product.lines().enumerate() {
        let code = line.split("//").next().unwrap_or_default();
        for (what, remedy) in OUTSIDE.iter().filter(|(what, _)| code.contains(what)) {
            complaints.push(format!("{}:{}: `{what}` in a pure crate: {remedy}", file.path, number + 1));
        }
    }
    complaints
}

/// A site is data: outside the sites' own crate no product code names one.
fn site_names(file: &File) -> Vec<String> {
    let is_product = ["extension/src/", "host/", "shared/protocol/src/", "shared/seal/src/"];
    let is_tests =
        file.path.contains("/tests/") || file.path.contains("/tests.rs") || file.path.contains("/examples/");
    if !is_product.iter().any(|folder| file.path.starts_with(folder)) || is_tests {
        return Vec::new();
    }
    let product = file.text.split("#[cfg(test)]").next().unwrap_or_default();
    let hosts = ["chatgpt.com", "gemini.google.com", "claude.ai", "perplexity.ai"];
    let mut complaints = Vec::new();
    for (number, line) in product.lines().enumerate() {
        let code = line.split("//").next().unwrap_or_default();
        if hosts.iter().any(|host| code.contains(host)) {
            complaints.push(format!(
                "{}:{}: names a site; sites are data in shared/sites",
                file.path,
                number + 1
            ));
        }
    }
    complaints
}
