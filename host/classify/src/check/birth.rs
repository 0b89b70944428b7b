//! Days of birth: a day that exists, of somebody who can be alive.

use crate::candidate::Candidate;
use crate::check::Passed;

/// First year of somebody alive today, and the last that counts as one.
const YEARS: std::ops::RangeInclusive<u32> = 1_908..=2_035;

/// The first three letters of months, by language, in order: English and its like, then those that differ.
const MONTHS: [(u32, &[&str]); 12] = [
    (1, &["jan", "ene", "gen", "sty"]),
    (2, &["feb", "fév", "fev", "lut"]),
    (3, &["mar", "mär", "maa", "mrt"]),
    (4, &["apr", "avr", "abr", "kwi"]),
    (5, &["may", "mai", "mag", "mei", "maj"]),
    (6, &["jun", "jui", "giu", "cze"]),
    (7, &["jul", "jui", "lug", "lip"]),
    (8, &["aug", "aoû", "aou", "ago", "sie"]),
    (9, &["sep", "set", "wrz"]),
    (10, &["oct", "okt", "ott", "out", "paź"]),
    (11, &["nov", "lis"]),
    (12, &["dec", "dez", "déc", "dic", "gru"]),
];

/// A day with its year, in any order that is usual somewhere.
pub(crate) fn pass(candidate: Candidate<'_>) -> Option<Passed> {
    let value = candidate.value();
    let numbers: Vec<u32> =
        value.split(|char: char| !char.is_ascii_digit()).filter_map(|number| number.parse().ok()).collect();
    let month = value.split(|char: char| !char.is_alphabetic()).find_map(month);
    let exists = match (numbers.as_slice(), month) {
        ([day, year], Some(month)) => is_day(*day, month, *year),
        ([first, second, third], None) => {
            is_day(*third, *second, *first)
                || is_day(*first, *second, *third)
                || is_day(*second, *first, *third)
        }
        _ => false,
    };
    let joined = candidate.after().starts_with(|char: char| char.is_ascii_digit())
        || candidate.before().ends_with(['-', '/', '.', '$', '€', '£']);
    (exists && !joined).then(|| Passed::whole(candidate))
}

fn is_day(day: u32, month: u32, year: u32) -> bool {
    let year = if year < 100 { year + if year > 35 { 1_900 } else { 2_000 } } else { year };
    (1..=31).contains(&day) && (1..=12).contains(&month) && YEARS.contains(&year)
}

fn month(word: &str) -> Option<u32> {
    let start: String = word.to_lowercase().chars().take(3).collect();
    if start.chars().count() < 3 {
        return None;
    }
    MONTHS.iter().find(|(_, names)| names.contains(&start.as_str())).map(|(month, _)| *month)
}

#[cfg(test)]
mod tests {
    use super::pass;
    use crate::candidate::Candidate;

    #[test]
    fn days_that_exist() {
        let is_day = |text: &str| pass(Candidate { text, start: 0, end: text.len() }).is_some();
        for text in [
            "1980-05-12",
            "12.05.1980",
            "5/12/80",
            "12 de mayo de 1980",
            "May 12, 1980",
            "1980年5月12日",
            "3. Okt 1999",
        ] {
            assert!(is_day(text), "{text}");
        }
        for text in ["1980-13-32", "12.05.1780", "45/12/80", "12 potatoes 1980", "1.2"] {
            assert!(!is_day(text), "{text}");
        }
    }
}
