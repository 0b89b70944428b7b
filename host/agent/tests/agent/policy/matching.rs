//! Tables of cells and fingerprints of documents: from files beside a bundle folder to hashes in a bundle.

use std::fs;
use std::path::PathBuf;

use host_policy::bundle::unverified;
use serde_json::Value;

use super::{build, edit, folder, key, said, text, write};
use crate::home::{Home, json_lines};

pub(crate) const SHEET: &str = "source = \"../crm/customers.csv\"\nwords = \"customer data\"\n\
    topics = [\"custom.customers\"]\n\n[columns]\ncustomer_no = { kind = \"number\", alone = true }\n\
    name = { kind = \"name\" }\ncity = { kind = \"text\" }\n\n[[together]]\ncolumns = [\"name\", \"city\"]\nwithin = 60\n";
const CSV: &str =
    "customer_no,name,city\nHX-40718829,Ottilie Brandvold,Tønsberg\nHX-40718830,Ansgar Feddersen,Husum\n";
const POLICY: &str = "@id(\"customers-stay\")\n@action(\"block\")\n@message(\"Customers stay here.\")\n\
    forbid (principal, action in [Action::\"send\"], resource)\nwhen { context.topics[\"custom.customers\"] >= 2 };\n\n\
    @id(\"board-papers-stay\")\n@action(\"warn\")\n@message(\"This is a board paper.\")\n\
    forbid (principal, action in [Action::\"send\"], resource)\nwhen { context.labels.contains(\"document.board\") };\n";

/// A paper of which no two passages are the same.
pub(crate) fn paper() -> String {
    let words = [
        "heron", "crane", "budget", "harbour", "merger", "margin", "timber", "quarter", "plant", "signal",
        "ledger",
    ];
    let word =
        |at: usize| words[at.wrapping_mul(at).wrapping_add(at / 7).wrapping_mul(2_654_435_761) % words.len()];
    (0..600).map(|at| format!("{} ", word(at))).collect()
}

/// A folder with a table and fingerprints, beside what they are made of.
pub(crate) fn matching(home: &Home) -> PathBuf {
    let root = folder(home);
    write(home.path(), "crm/customers.csv", CSV);
    write(home.path(), "board/plan.md", &format!("# Plan\n\n{}\n", paper()));
    write(&root, "exact/customers.toml", SHEET);
    write(
        &root,
        "fingerprints/board.toml",
        "documents = [\"../board/plan.md\"]\nwords = \"board paper\"\nshare = { medium = 5, high = 25 }\n",
    );
    let topics =
        "\n[custom.customers]\ndescription = \"Customers\"\n[custom.board]\ndescription = \"Board papers\"\n";
    write(&root, "topics.toml", &format!("[custom.projects]\ndescription = \"Names of projects\"\n{topics}"));
    write(&root, "policy/matching.cedar", POLICY);
    write(
        &root,
        "stories/matching.toml",
        "[[story]]\nname = \"A customer's number stays\"\nprompt = \"What does hx 4071 8829 owe us?\"\napp = \"chatgpt\"\n\
         expect = { action = \"block\", policies = [\"customers-stay\"] }\n\n\
         [[story]]\nname = \"So does a name with its city\"\nprompt = \"Brandvold, Ottilie (Tonsberg)\"\napp = \"chatgpt\"\n\
         expect = { action = \"block\", policies = [\"customers-stay\"] }\n\n\
         [[story]]\nname = \"A city goes\"\nprompt = \"When was Husum founded?\"\napp = \"chatgpt\"\n\
         expect = { action = \"allow\" }\n",
    );
    root
}

#[test]
fn a_folder_with_sources_is_told_and_built_without_a_plain_cell() {
    let home = Home::new();
    let root = matching(&home);
    let place = root.to_str().unwrap();
    assert_eq!(said(&home.run(&["policy", "check", place])), format!("{place}: nothing is wrong\n"));
    let told = home.lines(&["policy", "test", place, "--json"]).remove(0);
    assert_eq!(told["ok"], true, "{told}");
    let (key, _) = key(&home, "signing.key");
    let archives = [build(&home, &root, 1, &key), {
        let other = home.path().join("again.tar.gz");
        fs::rename(home.path().join("bundle-1.tar.gz"), &other).unwrap();
        build(&home, &root, 1, &key);
        other
    }];
    let files = archives.map(|archive| unverified(&fs::read(archive).unwrap()).unwrap());
    let tables = |files: &host_policy::Files| {
        files
            .iter()
            .filter(|(path, _)| path.ends_with(".table"))
            .map(|(path, bytes)| (path.clone(), bytes.clone()))
            .collect::<Vec<_>>()
    };
    assert_eq!(tables(&files[0]), tables(&files[1]));
    let names: Vec<String> = tables(&files[0]).into_iter().map(|(path, _)| path).collect();
    assert_eq!(names, ["exact/customers.1.table", "fingerprints/board.1.table"]);
    for (path, bytes) in files[0].iter().filter(|(path, _)| !path.starts_with("stories/")) {
        let text = String::from_utf8_lossy(bytes).to_lowercase();
        for plain in [
            "40718829",
            "ottilie",
            "tønsberg",
            "tonsberg",
            "husum",
            "customers.csv",
            "customer_no",
            "plan.md",
        ] {
            assert!(!text.contains(plain), "{path} holds {plain}");
        }
        assert!(!path.ends_with("customers.toml") && !path.ends_with("board.toml"));
    }
    let explained = said(&home.run(&["policy", "explain", "about HX-40718830", "--by", place]));
    assert!(explained.contains("customers-stay"), "{explained}");
}

/// Each slip in a source or its sheet is told at its line and column, and no cell is quoted.
#[test]
fn slips_are_told_at_their_place_in_the_source() {
    let sheet = "exact/customers.toml";
    for (path, from, to, place, message) in [
        (
            "crm/customers.csv",
            "HX-40718830",
            "4711",
            ("../crm/customers.csv", 3, 1),
            "too short to count alone",
        ),
        (
            "crm/customers.csv",
            ",Husum",
            "",
            ("../crm/customers.csv", 3, 1),
            "this row has 2 cells, and the first line 3",
        ),
        (
            "crm/customers.csv",
            "Ansgar",
            "\"Ansgar",
            ("../crm/customers.csv", 3, 13),
            "this quote is never closed",
        ),
        (
            "crm/customers.csv",
            "city\n",
            "town\n",
            ("../crm/customers.csv", 1, 1),
            "there is no column `city`",
        ),
        (
            "acme/exact/customers.toml",
            "../crm/customers.csv",
            "../crm/none.csv",
            (sheet, 1, 10),
            "there is no such file",
        ),
        (
            "acme/exact/customers.toml",
            "../crm/customers.csv",
            "topics.toml",
            (sheet, 1, 10),
            "inside of the bundle folder",
        ),
        (
            "acme/exact/customers.toml",
            "kind = \"text\"",
            "kind = \"word\"",
            (sheet, 8, 17),
            "unknown variant `word`",
        ),
        (
            "acme/exact/customers.toml",
            "[\"name\", \"city\"]",
            "[\"name\", \"town\"]",
            (sheet, 11, 20),
            "`town` is no column",
        ),
        (
            "acme/exact/customers.toml",
            "[\"custom.customers\"]",
            "[\"custom.customers\", \"custom.other\"]",
            (sheet, 3, 31),
            "described nowhere",
        ),
    ] {
        let home = Home::new();
        let root = matching(&home);
        edit(home.path(), path, from, to);
        let output = home.run(&["policy", "check", root.to_str().unwrap(), "--json"]);
        let told = json_lines(&output).remove(0);
        let problems = told["problems"].as_array().unwrap();
        let is_it = |problem: &&Value| problem["message"].as_str().unwrap().contains(message);
        let problem = problems.iter().find(is_it).unwrap_or_else(|| panic!("{message}: {told}"));
        let found = (problem["file"].as_str().unwrap(), &problem["line"], &problem["column"]);
        assert_eq!(found, (place.0, &place.1.into(), &place.2.into()), "{message}");
        assert!(!problem["help"].is_null());
        let human = text(&home.run(&["policy", "check", root.to_str().unwrap()]).stdout);
        assert!(!human.contains("Feddersen") && !human.contains("40718829"), "{human}");
    }
}
