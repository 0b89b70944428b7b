//! What a sign-in, a sign-out and a proof of identity leave behind.
//!
//! INVARIANT: tokens and file change under one lock, so that a silent sign-in that was under way brings nobody back.

use std::path::Path;

use anyhow::Result;
use host_identity::{Person, SignedIn, Tokens};

use super::state::{Bound, Session, State};
use super::tokens::Vault;
use crate::keys::Kept;

/// Somebody signed in.
pub(super) fn signed_in(data: &Path, vault: &Vault, signed_in: SignedIn, now: i64) -> Result<Kept> {
    State::change(data, |state| {
        let kept = vault.keep(&signed_in.tokens)?;
        state.session = Some(Session { person: signed_in.person, signed_in_at: now, refreshed_at: now });
        Ok(kept)
    })?
}

/// The refresh token was changed for another; who it is may still not be said. Nothing when somebody signed in or out
/// meanwhile.
pub(super) fn rotated(data: &Path, vault: &Vault, asked_for: &Session, tokens: &Tokens) -> Result<()> {
    State::change(data, |state| match same(state, asked_for) {
        Some(_) => vault.keep(tokens).map(drop),
        None => Ok(()),
    })?
}

/// The provider said again who it is. `false` when somebody signed in or out meanwhile: then nothing changes.
pub(super) fn renewed(
    data: &Path,
    vault: &Vault,
    asked_for: &Session,
    again: SignedIn,
    now: i64,
) -> Result<bool> {
    State::change(data, |state| {
        let Some(session) = same(state, asked_for) else { return Ok(false) };
        vault.keep(&again.tokens)?;
        session.person = again.person;
        session.refreshed_at = now;
        Ok(true)
    })?
}

/// The provider ended it. `false` when somebody signed in or out meanwhile.
pub(super) fn ended(data: &Path, vault: &Vault, asked_for: &Session) -> Result<bool> {
    State::change(data, |state| {
        if same(state, asked_for).is_none() {
            return Ok(false);
        }
        state.session = None;
        vault.forget().map(|()| true)
    })?
}

/// Nobody is signed in any more; who was, and with what.
pub(crate) fn signed_out(data: &Path, vault: &Vault) -> Result<Option<(Session, Option<Tokens>)>> {
    State::change(data, |state| {
        let Some(session) = state.session.take() else { return Ok(None) };
        // Tokens that cannot be opened are forgotten all the same.
        let tokens = vault.open().ok().flatten();
        vault.forget()?;
        Ok(Some((session, tokens)))
    })?
}

/// Somebody is bound to this device (`enrols`), proved who they are as the settings ask (`proves`), or both.
pub(super) fn bound(
    data: &Path,
    person: &Person,
    machine: Option<&str>,
    (enrols, proves): (bool, bool),
    now: i64,
) -> Result<()> {
    State::change(data, |state| {
        let is_same = |bound: &Bound| bound.issuer == person.issuer && bound.sub == person.sub;
        let before = state.bound.iter().find(|bound| is_same(bound) && bound.machine.as_deref() == machine);
        let enrolled_at = before.and_then(|bound| bound.enrolled_at).or(enrols.then_some(now));
        let (verified_at, acr, amr) = if proves {
            // The proof counts, and not the token that tells of it.
            let at = person.auth_time.map_or(now, |at| at.min(now));
            (Some(at), person.acr.clone(), person.amr.clone())
        } else {
            // An earlier proof stays as old as it is.
            before.map(|bound| (bound.verified_at, bound.acr.clone(), bound.amr.clone())).unwrap_or_default()
        };
        state.bound.retain(|bound| !is_same(bound));
        state.bound.push(Bound {
            issuer: person.issuer.clone(),
            sub: person.sub.clone(),
            id: (person.id != person.sub).then(|| person.id.clone()),
            machine: machine.map(str::to_owned),
            enrolled_at,
            verified_at,
            acr,
            amr,
        });
    })
}

/// Whether this person, by the name that rows have, is signed in here.
///
/// # Errors
/// When the file cannot be read.
pub(crate) fn is_signed_in(data: &Path, person: &str) -> Result<bool> {
    Ok(State::load(data)?.session.is_some_and(|session| session.person.id == person))
}

/// Forgets how this person was bound to this device and verified; whether there was something to forget.
pub(crate) fn erased(data: &Path, person: &str) -> Result<bool> {
    let is_of = |bound: &Bound| bound.sub == person || bound.id.as_deref() == Some(person);
    if !State::load(data)?.bound.iter().any(is_of) {
        return Ok(false);
    }
    State::change(data, |state| state.bound.retain(|bound| !is_of(bound)))?;
    Ok(true)
}

fn same<'a>(state: &'a mut State, asked_for: &Session) -> Option<&'a mut Session> {
    let session = state.session.as_mut()?;
    let is_same =
        session.signed_in_at == asked_for.signed_in_at && session.person.sub == asked_for.person.sub;
    is_same.then_some(session)
}
