//! An id that was made up, as somebody writes it, and one with a wrong check sign.

/// One id.
pub(crate) struct Made {
    pub(crate) value: String,
    /// The same with another check sign, or with a day that does not exist where there is none.
    pub(crate) wrong: String,
}

/// `signs` with the check sign at `check`, written in `shape` (`#` is the next sign).
pub(crate) fn made(signs: &str, check: usize, shape: &str) -> Made {
    let sign = signs.chars().nth(check).unwrap();
    let other = match sign {
        '9' => '0',
        'Z' => 'A',
        'A'..='Y' => char::from_u32(u32::from(sign) + 1).unwrap(),
        digit => char::from_u32(u32::from(digit) + 1).unwrap(),
    };
    let wrong: String =
        signs.chars().enumerate().map(|(at, sign)| if at == check { other } else { sign }).collect();
    Made { value: shaped(signs, shape), wrong: shaped(&wrong, shape) }
}

/// One without a check sign: `wrong` is told with it.
pub(crate) fn told(signs: &str, wrong: &str, shape: &str) -> Made {
    Made { value: shaped(signs, shape), wrong: shaped(wrong, shape) }
}

fn shaped(signs: &str, shape: &str) -> String {
    if shape.is_empty() {
        return signs.to_owned();
    }
    let mut signs = signs.chars();
    let shaped: String =
        shape.chars().filter_map(|sign| if sign == '#' { signs.next() } else { Some(sign) }).collect();
    assert_eq!(signs.next(), None, "{shape}");
    shaped
}

/// The digits of `signs` times `weights`, added.
pub(crate) fn sum(signs: &str, weights: &[u32]) -> u32 {
    assert_eq!(signs.len(), weights.len());
    signs
        .chars()
        .map(|sign| sign.to_digit(10).unwrap())
        .zip(weights)
        .map(|(digit, weight)| digit * weight)
        .sum()
}

/// The digit that Luhn's rule puts behind `body`.
pub(crate) fn luhn_digit(body: &str) -> u32 {
    let mut total = 0;
    for (at, sign) in body.chars().rev().enumerate() {
        let mut digit = sign.to_digit(10).unwrap();
        if at % 2 == 0 {
            digit *= 2;
            if digit > 9 {
                digit -= 9;
            }
        }
        total += digit;
    }
    (10 - total % 10) % 10
}

/// The digit that ISO/IEC 7064 MOD 11,10 puts behind `body`.
pub(crate) fn hybrid_digit(body: &str) -> u32 {
    let mut carry = 10;
    for sign in body.chars() {
        carry += sign.to_digit(10).unwrap();
        carry %= 10;
        if carry == 0 {
            carry = 10;
        }
        carry = carry * 2 % 11;
    }
    (11 - carry) % 10
}

/// The digit that Verhoeff's rule puts behind `body`, from the published tables.
pub(crate) fn verhoeff_digit(body: &str) -> u32 {
    const TIMES: [[usize; 10]; 10] = [
        [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
        [1, 2, 3, 4, 0, 6, 7, 8, 9, 5],
        [2, 3, 4, 0, 1, 7, 8, 9, 5, 6],
        [3, 4, 0, 1, 2, 8, 9, 5, 6, 7],
        [4, 0, 1, 2, 3, 9, 5, 6, 7, 8],
        [5, 9, 8, 7, 6, 0, 4, 3, 2, 1],
        [6, 5, 9, 8, 7, 1, 0, 4, 3, 2],
        [7, 6, 5, 9, 8, 2, 1, 0, 4, 3],
        [8, 7, 6, 5, 9, 3, 2, 1, 0, 4],
        [9, 8, 7, 6, 5, 4, 3, 2, 1, 0],
    ];
    const PLACES: [[usize; 10]; 8] = [
        [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
        [1, 5, 7, 6, 2, 8, 3, 0, 9, 4],
        [5, 8, 0, 3, 7, 9, 6, 1, 4, 2],
        [8, 9, 1, 6, 0, 4, 3, 5, 2, 7],
        [9, 4, 5, 3, 1, 2, 6, 8, 7, 0],
        [4, 2, 8, 6, 5, 7, 3, 9, 0, 1],
        [2, 7, 9, 3, 8, 0, 6, 4, 1, 5],
        [7, 0, 4, 6, 9, 1, 3, 2, 5, 8],
    ];
    const INVERSE: [u32; 10] = [0, 4, 3, 2, 1, 5, 6, 7, 8, 9];
    let mut check = 0;
    for (at, sign) in body.chars().rev().enumerate() {
        check = TIMES[check][PLACES[(at + 1) % 8][sign.to_digit(10).unwrap() as usize]];
    }
    INVERSE[check]
}
