//! Questions to a document: which operation it is, whether what its rule needs is there.
//!
//! INVARIANT: an error names a place of the data, never a value of the request.

use crate::{
    data::{Condition, Does, Need, Rule, Shape, Word},
    json::Kind,
    path::At,
    source::Scope,
};

/// The operation of this document by this rule; an error names the place that is missing.
pub(crate) fn operation(rule: &Rule, scope: &mut Scope<'_>) -> Result<Does, Option<String>> {
    let case = rule.case.iter().find(|case| case.when.iter().all(|condition| holds(condition, scope)));
    let needs = case.map_or(&rule.needs, |case| &case.needs);
    for need in needs {
        if !is_met(need, scope) {
            let each = need.each.written();
            let dot = if each.is_empty() || need.at.written().is_empty() { "" } else { "." };
            return Err(Some(format!("{each}{dot}{}", need.at.written())));
        }
    }
    if let Some(case) = case {
        return Ok(case.does);
    }
    rule.does.ok_or_else(|| {
        rule.case.first().and_then(|case| case.when.first()).map(|c| c.at.written().to_owned())
    })
}

fn is_met(need: &Need, scope: &mut Scope<'_>) -> bool {
    let each = scope.find(&need.each);
    (need.if_any || !each.is_empty())
        && each.into_iter().all(|at| {
            let found = need.at.find(scope.docs, at);
            let word = |at: &At| {
                scope.docs.scalar(*at).is_some_and(|text| need.one_of.iter().any(|w| w == text.expose()))
            };
            let fits = |at: &At| {
                let kind = match need.is {
                    Shape::Array => Kind::Array,
                    Shape::Object => Kind::Object,
                    Shape::String => Kind::String,
                };
                scope.docs.kind(*at) == Some(kind) && (need.one_of.is_empty() || word(at))
            };
            !found.is_empty() && found.iter().all(fits)
        })
}

pub(crate) fn holds(condition: &Condition, scope: &mut Scope<'_>) -> bool {
    let found = scope.find(&condition.at);
    let docs = &scope.docs;
    let is = |at: &At| match docs.kind(*at) {
        _ if condition.is.is_empty() => true,
        Some(kind) => condition.is.iter().any(|word| match (word, kind) {
            (Word::Truth(truth), Kind::True) => *truth,
            (Word::Truth(truth), Kind::False) => !*truth,
            (Word::Number(number), Kind::Number) => {
                docs.scalar(*at).is_some_and(|text| text.expose() == number.to_string())
            }
            (Word::Text(word), Kind::String) => docs.scalar(*at).is_some_and(|text| text.expose() == word),
            _ => false,
        }),
        None => false,
    };
    let present = if condition.is.is_empty() {
        found.iter().any(|at| docs.kind(*at) != Some(Kind::Null))
    } else {
        !found.is_empty() && found.iter().all(is)
    };
    present != condition.not
}
