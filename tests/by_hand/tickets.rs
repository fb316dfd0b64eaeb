//! Tickets that are open, and tickets per customer, where customers change their segment.

use crate::books::{Books, assert_share, assert_value};

/// X moves from Sul to Norte within March; W comes within March.
const CUSTOMERS: &str = "
customer_id,signup_date,valid_from,region
X,2025-01-01,2025-01-01,Sul
X,2025-01-01,2026-03-16,Norte
Y,2025-01-01,2025-01-01,Sul
Z,2025-01-01,2025-01-01,Norte
V,2025-01-01,2025-01-01,Norte
W,2026-03-10,2026-03-10,Norte
";

const SUBSCRIPTIONS: &str = "
customer_id,start_date,end_date,mrr
X,2025-01-01,,100
Y,2025-01-01,,100
Z,2025-01-01,,100
V,2025-01-01,,100
W,2026-03-10,,100
";

/// At the end of March three are open: X's of the 20th, Y's that is resolved at the first instant of April, and Z's, which
/// a machine opened. W's of April is not yet.
const TICKETS: &str = "
customer_id,opened_at,resolved_at,contacts,channel,category
X,2026-02-20,2026-03-05,1,mail,bug
X,2026-03-02,2026-03-03,1,mail,bug
X,2026-03-20,,2,chat,bug
Y,2026-03-10,2026-04-01,1,mail,invoice
Y,2026-03-11,2026-03-31,0,chat,invoice
Z,2026-03-12,,0,mail,
W,2026-03-15,2026-03-16,1,chat,bug
W,2026-04-01,,1,chat,bug
";

fn books(reports: &str) -> Books {
    let tables = [("customers", CUSTOMERS), ("subscriptions", SUBSCRIPTIONS), ("tickets", TICKETS)];
    Books::new(&tables, "segments: [region]", reports)
}

/// X, who is in Norte by then, Y and Z.
#[test]
fn the_backlog_stands_in_the_segment_of_its_end() {
    let books = books(&Books::every_grain("backlog", "region"));
    let figures = books.figures("2026-03");
    for (dimension, segment, open) in [
        ("total", "total", 3.0),
        ("region", "Norte", 2.0),
        ("region", "Sul", 1.0),
        ("channel", "mail", 2.0),
        ("channel", "chat", 1.0),
        ("category", "bug", 1.0),
        ("category", "invoice", 1.0),
        ("category", "(not set)", 1.0),
    ] {
        assert_value(&figures, ["2026-03", dimension, segment, "backlog"], open, open);
    }
    let february = books.figures("2026-02");
    assert_value(&february, ["2026-02", "region", "Sul", "backlog"], 1.0, 1.0);
    assert_value(&february, ["2026-02", "region", "Norte", "backlog"], 0.0, 0.0);
}

/// At the end of the 12th week, 22 March, both of Y's are open besides X's and Z's; at the end of the quarter and of the
/// two months those of March; at the end of the year X's, Z's and W's of April.
#[test]
fn the_backlog_comes_in_every_grain() {
    let books = books(&Books::every_grain("backlog", ""));
    for (period, open) in [("2026-W12", 4.0), ("2026-Q1", 3.0), ("2026-03.2m", 3.0), ("2026", 3.0), ("2026-04", 3.0)] {
        assert_value(&books.figures(period), [period, "total", "total", "backlog"], open, open);
    }
}

/// Six tickets of March (X and Y two each, Z and W one) to X, Y, Z and V, who are there as it begins. In Sul, where X was
/// then, four to two; in Norte two, of which W's is one, to Z and V.
#[test]
fn tickets_are_divided_by_the_customers_of_the_start() {
    let books = books(&Books::every_grain("ticket_rate", "region"));
    let figures = books.figures("2026-03");
    let of = |dimension, segment| ["2026-03", dimension, segment, "ticket_rate"];
    assert_share(&figures, of("total", "total"), 6.0, 4.0);
    assert_share(&figures, of("region", "Sul"), 4.0, 2.0);
    assert_share(&figures, of("region", "Norte"), 2.0, 2.0);
    assert_eq!(figures.row("2026-03", "total", "total", "ticket_rate").text("unit"), "ratio");
    assert!(figures.find(of("channel", "mail")).is_none());
    // The quarter has X's of February too; the 12th week X's of the 20th, and W among the customers.
    assert_share(&books.figures("2026-Q1"), ["2026-Q1", "total", "total", "ticket_rate"], 7.0, 4.0);
    assert_share(&books.figures("2026-W12"), ["2026-W12", "total", "total", "ticket_rate"], 1.0, 5.0);
}

/// Of Sul's customers at the end only Y is left, whose mail is open; X's tickets went with X.
#[test]
fn a_recipient_sees_the_open_tickets_of_its_own_customers() {
    let books = books(
        "monthly: { kpis: [backlog, ticket_rate, fcr], segments: [], attach: [csv], \
         recipients: [{ to: sul@aurora.example, only: { region: Sul } }] }",
    );
    let figures = books.mailed("2026-03", "sul@aurora.example");
    assert_value(&figures, ["2026-03", "total", "total", "backlog"], 1.0, 1.0);
    assert_value(&figures, ["2026-03", "channel", "mail", "backlog"], 1.0, 1.0);
    assert_value(&figures, ["2026-03", "channel", "chat", "backlog"], 0.0, 0.0);
    assert_share(&figures, ["2026-03", "total", "total", "ticket_rate"], 4.0, 2.0);
}
