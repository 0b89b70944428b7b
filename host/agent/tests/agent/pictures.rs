//! Text in pictures: read by Tesseract where the settings name it, wherever the picture stands; and whatever becomes of the
//! program that is named, the file is judged.

use std::fs;
use std::io::{Cursor, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use image::{DynamicImage, ImageFormat};
use serde_json::{Value, json};

use crate::home::{Home, json_lines};

/// Of the system's packages.
const TESSERACT: &str = "/usr/bin/tesseract";

fn case(name: &str) -> Vec<u8> {
    fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/pictures").join(name)).unwrap()
}

/// A home whose settings name this program.
fn reading_by(program: &Path, fail: &str) -> Home {
    let home = Home::new();
    home.settings(&format!(
        "policy = \"builtin-enforce\"\n[fail]\n{fail}\n[pictures]\nprogram = {program:?}\n"
    ));
    home
}

fn scan(home: &Home, name: &str, bytes: &[u8]) -> Value {
    let path = home.path().join(name);
    fs::write(&path, bytes).unwrap();
    let output = home.run(&["scan", path.to_str().unwrap(), "--json"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    json_lines(&output).remove(0)
}

/// A program of our own in place of Tesseract.
fn script(home: &Home, text: &str) -> PathBuf {
    let path = home.path().join("program");
    fs::write(&path, format!("#!/bin/sh\n{text}\n")).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    path
}

fn zip(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in members {
        zip.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn jpeg(picture: &DynamicImage) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    picture.to_rgb8().write_to(&mut bytes, ImageFormat::Jpeg).unwrap();
    bytes.into_inner()
}

/// As a telephone that was held upright keeps it: lying, and a word that says so (EXIF 2.3, orientation 6).
fn turned(picture: &DynamicImage) -> Vec<u8> {
    let lying = jpeg(&picture.rotate270());
    let exif = b"\xff\xe1\0\x22Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0";
    [&lying[..2], exif, &lying[2..]].concat()
}

/// A page that is nothing but a picture, as scanners write it.
fn scanned(picture: &DynamicImage) -> Vec<u8> {
    let (data, width, height) = (jpeg(picture), picture.width(), picture.height());
    let mut pdf = b"%PDF-1.4\n".to_vec();
    let drawn = b"q 600 0 0 180 0 600 cm /P Do Q".to_vec();
    let objects = [
        (b"<< /Type /Catalog /Pages 2 0 R >>".to_vec(), None),
        (b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_vec(), None),
        (
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /XObject << /P 5 0 R >> >> >>"
                .to_vec(),
            None,
        ),
        (format!("<< /Length {} >>", drawn.len()).into_bytes(), Some(drawn)),
        (
            format!(
                "<< /Type /XObject /Subtype /Image /Width {width} /Height {height} /ColorSpace /DeviceRGB \
                 /BitsPerComponent 8 /Filter /DCTDecode /Length {} >>",
                data.len()
            )
            .into_bytes(),
            Some(data),
        ),
    ];
    let mut starts = Vec::new();
    for (at, (head, stream)) in objects.into_iter().enumerate() {
        starts.push(pdf.len());
        pdf.extend(format!("{} 0 obj\n", at + 1).into_bytes());
        pdf.extend(head);
        if let Some(stream) = stream {
            pdf.extend(b"\nstream\n");
            pdf.extend(stream);
            pdf.extend(b"\nendstream");
        }
        pdf.extend(b"\nendobj\n");
    }
    let table = pdf.len();
    pdf.extend(format!("xref\n0 {}\n0000000000 65535 f \n", starts.len() + 1).into_bytes());
    for start in &starts {
        pdf.extend(format!("{start:010} 00000 n \n").into_bytes());
    }
    pdf.extend(format!("trailer << /Size 6 /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n").into_bytes());
    pdf
}

fn is_there() -> bool {
    let is_there = Path::new(TESSERACT).is_file();
    if !is_there {
        assert!(
            std::env::var_os("PROMPTGATE_TOOLS").is_none(),
            "tesseract-ocr is one of the tests' packages"
        );
        eprintln!("SKIPPED: no {TESSERACT}");
    }
    is_there
}

#[test]
fn text_is_read_wherever_the_picture_stands() {
    if !is_there() {
        return;
    }
    let home = reading_by(Path::new(TESSERACT), "");
    let light = case("light.png");
    let picture = image::load_from_memory(&light).unwrap();
    let words = "<w:document xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"><w:body><w:p><w:r>\
                 <w:t>The plan of the lakes</w:t></w:r></w:p></w:body></w:document>";
    let word = zip(&[("word/document.xml", words.as_bytes()), ("word/media/image1.png", &light)]);
    let phone = json!({"at": "line", "line": 3});
    for (name, bytes, kind, at) in [
        ("light.png", light.clone(), "picture", None),
        ("dark.png", case("dark.png"), "picture", None),
        ("photo.jpg", jpeg(&picture), "picture", None),
        ("turned.jpg", turned(&picture), "picture", None),
        (
            "both.zip",
            zip(&[("notes.txt", b"lakes"), ("screen/light.png", &light)]),
            "zip",
            Some("screen/light.png"),
        ),
        ("plan.docx", word, "docx", Some("image1.png")),
        ("scan.pdf", scanned(&picture), "pdf", Some("picture 5")),
    ] {
        let said = scan(&home, name, &bytes);
        let file = &said["files"][0];
        assert_eq!((&file["kind"], &file["unread"]), (&json!(kind), &Value::Null), "{name}: {said}");
        assert_eq!(
            (&said["action"], &file["labels"]["pii.phone"]),
            (&json!("warn"), &json!(1)),
            "{name}: {said}"
        );
        let place = &said["places"][0];
        assert_eq!((&place["spot"], place["inside"].as_str()), (&phone, at), "{name}: {said}");
    }
}

#[test]
fn what_has_no_text_is_read_and_what_cannot_be_drawn_is_not() {
    if !is_there() {
        return;
    }
    let home = reading_by(Path::new(TESSERACT), "unread_file = \"block\"");
    let mut plain = Cursor::new(Vec::new());
    let sky =
        image::RgbImage::from_fn(200, 100, |_, y| image::Rgb([90, 120, 200 - u8::try_from(y).unwrap()]));
    sky.write_to(&mut plain, ImageFormat::Png).unwrap();
    let sky = scan(&home, "sky.png", &plain.into_inner());
    assert_eq!((&sky["action"], &sky["files"][0]["unread"]), (&json!("allow"), &Value::Null), "{sky}");
    let light = case("light.png");
    for (name, bytes, why) in [
        ("cut.png", light[..light.len() / 2].to_vec(), "damaged"),
        ("scan.tiff", b"II*\0\x08\0\0\0\0\0\0\0".to_vec(), "picture"),
    ] {
        let said = scan(&home, name, &bytes);
        assert_eq!(
            (&said["action"], &said["files"][0]["unread"]),
            (&json!("block"), &json!([why])),
            "{said}"
        );
    }
    // Without the table nobody reads it.
    let home = Home::with("builtin-enforce", "unread_file = \"block\"");
    assert_eq!(scan(&home, "light.png", &light)["files"][0]["unread"], json!(["picture"]));
}

#[test]
fn a_program_that_does_not_do_its_work_leaves_the_picture_unread() {
    let folder = Home::new();
    let light = case("light.png");
    for (text, why) in [
        ("exit 1", "picture"),
        ("kill -KILL $$", "picture"),
        ("sleep 600", "exhausted"),
        ("cat >/dev/null; yes call 415 555 0132", "too-large"),
        // It may not write.
        ("cat > \"$0.copy\" || exit 1", "picture"),
    ] {
        let program = script(&folder, text);
        let home = reading_by(&program, "unread_file = \"block\"\nfile_deadline_ms = 5000");
        let since = Instant::now();
        let said = scan(&home, "light.png", &light);
        assert_eq!(
            (&said["action"], &said["files"][0]["unread"]),
            (&json!("block"), &json!([why])),
            "{text}: {said}"
        );
        assert!(since.elapsed() < Duration::from_secs(30), "{text}");
    }
    let copy = fs::read(folder.path().join("program.copy")).unwrap_or_default();
    assert!(copy.is_empty(), "it wrote {} bytes", copy.len());
    let home = reading_by(Path::new("/nowhere/tesseract"), "unread_file = \"block\"");
    assert_eq!(scan(&home, "light.png", &light)["files"][0]["unread"], json!(["picture"]));
}

/// It gets a grey map that was drawn here, no byte of the file, and nothing of who started it.
#[test]
fn what_the_program_gets_was_drawn_here() {
    let folder = Home::new();
    let alone = "test -z \"$HOME$USER$XDG_CONFIG_HOME\" && test \"$PWD\" = / || exit 1";
    let program = script(
        &folder,
        &format!("{alone}\nhead -c 3; printf ' call 415 555 0132 '; cat >/dev/null; echo \"$@\""),
    );
    let home = reading_by(&program, "");
    let said = scan(&home, "light.png", &case("light.png"));
    assert_eq!(said["files"][0]["labels"]["pii.phone"], 1, "{said}");
    let spots = said["places"].as_array().unwrap();
    assert_eq!(spots[0]["spot"], json!({"at": "line", "line": 2}), "{said}");
}
