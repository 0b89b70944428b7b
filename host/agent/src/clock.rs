//! The person's clock: what policies know as `context.local`.

use host_policy::LocalTime;
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
use shared_protocol::Millis;

/// The time of day and the day of the week at a moment, where this machine is.
pub(crate) fn local(at: Millis) -> Option<LocalTime> {
    let moment = Timestamp::from_millisecond(i64::try_from(at).ok()?).ok()?;
    Some(of(&moment.to_zoned(TimeZone::system())))
}

fn of(moment: &Zoned) -> LocalTime {
    LocalTime {
        weekday: moment.weekday().to_monday_one_offset().unsigned_abs(),
        minute: u16::from(moment.hour().unsigned_abs()) * 60 + u16::from(moment.minute().unsigned_abs()),
    }
}

#[cfg(test)]
mod tests {
    use host_policy::LocalTime;

    use super::of;

    #[test]
    fn days_begin_with_monday_and_minutes_with_midnight() {
        for (moment, weekday, minute) in [
            ("2026-11-23T00:00:59+01:00[Europe/Paris]", 1, 0),
            ("2026-11-29T23:59:00+01:00[Europe/Paris]", 7, 1_439),
            ("2026-11-27T14:05:00-05:00[America/New_York]", 5, 845),
        ] {
            assert_eq!(of(&moment.parse().unwrap()), LocalTime { weekday, minute }, "{moment}");
        }
    }
}
