//! Numbers and money as people write them: `1.234,56`, `R$ 1.234,56`, `(5)`, `12,50 €`; exact, without floats.
//!
//! Knows one cell and one decimal mark; which mark a column uses is `evidence`'s to find.

use crate::money::MICROS;
use crate::tables::quarantine::Reason;

/// A number as written: `mantissa` ÷ 10^`scale`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Exact {
    mantissa: i128,
    scale: u32,
}

/// More digits than any amount has; fewer than would overflow the mantissa.
const MOST_DIGITS: u32 = 34;

impl Exact {
    /// As micro-units of money.
    pub(crate) fn micros(self) -> Result<i64, Reason> {
        let micros = if self.scale <= 6 {
            self.mantissa.checked_mul(10_i128.pow(6 - self.scale)).ok_or(Reason::TooGreat)?
        } else {
            let divisor = 10_i128.pow(self.scale - 6);
            if self.mantissa % divisor != 0 {
                return Err(Reason::TooFine);
            }
            self.mantissa / divisor
        };
        // The least value stands for an empty cell.
        i64::try_from(micros).ok().filter(|micros| *micros != i64::MIN).ok_or(Reason::TooGreat)
    }

    /// As a whole number; `3,0` is one, `3,5` is not.
    pub(crate) fn whole(self) -> Result<i64, Reason> {
        let divisor = 10_i128.pow(self.scale);
        if self.mantissa % divisor != 0 {
            return Err(Reason::NotWhole);
        }
        i64::try_from(self.mantissa / divisor).ok().filter(|whole| *whole != i64::MIN).ok_or(Reason::TooGreat)
    }

    /// As the nearest float.
    pub(crate) fn float(self) -> f64 {
        // Below 2^53 both operands are exact, so one division rounds once; beyond, the standard parser rounds once.
        #[expect(clippy::cast_precision_loss, reason = "exact below 2^53")]
        if self.mantissa.unsigned_abs() < 1 << 53 && self.scale <= 22 {
            self.mantissa as f64 / 10_f64.powi(self.scale.cast_signed())
        } else {
            format!("{}e-{}", self.mantissa, self.scale).parse().unwrap_or(f64::NAN)
        }
    }
}

/// Micro-units of a whole number of currency units.
pub(crate) fn micros_of_whole(units: i64) -> Result<i64, Reason> {
    units.checked_mul(MICROS).ok_or(Reason::TooGreat)
}

/// The nearest micro-unit to a float: a file that stores money as floats has no exact amounts to keep.
pub(crate) fn micros_of_float(units: f64) -> Result<i64, Reason> {
    if !units.is_finite() {
        return Err(Reason::NotANumber);
    }
    let micros = (units * 1e6).round();
    if micros.abs() >= 9.2e18 {
        return Err(Reason::TooGreat);
    }
    #[expect(clippy::cast_possible_truncation, reason = "within the range of i64")]
    Ok(micros as i64)
}

/// A whole number out of a float.
pub(crate) fn whole_of_float(value: f64) -> Result<i64, Reason> {
    if !value.is_finite() {
        return Err(Reason::NotANumber);
    }
    if value.trunc().to_bits() != value.to_bits() {
        return Err(Reason::NotWhole);
    }
    if value.abs() >= 9.0e15 {
        return Err(Reason::TooGreat);
    }
    #[expect(clippy::cast_possible_truncation, reason = "whole and within the range of i64")]
    Ok(value as i64)
}

/// Reads a number whose decimal mark is `decimal`; the other of `.` and `,`, spaces and apostrophes group thousands.
/// With `currency` (the company's ISO code) the symbol or code of that currency may stand beside it.
pub(crate) fn parse(text: &str, decimal: u8, currency: Option<&str>) -> Result<Exact, Reason> {
    let (core, negative) = bare(text, currency)?;
    let mut mantissa: i128 = 0;
    let (mut digits, mut scale) = (0_u32, 0_u32);
    let mut grouping: Option<char> = None;
    // Digits since the start or the last grouping mark; None once the decimal mark was seen.
    let mut run: Option<u32> = Some(0);
    for c in core.chars() {
        if let Some(digit) = c.to_digit(10) {
            digits += 1;
            if digits > MOST_DIGITS {
                return Err(Reason::TooGreat);
            }
            mantissa = mantissa * 10 + i128::from(digit);
            match &mut run {
                Some(length) => *length += 1,
                None => scale += 1,
            }
        } else if c == char::from(decimal) {
            let length = run.take().ok_or(Reason::NotANumber)?;
            if grouping.is_some() && length != 3 {
                return Err(Reason::NotANumber);
            }
        } else if is_grouping(c) {
            let length = run.ok_or(Reason::NotANumber)?;
            let is_right = match grouping {
                None => (1..=3).contains(&length),
                Some(mark) => mark == c && length == 3,
            };
            if !is_right {
                return Err(Reason::NotANumber);
            }
            (grouping, run) = (Some(c), Some(0));
        } else {
            return Err(Reason::NotANumber);
        }
    }
    let ends_right = match run {
        Some(length) => grouping.is_none() || length == 3,
        None => scale > 0,
    };
    if digits == 0 || !ends_right {
        return Err(Reason::NotANumber);
    }
    Ok(Exact { mantissa: if negative { -mantissa } else { mantissa }, scale })
}

/// Marks that group thousands (one of `.` and `,` is the decimal mark and was looked at before).
fn is_grouping(c: char) -> bool {
    matches!(c, '.' | ',' | ' ' | '\u{a0}' | '\u{202f}' | '\'' | '\u{2019}')
}

/// Without blanks, sign, brackets and currency: (digits and marks, whether it is negative).
fn bare<'a>(text: &'a str, currency: Option<&str>) -> Result<(&'a str, bool), Reason> {
    let mut core = text.trim();
    let (mut negative, mut signed, mut priced) = (false, false, false);
    if let Some(inner) = core.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
        (core, negative, signed) = (inner.trim(), true, true);
    }
    loop {
        let before = core.len();
        if !signed {
            if let Some(rest) = core.strip_prefix(['-', '\u{2212}']) {
                (core, negative, signed) = (rest.trim_start(), true, true);
            } else if let Some(rest) = core.strip_prefix('+') {
                (core, signed) = (rest.trim_start(), true);
            }
        }
        if let (false, Some(currency)) = (priced, currency)
            && let Some(rest) = without_currency(core, currency)?
        {
            (core, priced) = (rest.trim(), true);
        }
        if let Some(inner) = core.strip_prefix('(').and_then(|rest| rest.strip_suffix(')'))
            && !signed
        {
            (core, negative, signed) = (inner.trim(), true, true);
        }
        if core.len() == before {
            return Ok((core, negative));
        }
    }
}

/// Currency symbols, longest first, and the currencies that write themselves so.
const SYMBOLS: &[(&str, &[&str])] = &[
    ("US$", &["USD"]),
    ("R$", &["BRL"]),
    ("C$", &["CAD"]),
    ("A$", &["AUD"]),
    ("S/", &["PEN"]),
    ("$", &["USD", "MXN", "ARS", "CLP", "COP", "CAD", "AUD", "NZD", "UYU", "SGD", "HKD"]),
    ("€", &["EUR"]),
    ("£", &["GBP"]),
    ("¥", &["JPY", "CNY"]),
];

/// The rest of a text that starts or ends with a currency's symbol or code; an error if it is another currency's.
fn without_currency<'a>(text: &'a str, currency: &str) -> Result<Option<&'a str>, Reason> {
    if text.bytes().next().is_none_or(|b| b.is_ascii_digit()) && text.bytes().last().is_none_or(|b| b.is_ascii_digit())
    {
        return Ok(None);
    }
    for (symbol, currencies) in SYMBOLS {
        if let Some(rest) = text.strip_prefix(symbol).or_else(|| text.strip_suffix(symbol)) {
            return if currencies.contains(&currency) { Ok(Some(rest)) } else { Err(Reason::ForeignCurrency) };
        }
    }
    let is_code = |code: &str| code.bytes().all(|b| b.is_ascii_uppercase());
    let lead = text.get(..3).filter(|code| is_code(code)).map(|code| (code, text.get(3..).unwrap_or("")));
    let tail = text.len().checked_sub(3).and_then(|at| Some((text.get(at..)?, text.get(..at)?)));
    match lead.or(tail.filter(|(code, _)| is_code(code))) {
        Some((code, rest)) if code == currency => Ok(Some(rest)),
        Some(("NAN" | "INF", _)) | None => Ok(None),
        Some(_) => Err(Reason::ForeignCurrency),
    }
}

/// What a cell says about its column's decimal mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mark {
    /// Nothing: no mark, or no number.
    Silent,
    /// `.` is the decimal mark, or `,` groups.
    Dot,
    /// `,` is the decimal mark, or `.` groups.
    Comma,
    /// One mark before exactly three digits: `1.234` may be a thousand or one.
    Either,
}

/// What a cell says about its column's decimal mark.
pub(crate) fn mark(text: &str, currency: Option<&str>) -> Mark {
    let Ok((core, _)) = bare(text, currency) else { return Mark::Silent };
    if core.is_empty() || !core.chars().all(|c| c.is_ascii_digit() || is_grouping(c)) {
        return Mark::Silent;
    }
    let count = |mark: u8| core.bytes().filter(|b| *b == mark).count();
    match (count(b'.'), count(b',')) {
        (0, 0) => Mark::Silent,
        (0, 1) => single(core, ',', Mark::Comma),
        (1, 0) => single(core, '.', Mark::Dot),
        (0, _) => Mark::Dot,
        (_, 0) => Mark::Comma,
        _ if core.rfind('.') > core.rfind(',') => Mark::Dot,
        _ => Mark::Comma,
    }
}

/// What one lone mark says: it groups only between one to three digits, not all zeros, and exactly three.
fn single(core: &str, mark: char, is_decimal: Mark) -> Mark {
    let Some((before, after)) = core.split_once(mark) else { return Mark::Silent };
    let has_other_grouping = !before.bytes().all(|b| b.is_ascii_digit());
    let could_group = after.len() == 3 && (1..=3).contains(&before.len()) && !before.starts_with('0');
    if could_group && !has_other_grouping { Mark::Either } else { is_decimal }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn micros(text: &str, decimal: u8) -> Result<i64, Reason> {
        parse(text, decimal, Some("BRL")).and_then(Exact::micros)
    }

    #[test]
    fn money_is_exact_however_it_is_written() {
        for text in [
            "1.234,56",
            "R$ 1.234,56",
            "R$1.234,56",
            "1 234,56",
            "1\u{a0}234,56",
            "BRL 1.234,56",
            " +1234,56 ",
            "1'234,560",
        ] {
            assert_eq!(micros(text, b','), Ok(1_234_560_000), "{text}");
        }
        for text in ["-5", "(5)", "R$ -5", "-R$ 5", "(R$ 5,00)", "R$ (5)", "\u{2212}5"] {
            assert_eq!(micros(text, b','), Ok(-5_000_000), "{text}");
        }
        assert_eq!(micros("1,234,567.000001", b'.'), Ok(1_234_567_000_001));
        assert_eq!(micros("0.1", b'.'), Ok(100_000));
        assert_eq!(micros(".5", b'.'), Ok(500_000));
    }

    #[test]
    fn what_is_no_amount_is_refused_with_its_reason() {
        for text in [
            "", "-", "--5", "5-", "1.23.4", "1..2", "5 %", "1e3", "1e400", "NaN", "inf", "N/A", "12a", "1,23,4", "5.",
            "0x10", "1 23", "((5))",
        ] {
            assert_eq!(micros(text, b'.'), Err(Reason::NotANumber), "{text}");
        }
        for text in ["$5", "€ 5", "5 USD", "US$5"] {
            assert_eq!(micros(text, b'.'), Err(Reason::ForeignCurrency), "{text}");
        }
        assert_eq!(micros("0.0000001", b'.'), Err(Reason::TooFine));
        assert_eq!(micros("99999999999999", b'.'), Err(Reason::TooGreat));
        assert_eq!(micros(&"9".repeat(200), b'.'), Err(Reason::TooGreat));
        assert_eq!(parse("1.5", b'.', None).and_then(Exact::whole), Err(Reason::NotWhole));
        assert_eq!(parse("1.50", b'.', None).map(Exact::float), Ok(1.5));
        assert_eq!(parse("3,0", b',', None).and_then(Exact::whole), Ok(3));
    }

    #[test]
    fn a_lone_mark_before_three_digits_decides_nothing() {
        let seen = |text| mark(text, Some("BRL"));
        assert_eq!([seen("1.234"), seen("12,345"), seen("R$ 1.234")], [Mark::Either; 3]);
        assert_eq!([seen("1.5"), seen("0.125"), seen("1234.567"), seen("1,234.5"), seen("1,234,567")], [Mark::Dot; 5]);
        assert_eq!([seen("1,5"), seen("0,125"), seen("1.234,5"), seen("1.234.567")], [Mark::Comma; 4]);
        assert_eq!([seen("12"), seen("x.y"), seen(""), seen("€ 1.5")], [Mark::Silent; 4]);
    }
}
