//! Renewals: what comes up, and who is still there the day after.

use crate::books::{Books, assert_nothing_to_divide_by, assert_share};

const CUSTOMERS: &str = "
customer_id,signup_date,region
A,2025-03-10,Sul
B,2025-03-15,Sul
C,2025-03-20,Norte
D,2025-03-31,Norte
E,2025-03-01,Sul
F,2025-01-01,Sul
G,2025-03-12,Norte
H,2025-03-05,Norte
I,2025-02-10,Sul
";

/// In March 2026:
///
/// - A's annual contract runs on: renewed.
/// - B's ends on its renewal date: not renewed.
/// - C's is replaced by a cheaper row on the same day: renewed.
/// - D has two rows with one renewal date, the last of the month: due once, renewed.
/// - E left two days before its date: not due.
/// - F's row with a date is free: not due, although F pays for another.
/// - G's ends on its date, and G is back two days later: not renewed.
/// - H has two dates, both renewed: due twice.
///
/// I's came up in February and ended.
const SUBSCRIPTIONS: &str = "
customer_id,start_date,end_date,mrr,plan,renewal_date
A,2025-03-10,,100,Pro,2026-03-10
B,2025-03-15,2026-03-15,100,Pro,2026-03-15
C,2025-03-20,2026-03-20,300,Pro,2026-03-20
C,2026-03-20,,200,Basic,2027-03-20
D,2025-03-31,,100,Basic,2026-03-31
D,2025-06-01,,50,Basic,2026-03-31
E,2025-03-01,2026-02-27,100,Pro,2026-03-01
F,2025-01-01,,80,Basic,
F,2025-03-05,,0,Basic,2026-03-05
G,2025-03-12,2026-03-12,100,Basic,2026-03-12
G,2026-03-14,,100,Basic,2027-03-14
H,2025-03-05,,100,Basic,2026-03-05
H,2025-03-25,,100,Basic,2026-03-25
I,2025-02-10,2026-02-10,100,Pro,2026-02-10
";

fn books() -> Books {
    let tables = [("customers", CUSTOMERS), ("subscriptions", SUBSCRIPTIONS)];
    let settings = "segments: [region, plan]\nattributes: { plan: subscriptions.plan }";
    Books::new(&tables, settings, &Books::every_grain("renewal_rate", "region, plan"))
}

/// Due: A, B, C, D, G and H twice, 7; renewed: A, C, D and H twice, 5. C was in Pro when the month began, and counts there.
#[test]
fn a_renewal_is_a_customer_and_a_date() {
    let figures = books().figures("2026-03");
    let of = |dimension, segment| ["2026-03", dimension, segment, "renewal_rate"];
    assert_share(&figures, of("total", "total"), 5.0, 7.0);
    assert_share(&figures, of("region", "Sul"), 1.0, 2.0);
    assert_share(&figures, of("region", "Norte"), 4.0, 5.0);
    assert_share(&figures, of("plan", "Pro"), 2.0, 3.0);
    assert_share(&figures, of("plan", "Basic"), 3.0, 4.0);
}

/// The 11th week, 9 to 15 March, has A, G and B; the quarter, the year and the two months to March have I besides the
/// seven. Nothing comes up in April.
#[test]
fn renewals_come_in_every_grain() {
    let books = books();
    for (period, renewed, due) in
        [("2026-W11", 1.0, 3.0), ("2026-Q1", 5.0, 8.0), ("2026", 5.0, 8.0), ("2026-03.2m", 5.0, 8.0)]
    {
        assert_share(&books.figures(period), [period, "total", "total", "renewal_rate"], renewed, due);
    }
    assert_nothing_to_divide_by(&books.figures("2026-04"), ["2026-04", "total", "total", "renewal_rate"]);
}
