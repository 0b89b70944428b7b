//! What an archive comes to, by the clock of the tests.

use std::sync::Arc;

use host_journal::{Filter, Kind, Page};
use host_policy::Files;
use host_policy::bundle::{self, Manifest, SecretKey, Signer as _};

use super::{Arrivals, Came, Parcel};
use crate::bundles::in_force::InForce;
use crate::bundles::keep::Keep;
use crate::bundles::kept::Kept;
use crate::bundles::refusal::{REFUSED_S, is_late};
use crate::os::{Env, Os};
use crate::record::Recorder;
use crate::settings::{BundleSettings, BundlesFrom, Configured};

const NOW: i64 = 1_800_000_000;

struct Machine {
    _data: tempfile::TempDir,
    arrivals: Arrivals,
    recorder: Arc<Recorder>,
    settings: BundleSettings,
}

fn key() -> SecretKey {
    SecretKey::from_seed([1; 32]).unwrap()
}

fn archive(version: u64) -> Vec<u8> {
    let policy = "@id(\"a\") @action(\"warn\") @message(\"m\") forbid (principal, action, resource);";
    let files = Files::from([("policy/a.cedar".to_owned(), policy.as_bytes().to_vec())]);
    let manifest = Manifest {
        name: "acme".to_owned(),
        version,
        audience: None,
        issued: NOW,
        expires: NOW + 86_400,
        agent: None,
        keys: Vec::new(),
        monitor: false,
    };
    bundle::build(&files, &manifest, &key()).unwrap()
}

impl Machine {
    fn new() -> Self {
        let data = tempfile::tempdir().unwrap();
        let recorder =
            Arc::new(Recorder::new(Some(data.path().to_owned()), "jane".to_owned(), Box::new(|| None)));
        let arrivals = Arrivals::new(Keep::of(data.path()), Arc::clone(&recorder));
        let from = BundlesFrom::File("/srv/policy/bundle.tar.gz".into());
        let settings = BundleSettings { from, keys: vec![key().key().clone()], audience: None };
        Self { _data: data, arrivals, recorder, settings }
    }

    fn came(&self, archive: &[u8], at: i64) -> Came {
        let parcel = Parcel { archive, tag: Some("\"t\"".to_owned()), at };
        self.arrivals.arrive(&self.settings, &parcel, &|| false).unwrap().unwrap()
    }

    fn rows(&self) -> usize {
        let filter = Filter { kinds: vec![Kind::Audit], ..Filter::default() };
        self.recorder.listed(&filter, &Page { limit: 1_000, ..Page::default() })
    }

    fn kept(&self) -> Kept {
        Kept::read(self.arrivals.keep(), &self.settings, NOW)
    }
}

#[test]
fn what_came_before_says_nothing_new() {
    let machine = Machine::new();
    assert_eq!(machine.came(&archive(1), NOW), Came::Activated);
    let stamps = machine.arrivals.keep().stamps();
    for at in 1..50 {
        assert_eq!(machine.came(&archive(1), NOW + at), Came::Same);
    }
    assert_eq!((machine.rows(), machine.arrivals.keep().stamps()), (1, stamps));
}

#[test]
fn noise_is_told_once_an_hour_and_each_signed_refusal_once() {
    let machine = Machine::new();
    machine.came(&archive(5), NOW);
    // Another noise each minute, for an hour.
    for minute in 0..60 {
        machine.came(format!("noise {minute}").as_bytes(), NOW + minute * 60);
    }
    assert_eq!(machine.rows(), 2);
    machine.came(b"noise at last", NOW + 2 * REFUSED_S);
    assert_eq!(machine.rows(), 3);
    let later = NOW + 2 * REFUSED_S;
    for (version, rows) in [(4, 4), (3, 5), (3, 5), (4, 6)] {
        machine.came(&archive(version), later + 1);
        assert_eq!(machine.rows(), rows, "{version}");
    }
    // The same one an hour later is looked at again and not told again.
    assert!(matches!(machine.came(&archive(4), later + 2 * REFUSED_S), Came::RefusedAgain(_)));
    assert_eq!(machine.rows(), 6);
    let kept = machine.kept();
    assert_eq!(kept.good().unwrap().manifest.version, 5);
    assert_eq!(kept.state.refused.unwrap().fetched.at, later + 2 * REFUSED_S);
}

/// Also where the refusal itself cannot be remembered.
#[test]
fn noise_is_told_once_though_nothing_can_be_remembered() {
    let machine = Machine::new();
    machine.came(&archive(5), NOW);
    let state = machine.arrivals.keep().state().unwrap();
    std::fs::write(machine._data.path().join("policy/state.toml"), "no state").unwrap();
    for second in 0..20 {
        machine.came(b"noise", NOW + second);
    }
    assert_eq!(machine.rows(), 2);
    assert!(machine.kept().good().is_none());
    // Nor does an older one come in by that.
    assert!(matches!(machine.came(&archive(4), NOW), Came::Refused(_)));
    assert_eq!(machine.came(&archive(5), NOW), Came::Activated);
    assert_eq!(machine.arrivals.keep().state().unwrap(), state);
}

/// What cannot be put on record is not put into force.
#[test]
fn without_its_row_nothing_takes_effect() {
    let data = tempfile::tempdir().unwrap();
    // No folder for the record: a file stands in its place.
    let place = data.path().join("record");
    std::fs::write(&place, "").unwrap();
    let recorder = Arc::new(Recorder::new(Some(place), "jane".to_owned(), Box::new(|| None)));
    let keep = Keep::of(data.path());
    let arrivals = Arrivals::new(keep.clone(), recorder);
    let settings = Machine::new().settings;
    let parcel = Parcel { archive: &archive(1), tag: None, at: NOW };
    assert!(arrivals.arrive(&settings, &parcel, &|| false).is_err());
    assert!(keep.archive().unwrap().is_none());
}

/// What was refused by a clock that was ahead is looked at again once the clock is right.
#[test]
fn a_refusal_of_the_future_does_not_count() {
    let machine = Machine::new();
    let ahead = NOW + 2 * 86_400;
    assert!(matches!(machine.came(&archive(1), ahead), Came::Refused(_)));
    let refused = machine.kept().state.refused.unwrap();
    assert!(!is_late(&refused, ahead + REFUSED_S - 1) && is_late(&refused, ahead + REFUSED_S));
    assert!(is_late(&refused, NOW));
    // As of now from then on.
    machine.came(b"noise", ahead);
    machine.came(b"noise", NOW);
    assert_eq!(machine.kept().state.refused.unwrap().fetched.at, NOW);
    assert_eq!(machine.came(&archive(1), NOW), Came::Activated);
}

#[test]
fn what_expired_by_a_clock_that_was_ahead_holds_again() {
    let machine = Machine::new();
    machine.came(&archive(1), NOW);
    let data = machine._data.path();
    let env = Env::new(Os::Linux, [("HOME", data.to_str().unwrap().to_owned())]);
    let at = |now| {
        let mut configured = Configured::load(&env);
        configured.bundle = Some(machine.settings.clone());
        let in_force = InForce::over(&mut configured, Some(data), now);
        (in_force, configured)
    };
    let (expired, configured) = at(NOW + 2 * 86_400);
    assert!(expired.stale);
    assert!(!expired.is_stale(&configured, Some(data), NOW + 3 * 86_400));
    assert!(expired.is_stale(&configured, Some(data), NOW));
    let (holds, configured) = at(NOW);
    assert!(!holds.stale);
    assert!(!holds.is_stale(&configured, Some(data), NOW + 86_399));
    assert!(holds.is_stale(&configured, Some(data), NOW + 86_400));
    // A clock that is far behind says nothing of expiry.
    assert!(holds.is_stale(&configured, Some(data), NOW - 86_401));
}
