//! Which bundle holds, and whether the place answers that bundles come from.

use super::{Check, State};
use crate::bundles::{Keep, Kept};
use crate::cli::log::filter::shown;
use crate::live::Active;
use crate::native::now;
use crate::os::Env;
use crate::settings::BundleSettings;

/// The checks, where the settings name a bundle or a developer's folder.
pub(super) fn checks(env: &Env, active: &Active) -> Vec<Check> {
    let configured = &active.configured;
    if let (Some(settings), Some(data)) = (&configured.bundle, env.data()) {
        let keep = Keep::of(&data);
        let kept = Kept::read(&keep, settings, i64::try_from(now() / 1_000).unwrap_or(i64::MAX));
        return vec![bundle(&kept, active), source(&keep, settings)];
    }
    let Some(folder) = &configured.developer else { return Vec::new() };
    let place = folder.display();
    vec![match &active.in_force.fault {
        None => {
            let what = format!("{place}, unsigned: what stands in it holds, whoever wrote it");
            Check::new("bundle", State::Note, what)
        }
        Some(fault) => Check::wrong(
            "bundle",
            format!("{place} is not followed, everything with text is refused: {}", fault.what),
            format!("correct it; `promptgate policy check {place}` shows each place"),
        ),
    }]
}

fn bundle(kept: &Kept, active: &Active) -> Check {
    let refused = kept.state.refused.as_ref().map(|refused| {
        let when = moment(refused.fetched.at);
        format!("the last one that came was refused ({}, {when}): {}", refused.code, refused.reason)
    });
    let and_refused = refused.as_ref().map_or_else(String::new, |refused| format!("; {refused}"));
    // What is understood no more is known to who reads all of it.
    let not_used = kept.bundle.as_ref().err().map(|why| (why.code().to_owned(), why.to_string()));
    let fault = active.in_force.fault.as_ref().map(|fault| (fault.code.clone(), fault.what.clone()));
    if let Some((code, why)) = not_used.or(fault) {
        let what = format!(
            "the kept one is not used and everything with text is refused ({code}): {why}{and_refused}"
        );
        return Check::wrong("bundle", what, "let the next one come: see the check `bundle-source`");
    }
    let Some(opened) = kept.good() else {
        let what = format!("none has arrived yet: everything with text is refused{and_refused}");
        return Check::wrong(
            "bundle",
            what,
            "put one where bundles come from: see the check `bundle-source`",
        );
    };
    let manifest = &opened.manifest;
    let came = kept.state.fetched.as_ref().map(|fetched| format!(", came {}", moment(fetched.at)));
    let what = format!(
        "{} {}, signed by key {}{}",
        manifest.name,
        manifest.version,
        opened.key,
        came.unwrap_or_default()
    );
    if let Some(refused) = refused {
        let fix = "do what it says and push it again; until then the last good one holds";
        return Check::wrong("bundle", format!("{what}; {refused}"), fix);
    }
    if opened.stale {
        let what = format!("{what}: expired {}, the setting `expired` holds", moment(manifest.expires));
        return Check::wrong(
            "bundle",
            what,
            "build and push a new version, and look at this machine's clock",
        );
    }
    let watches = if manifest.monitor { "; it only watches" } else { "" };
    Check::new("bundle", State::Ok, format!("{what}, until {}{watches}", moment(manifest.expires)))
}

fn source(keep: &Keep, settings: &BundleSettings) -> Check {
    let from = &settings.from;
    match keep.standing().filter(|standing| standing.from == from.to_string()) {
        None => {
            let what = format!("{from}: not asked yet, which begins when a browser starts the host");
            Check::new("bundle-source", State::Note, what)
        }
        Some(standing) => {
            let what = format!("{from}, {}: {}", moment(standing.at), standing.answer);
            match standing.failures {
                0 => Check::new("bundle-source", State::Ok, what),
                tries => Check::wrong(
                    "bundle-source",
                    format!("{what}; {tries} tries in a row came to nothing"),
                    "do what it says; it is tried again by itself",
                ),
            }
        }
    }
}

/// Seconds since 1970, as rows show their times.
fn moment(seconds: i64) -> String {
    shown(u64::try_from(seconds).unwrap_or(0).saturating_mul(1_000))
}
