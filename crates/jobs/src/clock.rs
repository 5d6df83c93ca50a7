//! Time as text: RFC 3339 in UTC, and the ids of jobs, which sort by it.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::time::{SystemTime, UNIX_EPOCH};

/// Milliseconds since 1970.
pub(crate) fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.as_millis() as u64)
}

/// Year, month, day, hour, minute, second (proleptic Gregorian calendar, by the day count of H. Hinnant).
fn parts(ms: u64) -> (u64, u64, u64, u64, u64, u64) {
    let (seconds, days) = (ms / 1000 % 86_400, ms / 86_400_000 + 719_468);
    let era = days / 146_097;
    let day_of_era = days % 146_097;
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year_of_era + era * 400 + u64::from(month <= 2);
    (year, month, day, seconds / 3600, seconds / 60 % 60, seconds % 60)
}

/// `2026-01-31T12:00:00.123Z`.
pub(crate) fn text(ms: u64) -> String {
    let (year, month, day, hour, minute, second) = parts(ms);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{:03}Z", ms % 1000)
}

/// Reads what [`text`] writes.
pub(crate) fn parse(text: &str) -> Option<u64> {
    let number = |from: usize, to: usize| text.get(from..to)?.parse::<u64>().ok();
    let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
    if year < 1970 || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    let (shifted, year) = if month > 2 { (month - 3, year) } else { (month + 9, year - 1) };
    let (era, year_of_era) = (year / 400, year % 400);
    let day_of_year = (153 * shifted + 2) / 5 + day - 1;
    let days = era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    let seconds = number(11, 13)? * 3600 + number(14, 16)? * 60 + number(17, 19)?;
    Some((days.checked_sub(719_468)? * 86_400 + seconds) * 1000 + number(20, 23).unwrap_or(0))
}

/// A new id: `20260131-120000-k3x9`.
pub(crate) fn id(ms: u64) -> String {
    const DIGITS: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
    let (year, month, day, hour, minute, second) = parts(ms);
    // The standard library seeds its hash tables from the system's randomness.
    let mut random = RandomState::new().build_hasher().finish();
    let mut tail = String::new();
    for _ in 0..4 {
        tail.push(char::from(DIGITS[(random % 32) as usize]));
        random /= 32;
    }
    format!("{year:04}{month:02}{day:02}-{hour:02}{minute:02}{second:02}-{tail}")
}

/// Whether a text has the form of an id. It is then also a harmless file name.
pub(crate) fn is_id(text: &str) -> bool {
    let form = |(i, c): (usize, u8)| match i {
        8 | 15 => c == b'-',
        0..=14 => c.is_ascii_digit(),
        _ => c.is_ascii_lowercase() || (b'2'..=b'7').contains(&c),
    };
    text.len() == 20 && text.bytes().enumerate().all(form)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_and_back() {
        assert_eq!(text(0), "1970-01-01T00:00:00.000Z");
        assert_eq!(text(951_827_696_789), "2000-02-29T12:34:56.789Z");
        assert_eq!(text(4_107_542_399_999), "2100-02-28T23:59:59.999Z");
        for ms in [0, 951_827_696_789, 1_700_000_000_000, 4_107_542_400_000] {
            assert_eq!(parse(&text(ms)), Some(ms));
        }
        for bad in ["", "2000", "2000-13-01T00:00:00.000Z", "二〇〇〇-01-01T00:00:00Z"] {
            assert_eq!(parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn ids() {
        let id = id(951_827_696_789);
        assert!(id.starts_with("20000229-123456-") && is_id(&id), "{id}");
        for bad in ["", "..", "20000229-123456-abc", "20000229-123456-abc/", "2000022a-123456-abcd"] {
            assert!(!is_id(bad), "{bad}");
        }
    }
}
