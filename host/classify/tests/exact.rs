//! An organisation's own values and documents: found however they are written, and nowhere else.

#![cfg(test)]

use std::sync::LazyLock;

use host_classify::exact::{
    Column, Document, EXACT, FINGERPRINTS, Grades, Key, Kind, PrintsSpec, TableSpec, Weak, build,
    fingerprint, pieces,
};
use host_classify::{Classification, DetectorProblem, Engine, merged};
use shared_protocol::{Level, Operation, Part, PartKind, Prompt, Topic};

fn topic() -> Topic {
    Topic::Custom("customers".to_owned())
}

fn column(name: &str, kind: Kind, alone: bool) -> Column {
    Column { name: name.to_owned(), kind, alone, least: None }
}

fn spec(columns: Vec<Column>, pairs: Vec<([usize; 2], usize)>) -> TableSpec {
    TableSpec {
        words: "customer data".to_owned(),
        topics: vec![topic()],
        levels: Grades { low: None, medium: Some(1), high: Some(3) },
        columns,
        pairs,
        separator: None,
        weak: Weak::Refuse,
    }
}

fn key(csv: &str) -> Key {
    Key::of_sources([csv.as_bytes()])
}

/// The engine with one table, and the bytes of that.
fn engine(spec: &TableSpec, csv: &str) -> (Engine, Vec<u8>) {
    let built = build(spec, csv, &key(csv)).unwrap();
    let files = pieces(EXACT, "customers", &built.bytes);
    let files = files.iter().map(|(path, bytes)| (path.as_str(), bytes.as_slice()));
    (Engine::builtin().unwrap().with_exact(files).unwrap(), built.bytes)
}

fn classify(engine: &Engine, text: &str) -> Classification {
    let mut prompt = Prompt::new(Operation::SendPrompt);
    prompt.parts.push(Part { kind: PartKind::Text, name: None, text: text.into() });
    engine.classify(&prompt)
}

/// What is found of the tables, as it stands in the text.
fn found(engine: &Engine, text: &str) -> Vec<String> {
    let chars: Vec<char> = text.chars().collect();
    let own = ["exact.customers", "document.board"];
    let found = classify(engine, text).findings.into_iter().filter(|one| own.contains(&one.label.as_str()));
    found.map(|one| chars[one.start..one.end].iter().collect()).collect()
}

fn level(found: &Classification) -> Level {
    found.topics.iter().find(|score| score.topic == topic()).unwrap().level
}

const CUSTOMERS: &str = "no,name,city,mail,phone\n\
    KD-2024-00183,\"Müller, Jürgen\",Lüneburg,j.mueller@heron.example,+49 (0)4131 1234567\n\
    KD-2024-00184,Ana García,Cádiz,ana@heron.example,+34 956 12 34 567\n\
    KD-2024-00185,山田太郎,大阪,,\n";

fn customers() -> TableSpec {
    let columns = vec![
        column("no", Kind::Number, true),
        column("name", Kind::Name, false),
        column("city", Kind::Text, false),
        column("mail", Kind::Email, true),
        column("phone", Kind::Phone, true),
    ];
    spec(columns, vec![([1, 2], 60)])
}

#[test]
fn a_row_is_found_however_it_is_written() {
    let (engine, _) = engine(&customers(), CUSTOMERS);
    for (text, wanted) in [
        ("Was schuldet kd 2024 00183 uns?", &["kd 2024 00183"][..]),
        ("(KD2024-00184)", &["KD2024-00184"]),
        ("mail J.Mueller@HERON.example. Danke", &["J.Mueller@HERON.example"]),
        ("call 04131/1234567 now", &["04131/1234567"]),
        ("JUERGEN MUELLER, wohnhaft in Luneburg", &["JUERGEN MUELLER", "Luneburg"]),
        ("大阪の山田太郎さん", &["大阪", "山田太郎"]),
        ("Jürgen Müller", &[]),
        ("Lüneburg", &[]),
        ("Jürgen Müller aus Cádiz", &[]),
        ("KD-2024-00186", &[]),
    ] {
        assert_eq!(found(&engine, text), wanted, "{text}");
    }
    let apart = format!("Jürgen Müller {} Lüneburg", "so ".repeat(21));
    assert!(found(&engine, &apart).is_empty(), "further apart than said");
}

#[test]
fn levels_count_different_cells_and_rows() {
    let (engine, _) = engine(&customers(), CUSTOMERS);
    for (text, wanted) in [
        ("nothing", Level::None),
        ("KD-2024-00183 and KD-2024-00183 and kd 2024 00183", Level::Medium),
        ("KD-2024-00183, KD-2024-00184", Level::Medium),
        ("KD-2024-00183, KD-2024-00184, Jürgen Müller (Lüneburg)", Level::High),
    ] {
        assert_eq!(level(&classify(&engine, text)), wanted, "{text}");
    }
}

/// That an address is a customer's makes it no less of an address; redaction takes each place out once.
#[test]
fn what_the_rules_find_stays() {
    let (engine, _) = engine(&customers(), CUSTOMERS);
    let text = "write to ana@heron.example";
    let (with, without) = (classify(&engine, text), classify(&Engine::builtin().unwrap(), text));
    let labels: Vec<&str> = with.findings.iter().map(|one| one.label.as_str()).collect();
    assert_eq!(labels, ["exact.customers", "pii.email"]);
    for before in &without.topics {
        let after = with.topics.iter().find(|score| score.topic == before.topic).unwrap();
        assert!((after.score - before.score).abs() < f32::EPSILON);
    }
    let merged = merged(&with.findings);
    assert_eq!(merged.len(), 1);
    assert_eq!((merged[0].start, merged[0].end), (9, 26));
    assert_eq!(engine.replacement(&with.findings[0].label, 1), "[CUSTOMER_DATA_1]");
    assert!(!with.findings[0].mask.contains("ana"));
}

#[test]
fn the_name_of_a_file_counts() {
    let (engine, _) = engine(&customers(), CUSTOMERS);
    let mut prompt = Prompt::new(Operation::UploadFile);
    let name = Some("KD-2024-00183.pdf".into());
    prompt.parts.push(Part { kind: PartKind::Attachment, name, text: "nothing".into() });
    let found = engine.classify(&prompt);
    assert_eq!(level(&found), Level::Medium);
    assert!(found.names.iter().any(|name| name.label.as_str() == "exact.customers"));
}

/// `line:column-free`: the byte where it begins, the message.
fn problems(spec: &TableSpec, csv: &str) -> Vec<(usize, String)> {
    let told = |problem: DetectorProblem| {
        assert!(csv.get(problem.span.clone()).is_some() && !problem.help.is_empty());
        (problem.span.start, problem.message)
    };
    build(spec, csv, &key(csv)).unwrap_err().into_iter().map(told).collect()
}

#[test]
fn what_is_wrong_with_a_table_has_its_place_and_quotes_no_cell() {
    let one = spec(vec![column("no", Kind::Number, true)], vec![]);
    for (csv, start, says) in [
        ("nr\n123456\n", 0, "there is no column `no`"),
        ("no,no\n1,2\n", 3, "`no` is the name of two columns"),
        ("no,x\n123456\n", 5, "this row has 1 cells, and the first line 2"),
        ("no\n\"123456\n", 3, "this quote is never closed"),
        ("no\n4711\n", 3, "this cell of `no` is too short to count alone"),
        ("no\n123456\n111111\n", 10, "this cell of `no` repeats itself and could be anything"),
        ("", 0, "this file is empty"),
    ] {
        assert_eq!(problems(&one, csv), [(start, says.to_owned())], "{csv}");
    }
    let names = spec(vec![column("name", Kind::Name, true)], vec![]);
    let many = format!("name\n{}", "Smith\n".repeat(9));
    let told = problems(&names, &many);
    assert_eq!(told.len(), 6);
    assert!(told.iter().all(|(_, message)| !message.contains("Smith")));
    let often = format!("name\n{}", "Jane Smithson\n".repeat(21));
    assert_eq!(
        problems(&names, &often)[0].1,
        "this cell of `name` stands in many rows and tells nothing of one"
    );
}

#[test]
fn weak_cells_are_left_out_where_that_is_said() {
    let skipping = TableSpec { weak: Weak::Skip, ..spec(vec![column("no", Kind::Number, true)], vec![]) };
    let csv = "no\n4711\n123456\n0815\n";
    let built = build(&skipping, csv, &key(csv)).unwrap();
    assert_eq!((built.rows, built.cells, built.skipped, built.warnings.len()), (3, 1, 2, 1));
    let (engine, _) = engine(&skipping, csv);
    assert_eq!(found(&engine, "4711 123456"), ["123456"]);
    let dense: String = (100_000..120_000).map(|number| format!("{number}\n")).collect();
    let csv = format!("no\n{dense}");
    let warnings = build(&skipping, &csv, &key(&csv)).unwrap().warnings;
    let dense = warnings.iter().any(|one| one.message.contains("of all numbers of 6 digits 1 in a hundred"));
    assert!(dense, "{warnings:?}");
}

static WORDS: LazyLock<Vec<&str>> = LazyLock::new(|| {
    "heron crane stork egret river budget merger board quarter margin forecast plant harbour ledger audit supply harvest \
     engine timber copper lantern meadow signal winter garden copper bridge castle orchard valley market summer anchor"
        .split_whitespace()
        .collect()
});

/// Sentences of one document; another `seed` is another document.
fn document(seed: usize, words: usize) -> String {
    let mut state = seed.wrapping_mul(0x9E37_79B9).wrapping_add(7);
    let mut text = String::new();
    for place in 0..words {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        text.push_str(WORDS[(state >> 33) % WORDS.len()]);
        text.push_str(if place % 14 == 13 { ".\n" } else { " " });
    }
    text
}

fn board(documents: &[&str], common: &[&str]) -> (Engine, Vec<usize>) {
    let of = |texts: &[&'static str]| texts.iter().map(|text| Document { text }).collect::<Vec<_>>();
    let leak =
        |texts: &[&str]| texts.iter().map(|text| &*text.to_string().leak()).collect::<Vec<&'static str>>();
    let spec = PrintsSpec {
        words: "board paper".to_owned(),
        topics: vec![topic()],
        share: Grades { low: None, medium: Some(5), high: Some(30) },
        least: 8,
    };
    let built = fingerprint(&spec, &of(&leak(documents)), &of(&leak(common)), &Key::new([7; 32])).unwrap();
    let files = pieces(FINGERPRINTS, "board", &built.bytes);
    let files = files.iter().map(|(path, bytes)| (path.as_str(), bytes.as_slice()));
    (Engine::builtin().unwrap().with_exact(files).unwrap(), built.prints)
}

/// Ten pages, of which one is pasted, and of that every fifteenth word is another one.
#[test]
fn a_page_of_ten_is_found_where_it_is_reworded() {
    let ten = document(1, 5_000);
    let (engine, prints) = board(&[&ten, &document(2, 5_000)], &[]);
    assert!((1_500..3_000).contains(&prints[0]), "{prints:?}");
    let page: Vec<&str> = ten.split_whitespace().skip(2_000).take(600).collect();
    let pasted: Vec<&str> =
        page.iter().enumerate().map(|(at, word)| if at % 15 == 7 { "reworded" } else { word }).collect();
    let before = "Please make this shorter for me. ";
    let text = format!("{before}{} Thank you, and keep the tone.", pasted.join(" "));
    let told = classify(&engine, &text);
    assert_eq!(level(&told), Level::Medium);
    let span = told.findings.iter().find(|one| one.label.as_str() == "document.board").unwrap();
    let wanted = before.len()..before.len() + pasted.join(" ").len();
    assert!(span.start.abs_diff(wanted.start) < 100 && span.end.abs_diff(wanted.end) < 100, "{span:?}");

    assert_eq!(level(&classify(&engine, &ten)), Level::High);
    assert_eq!(
        level(&classify(&engine, &document(3, 5_000))),
        Level::None,
        "another document of the same words"
    );
    let few: Vec<&str> = page.iter().take(12).copied().collect();
    assert_eq!(level(&classify(&engine, &few.join(" "))), Level::None, "a sentence is no document");
}

#[test]
fn what_stands_in_every_letter_is_no_fingerprint() {
    let (letterhead, body) = (document(5, 300), document(6, 300));
    let whole = format!("{letterhead}{body}");
    let (engine, _) = board(&[&whole], &[&letterhead]);
    assert_eq!(level(&classify(&engine, &letterhead)), Level::None);
    assert_eq!(level(&classify(&engine, &body)), Level::High);
}

#[test]
fn a_broken_part_is_refused_with_its_file() {
    let (_, bytes) = engine(&customers(), CUSTOMERS);
    let refused = |path: &str, bytes: &[u8]| {
        let files = [(path, bytes)];
        Engine::builtin().unwrap().with_exact(files.into_iter()).unwrap_err().to_string()
    };
    let cut = refused("exact/customers.1.table", &bytes[..bytes.len() - 1]);
    assert_eq!(cut, "exact/customers.1.table: its hashes are in no order, or too many");
    assert!(refused("exact/customers.2.table", &bytes).contains("a piece of this table is missing"));
    assert!(refused("exact/customers.table", &bytes).contains("otherwise"));
    assert!(refused("fingerprints/customers.1.table", &bytes).contains("of this kind"));
    let more = [bytes.as_slice(), b"x"].concat();
    assert!(refused("exact/customers.1.table", &more).contains("behind its end"));
    let other = build(&customers(), CUSTOMERS, &Key::new([9; 32])).unwrap().bytes;
    let two = [("exact/a.1.table", bytes.as_slice()), ("exact/b.1.table", other.as_slice())];
    let apart = Engine::builtin().unwrap().with_exact(two.into_iter()).unwrap_err();
    assert_eq!(apart.to_string(), "exact/b.1.table: it was built apart from the others");
}
