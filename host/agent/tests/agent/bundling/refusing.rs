//! What is refused changes nothing: the last good one holds, and the reason stands in status, record and settings.

use std::fs;

use super::{
    DAY, Made, packed, policy_where, put, rows, said, seconds, status, unpacked, until_version, watching,
    words,
};
use crate::browser::Browser;

/// A bundle without its signature.
fn unsigned(made: &Made) -> Vec<u8> {
    let folder = unpacked(&made.archive());
    fs::remove_file(folder.path().join(".signatures.json")).unwrap();
    packed(folder.path())
}

/// One of whose files was changed after it was signed.
fn changed(made: &Made) -> Vec<u8> {
    let folder = unpacked(&made.archive());
    fs::write(folder.path().join("settings.toml"), "[fail]\nunread = \"allow\"\n").unwrap();
    packed(folder.path())
}

/// One with a file more.
fn added(made: &Made) -> Vec<u8> {
    let folder = unpacked(&made.archive());
    fs::write(folder.path().join("exceptions.toml"), "").unwrap();
    packed(folder.path())
}

/// One with a link in it.
fn linked(made: &Made) -> Vec<u8> {
    let folder = unpacked(&made.archive());
    std::os::unix::fs::symlink("/etc/passwd", folder.path().join("policy/link.cedar")).unwrap();
    packed(folder.path())
}

#[test]
fn each_refusal_keeps_the_last_good_one_and_is_told_once() {
    let (home, folder) = watching();
    put(&folder, &Made::version(5).archive());
    let mut browser = Browser::start(&home);
    until_version(&mut browser, 5);
    let now = seconds();
    let six = || Made::version(6);
    let attacks: Vec<(&str, Vec<u8>)> = vec![
        ("older-version", Made::version(4).archive()),
        ("same-version-other-content", Made::version(5).with("stories/none.toml", "").archive()),
        ("unknown-key", six().signed_by(2).archive()),
        ("no-signature", unsigned(&six())),
        ("file-changed", changed(&six())),
        ("file-added", added(&six())),
        ("archive-link", linked(&six())),
        ("archive-not-gzip", b"<html>no bundle</html>".to_vec()),
        ("expired", six().but(|one| (one.issued, one.expires) = (now - 3 * DAY, now - DAY)).archive()),
        ("wrong-audience", six().but(|one| one.audience = Some("others".to_owned())).archive()),
        ("needs-newer-agent", six().but(|one| one.agent = Some("99.0.0".to_owned())).archive()),
        (
            "content",
            six().with("policy/more.cedar", "@id(\"x\") permit (principal, action, resource);").archive(),
        ),
        ("content", six().with("sites/chatgpt.toml", "hosts = [\"evil.example\"]").archive()),
        ("content", six().with("detectors/none.toml", "label = \"acme.none\"").archive()),
    ];
    let mut expected = vec![("bundle-activated".to_owned(), "5".to_owned())];
    let mut reasons = Vec::new();
    for (number, (code, archive)) in attacks.iter().enumerate() {
        put(&folder, archive);
        // A refusal of the same word is told by its reason.
        let before = reasons.last().cloned();
        let state = policy_where(&mut browser, |policy| policy.refused.as_deref() == Some(code));
        assert_eq!((state.version, state.stale), (5, false), "{code}");
        let number = u32::try_from(number).unwrap();
        assert_eq!(said(&mut browser, number + 1), words(5), "{code}");
        let told = status(&home);
        let refused = &told["bundle"]["last_refused"];
        assert_eq!((&refused["code"], &told["bundle"]["version"]), (&(*code).into(), &5.into()));
        let reason = refused["reason"].as_str().unwrap().to_owned();
        assert_ne!(Some(&reason), before.as_ref(), "{code}");
        reasons.push(reason);
        expected.push(("bundle-refused".to_owned(), (*code).to_owned()));
        assert_eq!(rows(&home), expected, "{code}");
    }
    // The next good one is taken, and the refusal is gone.
    put(&folder, &Made::version(6).archive());
    let state = until_version(&mut browser, 6);
    assert_eq!(state.refused, None);
    assert_eq!(said(&mut browser, 100), words(6));
    assert!(browser.close().0.success());
    assert!(status(&home)["bundle"]["last_refused"].is_null());
}

/// The one that was refused, once more, and after a restart.
#[test]
fn a_refusal_is_not_told_again() {
    let (home, folder) = watching();
    put(&folder, &Made::version(2).archive());
    let mut browser = Browser::start(&home);
    until_version(&mut browser, 2);
    let older = Made::version(1).archive();
    put(&folder, &older);
    policy_where(&mut browser, |policy| policy.refused.is_some());
    assert!(browser.close().0.success());
    for _ in 0..2 {
        put(&folder, &older);
        let source = home.data().join("policy/source.toml");
        let before = fs::metadata(&source).unwrap().modified().unwrap();
        let mut browser = Browser::start(&home);
        crate::receiver::until("it was looked at again", || {
            fs::metadata(&source).unwrap().modified().unwrap() > before
        });
        assert_eq!(said(&mut browser, 9), words(2));
        assert!(browser.close().0.success());
    }
    assert_eq!(rows(&home).len(), 2, "{:?}", rows(&home));
}
