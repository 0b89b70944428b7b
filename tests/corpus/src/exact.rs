//! Tables and fingerprints of bundles, and the CSV that tables are made of: whatever comes, what is taken can be looked up,
//! and every problem has its place in the text.

use std::sync::LazyLock;

use host_classify::exact::{
    Column, Document, EXACT, FINGERPRINTS, Grades, Key, Kind, PrintsSpec, TableSpec, Weak, build, check,
    fingerprint,
};
use shared_protocol::Topic;

const CSV: &str =
    "no,name,city\n\"HX-40718829\",\"Brandvold, Ottilie\",T\u{f8}nsberg\n40718830,Ansgar Feddersen,Husum\n";
const TEXT: &str =
    "Ottilie Brandvold, T\u{f8}nsberg, has hx 4071 8829; the plan of the board for the next quarter is late";

static SPEC: LazyLock<TableSpec> = LazyLock::new(|| {
    let column = |name: &str, kind, alone| Column { name: name.to_owned(), kind, alone, least: None };
    TableSpec {
        words: "customer data".to_owned(),
        topics: vec![Topic::ContentCustomerData],
        levels: Grades { low: None, medium: Some(1), high: Some(2) },
        columns: vec![
            column("no", Kind::Number, true),
            column("name", Kind::Name, false),
            column("city", Kind::Text, false),
        ],
        pairs: vec![([1, 2], 60)],
        separator: None,
        weak: Weak::Refuse,
    }
});

/// The first byte says which kind of part it is.
pub(crate) fn table(bytes: &[u8]) {
    let Some((kind, bytes)) = bytes.split_first() else { return };
    let folder = if kind % 2 == 0 { EXACT } else { FINGERPRINTS };
    let file = format!("{folder}/a.1.table");
    let Ok(spans) = check(&file, bytes, TEXT) else { return };
    let mut last = 0;
    for (start, end) in spans {
        assert!(last <= start && start < end && TEXT.get(start..end).is_some(), "no such place");
        last = end;
    }
}

/// A CSV.
pub(crate) fn source(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    match build(&SPEC, &text, &Key::new([1; 32])) {
        Ok(built) => {
            assert!(check("exact/a.1.table", &built.bytes, TEXT).is_ok(), "what is built is not taken");
            assert!(built.warnings.iter().all(|one| text.get(one.span.clone()).is_some()), "no such place");
        }
        Err(problems) => {
            assert!(!problems.is_empty(), "refused without a reason");
            for one in problems {
                assert!(text.get(one.span.clone()).is_some(), "no such place");
            }
        }
    }
}

pub(crate) fn seeds(target: &str) -> Vec<Vec<u8>> {
    if target == "exact-source" {
        return [CSV, "no;name;city\r\n1234567;\"a \"\"b\"\"\";c\r\n", "no\tname\tcity\n"]
            .map(|text| text.as_bytes().to_vec())
            .to_vec();
    }
    let key = Key::new([1; 32]);
    let spec = PrintsSpec {
        words: "board paper".to_owned(),
        topics: vec![Topic::ContentFinancial],
        share: Grades { low: None, medium: Some(5), high: None },
        least: 3,
    };
    let table = build(&SPEC, CSV, &key).map(|built| [&[0][..], &built.bytes].concat());
    let prints = fingerprint(&spec, &[Document { text: TEXT }], &[], &key)
        .map(|built| [&[1][..], &built.bytes].concat());
    table.into_iter().chain(prints).collect()
}

#[cfg(test)]
mod tests {
    use super::{TEXT, check, seeds};

    /// A seed that is refused begins nowhere.
    #[test]
    fn what_targets_begin_with_is_taken() {
        let tables = seeds("exact-table");
        assert_eq!(tables.len(), 2);
        for (seed, file) in tables.iter().zip(["exact/a.1.table", "fingerprints/a.1.table"]) {
            assert!(!check(file, &seed[1..], TEXT).unwrap().is_empty(), "{file}");
        }
    }
}
