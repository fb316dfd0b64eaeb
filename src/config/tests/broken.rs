//! Every way in which a configuration can be wrong, and the line that says so.

use std::collections::BTreeSet;

use super::load_files;
use crate::config::codes;

/// A company with data, so that what follows it is all that is wrong.
const BASE: &str = "company: { name: A, currency: EUR, timezone: UTC }\n\
                    data: { customers: { path: a.csv }, subscriptions: { path: s.csv }, tickets: { path: t.csv } }\n";
const COMPANY: &str = "company: { name: A, currency: EUR, timezone: UTC }\n";
const DATA: &str = "data: { customers: { path: a.csv } }\n";

/// The first lines of the diagnostics of a folder, without the folder's name.
fn first_lines(files: &[(&str, &[u8])]) -> Vec<String> {
    let (folder, loaded) = load_files(files);
    let diagnostics = match loaded {
        Ok(loaded) => loaded.warnings,
        Err(failure) => failure.diagnostics,
    };
    let folder = format!("{}/", folder.path().display());
    let lines = diagnostics.iter().map(|diagnostic| diagnostic.to_string().lines().next().unwrap().to_owned());
    lines.map(|line| line.replace(&folder, "").replace(folder.trim_end_matches('/'), "FOLDER")).collect()
}

/// One broken file and what is said of it. Only farol.yaml is needed besides; where it is not the broken one it is whole.
struct Case {
    file: &'static str,
    text: Vec<u8>,
    says: Vec<&'static str>,
}

fn case(file: &'static str, text: impl Into<Vec<u8>>, says: &[&'static str]) -> Case {
    Case { file, text: text.into(), says: says.to_vec() }
}

/// farol.yaml: the base, and something wrong from line 3 on.
fn after(text: &str, says: &[&'static str]) -> Case {
    case("farol.yaml", format!("{BASE}{text}\n"), says)
}

/// farol.yaml with other tables, from line 2 on.
fn data(text: &str, says: &[&'static str]) -> Case {
    case("farol.yaml", format!("{COMPANY}data:\n{text}\n"), says)
}

/// farol.yaml with a mail server, on line 3.
fn smtp(text: &str, says: &[&'static str]) -> Case {
    after(&format!("delivery: {{ from: a@b.example, transport: {{ smtp: {{ {text} }} }} }}"), says)
}

fn check(cases: Vec<Case>) -> BTreeSet<String> {
    let (mut seen, mut wrong) = (BTreeSet::new(), Vec::new());
    for case in cases {
        let farol = format!("{BASE}segments: [plan]\nattributes: {{ plan: subscriptions.plan }}\n");
        let mut files: Vec<(&str, &[u8])> = vec![("farol.yaml", farol.as_bytes())];
        files.retain(|(name, _)| *name != case.file);
        files.push((case.file, &case.text));
        let lines = first_lines(&files);
        if lines != case.says {
            let text: String = String::from_utf8_lossy(&case.text).chars().take(400).collect();
            wrong.push(format!("{text}\n  says:\n{}\n  not:\n{}", lines.join("\n"), case.says.join("\n")));
        }
        seen.extend(lines.iter().filter_map(|line| Some(line.split_once('[')?.1.split_once(']')?.0.to_owned())));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
    seen
}

fn texts() -> Vec<Case> {
    let nested = "[".repeat(200_000);
    vec![
        case(
            "kpis.yaml",
            "\u{FEFF}confidence: 0.9\n",
            &["kpis.yaml:1:1: error[byte-order-mark]: the file starts with a byte order mark"],
        ),
        case(
            "kpis.yaml",
            b"csat: {}\n# satisfa\xE7\xE3o\n",
            &["kpis.yaml:2:10: error[not-utf8]: not UTF-8: byte 0xE7"],
        ),
        case(
            "kpis.yaml",
            "nps:\n\tkind: all\n",
            &[
                "kpis.yaml:2:2: error[yaml-syntax]: not valid YAML: tabs disallowed within this context (block indentation)",
            ],
        ),
        case(
            "kpis.yaml",
            "nps: { kind: all\n",
            &[
                "kpis.yaml:2:1: error[yaml-syntax]: not valid YAML: while parsing a flow mapping, did not find expected ',' or '}'",
            ],
        ),
        case("kpis.yaml", nested, &["kpis.yaml:1:256: error[yaml-too-deep]: lists and maps nest deeper than 32"]),
        case(
            "kpis.yaml",
            "#".repeat(300_000),
            &["kpis.yaml: error[file-too-large]: the file has 300000 bytes, more than 262144"],
        ),
        case(
            "kpis.yaml",
            "themes: &a { b: *a }\n",
            &["kpis.yaml:1:17: error[yaml-aliases]: an alias stands inside the value that it repeats"],
        ),
        case(
            "kpis.yaml",
            "csat: !scale { satisfied: 8 }\n",
            &["kpis.yaml:1:7: error[yaml-tag]: tags such as `!scale` mean nothing here"],
        ),
        case(
            "kpis.yaml",
            "confidence: 0.9\n---\nconfidence: 0.8\n",
            &["kpis.yaml:2:1: error[yaml-documents]: a second document starts here"],
        ),
        case(
            "kpis.yaml",
            "themes:\n  a: { en: [x] }\n  b: { en: [y], en: [z] }\n  a: { en: [x] }\n",
            &[
                "kpis.yaml:3:17: error[duplicate-key]: `en` is already on line 3",
                "kpis.yaml:4:3: error[duplicate-key]: `a` is already on line 2",
            ],
        ),
        case(
            "kpis.yaml",
            "confidence: .nan\nvalue: { gross_margin: -.inf }\n",
            &[
                "kpis.yaml:1:13: error[not-finite]: `.nan` is not a finite number",
                "kpis.yaml:2:24: error[not-finite]: `-.inf` is not a finite number",
            ],
        ),
        case("kpis.yaml", "? [a, b]\n: 1\n", &["kpis.yaml:1:3: error[wrong-type]: a key must be a word or a number"]),
        case(
            "kpis.yaml",
            "[confidence]\n",
            &["kpis.yaml:1:1: error[wrong-type]: `kpis.yaml` must be a map, found a list"],
        ),
        case("farol.yaml", "", &["farol.yaml:1:1: error[missing-key]: the file is empty"]),
        case(
            "farol.yaml",
            "out: x\n",
            &[
                "farol.yaml:1:1: error[missing-key]: `farol.yaml` has no `company`",
                "farol.yaml:1:1: error[missing-key]: `farol.yaml` has no `data`",
            ],
        ),
    ]
}

fn company() -> Vec<Case> {
    vec![
        case(
            "farol.yaml",
            format!(
                "company: {{ name: \"\", currency: EURO, timezone: Europe/Madird, locale: pt, fiscal_year_start: 13, nmae: B }}\n{DATA}"
            ),
            &[
                "farol.yaml:1:18: error[empty-text]: `name` is empty text",
                "farol.yaml:1:32: error[unknown-currency]: unknown currency `EURO`",
                "farol.yaml:1:48: error[unknown-timezone]: unknown time zone `Europe/Madird`",
                "farol.yaml:1:71: error[unknown-locale]: unknown locale `pt`",
                "farol.yaml:1:94: error[out-of-range]: `fiscal_year_start` must lie from 1 to 12, found 13",
                "farol.yaml:1:98: error[unknown-key]: unknown key `nmae` in `company`",
            ],
        ),
        case(
            "farol.yaml",
            format!("company: {{ name: 2026 }}\n{DATA}"),
            &[
                "farol.yaml:1:10: error[missing-key]: `company` has no `currency`",
                "farol.yaml:1:10: error[missing-key]: `company` has no `timezone`",
                "farol.yaml:1:18: error[wrong-type]: `name` must be text, found number `2026`",
            ],
        ),
        case(
            "farol.yaml",
            format!("company:\n  name: Plan #1\n  currency: EUR\n  timezone: UTC\n{DATA}"),
            &["farol.yaml:2:9: error[comment-in-value]: `Plan #1` is read as `Plan`: ` #` starts a comment"],
        ),
        after("as_of: 5/11/2026", &["farol.yaml:3:8: error[bad-date]: `as_of` must be a day, found `5/11/2026`"]),
        after("as_of: 2026-02-30", &["farol.yaml:3:8: error[bad-date]: `as_of` must be a day, found `2026-02-30`"]),
        after(
            "close_lag: 2",
            &["farol.yaml:3:12: error[bad-duration]: `close_lag` must be a number of days, found `2`"],
        ),
        after(
            "close_lag: 400d",
            &["farol.yaml:3:12: error[out-of-range]: `close_lag` must lie from 0d to 366d, found 400d"],
        ),
        after("state: ../out/ledger", &["farol.yaml:3:8: error[state-inside-out]: `state` lies inside `out`"]),
        after(
            "out: ${HOME_OF_REPORTS}/out",
            &[
                "farol.yaml:3:6: error[variable-unset]: `out` needs the environment variable `HOME_OF_REPORTS`, which is not set",
            ],
        ),
        after("out: ${HOME", &["farol.yaml:3:6: error[bad-reference]: `out` has a `${` that names no variable"]),
        after(
            "privacy: { min_group: 0, quotes: no }",
            &[
                "farol.yaml:3:23: error[out-of-range]: `min_group` must lie from 1 to 1000000, found 0",
                "farol.yaml:3:34: error[unknown-value]: unknown value of `quotes`: `no`",
            ],
        ),
    ]
}

fn sources() -> Vec<Case> {
    vec![
        data("  tickets: { path: t.csv }", &["farol.yaml:3:3: error[missing-key]: `data` has no `customers`"]),
        data(
            "  customers: { path: a.csv }\n  subscription: { path: s.csv }",
            &["farol.yaml:4:3: error[unknown-table]: unknown table `subscription`"],
        ),
        data(
            "  customers: { path: a.csv }\n  orders: { adbc: { uri: \"${DB}\" }, query: \"select 1\" }",
            &[
                "farol.yaml:4:19: error[source-not-supported]: `orders` reads from a database, which this version cannot",
            ],
        ),
        data(
            "  customers: { path: [] }\n  orders: { path: \"s3://bucket/o.csv\" }\n  usage: {}",
            &[
                "farol.yaml:3:22: error[empty-list]: `path` is an empty list",
                "farol.yaml:4:19: error[source-not-supported]: `s3://` is an object store, which this version cannot read",
                "farol.yaml:5:10: error[missing-key]: `usage` has no `path`",
            ],
        ),
        data(
            "  customers:\n    path: a.csv\n    csv: { delimiter: x, encoding: latin9x, decimal: \";\", date: \"%d/%m\" }\n    max_bad_rows: 0.5\n    max_age: 3w",
            &[
                "farol.yaml:5:23: error[unknown-value]: unknown value of `delimiter`: `x`",
                "farol.yaml:5:36: error[unknown-encoding]: unknown encoding `latin9x`",
                "farol.yaml:5:54: error[unknown-value]: unknown value of `decimal`: `;`",
                "farol.yaml:5:65: error[bad-date-format]: no day can be read by the pattern `%d/%m`",
                "farol.yaml:6:19: error[bad-percent]: `max_bad_rows` must be a percentage, found `0.5`",
                "farol.yaml:7:14: error[bad-duration]: `max_age` must be a number of days, found `3w`",
            ],
        ),
        data(
            "  customers: { path: a.csv, timezone: Europe/Madird }",
            &["farol.yaml:3:39: error[unknown-timezone]: unknown time zone `Europe/Madird`"],
        ),
        data(
            "  customers: { path: a.csv, csv: { date: \"%d/%m/%Q\" }, max_bad_rows: 200% }",
            &[
                "farol.yaml:3:42: error[bad-date-format]: `%d/%m/%Q` is not a strftime pattern",
                "farol.yaml:3:70: error[out-of-range]: `max_bad_rows` must lie from 0% to 100%, found 200%",
            ],
        ),
        data(
            "  customers:\n    path: a.csv\n    columns: { signup_dat: d, region: { constant: x } }\n  orders:\n    path: o.csv\n    columns: { amout: v }\n    values: { kind: { a: b } }",
            &[
                "farol.yaml:5:16: warning[possible-typo]: `signup_dat` will be an attribute of `customers`",
                "farol.yaml:5:39: error[missing-key]: `region` has no `const`",
                "farol.yaml:5:41: error[unknown-key]: unknown key `constant` in `region`",
                "farol.yaml:8:16: error[unknown-column]: unknown column of `orders`: `amout`",
                "farol.yaml:9:15: error[unknown-column]: unknown column of `orders`: `kind`",
            ],
        ),
    ]
}

fn segments() -> Vec<Case> {
    vec![
        after(
            "row_segments: [channel, total, plan×region, [a], channel]",
            &[
                "farol.yaml:3:25: error[bad-name]: `total` cannot be a column's name",
                "farol.yaml:3:32: error[bad-name]: `plan×region` cannot be a column's name",
                "farol.yaml:3:45: error[wrong-type]: `row_segments` must be text, found a list",
                "farol.yaml:3:50: error[duplicate-name]: `channel` is there twice",
            ],
        ),
        after(
            "segments: [total, signup_date, region, [plan, plan], []]\nattributes: { plan: subscriptions.plan }",
            &[
                "farol.yaml:3:12: error[bad-name]: `total` cannot be an attribute's name",
                "farol.yaml:3:19: error[bad-name]: `signup_date` is a column that farol reads itself, not an attribute",
                "farol.yaml:3:32: warning[undeclared-attribute]: no mapping names the attribute `region`; the customers' file must have a column of that name",
                "farol.yaml:3:40: error[duplicate-name]: segment `plan×plan` is there twice",
                "farol.yaml:3:54: error[empty-list]: `segments` is an empty list",
            ],
        ),
        after(
            "attributes: { a: subscriptions.plan, b: subscriptions.cancel_reason }",
            &["farol.yaml:3:38: error[attribute-source]: one attribute at most lives in `subscriptions`"],
        ),
        after(
            "attributes: { a: orders.plan, b: subscriptions.plam, c: plan }",
            &[
                "farol.yaml:3:18: error[attribute-source]: `a` must live in a column of `subscriptions`, found `orders.plan`",
                "farol.yaml:3:34: error[unknown-column]: unknown column of `subscriptions`: `plam`",
                "farol.yaml:3:57: error[attribute-source]: `c` must live in a column of `subscriptions`, found `plan`",
            ],
        ),
        case(
            "farol.yaml",
            format!(
                "{COMPANY}data: {{ customers: {{ path: a.csv, columns: {{ plan: plano }} }} }}\nattributes: {{ plan: subscriptions.plan }}\n"
            ),
            &[
                "farol.yaml:3:15: error[attribute-conflict]: `plan` is a column of `customers` too",
                "farol.yaml:3:21: error[attribute-source]: `subscriptions.plan` is not there: `data` has no `subscriptions`",
            ],
        ),
    ]
}

fn schedule() -> Vec<Case> {
    vec![after(
        "schedule:\n  - { report: exective, cron: \"0 7 5 * *\" }\n  - { cron: \"0 7 5 *\" }\n  - { report: executive, cron: \"0 7 5 * *\", period: previous-week, misfire: never, max_lateness: 2d }",
        &[
            "farol.yaml:4:15: error[unknown-report]: unknown report `exective`",
            "farol.yaml:5:5: error[missing-key]: `schedule` has no `report`",
            "farol.yaml:5:13: error[bad-cron]: `0 7 5 *` has 4 fields",
            "farol.yaml:6:53: error[period-mismatch]: report `executive` is by month, not by week",
            "farol.yaml:6:77: error[unknown-value]: unknown value of `misfire`: `never`",
            "farol.yaml:6:98: error[bad-duration]: `max_lateness` must be a number of hours, found `2d`",
        ],
    )]
}

fn watchers() -> Vec<Case> {
    vec![
        after(
            "holidays: [tomorrow]\nschedule:\n  - { report: executive, cron: \"0 7 * * *\", business_day: 21, grace: 2 }\n  - { report: executive, cron: \"0 7 1 * *\", business_day: 4 }",
            &[
                "farol.yaml:3:12: error[bad-date]: `holidays` must be a day, found `tomorrow`",
                "farol.yaml:5:59: error[out-of-range]: `business_day` must lie from 1 to 20, found 21",
                "farol.yaml:5:70: error[bad-duration]: `grace` must be a number of hours, found `2`",
                "farol.yaml:6:59: error[bad-cron]: business day 4 with this `cron` never fires",
            ],
        ),
        after(
            "schedule:\n  - { report: executive, cron: \"0 7 1-7 * MON\" }",
            &["farol.yaml:4:32: warning[cron-either]: day of month and weekday are both restricted: either will do"],
        ),
        after(
            "metrics: \"${NOWHERE}/farol.prom\"\nping: https://hc.example/1",
            &[
                "farol.yaml:3:10: error[variable-unset]: `metrics` needs the environment variable `NOWHERE`, which is not set",
                "farol.yaml:4:7: error[secret-literal]: `ping` is written out; a secret must be a reference",
            ],
        ),
    ]
}

/// What sets bounds must not be left empty: that could mean none, or all.
fn bounds() -> Vec<Case> {
    vec![
        after(
            "delivery: { allowed_domains: [] }",
            &["farol.yaml:3:30: error[empty-list]: `allowed_domains` is an empty list"],
        ),
        after(
            "delivery: { allowed_domains: }",
            &["farol.yaml:3:13: error[wrong-type]: `allowed_domains` must be a list, found nothing"],
        ),
    ]
}

fn delivery() -> Vec<Case> {
    vec![
        after(
            "delivery: { from: nobody, operators: [a@b.example, x@c.example], allowed_domains: [B.example, \"*.x\"] }",
            &[
                "farol.yaml:3:19: error[bad-address]: `nobody` is not a mail address: it has no `@`",
                "farol.yaml:3:52: error[recipient-not-allowed]: `x@c.example` is outside `allowed_domains`",
                "farol.yaml:3:95: error[bad-address]: `*.x` is not a domain",
            ],
        ),
        after(
            "delivery: { transport: { smpt: {} } }",
            &["farol.yaml:3:26: error[unknown-transport]: unknown transport `smpt`"],
        ),
        after(
            "delivery: { transport: { maildir: m, smtp: { host: localhost } }, from: a@b.example }",
            &["farol.yaml:3:38: error[key-conflict]: mail leaves by one transport, and this is a second"],
        ),
        after(
            "delivery: { transport: { smtp: \"smtp://u:c4n4ry@h\" } }",
            &["farol.yaml:3:32: error[wrong-type]: `smtp` must be a map, found text"],
        ),
        after(
            "delivery: { transport: { smtp: { host: mail.example } } }",
            &["farol.yaml:3:11: error[missing-key]: `delivery` has no `from`"],
        ),
        smtp(
            "host: \"u:c4n4ry@mail\"",
            &["farol.yaml:3:59: error[bad-host]: `host` is not a host name or an IP address"],
        ),
        smtp(
            "host: mail.example, tls: none",
            &["farol.yaml:3:78: error[tls-required]: `tls: none` would send mail in the clear to another machine"],
        ),
        after(
            "delivery: { deliver_by: 3d, on_unknown: forget, list_unsubscribe: \"leave@b.example\" }",
            &[
                "farol.yaml:3:25: error[bad-duration]: `deliver_by` must be a number of hours, found `3d`",
                "farol.yaml:3:41: error[unknown-value]: unknown value of `on_unknown`: `forget`",
                "farol.yaml:3:67: error[bad-address]: `list_unsubscribe` is no link that a mail program could follow",
            ],
        ),
        after(
            "delivery: { dkim: { domain: \"b example\", selector: s, key: c4n4ry } }",
            &[
                "farol.yaml:3:29: error[bad-address]: `b example` is not a name of the domain name system",
                "farol.yaml:3:60: error[secret-literal]: `key` is written out; a secret must be a reference",
            ],
        ),
        after(
            "delivery: { from: a@news.b.example, dkim: { domain: mail.other.example, selector: s, key: file:farol.yaml } }",
            &[
                "farol.yaml:3:43: warning[dkim-unaligned]: `mail.other.example` signs for a sender of `news.b.example`: such a signature counts for nothing in DMARC",
            ],
        ),
        smtp(
            "host: mail.example, password: file:x, oauth2_token: c4n4ry, max_per_minute: 0",
            &[
                "farol.yaml:3:83: error[credentials-incomplete]: `password` stands without `username`",
                "farol.yaml:3:83: warning[secret-unreadable]: `password`: cannot read `x`: No such file or directory (os error 2)",
                "farol.yaml:3:105: error[key-conflict]: `password` and `oauth2_token` are two ways to log in",
                "farol.yaml:3:105: error[secret-literal]: `oauth2_token` is written out; a secret must be a reference",
                "farol.yaml:3:129: error[out-of-range]: `max_per_minute` must lie from 1 to 6000, found 0",
            ],
        ),
        smtp("host: 127.0.0.1, tls: none", &[]),
        smtp(
            "host: mail.example, port: 0, username: u",
            &[
                "farol.yaml:3:79: error[out-of-range]: `port` must lie from 1 to 65535, found 0",
                "farol.yaml:3:92: error[credentials-incomplete]: `username` stands without `password`",
            ],
        ),
        smtp(
            "host: mail.example, username: u, password: c4n4ry",
            &["farol.yaml:3:96: error[secret-literal]: `password` is written out; a secret must be a reference"],
        ),
        smtp(
            "host: mail.example, username: u, password: 4242",
            &["farol.yaml:3:96: error[wrong-type]: `password` must be text, found a number"],
        ),
        smtp(
            "host: mail.example, username: \"${NOBODY}\", password: \"${NOTHING}\"",
            &[
                "farol.yaml:3:83: warning[secret-unset]: `username`: the environment variable `NOBODY` is not set",
                "farol.yaml:3:106: warning[secret-unset]: `password`: the environment variable `NOTHING` is not set",
            ],
        ),
        smtp(
            "host: mail.example, username: u, password: file:/no/such/file",
            &[
                "farol.yaml:3:96: warning[secret-unreadable]: `password`: cannot read `/no/such/file`: No such file or directory (os error 2)",
            ],
        ),
        smtp(
            "host: mail.example, username: u, password: credential:smtp",
            &[
                "farol.yaml:3:96: warning[secret-unset]: `password`: credential `smtp` is not there: `CREDENTIALS_DIRECTORY` is not set",
            ],
        ),
    ]
}

fn benchmarks() -> Vec<Case> {
    let of = |text: &str, says: &[&'static str]| case("benchmarks.yaml", text, says);
    vec![
        of(
            "npss: {}\nnps: { per: monthly, band: [] }",
            &[
                "benchmarks.yaml:1:1: error[unknown-kpi]: unknown KPI `npss`",
                "benchmarks.yaml:2:13: error[unknown-grain]: unknown grain `monthly`",
                "benchmarks.yaml:2:22: error[unknown-key]: unknown key `band` in `nps`",
            ],
        ),
        of(
            "nps:\n  bands:\n    - { from: -100, to: 50, status: red }\n    - { from: 51, to: 75, status: yellow }\n    - { from: 70, status: green }",
            &[
                "benchmarks.yaml:4:15: error[band-gap]: `nps` has no band between 50 and 51",
                "benchmarks.yaml:5:15: error[band-overlap]: `nps` has two bands between 70 and 75",
            ],
        ),
        of(
            "nps: { bands: [ { from: -90, to: 0, status: red }, { from: 0, to: 90, status: green } ] }",
            &[
                "benchmarks.yaml:1:25: error[band-gap]: `nps` has no band between -100 and -90",
                "benchmarks.yaml:1:67: error[band-gap]: `nps` has no band between 90 and 100",
            ],
        ),
        of(
            "average_ticket: { bands: [ { from: 0, to: 9, status: red } ] }",
            &[
                "benchmarks.yaml:1:36: error[band-gap]: `average_ticket` has no band below 0",
                "benchmarks.yaml:1:43: error[band-gap]: `average_ticket` has no band above 9",
            ],
        ),
        of(
            "nps: { bands: [ { to: 0, status: rot }, { to: 10, status: green }, { from: 0.5, status: green } ] }",
            &[
                "benchmarks.yaml:1:34: error[unknown-value]: unknown value of `status`: `rot`",
                "benchmarks.yaml:1:41: error[missing-key]: `bands` has no `from`",
            ],
        ),
        of(
            "nps: { bands: [ { from: 50, to: 110, status: red }, { from: 0, to: 50, status: red }, { from: 50, to: 20, status: green } ] }",
            &[
                "benchmarks.yaml:1:25: error[band-gap]: `nps` has no band between -100 and 50",
                "benchmarks.yaml:1:33: error[band-unreachable]: `nps` never goes above 100, so no band can have its limit at 110",
                "benchmarks.yaml:1:61: error[band-order]: a band from 0 stands after one from 50",
                "benchmarks.yaml:1:87: error[band-order]: the band ends at 20, not above its start 50",
            ],
        ),
        of(
            "nrr: { bands: [ { to: 1, id: a, status: red, label: Bad }, { from: 1, id: a, status: green, label: { pt_BR: Bom } } ] }",
            &[
                "benchmarks.yaml:1:53: error[wrong-type]: `label` must be a map of languages, found text `Bad`",
                "benchmarks.yaml:1:75: error[duplicate-name]: a band above is `a` too",
                "benchmarks.yaml:1:102: error[unknown-locale]: unknown locale `pt_BR`",
            ],
        ),
        of(
            "nps:\n  targets:\n    - { from: 2026-01, total: 155, region: { Sul: 1 } }\n    - { from: 2026, total: 5 }\n    - { total: many }\n    - { from: 2026-01-01, plan: { Pro: 1 } }",
            &[
                "benchmarks.yaml:3:31: error[target-unreachable]: `nps` never goes above 100, so it cannot reach 155",
                "benchmarks.yaml:3:36: error[undeclared-segment]: `region` is not declared in `segments` of farol.yaml",
                "benchmarks.yaml:4:15: error[bad-date]: `from` must be a month or a day, found `2026`",
                "benchmarks.yaml:5:7: error[missing-key]: a target has no `from`",
                "benchmarks.yaml:5:16: error[wrong-type]: `total` must be a number, found text `many`",
                "benchmarks.yaml:6:7: error[duplicate-target]: `nps` has two targets from 2026-01-01",
            ],
        ),
        of(
            "nps: { alert: { below: low, drop_of: -1 } }",
            &[
                "benchmarks.yaml:1:24: error[wrong-type]: `below` must be a number, found text `low`",
                "benchmarks.yaml:1:38: error[out-of-range]: `drop_of` must be above 0, found -1",
            ],
        ),
    ]
}

fn kpis() -> Vec<Case> {
    let of = |text: &str, says: &[&'static str]| case("kpis.yaml", text, says);
    vec![
        of(
            "confidence: 95\nactive_window: 12M\nchurn_gap_days: 0.5\nvalue: { window: 365d, gross_margin: 0 }",
            &[
                "kpis.yaml:1:13: error[out-of-range]: `confidence` must lie between 0 and 1, found 95",
                "kpis.yaml:2:16: error[bad-duration]: `active_window` must be a number of days, found `12M`",
                "kpis.yaml:3:17: error[wrong-type]: `churn_gap_days` must be a whole number, found number `0.5`",
                "kpis.yaml:4:18: error[bad-duration]: `window` must be a number of months, found `365d`",
                "kpis.yaml:4:38: error[out-of-range]: `gross_margin` must lie above 0 and up to 1, found 0",
            ],
        ),
        of(
            "csat: { scale: [1, 5] }\nces: { scale: [7, 1], better: up }\nlifetime: { method: kaplan-meier }",
            &[
                "kpis.yaml:1:16: error[scale-range]: `satisfied` is 8, outside the scale from 1 to 5",
                "kpis.yaml:2:15: error[scale-order]: the scale goes from 7 to 1: it must ascend",
                "kpis.yaml:2:31: error[unknown-value]: unknown value of `better`: `up`",
                "kpis.yaml:3:21: error[unknown-value]: unknown value of `method`: `kaplan-meier`",
            ],
        ),
        of(
            "health:\n  components:\n    - { id: a, signal: activedays, window: 30d, weight: 0, scale: { 0: 0, 5: 101 } }\n    - { id: b, signal: tickets, weight: 1, scale: { 5: 0, 0: 100 } }\n    - { id: c, signal: open_tickets, window: 30d, kind: call, weight: 1, scale: { x: 1 } }\n  playbook: { usage: { en: Call } }",
            &[
                "kpis.yaml:3:24: error[unknown-signal]: unknown signal `activedays`",
                "kpis.yaml:3:57: error[out-of-range]: `weight` must be above 0, found 0",
                "kpis.yaml:3:78: error[scale-range]: a score must lie from 0 to 100, found 101",
                "kpis.yaml:4:7: error[missing-key]: `components` has no `window`",
                "kpis.yaml:4:59: error[scale-order]: the scale goes from 5 to 0: its signals must ascend",
                "kpis.yaml:5:46: warning[unused-key]: `window` says nothing to a signal of the period's end alone",
                "kpis.yaml:5:57: error[unused-key]: only `interactions` have a `kind`",
                "kpis.yaml:5:83: error[wrong-type]: a scale's keys are numbers, found `x`",
                "kpis.yaml:6:15: error[unknown-value]: unknown component of `health`: `usage`",
            ],
        ),
        of(
            "themes: { price: { en: [price, two words, 24h], fr: [prix], pt: [preço], label: { en: Price } } }",
            &[
                "kpis.yaml:1:32: error[bad-stem]: `two words` is not a word or the beginning of one",
                "kpis.yaml:1:43: error[bad-stem]: `24h` is not a word or the beginning of one",
                "kpis.yaml:1:49: error[unknown-locale]: unknown language `fr`",
            ],
        ),
        of(
            "value: { source: orders }",
            &["kpis.yaml:1:18: warning[value-source]: value is to be taken from `orders`, and `data` has no `orders`"],
        ),
        of(
            "themes: { price: {}, delivery: { label: { en: Delivery } } }\nnps: { roles: { user: [staff, manager] } }",
            &[
                "kpis.yaml:1:11: error[missing-key]: theme `price` has no stems",
                "kpis.yaml:1:22: error[missing-key]: theme `delivery` has no stems",
                "kpis.yaml:2:15: error[duplicate-name]: role `manager` is of both groups, `user` and `decision_maker`",
            ],
        ),
        of(
            "chi:\n  criteria:\n    - { id: a, signal: events, window: 30d, weight: 9.9, scale: { 0: 0, 20: 1 } }\n    - { id: b, signal: fcr, window: 30d, weight: 0.099999, scale: { 0: 0, 100: 1.5 } }",
            &["kpis.yaml:4:80: error[scale-range]: a score must lie from 0 to 1, found 1.5"],
        ),
        of(
            "chi:\n  criteria:\n    - { id: a, signal: events, window: 30d, weight: 9.9, scale: { 0: 0, 20: 1 } }\n    - { id: b, signal: fcr, window: 30d, weight: 0.099999, scale: { 0: 0, 100: 1 } }",
            &["kpis.yaml:3:5: error[weights-sum]: the weights of `criteria` sum to 9.999999, not to 10"],
        ),
        of(
            "chi:\n  criteria:\n    - { id: a, signal: events, window: 30d, weight: 3.3, scale: { 0: 0, 20: 1 } }\n    - { id: b, signal: fcr, window: 30d, weight: 3.3, scale: { 0: 0, 100: 1 } }\n    - { id: c, signal: fcr, window: 30d, weight: 3.4, scale: { 0: 0, 100: 1 } }",
            &[],
        ),
        of(
            "health: { bands: [ { to: 40, status: red }, { from: 41, status: green } ] }",
            &["kpis.yaml:1:53: error[band-gap]: `health` has no band between 40 and 41"],
        ),
    ]
}

fn reports() -> Vec<Case> {
    let of = |text: &str, says: &[&'static str]| case("reports.yaml", text, says);
    vec![
        of(
            "../up: {}\nr: { kpis: [nps, nps, mrr_lost], attach: [pdf, csv, csv], history: 0, grain: 1m }",
            &[
                "reports.yaml:1:1: error[bad-name]: `../up` cannot be a report's id",
                "reports.yaml:2:18: error[duplicate-name]: KPI `nps` is there twice",
                "reports.yaml:2:23: error[unknown-kpi]: unknown KPI `mrr_lost`",
                "reports.yaml:2:43: error[attachment-not-supported]: `pdf` cannot be attached",
                "reports.yaml:2:53: error[duplicate-name]: `csv` is attached twice",
                "reports.yaml:2:68: error[out-of-range]: `history` must lie from 1 to 120, found 0",
                "reports.yaml:2:78: error[unknown-grain]: unknown grain `1m`",
            ],
        ),
        of(
            "r: { kpis: every, segments: [plam, [plan, region]], title: { fr: Bilan } }",
            &[
                "reports.yaml:1:12: error[wrong-type]: `kpis` must be a list of KPIs, or `all`, found text `every`",
                "reports.yaml:1:30: error[undeclared-segment]: `plam` is not declared in `segments` of farol.yaml",
                "reports.yaml:1:36: error[undeclared-segment]: `plan×region` is not declared in `segments` of farol.yaml",
                "reports.yaml:1:62: error[unknown-locale]: unknown locale `fr`",
            ],
        ),
        of(
            "r:\n  recipients:\n    - { to: a@b.example, locale: en-gb, names: yes, only: {} }\n    - { to: \"Ana <A@B.example>\", only: { size: Big } }\n    - c@b.example\n    - { to: d@b.example, only: }\n    - { to: e@b.example, only: ~ }\n    - { to: f@b.example, only: { name: Sol, signup_date: 2026-01-31 } }",
            &[
                "reports.yaml:3:34: error[unknown-locale]: unknown locale `en-gb`",
                "reports.yaml:3:48: error[wrong-type]: `names` must be true or false, found text `yes`",
                "reports.yaml:3:59: error[empty-scope]: `only` names no attribute",
                "reports.yaml:4:7: error[duplicate-recipient]: `Ana <A@B.example>` gets this report already",
                "reports.yaml:4:42: warning[undeclared-attribute]: no mapping names the attribute `size`; the customers' file must have a column of that name",
                "reports.yaml:5:7: error[wrong-type]: `recipients` must be a list of recipients, found text `c@b.example`",
                "reports.yaml:6:26: error[empty-scope]: `only` names no attribute",
                "reports.yaml:7:26: error[empty-scope]: `only` names no attribute",
                "reports.yaml:8:45: error[bad-name]: `signup_date` is a column that farol reads itself, not an attribute",
            ],
        ),
    ]
}

#[test]
fn each_fault_is_said_in_its_place_and_each_code_is_used() {
    let groups = [
        texts(),
        company(),
        sources(),
        segments(),
        schedule(),
        watchers(),
        bounds(),
        delivery(),
        benchmarks(),
        kpis(),
        reports(),
    ];
    let mut seen = check(groups.into_iter().flatten().collect());
    seen.extend(["file-missing", "file-unreadable"].map(ToOwned::to_owned));
    let listed: BTreeSet<String> = codes().iter().map(|code| (*code).to_owned()).collect();
    assert_eq!(seen, listed);
}

#[test]
fn faults_of_all_files_come_at_once_by_place() {
    let lines = first_lines(&[
        ("farol.yaml", format!("{BASE}segmnts: []\n").as_bytes()),
        ("kpis.yaml", b"confidence: 2\n"),
        ("benchmarks.yaml", b"npss: {}\n"),
        ("reports.yaml", b"r: [\n"),
    ]);
    let places: Vec<&str> = lines.iter().map(|line| line.split(": ").next().unwrap()).collect();
    assert_eq!(places, ["benchmarks.yaml:1:1", "farol.yaml:3:1", "kpis.yaml:1:13", "reports.yaml:2:1"]);
}

#[test]
fn a_file_that_cannot_be_read_does_not_blame_the_others() {
    let farol = format!("{BASE}schedule: [ {{ report: monthly, cron: \"0 7 5 * *\" }} ]\n");
    let lines = first_lines(&[("farol.yaml", farol.as_bytes()), ("reports.yaml", b"monthly: {{\n")]);
    assert_eq!(lines.len(), 1, "{lines:?}");
    let lines =
        first_lines(&[("farol.yaml", b"segments: [plan"), ("reports.yaml", b"monthly: { segments: [plan] }\n")]);
    assert_eq!(lines.len(), 1, "{lines:?}");
}

#[test]
fn a_folder_without_farol_yaml_or_with_a_folder_in_its_place_is_one_fault() {
    assert_eq!(first_lines(&[]), ["farol.yaml: error[file-missing]: there is no `farol.yaml` in `FOLDER`"]);
    let dir = tempfile::tempdir().unwrap();
    std::fs::create_dir(dir.path().join("farol.yaml")).unwrap();
    let failure = super::load_folder(dir.path()).unwrap_err();
    assert_eq!(failure.exit, crate::error::Exit::Config);
    assert_eq!(failure.diagnostics[0].code, "file-unreadable");
}

/// `3M` is no `3d`: a remedy that takes the number and changes the unit would be followed.
#[test]
fn a_remedy_for_a_length_of_time_is_of_no_length_that_was_written() {
    let kpis = b"active_window: 3M\nvalue: { window: 90d }\nfcr: { reopen_window: 48h }\n";
    let (_dir, loaded) = load_files(&[("farol.yaml", BASE.as_bytes()), ("kpis.yaml", kpis)]);
    let text = loaded.unwrap_err().to_string();
    for right in ["a number of days: `30d`", "a number of months: `30M`"] {
        assert!(text.contains(right), "{text}");
    }
    assert!(!text.contains("`3d`") && !text.contains("`90M`") && !text.contains("`48d`"), "{text}");
}

/// A company has a time zone: to delete an unknown one is no remedy.
#[test]
fn nobody_is_told_to_delete_what_must_be_there() {
    let farol = BASE.replace("timezone: UTC", "timezone: Mars/Olympus");
    let (_dir, loaded) = load_files(&[("farol.yaml", farol.as_bytes())]);
    let text = loaded.unwrap_err().to_string();
    assert!(text.contains("unknown time zone") && !text.contains("delete it"), "{text}");
}

#[test]
fn a_remedy_names_the_nearest_name_and_never_a_secret() {
    let farol = format!(
        "{BASE}delivery: {{ form: a@b.example, transport: {{ smtp: {{ host: h.example, password: c4n4ry, pasword: c4n4ry }} }} }}\n"
    );
    let (_dir, loaded) = load_files(&[("farol.yaml", farol.as_bytes()), ("benchmarks.yaml", b"nps_promoter: {}\n")]);
    let text = loaded.unwrap_err().to_string();
    assert!(text.contains("help: did you mean `nps_promoters`?"), "{text}");
    assert!(text.contains("help: did you mean `from`?") && text.contains("help: did you mean `password`?"), "{text}");
    assert!(!text.contains("c4n4ry"), "{text}");
}

/// A language alone that has only regions is no locale, and is not offered as one.
#[test]
fn an_unknown_locale_is_told_every_one_that_there_is() {
    let farol = BASE.replace("company: {", "company: { locale: fr,");
    let (_dir, loaded) = load_files(&[("farol.yaml", farol.as_bytes())]);
    let text = loaded.unwrap_err().to_string();
    let all = "write one of `en`, `en-GB`, `en-US`, `es-419`, `es`, `es-AR`, `es-CL`, `es-CO`, `es-ES`, `es-MX`, `pt-BR`, `pt-PT`";
    assert!(text.contains(all), "{text}");
}

#[test]
fn whoever_wants_a_pdf_is_told_how_to_get_one() {
    let reports = b"r: { attach: [pdf, docx] }\n".as_slice();
    let (_dir, loaded) = load_files(&[("farol.yaml", BASE.as_bytes()), ("reports.yaml", reports)]);
    let text = loaded.unwrap_err().to_string();
    assert!(text.contains("help: attach `html`: printed from a browser, or saved as PDF there"), "{text}");
    assert!(text.contains("help: write `html`, `csv` or `xlsx`"), "{text}");
}

/// Its own name would be no help: a cross is declared and chosen as a list.
#[test]
fn a_cross_that_is_written_as_text_is_shown_as_a_list() {
    let farol = format!("{BASE}segments: [plan, [plan, region]]\n");
    let reports = "monthly: { kpis: all, segments: [plan×region] }\n";
    let (_dir, loaded) = load_files(&[("farol.yaml", farol.as_bytes()), ("reports.yaml", reports.as_bytes())]);
    let text = loaded.unwrap_err().to_string();
    assert!(text.contains("help: a cross is a list: write `[plan, region]`"), "{text}");
}
