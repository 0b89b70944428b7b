//! Several calls in one request: each has an id and arguments of its own, and its own rule.
//!
//! INVARIANT: one call that no rule knows makes the whole request unread; nothing hides behind a known neighbour.

use shared_protocol::{DriftKind, Operation};

use crate::{
    data::{Does, Site},
    draft::Draft,
    json::Kind,
    path::{At, Docs},
    plan::Taken,
    question::operation,
    source::Scope,
};

/// The calls of one batch request: the first that is an operation names it, the texts of all are its parts.
pub(crate) fn read<'s>(
    site: &'s Site,
    scope: &mut Scope<'_>,
) -> Result<Taken<'s>, (DriftKind, Option<String>)> {
    let mut draft: Taken<'s> = None;
    for (id, arguments) in calls(scope).ok_or((DriftKind::Shape, None))? {
        if site.harmless_rpcs.contains(&id) {
            continue;
        }
        let Some(rule) = site.rule.iter().find(|rule| rule.rpc.contains(&id)) else {
            if is_bare(scope, arguments) {
                continue;
            }
            // A call's id is a few letters and digits; anything else is not written down.
            let named = id.len() <= 12 && id.bytes().all(|b| b.is_ascii_alphanumeric());
            return Err((DriftKind::Endpoint, named.then_some(id)));
        };
        scope.root = arguments;
        let Does::Operation(operation) = operation(rule, scope).map_err(|place| (DriftKind::Shape, place))?
        else {
            continue;
        };
        if operation == Operation::ReceiveResponse {
            continue;
        }
        let (draft, rules) = draft.get_or_insert_with(|| (Draft::new(operation), Vec::new()));
        draft.take(rule, scope);
        rules.push(rule);
    }
    Ok(draft)
}

/// Id and arguments of each call: `[[[id, "json", ..], ..]]`.
fn calls(scope: &mut Scope<'_>) -> Option<Vec<(String, Option<At>)>> {
    let docs = &mut *scope.docs;
    let list = docs.child(scope.root?, 0)?;
    let calls = docs.elements(list);
    if calls.is_empty() {
        return None;
    }
    calls.into_iter().map(|at| call(docs, at)).collect()
}

fn call(docs: &mut Docs, at: At) -> Option<(String, Option<At>)> {
    let id = docs.child(at, 0).filter(|id| docs.kind(*id) == Some(Kind::String))?;
    let id = docs.scalar(id)?.expose().to_owned();
    let arguments = match docs.child(at, 1) {
        None => None,
        Some(found) => match docs.kind(found)? {
            Kind::Null => None,
            Kind::String => Some(docs.inside(found)?),
            Kind::Array | Kind::Object | Kind::Number | Kind::True | Kind::False => Some(found),
        },
    };
    Some((id, arguments))
}

/// Whether a call has no arguments at all.
fn is_bare(scope: &Scope<'_>, arguments: Option<At>) -> bool {
    let Some(at) = arguments else { return true };
    match scope.docs.kind(at) {
        None | Some(Kind::Null | Kind::True | Kind::False) => true,
        Some(Kind::Array | Kind::Object) => {
            scope.docs.doc(at.doc).is_some_and(|doc| doc.children(at.node).next().is_none())
        }
        Some(Kind::String | Kind::Number) => false,
    }
}
