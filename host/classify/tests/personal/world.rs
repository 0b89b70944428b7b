//! Ids of the rest of the world, made the way their makers describe it.

use crate::made::{Made, luhn_digit, made, sum, told, verhoeff_digit};
use crate::random::Random;

pub(crate) fn ar_cuil(random: &mut Random) -> Made {
    loop {
        let body = format!("{}{}", random.one(&["20", "23", "24", "27"]), random.digits(8));
        let check = match 11 - sum(&body, &[5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11 {
            11 => 0,
            10 => continue,
            check => check,
        };
        return made(&format!("{body}{check}"), 10, random.one(&["", "##-########-#"]));
    }
}

pub(crate) fn au_medicare(random: &mut Random) -> Made {
    let body = format!("{}{}", random.between(2, 6), random.digits(7));
    let check = sum(&body, &[1, 3, 7, 9, 1, 3, 7, 9]) % 10;
    made(&format!("{body}{check}{}", random.between(1, 9)), 8, random.one(&["", "#### ##### #"]))
}

pub(crate) fn au_tfn(random: &mut Random) -> Made {
    loop {
        let body = format!("{}{}", random.between(1, 9), random.digits(7));
        // The last weight is 10, which is -1 by 11.
        let check = sum(&body, &[1, 4, 3, 7, 5, 8, 6, 9]) % 11;
        if check < 10 {
            return made(&format!("{body}{check}"), 8, random.one(&["", "### ### ###"]));
        }
    }
}

pub(crate) fn br_cpf(random: &mut Random) -> Made {
    let digit = |rest: u32| if rest < 2 { 0 } else { 11 - rest };
    let body = random.digits(9);
    let first = digit(sum(&body, &[10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11);
    let longer = format!("{body}{first}");
    let second = digit(sum(&longer, &[11, 10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11);
    made(&format!("{longer}{second}"), 10, random.one(&["", "###.###.###-##"]))
}

pub(crate) fn ca_sin(random: &mut Random) -> Made {
    let body = format!("{}{}", random.between(1, 7), random.digits(7));
    made(&format!("{body}{}", luhn_digit(&body)), 8, random.one(&["", "### ### ###", "###-###-###"]))
}

pub(crate) fn cl_rut(random: &mut Random) -> Made {
    let body = format!("{}{}", random.between(1, 2), random.digits(7));
    let check = match 11 - sum(&body, &[3, 2, 7, 6, 5, 4, 3, 2]) % 11 {
        11 => "0".to_owned(),
        10 => "K".to_owned(),
        check => check.to_string(),
    };
    made(&format!("{body}{check}"), 8, random.one(&["########-#", "##.###.###-#"]))
}

pub(crate) fn cn_resident_id(random: &mut Random) -> Made {
    let (year, month, day) = random.birth();
    let place = random.one(&["110105", "310104", "440305", "510107"]);
    let body = format!("{place}{year}{month:02}{day:02}{}", random.digits(3));
    // Each weight is a power of two by 11.
    let total: u32 = body
        .chars()
        .enumerate()
        .map(|(at, sign)| sign.to_digit(10).unwrap() * (2_u32.pow(17 - u32::try_from(at).unwrap()) % 11))
        .sum();
    let check = match (12 - total % 11) % 11 {
        10 => "X".to_owned(),
        check => check.to_string(),
    };
    made(&format!("{body}{check}"), 17, "")
}

pub(crate) fn co_nit(random: &mut Random) -> Made {
    let body = format!("10{}", random.digits(8));
    let rest = sum(&body, &[43, 41, 37, 29, 23, 19, 17, 13, 7, 3]) % 11;
    let check = if rest < 2 { rest } else { 11 - rest };
    made(&format!("{body}{check}"), 10, random.one(&["##########-#", "#.###.###.###-#"]))
}

pub(crate) fn hk_id_card(random: &mut Random) -> Made {
    let letter = random.sign("ABCDEGHKPRVYZ");
    let number = random.digits(6);
    let total = 36 * 9 + (u32::from(letter) - 55) * 8 + sum(&number, &[7, 6, 5, 4, 3, 2]);
    let check = match (11 - total % 11) % 11 {
        10 => "A".to_owned(),
        check => check.to_string(),
    };
    made(&format!("{letter}{number}{check}"), 7, random.one(&["", "#######(#)"]))
}

pub(crate) fn id_nik(random: &mut Random) -> Made {
    let (year, month, day) = random.birth();
    let day = day + random.one(&[0, 40]);
    let place = format!(
        "{}{:02}{:02}",
        random.one(&["31", "32", "33", "35"]),
        random.between(1, 20),
        random.between(1, 30)
    );
    let rest = format!("{:02}{:04}", year % 100, random.between(1, 99));
    told(&format!("{place}{day:02}{month:02}{rest}"), &format!("{place}{day:02}{:02}{rest}", month + 12), "")
}

pub(crate) fn il_id(random: &mut Random) -> Made {
    let body = format!("{}{}", random.between(0, 3), random.digits(7));
    made(&format!("{body}{}", luhn_digit(&body)), 8, "")
}

pub(crate) fn in_aadhaar(random: &mut Random) -> Made {
    let body = format!("{}{}", random.between(2, 9), random.digits(10));
    made(&format!("{body}{}", verhoeff_digit(&body)), 11, random.one(&["", "#### #### ####"]))
}

pub(crate) fn in_pan(random: &mut Random) -> Made {
    let start: String = (0..3).map(|_| random.sign("ABCDEFGHJKLMNPRSTUVWX")).collect();
    let rest = format!(
        "{}{:04}{}",
        random.sign("ABCDEFGHJKLMNPRSTUVWX"),
        random.between(1, 9999),
        random.sign("ABCDEFGHJK")
    );
    told(&format!("{start}P{rest}"), &format!("{start}X{rest}"), "")
}

pub(crate) fn jp_my_number(random: &mut Random) -> Made {
    let body = random.digits(11);
    // Counted from the right: 2 to 7, then 2 to 6.
    let rest = sum(&body, &[6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11;
    made(&format!("{body}{}", if rest <= 1 { 0 } else { 11 - rest }), 11, random.one(&["", "#### #### ####"]))
}

pub(crate) fn kr_rrn(random: &mut Random) -> Made {
    let (year, month, day) = random.birth();
    let sex = if year < 2000 { random.between(1, 2) } else { random.between(3, 4) };
    let rest = format!("{sex}{}", random.digits(6));
    let date = |month: u32| format!("{:02}{month:02}{day:02}", year % 100);
    told(
        &format!("{}{rest}", date(month)),
        &format!("{}{rest}", date(month + 12)),
        random.one(&["", "######-#######"]),
    )
}

pub(crate) fn mx_curp(random: &mut Random) -> Made {
    let (year, month, day) = random.birth();
    let consonants = "BCDFGHJLMNPRSTVZ";
    let mut code = String::new();
    for alphabet in [consonants, "AEIOU", consonants, consonants] {
        code.push(random.sign(alphabet));
    }
    code.push_str(&format!("{:02}{month:02}{day:02}{}", year % 100, random.sign("HM")));
    code.push_str(random.one(&["DF", "JC", "NL", "MC", "YN"]));
    code.extend((0..3).map(|_| random.sign(consonants)));
    code.push(if year < 2000 { random.sign("0123456789") } else { random.sign("ABC") });
    let alphabet = "0123456789ABCDEFGHIJKLMNÑOPQRSTUVWXYZ";
    let total: usize = code
        .chars()
        .enumerate()
        .map(|(at, sign)| alphabet.chars().position(|other| other == sign).unwrap() * (18 - at))
        .sum();
    made(&format!("{code}{}", (10 - total % 10) % 10), 17, "")
}

pub(crate) fn my_nric(random: &mut Random) -> Made {
    let (year, month, day) = random.birth();
    let rest = format!("{:02}{:04}", random.between(1, 14), random.between(1, 9999));
    let date = |month: u32| format!("{:02}{month:02}{day:02}", year % 100);
    told(
        &format!("{}{rest}", date(month)),
        &format!("{}{rest}", date(month + 12)),
        random.one(&["", "######-##-####"]),
    )
}

pub(crate) fn nz_ird(random: &mut Random) -> Made {
    loop {
        let body = format!("1{}{}", random.between(0, 3), random.digits(6));
        let digit = |weights: &[u32]| match 11 - sum(&body, weights) % 11 {
            11 => Some(0),
            10 => None,
            check => Some(check),
        };
        let check = digit(&[3, 2, 7, 6, 5, 4, 3, 2]).or_else(|| digit(&[7, 4, 3, 2, 5, 2, 7, 6]));
        if let Some(check) = check {
            return made(&format!("{body}{check}"), 8, random.one(&["", "###-###-###"]));
        }
    }
}

pub(crate) fn sg_nric(random: &mut Random) -> Made {
    let series = random.sign("STFGM");
    let number = random.digits(7);
    let offset = match series {
        'T' | 'G' => 4,
        'M' => 3,
        _ => 0,
    };
    let check = 10 - (sum(&number, &[2, 7, 6, 5, 4, 3, 2]) + offset) % 11;
    let letters = match series {
        'S' | 'T' => "ABCDEFGHIZJ",
        'F' | 'G' => "KLMNPQRTUWX",
        _ => "KLJNPQRTUWX",
    };
    made(&format!("{series}{number}{}", letters.chars().nth(check as usize).unwrap()), 8, "")
}

pub(crate) fn th_id(random: &mut Random) -> Made {
    let body = format!("{}{}", random.between(1, 8), random.digits(11));
    let rest = sum(&body, &[13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11;
    made(&format!("{body}{}", (11 - rest) % 10), 12, random.one(&["", "#-####-#####-##-#"]))
}

pub(crate) fn tr_id(random: &mut Random) -> Made {
    let body = format!("{}{}", random.between(1, 9), random.digits(8));
    let odd = i64::from(sum(&body, &[1, 0, 1, 0, 1, 0, 1, 0, 1]));
    let even = i64::from(sum(&body, &[0, 1, 0, 1, 0, 1, 0, 1, 0]));
    let tenth = (odd * 7 - even).rem_euclid(10);
    let last = (odd + even + tenth) % 10;
    made(&format!("{body}{tenth}{last}"), 10, "")
}

pub(crate) fn tw_id(random: &mut Random) -> Made {
    const PLACES: [(char, u32); 8] =
        [('A', 10), ('B', 11), ('C', 12), ('F', 15), ('H', 17), ('I', 34), ('O', 35), ('W', 32)];
    let (letter, place) = random.one(&PLACES);
    let number = format!("{}{}", random.between(1, 2), random.digits(7));
    let total = place / 10 + place % 10 * 9 + sum(&number, &[8, 7, 6, 5, 4, 3, 2, 1]);
    made(&format!("{letter}{number}{}", (10 - total % 10) % 10), 9, "")
}

pub(crate) fn za_id(random: &mut Random) -> Made {
    let (year, month, day) = random.birth();
    let body = format!("{:02}{month:02}{day:02}{}{}8", year % 100, random.digits(4), random.between(0, 1));
    made(&format!("{body}{}", luhn_digit(&body)), 12, random.one(&["", "###### #### ###"]))
}
