//! What is hosted, compared with the keys here: type of the answer, and of each key `kty`, `kid`, `n`, `e`, `alg`, `use`.

use anyhow::{Context, Result};
use host_net::{Client, Get, Reach};
use host_risk::set::key::SigningKey;
use host_store::{OutboxRow, OutboxState, Store, StoreError};
use serde_json::{Value, json};

use crate::cli::log::filter::shown;
use crate::cli::table;
use crate::exit::Exit;
use crate::os::Env;
use crate::out;
use crate::settings::SsfSettings;
use crate::ssf::keys;

/// Most messages that are looked through.
const MOST: u32 = 10_000;

/// What a comparison came to.
pub(super) struct Compared {
    /// What is wrong, each with what to do; none when all is well.
    pub(super) faults: Vec<String>,
}

/// Fetches what is hosted and looks for these keys in it.
pub(super) fn compare(address: &str, ssf: &SsfSettings, keys: &[SigningKey]) -> Result<Compared> {
    let of = ssf.receivers.first();
    let (ca, proxy) = (of.and_then(|one| one.ca.clone()), of.and_then(|one| one.proxy.clone()));
    let client = Client::new(&Reach { ca, proxy, answer: 256 * 1024, ..Reach::default() })?;
    let get = Get { url: address, authorization: None, known: &[], wait: None };
    let answer = client.get(&get).context("nothing could be fetched")?;
    let mut faults = Vec::new();
    if answer.status != 200 {
        faults.push(format!("it answers {}: host what `promptgate ssf jwks` prints there", answer.status));
        return Ok(Compared { faults });
    }
    let kind = answer.content_type.unwrap_or_default();
    if kind.split(';').next().unwrap_or_default().trim() != "application/json" {
        faults.push(format!(
            "its type is `{}` and must be application/json: Okta refuses others",
            table::plain(&kind)
        ));
    }
    let hosted: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    let Some(hosted) = hosted.get("keys").and_then(Value::as_array) else {
        faults.push("it is no set of keys: host what `promptgate ssf jwks` prints".to_owned());
        return Ok(Compared { faults });
    };
    for key in keys {
        let wanted = key.jwk();
        let is_it = |one: &&Value| one.get("kid") == wanted.get("kid");
        let Some(found) = hosted.iter().find(is_it) else {
            faults
                .push(format!("the key {} is not in it: host what `promptgate ssf jwks` prints", key.kid()));
            continue;
        };
        if hosted.iter().filter(is_it).count() > 1 {
            faults.push(format!("the key {} is there twice: host it once", key.kid()));
        }
        for name in ["kty", "n", "e", "alg", "use"] {
            if found.get(name) != wanted.get(name) {
                faults.push(format!("the key {} has another `{name}` there: host it anew", key.kid()));
            }
        }
        if found.get("d").is_some() {
            faults.push(format!("the PRIVATE key {} is hosted: take it away, and make a new key", key.kid()));
        }
    }
    Ok(Compared { faults })
}

pub(super) fn status(ssf: &SsfSettings, env: &Env, json: bool) -> Result<Exit> {
    let keys = keys::hosted(&ssf.key_file)?;
    let faults = match compare(&ssf.jwks_uri, ssf, &keys) {
        Ok(compared) => compared.faults,
        Err(fault) => vec![format!("{fault:#}")],
    };
    let store = env.data().and_then(|data| Store::existing(&data, Store::BUSY).ok());
    let rows = match &store {
        Some(store) => store.read::<_, StoreError>(|view| view.outbox(MOST))?,
        None => Vec::new(),
    };
    let is_well = faults.is_empty() && !rows.iter().any(|row| row.state == OutboxState::Parked);
    let silent = crate::ssf::may_speak(&crate::live::Active::load(env)).err();
    let kid = keys.first().map(SigningKey::kid).unwrap_or_default();
    let mut told = Vec::new();
    let mut cells = Vec::new();
    for receiver in &ssf.receivers {
        let of = |state| rows.iter().filter(move |row| row.receiver == receiver.name && row.state == state);
        let last = of(OutboxState::Sent).filter_map(|row| row.done_at).max();
        let fault: Option<&OutboxRow> = rows.iter().find(|row| {
            row.receiver == receiver.name
                && row.fault.is_some()
                && matches!(row.state, OutboxState::Waiting | OutboxState::Parked)
        });
        let (waiting, parked) = (of(OutboxState::Waiting).count(), of(OutboxState::Parked).count());
        let fault = fault.and_then(|row| row.fault.clone());
        told.push(json!({
            "name": receiver.name, "profile": receiver.profile.as_str(), "address": receiver.address,
            "accepted": of(OutboxState::Sent).count(), "waiting": waiting, "parked": parked, "last_accepted": last,
            "fault": fault,
        }));
        cells.push(vec![
            receiver.name.clone(),
            receiver.profile.as_str().to_owned(),
            of(OutboxState::Sent).count().to_string(),
            waiting.to_string(),
            parked.to_string(),
            last.map_or_else(|| "-".to_owned(), shown),
            fault.unwrap_or_else(|| "no fault".to_owned()),
        ]);
    }
    if json {
        let hosted = json!({"address": ssf.jwks_uri, "faults": faults});
        out::line(
            &json!({"issuer": ssf.issuer, "person": ssf.person, "silent": silent, "kid": kid, "jwks": hosted, "receivers": told})
                .to_string(),
        );
        return Ok(if is_well { Exit::Done } else { Exit::Fault });
    }
    out::line(&format!("issuer  {}", ssf.issuer));
    out::line(&format!("person  {} (this machine speaks of nobody else)", ssf.person));
    out::line(&format!("signs   {kid}"));
    if let Some(why) = &silent {
        out::line(&format!("silent  {why}"));
    }
    if faults.is_empty() {
        out::line(&format!("hosted  {} has the keys of this machine", ssf.jwks_uri));
    }
    for fault in &faults {
        out::line(&format!("hosted  {}: {fault}", ssf.jwks_uri));
    }
    out::line("");
    for line in table::align(
        &["RECEIVER", "PROFILE", "ACCEPTED", "WAITING", "PARKED", "LAST ACCEPTED", "STATE"],
        &cells,
    ) {
        out::line(&line);
    }
    out::line("");
    out::line(
        "Accepted is not applied: Okta says so too of people it does not know. Its System Log has the rest.",
    );
    Ok(if is_well { Exit::Done } else { Exit::Fault })
}
