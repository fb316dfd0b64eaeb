//! The same surveys through the whole program: files in, mail out, read from the mailbox of one reader.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;

use mail_parser::{MessageParser, MimeHeaders};

use crate::surveys::Surveys;

/// Some reports, and those of their periods that are sent, one after the other.
pub(crate) type Post = (&'static [&'static str], &'static [(&'static str, &'static str)]);

/// Three reports to one address: the months, their quarter, and the months of one region; as they come: nothing of what
/// went out before may be taken back.
pub(crate) const ALL: Post = (
    &[MONTHLY, QUARTERLY, OF_ONE_REGION],
    &[
        ("monthly", "2026-04"),
        ("of-one-region", "2026-04"),
        ("of-one-region", "2026-05"),
        ("monthly", "2026-05"),
        ("monthly", "2026-06"),
        ("of-one-region", "2026-06"),
        ("quarterly", "2026-Q2"),
    ],
);

/// The quarter, and the months of one region.
pub(crate) const OTHERS: Post = (
    &[QUARTERLY, OF_ONE_REGION],
    &[
        ("of-one-region", "2026-04"),
        ("of-one-region", "2026-05"),
        ("of-one-region", "2026-06"),
        ("quarterly", "2026-Q2"),
    ],
);

/// The months, for who also gets the others.
pub(crate) const MONTHLY_BESIDES: Post = (&[MONTHLY, QUARTERLY, OF_ONE_REGION], MONTHS);

/// The months, and nothing else any more.
pub(crate) const MONTHLY_INSTEAD: Post = (&[MONTHLY], MONTHS);

const MONTHS: &[(&str, &str)] = &[("monthly", "2026-04"), ("monthly", "2026-05"), ("monthly", "2026-06")];

const MONTHLY: &str = "
monthly:
  title: { en: Monthly }
  kpis: [nps, nps_promoters, nps_passives, nps_detractors, nps_response_rate]
  segments: [plan, region, [plan, region]]
  history: 3
  attach: [csv]
  recipients: [{ to: head@example.com }]
";

const QUARTERLY: &str = "
quarterly:
  title: { en: Quarterly }
  grain: quarter
  kpis: [nps, nps_promoters, nps_passives, nps_detractors]
  segments: [plan, region]
  history: 1
  attach: [csv]
  recipients: [{ to: Head <HEAD@example.com> }]
";

const OF_ONE_REGION: &str = "
of-one-region:
  title: { en: Region }
  kpis: [nps, nps_promoters, nps_passives, nps_detractors]
  segments: [plan]
  history: 2
  attach: [csv]
  recipients: [{ to: head@example.com, only: { region: R0 } }]
";

const FAROL: &str = "
company: { name: Case, locale: en, currency: BRL, timezone: UTC }
as_of: 2026-12-01
data:
  customers: { path: customers.csv, columns: { plan: plan, region: region } }
  surveys: { path: surveys.csv }
segments: [plan, region, [plan, region]]
delivery: { allowed_domains: [example.com] }
";

/// Everything that the reader gets in one file for all customers and one for the region.
pub(crate) fn mailed(surveys: &Surveys, posts: &[Post], home: &Path) -> Vec<String> {
    let config = home.join("config");
    fs::create_dir_all(&config).unwrap();
    let (customers, answers) = tables(surveys);
    for (name, text) in
        [("farol.yaml", FAROL), ("customers.csv", customers.as_str()), ("surveys.csv", answers.as_str())]
    {
        fs::write(config.join(name), text).unwrap();
    }
    for (reports, sent) in posts {
        fs::write(config.join("reports.yaml"), reports.concat()).unwrap();
        for (report, period) in *sent {
            let output = Command::new(env!("CARGO_BIN_EXE_farol"))
                .args(["run", "--send", "--report", report, "--period", period])
                .current_dir(home)
                .output()
                .unwrap();
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        }
    }
    let mut files = vec![String::new(), String::new()];
    for entry in fs::read_dir(home.join("out/maildir/new")).unwrap() {
        let bytes = fs::read(entry.unwrap().path()).unwrap();
        let message = MessageParser::default().parse(&bytes).unwrap();
        let file = usize::from(message.subject().unwrap().starts_with("Region"));
        let csv =
            message.attachments().find(|part| part.attachment_name().is_some_and(|name| name.starts_with("figures-")));
        let text = csv.unwrap().text_contents().unwrap().replace("\r\n", "\n");
        let skipped = if files[file].is_empty() { 0 } else { text.find('\n').unwrap() + 1 };
        files[file].push_str(&text[skipped..]);
    }
    files
}

/// `customers.csv` and `surveys.csv`: a customer for each plan and region, a respondent for each answer.
fn tables(surveys: &Surveys) -> (String, String) {
    let mut customers = String::from("customer_id,signup_date,plan,region\n");
    let mut answers = String::from("customer_id,respondent_id,survey,score,sent_at,responded_at\n");
    let mut known = std::collections::BTreeSet::new();
    let mut respondent = 0;
    for atom in &surveys.atoms {
        let (customer, plan, region) = atom.customer();
        if known.insert(customer.clone()) {
            writeln!(customers, "{customer},2025-01-01,{plan},{region}").unwrap();
        }
        let [asked, answered] = atom.days();
        for (score, count) in atom.scores() {
            for _ in 0..count {
                respondent += 1;
                let (score, at) =
                    score.map_or_else(Default::default, |score: i64| (score.to_string(), answered.clone()));
                writeln!(answers, "{customer},r{respondent},nps,{score},{asked},{at}").unwrap();
            }
        }
    }
    (customers, answers)
}
