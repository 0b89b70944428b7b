//! Cuts a policy text into its statements and finds the annotations in them, for their places: Cedar's own tree
//! keeps the values but not where they stand.
//!
//! INVARIANT: a text that Cedar parses is cut as Cedar cuts it: a statement ends at a `;` outside strings and
//! comments, and there is no other `;` in the grammar. It judges nothing.

use std::ops::Range;

/// One `@name("value")`.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Annotation {
    pub(crate) name: String,
    /// The name with its `@`.
    pub(crate) name_at: Range<usize>,
    /// The value with its quotes; the name's place where there is none.
    pub(crate) value_at: Range<usize>,
}

/// One policy of the text.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Statement {
    /// From its first token to its `;`.
    pub(crate) at: Range<usize>,
    pub(crate) annotations: Vec<Annotation>,
    /// The word `permit` or `forbid`.
    pub(crate) effect_at: Range<usize>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Token {
    At,
    Word,
    Quoted,
    Semicolon,
    Other,
}

/// The statements of `text`, in order.
pub(crate) fn statements(text: &str) -> Vec<Statement> {
    let mut statements = Vec::new();
    let mut current: Option<Statement> = None;
    let mut tokens = tokens(text).into_iter().peekable();
    while let Some((token, at)) = tokens.next() {
        let statement = current.get_or_insert_with(|| Statement { at: at.clone(), ..Statement::default() });
        statement.at.end = at.end;
        match token {
            Token::At if statement.effect_at.is_empty() => {
                let Some((_, word)) = tokens.next_if(|(token, _)| *token == Token::Word) else { continue };
                let name_at = at.start..word.end;
                let name = text.get(word).unwrap_or_default().to_owned();
                statement.annotations.push(Annotation { name, value_at: name_at.clone(), name_at });
            }
            Token::Quoted if statement.effect_at.is_empty() => {
                if let Some(annotation) = statement.annotations.last_mut() {
                    annotation.value_at = at;
                }
            }
            Token::Word if statement.effect_at.is_empty() => statement.effect_at = at,
            Token::Semicolon => statements.extend(current.take()),
            Token::At | Token::Quoted | Token::Word | Token::Other => {}
        }
    }
    statements.extend(current);
    statements
}

fn tokens(text: &str) -> Vec<(Token, Range<usize>)> {
    let mut tokens = Vec::new();
    let mut chars = text.char_indices().peekable();
    while let Some((start, char)) = chars.next() {
        let mut end = start + char.len_utf8();
        let token = match char {
            '/' if chars.peek().is_some_and(|(_, next)| *next == '/') => {
                while chars.next_if(|(_, next)| *next != '\n').is_some() {}
                continue;
            }
            '"' => {
                while let Some((at, next)) = chars.next() {
                    end = at + next.len_utf8();
                    match next {
                        '\\' => drop(chars.next()),
                        '"' => break,
                        _ => {}
                    }
                }
                Token::Quoted
            }
            '@' => Token::At,
            ';' => Token::Semicolon,
            c if c.is_alphanumeric() || c == '_' => {
                while let Some((at, next)) = chars.next_if(|(_, c)| c.is_alphanumeric() || *c == '_') {
                    end = at + next.len_utf8();
                }
                Token::Word
            }
            c if c.is_whitespace() => continue,
            _ => Token::Other,
        };
        tokens.push((token, start..end));
    }
    tokens
}

#[cfg(test)]
mod tests {
    use super::statements;

    #[test]
    fn strings_and_comments_hide_what_is_in_them() {
        let text = "// one; @x\n@id(\"a;\\\"b\") @flag forbid(principal, action, resource);\n\
                    @id(\"c\") forbid(principal, action, resource) when { context.model == \"@y;\" }; // end;";
        let found = statements(text);
        assert_eq!(found.len(), 2);
        let names: Vec<&str> = found[0].annotations.iter().map(|a| a.name.as_str()).collect();
        assert_eq!(names, ["id", "flag"]);
        assert_eq!(text.get(found[0].annotations[0].value_at.clone()), Some("\"a;\\\"b\""));
        assert_eq!(text.get(found[0].annotations[1].value_at.clone()), Some("@flag"));
        assert_eq!(text.get(found[1].effect_at.clone()), Some("forbid"));
        assert!(text.get(found[1].at.clone()).unwrap().ends_with("};"));
    }
}
