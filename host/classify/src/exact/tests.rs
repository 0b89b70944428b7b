//! Random tables: every cell is found however it is written, no other is, and no part holds one.

use std::collections::BTreeSet;

use proptest::prelude::*;
use shared_protocol::Topic;

use super::look::Looked;
use super::table::Table;
use super::{Column, Grades, Key, Kind, TableSpec, Weak, build, weak};

fn looked(csv: &str) -> (Looked, Vec<u8>) {
    let columns =
        Kind::ALL.map(|kind| Column { name: kind.as_str().to_owned(), kind, alone: true, least: None });
    let spec = TableSpec {
        words: "customer data".to_owned(),
        topics: vec![Topic::ContentCustomerData],
        levels: Grades { low: None, medium: Some(1), high: None },
        columns: columns.to_vec(),
        pairs: Vec::new(),
        separator: None,
        weak: Weak::Refuse,
    };
    let key = Key::of_sources([csv.as_bytes()]);
    let bytes = build(&spec, csv, &key).unwrap().bytes;
    assert_eq!(build(&spec, csv, &key).unwrap().bytes, bytes);
    (Looked::new(Some(key), vec![Table::read(&bytes).unwrap()], Vec::new()), bytes)
}

/// What of a text is found.
fn found<'a>(looked: &Looked, text: &'a str) -> Vec<&'a str> {
    let spans = looked.look(text).into_iter().flat_map(|one| one.spans);
    spans.map(|(start, end)| text.get(start..end).unwrap()).collect()
}

/// A cell and another way of writing it.
fn cell() -> impl Strategy<Value = (Kind, String, String)> {
    let number = (
        "[A-Z]{2}",
        prop::collection::vec("[0-9]{3,4}", 2..4),
        prop::sample::select(vec!["", "-", " ", ".", "/"]),
    );
    let number = number.prop_map(|(head, groups, glue)| {
        (
            Kind::Number,
            format!("{head}-{}", groups.join("-")),
            format!("{}{glue}{}", head.to_lowercase(), groups.join(glue)),
        )
    });
    let name = ("[A-Z][a-zäöüéñ]{4,9}", "[A-Z][a-zäöüéñ]{4,9}");
    let name = name.prop_map(|(first, last)| {
        let plain = |text: &str| {
            text.replace('ä', "ae").replace('ö', "oe").replace('ü', "ue").replace('é', "e").replace('ñ', "n")
        };
        (Kind::Name, format!("{last}, {first}"), plain(&format!("{first}  {last}")).to_uppercase())
    });
    let phone = ("[1-9][0-9]{2}", "[1-9][0-9]{6}", prop::sample::select(vec!["", "-", " ", "/"]));
    let phone = phone.prop_map(|(area, line, glue)| {
        (Kind::Phone, format!("+49 (0){area} {line}"), format!("0{area}{glue}{line}"))
    });
    let email = ("[a-z]{2,8}", "[a-z]{2,8}", "[a-z]{3,9}").prop_map(|(first, last, host)| {
        (
            Kind::Email,
            format!("{first}.{last}@{host}.example"),
            format!("{first}.{last}@{host}.EXAMPLE").to_uppercase(),
        )
    });
    let text = prop::collection::vec("[a-z]{4,9}", 2..5);
    let text = text.prop_map(|words| (Kind::Text, words.join(" "), words.join("-\n").to_uppercase()));
    let all = prop_oneof![number, name, phone, email, text];
    all.prop_filter("says enough", |(kind, cell, _)| {
        weak::alone(*kind, &kind.canonical(cell).unwrap(), weak::least(*kind)).is_none()
    })
}

/// Words that are no cell.
fn around() -> impl Strategy<Value = String> {
    prop::sample::select(vec![
        "",
        "…",
        "Please look at ",
        "この",
        "see #",
        "x = \"",
        "(",
        "«",
        "1) ",
        "<td>",
        "a,b; ",
        "🦩",
    ])
    .prop_map(str::to_owned)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn cells_are_found_and_nothing_else(
        cells in prop::collection::vec(cell(), 1..30),
        others in prop::collection::vec(cell(), 1..10),
        before in around(),
        after in around(),
    ) {
        let row = |kind: Kind, cell: &str| {
            let cells = Kind::ALL.map(|other| if other == kind { format!("\"{cell}\"") } else { String::new() });
            format!("{}\n", cells.join(","))
        };
        let rows: String = cells.iter().map(|(kind, cell, _)| row(*kind, cell)).collect();
        let (looked, bytes) = looked(&format!("{}\n{rows}", Kind::ALL.map(Kind::as_str).join(",")));
        let plain = String::from_utf8_lossy(&bytes).to_lowercase();
        for (kind, cell, other) in &cells {
            for written in [cell, other] {
                let text = format!("{before}{written}; {after}");
                let told = found(&looked, &text);
                // A sign before a number is no part of it; digits before a phone number can be.
                let plain_sign = written.trim_start_matches('+');
                prop_assert!(told.iter().any(|one| one.contains(plain_sign)), "{:?}: {:?} in {:?}", kind, told, text);
                prop_assert!(!plain.contains(&written.to_lowercase()));
            }
            prop_assert!(!plain.contains(&kind.canonical(cell).unwrap()));
        }
        let mine: BTreeSet<_> = cells.iter().map(|(kind, cell, _)| (*kind, kind.canonical(cell))).collect();
        for (kind, cell, other) in &others {
            if !mine.contains(&(*kind, kind.canonical(cell))) {
                prop_assert!(!found(&looked, cell).contains(&cell.trim_start_matches('+')), "{:?}: {}", kind, cell);
                prop_assert!(!found(&looked, other).contains(&other.as_str()), "{:?}: {}", kind, other);
            }
        }
    }
}
