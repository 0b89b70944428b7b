//! Ids of the Nordic and Baltic countries, made the way their makers describe it.

use crate::europe::until;
use crate::made::{Made, luhn_digit, made, sum, told};
use crate::random::Random;

pub(crate) fn dk_cpr(random: &mut Random) -> Made {
    let (year, month, day) = random.birth();
    let rest = format!("{:02}{}", year % 100, random.digits(4));
    told(
        &format!("{day:02}{month:02}{rest}"),
        &format!("{day:02}{:02}{rest}", month + 12),
        random.one(&["", "######-####"]),
    )
}

fn baltic(random: &mut Random) -> Made {
    let (year, month, day) = random.birth();
    let first = if year < 2000 { random.between(3, 4) } else { random.between(5, 6) };
    let body = format!("{first}{:02}{month:02}{day:02}{}", year % 100, random.digits(3));
    let mut check = sum(&body, &[1, 2, 3, 4, 5, 6, 7, 8, 9, 1]) % 11;
    if check == 10 {
        check = sum(&body, &[3, 4, 5, 6, 7, 8, 9, 1, 2, 3]) % 11 % 10;
    }
    made(&format!("{body}{check}"), 10, "")
}

pub(crate) fn ee_personal_code(random: &mut Random) -> Made {
    baltic(random)
}

pub(crate) fn lt_personal_code(random: &mut Random) -> Made {
    baltic(random)
}

pub(crate) fn fi_hetu(random: &mut Random) -> Made {
    let (year, month, day) = random.birth();
    let day = format!("{day:02}{month:02}{:02}", year % 100);
    let serial = format!("{:03}", random.between(2, 899));
    let number: u32 = format!("{day}{serial}").parse().unwrap();
    let check = "0123456789ABCDEFHJKLMNPRSTUVWXY".chars().nth((number % 31) as usize).unwrap();
    made(&format!("{day}{}{serial}{check}", if year < 2000 { '-' } else { 'A' }), 10, "")
}

pub(crate) fn is_kennitala(random: &mut Random) -> Made {
    let (body, check) = until(
        random,
        |random| {
            let (year, month, day) = random.birth();
            format!(
                "{day:02}{month:02}{:02}{}{}",
                year % 100,
                random.between(20, 99),
                if year < 2000 { 9 } else { 0 }
            )
        },
        |body| match 11 - sum(body.split_at(8).0, &[3, 2, 7, 6, 5, 4, 3, 2]) % 11 {
            11 => Some(0),
            10 => None,
            check => Some(check),
        },
    );
    let (start, century) = body.split_at(8);
    made(&format!("{start}{check}{century}"), 8, random.one(&["", "######-####"]))
}

pub(crate) fn lv_personal_code(random: &mut Random) -> Made {
    let (year, month, day) = random.birth();
    let century = if year < 2000 { 1 } else { 2 };
    let body = format!("{day:02}{month:02}{:02}{century}{}", year % 100, random.digits(3));
    let total = sum(&body, &[1, 6, 3, 7, 9, 10, 5, 8, 4, 2]);
    let check = (1101 - total) % 11 % 10;
    made(&format!("{body}{check}"), 10, random.one(&["", "######-#####"]))
}

pub(crate) fn no_birth_number(random: &mut Random) -> Made {
    let digit = |rest: u32| match 11 - rest {
        11 => Some(0),
        10 => None,
        check => Some(check),
    };
    let (body, (first, second)) = until(
        random,
        |random| {
            let (year, month, day) = random.birth();
            format!("{day:02}{month:02}{:02}{}", year % 100, random.digits(3))
        },
        |body| {
            let first = digit(sum(body, &[3, 7, 6, 1, 8, 9, 4, 5, 2]) % 11)?;
            let second = digit(sum(&format!("{body}{first}"), &[5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11)?;
            Some((first, second))
        },
    );
    made(&format!("{body}{first}{second}"), 10, random.one(&["", "###### #####"]))
}

pub(crate) fn se_personal_number(random: &mut Random) -> Made {
    let (year, month, day) = random.birth();
    let body = format!("{:02}{month:02}{day:02}{}", year % 100, random.digits(3));
    let number = format!("{body}{}", luhn_digit(&body));
    match random.between(0, 2) {
        0 => made(&number, 9, ""),
        1 => made(&number, 9, "######-####"),
        _ => made(&format!("{}{number}", year / 100), 11, "########-####"),
    }
}
