//! Zip, crx and xpi, and the files by which browsers find newer ones.

use std::io::{Cursor, Read as _};

use flate2::Compression;
use serde_json::Value;
use zip::ZipArchive;

use super::{inputs, release};
use crate::dist::entries::Entries;
use crate::dist::options::Options;
use crate::dist::report::Report;
use crate::dist::{chromium, firefox, pack, sha256};

const BASE: &str = "https://updates.example/promptgate";

fn text(zip: &[u8], name: &str) -> String {
    let mut zip = ZipArchive::new(Cursor::new(zip)).unwrap();
    let mut text = String::new();
    zip.by_name(name).unwrap().read_to_string(&mut text).unwrap();
    text
}

fn manifest(zip: &[u8]) -> Value {
    serde_json::from_str(&text(zip, "manifest.json")).unwrap()
}

fn find<'a>(files: &'a [(String, Vec<u8>)], name: &str) -> &'a [u8] {
    let names: Vec<_> = files.iter().map(|(name, _)| name).collect();
    &files.iter().find(|(found, _)| found == name).unwrap_or_else(|| panic!("no {name} in {names:?}")).1
}

/// What stands between the quotes of an attribute.
fn attribute<'a>(xml: &'a str, name: &str) -> &'a str {
    let (_, rest) = xml.split_once(&format!(" {name}=\"")).unwrap();
    rest.split_once('"').unwrap().0
}

#[test]
fn a_zip_is_sorted_and_says_nothing_of_where_it_was_made() {
    let (name, bytes) = chromium::zip(&inputs(), &release("7.8.9")).unwrap();
    assert_eq!(name, "promptgate-chromium-7.8.9.zip");
    let mut zip = ZipArchive::new(Cursor::new(&bytes)).unwrap();
    let names: Vec<String> = zip.file_names().map(|name| name.unwrap().into_owned()).collect();
    assert_eq!(names, ["manifest.json", "page/worker.js", "wasm/promptgate_bg.wasm"]);
    for at in 0..zip.len() {
        let file = zip.by_index(at).unwrap();
        assert_eq!(file.unix_mode().unwrap() & 0o777, 0o644);
        // A zip counts in steps of two seconds.
        assert_eq!(file.last_modified().unwrap().to_string(), "2026-09-21 14:13:20");
    }
    assert!(manifest(&bytes).get("key").is_none(), "a store refuses a key in a manifest");
    assert!(manifest(&bytes).get("update_url").is_none(), "a store says itself where updates are");
}

#[test]
fn the_order_and_age_of_files_on_the_disk_do_not_matter() {
    let folders = [["b", "a"], ["a", "b"]].map(|order| {
        let folder = tempfile::tempdir().unwrap();
        for name in order {
            std::fs::create_dir_all(folder.path().join("in")).unwrap();
            std::fs::write(folder.path().join("in").join(name), name).unwrap();
        }
        folder
    });
    let [one, two] = folders.map(|folder| Entries::of_folder(folder.path()).unwrap());
    assert_eq!(one, two);
    assert_eq!(one.iter().map(|(path, _)| path).collect::<Vec<_>>(), ["in/a", "in/b"]);
    assert_eq!(one.folders(), ["in"]);
}

#[test]
fn updates_of_firefox_name_the_file_that_lies_there() {
    let files = firefox::pack(&inputs(), &release("7.8.9"), Some(BASE), None).unwrap();
    let xpi = find(&files, "promptgate-7.8.9-unsigned.xpi");
    assert_eq!(
        manifest(xpi)["browser_specific_settings"]["gecko"]["update_url"],
        format!("{BASE}/updates.json")
    );
    let updates: Value = serde_json::from_slice(find(&files, "updates.json")).unwrap();
    let update = &updates["addons"]["promptgate@promptgate.io"]["updates"][0];
    assert_eq!(update["version"], "7.8.9");
    assert_eq!(update["update_link"], format!("{BASE}/promptgate-7.8.9-unsigned.xpi"));
    assert_eq!(update["update_hash"], format!("sha256:{}", sha256(xpi)));
    assert_eq!(update["applications"]["gecko"]["strict_min_version"], "140.0");
    let alone = firefox::pack(&inputs(), &release("7.8.9"), None, None).unwrap();
    assert_eq!(alone.len(), 1);
    let gecko = &manifest(&alone[0].1)["browser_specific_settings"]["gecko"];
    assert!(gecko.get("update_url").is_none(), "Mozilla's store refuses one");
    let local = firefox::pack(&inputs(), &release("7.8.9"), Some("http://127.0.0.1:8080"), None).unwrap();
    assert!(local == alone, "Firefox takes no update without TLS");
}

#[test]
fn the_signed_file_is_the_one_that_is_offered() {
    let pack = |signed: &[u8]| firefox::pack(&inputs(), &release("7.8.9"), Some(BASE), Some(signed));
    let mut signed = inputs();
    signed.firefox.put("META-INF/mozilla.rsa", "signature");
    let (_, xpi) = firefox::pack(&signed, &release("7.8.9"), None, None).unwrap().pop().unwrap();
    let files = pack(&xpi).unwrap();
    assert_eq!(find(&files, "promptgate-7.8.9.xpi"), xpi);
    let updates: Value = serde_json::from_slice(find(&files, "updates.json")).unwrap();
    let update = &updates["addons"]["promptgate@promptgate.io"]["updates"][0];
    assert_eq!(update["update_link"], format!("{BASE}/promptgate-7.8.9.xpi"));
    assert_eq!(update["update_hash"], format!("sha256:{}", sha256(&xpi)));

    let (_, unsigned) = firefox::pack(&inputs(), &release("7.8.9"), None, None).unwrap().pop().unwrap();
    assert!(pack(&unsigned).unwrap_err().to_string().contains("no signature of Mozilla's"));
    let old = String::from_utf8(signed.firefox.get("manifest.json").unwrap().to_vec()).unwrap();
    signed.firefox.put("manifest.json", old.replace("7.8.9", "7.8.8"));
    let (_, old) = firefox::pack(&signed, &release("7.8.8"), None, None).unwrap().pop().unwrap();
    assert!(pack(&old).unwrap_err().to_string().contains("is version 7.8.8"));
}

#[test]
fn everything_is_packed_twice_to_the_same_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let key = folder.path().join("key.pem");
    let made = super::p256_key();
    std::fs::write(&key, made).unwrap();
    let key = key.to_str().unwrap();
    let options = Options::read(&["--crx-key", key, "--update-url", BASE]).unwrap();
    let [one, two] = [(); 2].map(|()| {
        let (inputs, mut release) = (inputs(), release("7.8.9"));
        release.level = Compression::best();
        let mut report = Report::new(&release, &inputs).unwrap();
        pack(&inputs, &release, &options.given().unwrap(), &mut report).unwrap()
    });
    assert_eq!(one.len(), two.len());
    for ((name, first), (_, second)) in one.iter().zip(&two) {
        assert_eq!(sha256(first), sha256(second), "{name}");
    }
    // What update.xml says is so.
    let (crx, update) = (find(&one, "promptgate-7.8.9.crx"), find(&one, "update.xml"));
    let update = std::str::from_utf8(update).unwrap();
    assert_eq!(attribute(update, "hash_sha256"), sha256(crx));
    assert_eq!(attribute(update, "size"), crx.len().to_string());
    assert_eq!(attribute(update, "codebase"), format!("{BASE}/promptgate-7.8.9.crx"));
    assert_eq!(attribute(update, "appid").len(), 32);
    let updates = manifest(&crx[crx.windows(4).position(|window| window == b"PK\x03\x04").unwrap()..]);
    assert_eq!(updates["update_url"], format!("{BASE}/update.xml"));
}
