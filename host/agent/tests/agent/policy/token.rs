//! Keys in a PKCS#11 token: SoftHSM from the system's packages.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::{folder, text};
use crate::home::{Home, json_lines};
use crate::receiver::{installed, program};

/// A token of the test's own; the library that reaches it, and the file that says where it is.
fn token(home: &Home) -> Option<(PathBuf, PathBuf)> {
    let tool = program("softhsm2-util")?;
    let libraries = ["/usr/lib/softhsm/libsofthsm2.so", "/usr/lib64/pkcs11/libsofthsm2.so"];
    let library = libraries.iter().map(PathBuf::from).find(|path| path.is_file());
    let library = installed("libsofthsm2.so", library)?;
    let tokens = home.path().join("tokens");
    fs::create_dir_all(&tokens).unwrap();
    let config = home.path().join("softhsm2.conf");
    fs::write(&config, format!("directories.tokendir = {}\nobjectstore.backend = file\n", tokens.display()))
        .unwrap();
    let made = Command::new(tool)
        .env("SOFTHSM2_CONF", &config)
        .args(["--init-token", "--free", "--label", "acme", "--pin", "482913", "--so-pin", "99887766"])
        .stdout(Stdio::null())
        .status()
        .unwrap();
    assert!(made.success());
    Some((library, config))
}

fn run(home: &Home, config: &Path, pin: &str, args: &[&str]) -> std::process::Output {
    let mut command = home.command();
    command.env("SOFTHSM2_CONF", config).env("PROMPTGATE_PASSPHRASE", pin).args(args).stdin(Stdio::null());
    command.output().unwrap()
}

#[test]
fn a_key_in_a_token_signs_bundles_and_never_leaves_it() {
    let home = Home::new();
    let Some((library, config)) = token(&home) else { return };
    let (library, root) = (library.to_str().unwrap().to_owned(), folder(&home));
    let place = home.path().join("token.key");
    let keygen = |pin: &str, label: &str| {
        let args = [
            "policy",
            "keygen",
            "--pkcs11",
            &library,
            "--token",
            label,
            "--out",
            place.to_str().unwrap(),
            "--json",
        ];
        run(&home, &config, pin, &args)
    };
    for (pin, label, told) in
        [("482913", "other", "no token is called `other`; there are acme"), ("000000", "acme", "PIN")]
    {
        let output = keygen(pin, label);
        assert_eq!(output.status.code(), Some(1));
        assert!(text(&output.stderr).contains(told), "{}", text(&output.stderr));
        assert!(!place.exists());
    }
    let output = keygen("482913", "acme");
    assert!(output.status.success(), "{}", text(&output.stderr));
    let told = json_lines(&output).remove(0);
    let public = told["public_key"].as_str().unwrap();
    assert!(public.starts_with("p256:"), "{told}");
    let file = fs::read_to_string(&place).unwrap();
    assert!(file.contains(public) && file.contains("token: acme"), "{file}");

    let bundle = home.path().join("bundle.tar.gz");
    let args = [
        "policy",
        "build",
        root.to_str().unwrap(),
        "--version",
        "1",
        "--key",
        place.to_str().unwrap(),
        "-o",
        bundle.to_str().unwrap(),
    ];
    let output = run(&home, &config, "482913", &args);
    assert!(output.status.success(), "{}", text(&output.stderr));
    // What the token signed opens with the public half, and with no other one.
    let shelf = home.path().join("shelf");
    fs::create_dir_all(&shelf).unwrap();
    let push = |trust: &str| {
        home.run(&["policy", "push", bundle.to_str().unwrap(), shelf.to_str().unwrap(), "--trust", trust])
    };
    let (_, other) = super::key(&home, "other.key");
    assert_eq!(push(&other).status.code(), Some(1));
    let pushed = push(public);
    assert!(pushed.status.success(), "{}", text(&pushed.stderr));
    // The file is worth nothing without the token.
    fs::remove_dir_all(home.path().join("tokens")).unwrap();
    fs::create_dir_all(home.path().join("tokens")).unwrap();
    let output = run(&home, &config, "482913", &args);
    assert!(text(&output.stderr).contains("no token is called `acme`"), "{}", text(&output.stderr));
}

#[test]
fn a_library_that_is_none_is_told() {
    let home = Home::new();
    let output = run(
        &home,
        Path::new("/dev/null"),
        "1234",
        &["policy", "keygen", "--pkcs11", "/etc/hostname", "--token", "x"],
    );
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("is no PKCS#11 module"), "{}", text(&output.stderr));
}
