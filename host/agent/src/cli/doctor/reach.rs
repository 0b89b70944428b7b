//! Whether those answer whom the settings name beyond this machine: the identity provider, the bundle's server, receivers of rows
//! and of risk, transmitters of signals.
//!
//! INVARIANT: all together take no longer than [`PATIENCE`]. INVARIANT: the provider is asked for what everybody may read; of all
//! others only a connection is made, and nothing is said.

use std::sync::mpsc::channel;
use std::thread;
use std::time::{Duration, Instant};

use host_identity::Discovered;
use host_net::{Reach, knock};

use super::{Check, State};
use crate::settings::{BundlesFrom, Configured};

/// For all of them.
const PATIENCE: Duration = Duration::from_secs(2);

/// The environment's proxy, by whose way a receiver may be reached where the settings name none.
const PROXIES: [&str; 4] = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];

/// Somebody to be asked.
struct Way {
    name: String,
    /// As the settings write it.
    place: String,
    /// What to correct, in the settings.
    table: &'static str,
    ask: Box<dyn FnOnce() -> Result<&'static str, String> + Send>,
}

/// One check for each, or a word that there is nobody.
pub(super) fn checks(configured: &Configured) -> Vec<Check> {
    let ways = ways(configured);
    if ways.is_empty() {
        let what = "skipped: the settings name nobody beyond this machine (identity provider, receiver, bundle server)";
        return vec![Check::new("network", State::Note, what)];
    }
    asked(ways, PATIENCE)
}

fn ways(configured: &Configured) -> Vec<Way> {
    let mut ways = Vec::new();
    if let Some(identity) = &configured.identity {
        let mut provider = identity.provider.clone();
        provider.reach = Reach { connect: PATIENCE, total: PATIENCE, ..provider.reach };
        let ask = move || match Discovered::at(provider) {
            Ok(_) => Ok("its metadata and keys can be read"),
            Err(fault) => Err(chain(&fault)),
        };
        let place = identity.provider.issuer.clone();
        ways.push(Way { name: "provider".to_owned(), place, table: "[identity]", ask: Box::new(ask) });
    }
    if let Some(BundlesFrom::Web(web)) = configured.bundle.as_ref().map(|bundle| &bundle.from) {
        let reach = reach(web.ca.clone(), web.proxy.clone());
        let server = web.stored.as_ref().map_or(web.address.as_str(), |stored| stored.object.server());
        ways.push(connects("bundle-server".to_owned(), server, "[bundle]", reach));
    }
    for sink in configured.sinks.iter().filter(|sink| sink.address.contains("://")) {
        let reach = reach(sink.ca.clone(), sink.proxy.clone());
        ways.push(connects(format!("reach sink {}", sink.name), &sink.address, "[[sink]]", reach));
    }
    for receiver in configured.ssf.iter().flat_map(|ssf| &ssf.receivers) {
        let reach = reach(receiver.ca.clone(), receiver.proxy.clone());
        let name = format!("reach receiver {}", receiver.name);
        ways.push(connects(name, &receiver.address, "[[ssf.receiver]]", reach));
    }
    for signal in &configured.signals {
        let reach = reach(signal.ca.clone(), signal.proxy.clone());
        ways.push(connects(format!("reach signal {}", signal.name), &signal.address, "[[signal]]", reach));
    }
    ways
}

fn reach(ca: Option<std::path::PathBuf>, proxy: Option<String>) -> Reach {
    Reach { ca, proxy, connect: PATIENCE, total: PATIENCE, ..Reach::default() }
}

fn connects(name: String, address: &str, table: &'static str, reach: Reach) -> Way {
    let place = address.to_owned();
    // Whether this one goes by it, its own client decides when it sends.
    let is_proxied = reach.proxy.is_none()
        && address.starts_with("https://")
        && PROXIES.iter().any(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()));
    let ask = move || {
        if is_proxied {
            return Ok("not tried: it may go by the proxy that the environment names");
        }
        match knock(&place, &reach) {
            Ok(()) if reach.proxy.is_some() => Ok("its proxy answers; nothing was said"),
            Ok(()) => Ok("it answers; nothing was said"),
            Err(fault) => Err(chain(&fault)),
        }
    };
    Way { name, place: address.to_owned(), table, ask: Box::new(ask) }
}

/// Asks all at once, in their order.
fn asked(ways: Vec<Way>, patience: Duration) -> Vec<Check> {
    let start = Instant::now();
    let waiting: Vec<_> = ways
        .into_iter()
        .map(|Way { name, place, table, ask }| {
            let (tell, told) = channel();
            thread::spawn(move || {
                // Nobody listens any more when it comes too late.
                let _late = tell.send(ask());
            });
            (name, place, table, told)
        })
        .collect();
    let check = |(name, place, table, told): (String, String, &str, std::sync::mpsc::Receiver<_>)| {
        let left = patience.saturating_sub(start.elapsed());
        let answer: Option<Result<&str, String>> = told.recv_timeout(left).ok();
        let fix = format!("correct what it says, in {table} of the settings or there");
        match answer {
            Some(Ok(how)) => Check::new(&name, State::Ok, format!("{place}: {how}")),
            Some(Err(why)) => Check::wrong(&name, format!("{place}: {why}"), fix),
            None => {
                let what = format!("{place}: no answer within {} s", patience.as_secs());
                let fix = format!("check this machine's network, and the address in {table} of the settings");
                Check::wrong(&name, what, fix)
            }
        }
    };
    waiting.into_iter().map(check).collect()
}

/// A fault with what is behind it.
fn chain(fault: &dyn std::error::Error) -> String {
    let mut said = fault.to_string();
    let mut at = fault.source();
    while let Some(inner) = at {
        let more = inner.to_string();
        if !said.contains(&more) {
            said = format!("{said}: {more}");
        }
        at = inner.source();
    }
    said
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::{Duration, Instant, State, Way, asked, connects, reach};

    #[test]
    fn who_never_answers_costs_no_more_than_the_patience() {
        let never = |name: &str| Way {
            name: name.to_owned(),
            place: "https://x".to_owned(),
            table: "[[sink]]",
            ask: Box::new(|| {
                std::thread::sleep(Duration::from_secs(30));
                Ok("late")
            }),
        };
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("tcp://{}", listener.local_addr().unwrap());
        let there = connects("three".to_owned(), &address, "[[sink]]", reach(None, None));
        let start = Instant::now();
        let told = asked(vec![never("one"), never("two"), there], Duration::from_secs(1));
        assert!(start.elapsed() < Duration::from_secs(10));
        let states: Vec<State> = told.iter().map(|check| check.state).collect();
        assert_eq!(states, [State::Wrong, State::Wrong, State::Ok], "{told:?}");
        assert!(told.iter().all(|check| check.fix.is_some() == (check.state == State::Wrong)));
        assert!(told.first().unwrap().what.contains("no answer within 1 s"));
    }

    #[test]
    fn nobody_there_is_told_with_the_place_to_correct() {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let way = connects(
            "reach sink siem".to_owned(),
            &format!("http://127.0.0.1:{port}/x"),
            "[[sink]]",
            reach(None, None),
        );
        let told = asked(vec![way], Duration::from_secs(5)).remove(0);
        assert_eq!(told.state, State::Wrong);
        assert!(told.what.contains("cannot be reached"), "{}", told.what);
        assert!(told.fix.unwrap().contains("[[sink]]"));
    }
}
