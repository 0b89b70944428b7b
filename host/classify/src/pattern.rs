//! What a pattern must not do, seen from its text.
//!
//! INVARIANT: only bounded repetition, so that a search is linear; nothing that looks around, so that a piece of a text
//! is searched like the whole.

/// What stands outside classes and escapes, and what is escaped.
enum Sign {
    Plain(char, Option<char>),
    Escaped(char),
}

/// Whether `pattern` repeats something without a bound.
pub(crate) fn unbounded(pattern: &str) -> bool {
    let mut open = false;
    signs(pattern).into_iter().any(|sign| match sign {
        Sign::Plain('*' | '+', _) => true,
        Sign::Plain('{', _) => {
            open = true;
            false
        }
        Sign::Plain('}', _) => {
            open = false;
            false
        }
        Sign::Plain(',', Some('}')) => open,
        Sign::Plain(..) | Sign::Escaped(_) => false,
    })
}

/// Whether `pattern` asks for what stands before or behind a match.
pub(crate) fn looks_around(pattern: &str) -> bool {
    signs(pattern).into_iter().any(|sign| match sign {
        Sign::Plain('^' | '$', _) => true,
        Sign::Escaped('b' | 'B' | 'A' | 'z' | '<' | '>') => true,
        Sign::Plain(..) | Sign::Escaped(_) => false,
    })
}

fn signs(pattern: &str) -> Vec<Sign> {
    let (mut signs, mut class) = (Vec::new(), false);
    let mut chars = pattern.chars().peekable();
    while let Some(char) = chars.next() {
        match char {
            '\\' => {
                let escaped = chars.next();
                signs.extend(escaped.filter(|_| !class).map(Sign::Escaped));
            }
            '[' => class = true,
            ']' => class = false,
            other if !class => signs.push(Sign::Plain(other, chars.peek().copied())),
            _ => {}
        }
    }
    signs
}

#[cfg(test)]
mod tests {
    use super::{looks_around, unbounded};

    #[test]
    fn repetition_without_an_end_is_seen() {
        for pattern in ["a+", "a*", "(ab){2,}", r"\d{1,3}x*"] {
            assert!(unbounded(pattern), "{pattern}");
        }
        for pattern in ["a{1,64}", r"\+[+*]{2}", "a{3}", r"a\*", "[a,}]{1,2},"] {
            assert!(!unbounded(pattern), "{pattern}");
        }
    }

    #[test]
    fn patterns_look_at_nothing_around_them() {
        for pattern in [r"\bcard", "^a", "a$", r"a\B"] {
            assert!(looks_around(pattern), "{pattern}");
        }
        for pattern in [r"[^$]a", r"\$\^", r"a\\b"] {
            assert!(!looks_around(pattern), "{pattern}");
        }
    }
}
