//! Ids of Europe, made the way their makers describe it: a body, and the check sign that follows from it.

use crate::made::{Made, hybrid_digit, luhn_digit, made, sum, told};
use crate::random::Random;

/// Tries bodies until `check` gives a sign.
pub(crate) fn until<T>(
    random: &mut Random,
    mut body: impl FnMut(&mut Random) -> String,
    check: impl Fn(&str) -> Option<T>,
) -> (String, T) {
    loop {
        let body = body(random);
        if let Some(sign) = check(&body) {
            return (body, sign);
        }
    }
}

pub(crate) fn at_svnr(random: &mut Random) -> Made {
    let (body, check) = until(
        random,
        |random| {
            let (year, month, day) = random.birth();
            format!("{:03}{day:02}{month:02}{:02}", random.between(100, 999), year % 100)
        },
        |body| Some(sum(body, &[3, 7, 9, 5, 8, 4, 2, 1, 6]) % 11).filter(|check| *check < 10),
    );
    let (serial, day) = body.split_at(3);
    made(&format!("{serial}{check}{day}"), 3, random.one(&["", "#### ######"]))
}

pub(crate) fn be_national_number(random: &mut Random) -> Made {
    let (year, month, day) = random.birth();
    let body = format!("{:02}{month:02}{day:02}{:03}", year % 100, random.between(1, 997));
    let number: u64 = if year < 2000 { body.clone() } else { format!("2{body}") }.parse().unwrap();
    let check = 97 - number % 97;
    made(&format!("{body}{check:02}"), 10, random.one(&["", "##.##.##-###.##", "## ## ## ### ##"]))
}

pub(crate) fn bg_egn(random: &mut Random) -> Made {
    let (year, month, day) = random.birth();
    let month = if year < 2000 { month } else { month + 40 };
    let body = format!("{:02}{month:02}{day:02}{}", year % 100, random.digits(3));
    let check = sum(&body, &[2, 4, 8, 5, 10, 9, 7, 3, 6]) % 11 % 10;
    made(&format!("{body}{check}"), 9, "")
}

pub(crate) fn ch_ahv(random: &mut Random) -> Made {
    let body = format!("756{}", random.digits(9));
    let total = sum(&body, &[1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3]);
    made(&format!("{body}{}", (10 - total % 10) % 10), 12, random.one(&["", "###.####.####.##"]))
}

pub(crate) fn cz_birth_number(random: &mut Random) -> Made {
    let (body, check) = until(
        random,
        |random| {
            let (year, month, day) = random.birth();
            let woman = random.one(&[0, 50]);
            format!("{:02}{:02}{day:02}{}", year.max(1954) % 100, month + woman, random.digits(3))
        },
        |body| Some(body.parse::<u64>().unwrap() % 11).filter(|rest| *rest < 10),
    );
    made(&format!("{body}{check}"), 9, random.one(&["", "######/####"]))
}

pub(crate) fn de_health_insurance(random: &mut Random) -> Made {
    let letter = random.between(0, 25);
    let number = random.digits(8);
    let spelled = format!("{:02}{number}", letter + 1);
    let check: u32 = spelled
        .chars()
        .enumerate()
        .map(|(at, sign)| sign.to_digit(10).unwrap() * if at % 2 == 0 { 1 } else { 2 })
        .map(|product| if product > 9 { product - 9 } else { product })
        .sum();
    let letter = char::from_u32(65 + letter).unwrap();
    made(&format!("{letter}{number}{}", check % 10), 9, "")
}

pub(crate) fn de_id_card(random: &mut Random) -> Made {
    let mut serial = random.sign("LMNPRTVWXY").to_string();
    serial.extend((0..8).map(|_| random.sign("0123456789CFGHJKLMNPRTVWXYZ")));
    let value = |sign: char| sign.to_digit(10).unwrap_or_else(|| u32::from(sign) - 55);
    let total: u32 = serial.chars().map(value).zip([7, 3, 1].into_iter().cycle()).map(|(v, w)| v * w).sum();
    made(&format!("{serial}{}", total % 10), 9, "")
}

pub(crate) fn de_pension_number(random: &mut Random) -> Made {
    let (year, month, day) = random.birth();
    let letter = random.between(1, 26);
    let area = random.between(2, 89);
    let serial = random.between(0, 99);
    let spelled = format!("{area:02}{day:02}{month:02}{:02}{letter:02}{serial:02}", year % 100);
    let weights = [2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1];
    let cross =
        |product: u32| product.to_string().chars().map(|sign| sign.to_digit(10).unwrap()).sum::<u32>();
    let total: u32 =
        spelled.chars().zip(weights).map(|(sign, weight)| cross(sign.to_digit(10).unwrap() * weight)).sum();
    let signs =
        format!("{}{}{serial:02}{}", spelled.split_at(8).0, char::from_u32(64 + letter).unwrap(), total % 10);
    made(&signs, 11, random.one(&["", "## ###### # ###"]))
}

pub(crate) fn de_tax_id(random: &mut Random) -> Made {
    // Nine different digits of ten, one of them twice.
    let mut pool: Vec<char> = "0123456789".chars().collect();
    pool.remove(random.between(0, 9) as usize);
    pool.push(random.one(&pool.clone()));
    for at in (1..pool.len()).rev() {
        let other = random.between(0, u32::try_from(at).unwrap()) as usize;
        pool.swap(at, other);
    }
    if pool[0] == '0' {
        let other = pool.iter().position(|sign| *sign != '0').unwrap();
        pool.swap(0, other);
    }
    let body: String = pool.into_iter().collect();
    made(&format!("{body}{}", hybrid_digit(&body)), 10, random.one(&["", "## ### ### ###"]))
}

pub(crate) fn es_dni(random: &mut Random) -> Made {
    let letter = |number: u32| "TRWAGMYFPDXBNJZSQVHLCKE".chars().nth((number % 23) as usize).unwrap();
    let body = random.digits(7);
    let tail: u32 = body.parse().unwrap();
    match random.between(0, 3) {
        0 => made(&format!("Y{body}{}", letter(10_000_000 + tail)), 8, random.one(&["", "#-#######-#"])),
        _ => {
            let first = random.between(0, 9);
            made(
                &format!("{first}{body}{}", letter(first * 10_000_000 + tail)),
                8,
                random.one(&["", "########-#"]),
            )
        }
    }
}

pub(crate) fn fr_nir(random: &mut Random) -> Made {
    let (year, month, _) = random.birth();
    let start = format!("{}{:02}{month:02}", random.between(1, 2), year % 100);
    let tail = format!("{:03}{:03}", random.between(1, 990), random.between(1, 999));
    let corsica = random.between(0, 5) == 0;
    let department = if corsica { "2A".to_owned() } else { format!("{:02}", random.between(1, 95)) };
    let number: u64 = format!("{start}{}{tail}", department.replace("2A", "20")).parse().unwrap();
    // The official text takes a million from numbers of 2A instead.
    let number = if corsica { number - 1_000_000 } else { number };
    made(
        &format!("{start}{department}{tail}{:02}", 97 - number % 97),
        14,
        random.one(&["", "# ## ## ## ### ### ##"]),
    )
}

pub(crate) fn gb_nhs(random: &mut Random) -> Made {
    let (body, check) = until(
        random,
        |random| format!("{}{}", random.between(4, 7), random.digits(8)),
        |body| match 11 - sum(body, &[10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11 {
            11 => Some(0),
            10 => None,
            check => Some(check),
        },
    );
    made(&format!("{body}{check}"), 9, random.one(&["", "### ### ####"]))
}

pub(crate) fn gb_nino(random: &mut Random) -> Made {
    let rest = format!("{}{}", random.digits(6), random.sign("ABCD"));
    let prefix = format!("{}{}", random.sign("ABCEHJLMPRSWXY"), random.sign("ACEHJLMPRSWXY"));
    told(&format!("{prefix}{rest}"), &format!("GB{rest}"), random.one(&["", "## ## ## ## #"]))
}

pub(crate) fn gr_amka(random: &mut Random) -> Made {
    let (year, month, day) = random.birth();
    let body = format!("{day:02}{month:02}{:02}{}", year % 100, random.digits(4));
    made(&format!("{body}{}", luhn_digit(&body)), 10, "")
}

pub(crate) fn hr_oib(random: &mut Random) -> Made {
    let body = random.digits(10);
    made(&format!("{body}{}", hybrid_digit(&body)), 10, "")
}

pub(crate) fn hu_taj(random: &mut Random) -> Made {
    let body = format!("0{}", random.digits(7));
    let check = sum(&body, &[3, 7, 3, 7, 3, 7, 3, 7]) % 10;
    made(&format!("{body}{check}"), 8, random.one(&["", "### ### ###"]))
}

pub(crate) fn hu_tax_id(random: &mut Random) -> Made {
    let (body, check) = until(
        random,
        |random| format!("8{}", random.digits(8)),
        |body| Some(sum(body, &[1, 2, 3, 4, 5, 6, 7, 8, 9]) % 11).filter(|check| *check < 10),
    );
    made(&format!("{body}{check}"), 9, "")
}

pub(crate) fn ie_pps(random: &mut Random) -> Made {
    let body = random.digits(7);
    let second = random.between(0, 2);
    let rest = (sum(&body, &[8, 7, 6, 5, 4, 3, 2]) + 9 * second) % 23;
    let check = "WABCDEFGHIJKLMNOPQRSTUV".chars().nth(rest as usize).unwrap();
    let second = ["", "A", "B"][second as usize];
    made(&format!("{body}{check}{second}"), 7, "")
}

pub(crate) fn it_fiscal_code(random: &mut Random) -> Made {
    // Signs in odd places, in the order 0 to 9 and A to Z, as the decree lists them.
    const ODD: &str =
        "1 0 5 7 9 13 15 17 19 21 1 0 5 7 9 13 15 17 19 21 2 4 18 20 11 3 6 8 12 14 16 10 22 25 24 23";
    let odd: Vec<u32> = ODD.split(' ').map(|value| value.parse().unwrap()).collect();
    let (year, month, day) = random.birth();
    let mut code: String = (0..6).map(|_| random.sign("BCDFGLMNPRSTVZ")).collect();
    let month = "ABCDEHLMPRST".chars().nth(month as usize - 1).unwrap();
    code.push_str(&format!("{:02}{month}{:02}", year % 100, day + random.one(&[0, 40])));
    code.push_str(&format!("{}{:03}", random.sign("ABCDEFGHIL"), random.between(1, 999)));
    let total: u32 = code
        .bytes()
        .enumerate()
        .map(|(at, byte)| {
            let order = if byte.is_ascii_digit() { byte - b'0' } else { byte - b'A' + 10 };
            match at % 2 {
                0 => odd[usize::from(order)],
                _ if byte.is_ascii_digit() => u32::from(byte - b'0'),
                _ => u32::from(byte - b'A'),
            }
        })
        .sum();
    made(&format!("{code}{}", char::from_u32(65 + total % 26).unwrap()), 15, "")
}

pub(crate) fn nl_bsn(random: &mut Random) -> Made {
    let (body, check) = until(
        random,
        |random| format!("{}{}", random.between(1, 9), random.digits(7)),
        |body| Some(sum(body, &[9, 8, 7, 6, 5, 4, 3, 2]) % 11).filter(|check| *check < 10),
    );
    made(&format!("{body}{check}"), 8, random.one(&["", "####.##.###", "### ### ###"]))
}

pub(crate) fn pl_nip(random: &mut Random) -> Made {
    let (body, check) = until(
        random,
        |random| format!("{}{}", random.between(111, 999), random.digits(6)),
        |body| Some(sum(body, &[6, 5, 7, 2, 3, 4, 5, 6, 7]) % 11).filter(|check| *check < 10),
    );
    made(&format!("{body}{check}"), 9, random.one(&["", "###-###-##-##"]))
}

pub(crate) fn pl_pesel(random: &mut Random) -> Made {
    let (year, month, day) = random.birth();
    let month = if year < 2000 { month } else { month + 20 };
    let body = format!("{:02}{month:02}{day:02}{}", year % 100, random.digits(4));
    let check = (10 - sum(&body, &[1, 3, 7, 9, 1, 3, 7, 9, 1, 3]) % 10) % 10;
    made(&format!("{body}{check}"), 10, "")
}

pub(crate) fn pt_nif(random: &mut Random) -> Made {
    let body = format!("{}{}", random.between(1, 2), random.digits(7));
    let rest = sum(&body, &[9, 8, 7, 6, 5, 4, 3, 2]) % 11;
    made(&format!("{body}{}", if rest < 2 { 0 } else { 11 - rest }), 8, random.one(&["", "### ### ###"]))
}

pub(crate) fn ro_cnp(random: &mut Random) -> Made {
    let (year, month, day) = random.birth();
    let sex = if year < 2000 { random.between(1, 2) } else { random.between(5, 6) };
    let body =
        format!("{sex}{:02}{month:02}{day:02}{:02}{}", year % 100, random.between(1, 46), random.digits(3));
    let rest = sum(&body, &[2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9]) % 11;
    made(&format!("{body}{}", if rest == 10 { 1 } else { rest }), 12, "")
}

pub(crate) fn si_emso(random: &mut Random) -> Made {
    let (body, check) = until(
        random,
        |random| {
            let (year, month, day) = random.birth();
            format!("{day:02}{month:02}{:03}50{}", year % 1000, random.digits(3))
        },
        |body| match sum(body, &[7, 6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11 {
            0 => Some(0),
            1 => None,
            rest => Some(11 - rest),
        },
    );
    made(&format!("{body}{check}"), 12, "")
}

pub(crate) fn ua_tax_number(random: &mut Random) -> Made {
    let body = format!("{}{}", random.between(2, 3), random.digits(8));
    let sum: i64 = body
        .chars()
        .zip([-1, 5, 7, 9, 4, 6, 10, 5, 7])
        .map(|(sign, weight)| i64::from(sign.to_digit(10).unwrap()) * weight)
        .sum();
    made(&format!("{body}{}", sum.rem_euclid(11) % 10), 9, "")
}
