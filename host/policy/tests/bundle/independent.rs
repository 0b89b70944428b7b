//! A bundle that other programs made: GNU tar packs it, OpenSSL signs it, gzip compresses it. Where one of them is missing,
//! on other systems than Linux, the bundles of `raw` are what is left.

use std::fs;
use std::path::Path;
use std::process::Command;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use host_policy::bundle::{Algorithm, PublicKey, Trust, open};
use serde_json::json;

use crate::raw;

fn run(folder: &Path, program: &str, args: &[&str]) -> Vec<u8> {
    let output = Command::new(program).args(args).current_dir(folder).output();
    let output = output.unwrap_or_else(|error| panic!("{program}: {error}"));
    assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

#[test]
#[cfg_attr(not(target_os = "linux"), ignore = "needs GNU tar and OpenSSL")]
fn a_bundle_of_tar_gzip_and_openssl_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("bundle");
    let (root, top) = (root.as_path(), folder.path());
    let mut files = raw::files();
    files.insert(".manifest".to_owned(), raw::manifest().to_string().into_bytes());
    for (path, data) in &files {
        fs::create_dir_all(root.join(path).parent().unwrap()).unwrap();
        fs::write(root.join(path), data).unwrap();
    }
    run(top, "openssl", &["genpkey", "-algorithm", "ed25519", "-out", "key.pem"]);
    // The last 32 bytes of its ASN.1 form (RFC 8410).
    let public = run(top, "openssl", &["pkey", "-in", "key.pem", "-pubout", "-outform", "DER"]);
    let key = PublicKey::new(Algorithm::Ed25519, &public[public.len() - 32..]).unwrap();
    let header = json!({ "alg": "EdDSA", "kid": key.id() });
    let listed = |path: &String| {
        let sum = String::from_utf8(run(root, "sha256sum", &[path])).unwrap();
        json!({ "name": path, "hash": sum.split(' ').next(), "algorithm": "SHA-256" })
    };
    let claims = json!({ "files": files.keys().map(listed).collect::<Vec<_>>() });
    let token = raw::token(&header, &claims, |message| {
        fs::write(top.join("message"), message).unwrap();
        run(top, "openssl", &["pkeyutl", "-sign", "-rawin", "-inkey", "key.pem", "-in", "message"])
    });
    assert_eq!(URL_SAFE_NO_PAD.decode(token.rsplit('.').next().unwrap()).unwrap().len(), 64);
    fs::write(root.join(".signatures.json"), json!({ "signatures": [token] }).to_string()).unwrap();
    let keys = [key];
    for format in ["gnu", "ustar"] {
        let format = format!("--format={format}");
        run(top, "tar", &[&format, "-czf", "bundle.tar.gz", "-C", "bundle", "."]);
        let archive = fs::read(top.join("bundle.tar.gz")).unwrap();
        let trust = Trust { keys: &keys, audience: Some("acme"), agent: "0.1.0", newest: None, now: 5_000 };
        let opened = open(&archive, &trust).unwrap();
        assert_eq!(opened.files, raw::files());
    }
    // With times of files in records of their own a program writes more than is taken, and says so.
    run(top, "tar", &["--format=posix", "-czf", "bundle.tar.gz", "-C", "bundle", "."]);
    let archive = fs::read(top.join("bundle.tar.gz")).unwrap();
    let trust = Trust { keys: &keys, audience: Some("acme"), agent: "0.1.0", newest: None, now: 5_000 };
    assert_eq!(open(&archive, &trust).unwrap_err().code(), "archive-extension-header");
}
