//! One report of one period in all its forms: rendered, and written to its folder whole or not at all.
//!
//! Forms are rendered on all processors. Each file depends on its form alone, so that their number changes no byte.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use rayon::prelude::*;

use crate::calendar::Period;
use crate::config::{Benchmark, ReportPlan};
use crate::delivery::message::Attachment;
use crate::error::Result;
use crate::judgement::{Courses, Figure, Keys, Verdict, for_part, small_by_themselves};
use crate::kpi::Undefined;
use crate::ledger::Telling;
use crate::locale::Locale;
use crate::pipeline::calls;
use crate::pipeline::courses::courses;
use crate::pipeline::jobs::{self, Form, Job};
use crate::pipeline::judging::judged_history;
use crate::pipeline::mail::Rendered;
use crate::pipeline::publish::Folder;
use crate::pipeline::quality::{Timings, provenance, run_json, source_quality};
use crate::pipeline::quotes;
use crate::pipeline::run::{Material, has_revenue};
use crate::pipeline::scope::Scope;
use crate::pipeline::told::{Earlier, telling};
use crate::report::view::{Again, CustomerRow, Missed, Provenance, Quote, SourceQuality, page_name};
use crate::report::{Input, View, build, figures as figures_csv, workbook};
use crate::tables::write_quarantine;

/// Which report of which period.
#[derive(Clone, Copy)]
pub(super) struct Of<'a> {
    pub(super) job: &'a Job,
    pub(super) plan: &'a ReportPlan,
    pub(super) period: &'a Period,
    /// Its figures for all customers.
    pub(super) verdicts: &'a [Verdict],
    pub(super) revision: u32,
    /// Forms that somebody gets who has had no revision before: their mail says nothing of revisions.
    pub(super) first: &'a BTreeSet<Form>,
    pub(super) earlier: &'a Earlier,
    pub(super) missed: &'a [Missed],
    /// Why it is sent again, if it is.
    pub(super) again: Option<Again<'a>>,
}

/// Writes `out/REPORT/PERIOD/` and gives back every form, ready to be sent.
pub(super) fn write_folder(
    material: Material<'_>,
    of: &Of<'_>,
    started: DateTime<Utc>,
    clock: &dyn Fn() -> DateTime<Utc>,
) -> Result<BTreeMap<Form, Rendered>> {
    let Material { config, request, computed, .. } = material;
    let folder = Folder::begin(&config.out.join(&of.job.report).join(&of.period.id))?;
    let edition = Edition {
        material,
        of: *of,
        provenance: provenance(config, request.as_of, &computed.intakes, &of.job.report, of.period),
        quality: source_quality(config, request.as_of, &computed.intakes),
        not_configured: not_configured(material, of.plan),
        folder,
    };
    let begun = clock();
    let forms = edition.forms()?;
    let rendered = clock();
    let Edition { folder, provenance, .. } = edition;
    folder.write("figures.csv", figures_csv::write(of.verdicts, &Keys::default())?.as_bytes())?;
    let bad: Vec<_> = computed.intakes.iter().flat_map(|intake| intake.quarantined.iter().cloned()).collect();
    write_quarantine(&folder.path("quarantine.csv"), &bad)?;
    let timings = Timings { started, computed: begun, rendered, written: clock(), forms: forms.len() };
    folder.write("run.json", run_json(&provenance, computed, request, config, &timings).as_bytes())?;
    folder.publish()?;
    Ok(forms)
}

fn not_configured(material: Material<'_>, plan: &ReportPlan) -> Vec<(&'static str, Vec<String>)> {
    let is_shown = |(id, _): &&(&'static str, Vec<String>)| plan.kpis.iter().any(|kpi| kpi == id);
    material.computed.not_configured.iter().filter(is_shown).cloned().collect()
}

/// What all forms of a report share.
struct Edition<'a> {
    material: Material<'a>,
    of: Of<'a>,
    provenance: Provenance,
    quality: Vec<SourceQuality>,
    not_configured: Vec<(&'static str, Vec<String>)>,
    folder: Folder,
}

/// What the forms for one part of the customers share.
struct Part<'a> {
    scope: &'a Scope,
    withheld: Keys,
    /// As they hold for this part.
    benchmarks: BTreeMap<String, Benchmark>,
    history: Vec<Verdict>,
    customers: Vec<CustomerRow>,
    courses: Option<Courses>,
    quotes: Vec<Quote>,
    /// `figures.csv` of this part, where it is attached.
    figures: Option<String>,
    told: Arc<Telling>,
}

impl Edition<'_> {
    fn forms(&self) -> Result<BTreeMap<Form, Rendered>> {
        let mut by_scope: BTreeMap<Scope, Vec<Form>> = BTreeMap::new();
        let empty = &self.material.computed.empty_scopes;
        let forms = Form::all(self.material.config, self.of.plan);
        for form in forms.into_iter().filter(|form| !empty.contains_key(&form.scope)) {
            by_scope.entry(form.scope.clone()).or_default().push(form);
        }
        // A part's history lives no longer than its forms are being rendered.
        let each = |(scope, forms): (Scope, Vec<Form>)| -> Result<Vec<(Form, Rendered)>> {
            let part = self.part(&scope)?;
            let rendered = forms.into_par_iter().map(|form| self.form(&part, &form).map(|rendered| (form, rendered)));
            // Whatever was first to fail: the first in order is told.
            rendered.collect::<Vec<_>>().into_iter().collect()
        };
        let parts: Vec<Result<Vec<_>>> = by_scope.into_par_iter().map(each).collect();
        let mut all = BTreeMap::new();
        for part in parts {
            all.extend(part?);
        }
        Ok(all)
    }

    fn part<'s>(&self, scope: &'s Scope) -> Result<Part<'s>> {
        let Material { config, request, computed, states, said, stays, .. } = self.material;
        let Of { plan, period, .. } = self.of;
        let min_group = config.privacy.min_group;
        let figures = computed.figures.get(scope).map_or(&[][..], Vec::as_slice);
        let withheld = self.withheld(scope, figures);
        let benchmarks = for_part(&config.benchmarks, scope);
        let history = judged_history(
            config,
            request.as_of,
            plan,
            (figures, &computed.first_rows),
            &benchmarks,
            &withheld,
            (period, self.shows_whole_history(scope)),
        );
        // What another report of the same run lists is no part of this one.
        let own = states.get(period).filter(|_| jobs::lists_customers(plan)).map_or(&[][..], Vec::as_slice);
        let said = said.get(period).map_or(&[][..], Vec::as_slice);
        let shown: Vec<Verdict> = history.iter().filter(|verdict| verdict.key.period == *period).cloned().collect();
        // Mails quote nobody.
        let makes_pages = plan.attaches("html") || Form::own(config).scope == *scope;
        Ok(Part {
            scope,
            customers: calls::rows(own, scope, has_revenue(config)),
            courses: jobs::shows_lifetimes(plan).then(|| courses(stays, plan, (period, scope), min_group)).flatten(),
            quotes: if makes_pages { quotes::quotes(said, scope, min_group) } else { Vec::new() },
            figures: plan
                .attaches("csv")
                .then(|| figures_csv::write(&as_computed(&shown, figures), &withheld))
                .transpose()?,
            told: telling(config, (plan, period), scope, (&history, &withheld)),
            withheld,
            benchmarks,
            history,
        })
    }

    /// Whether the readers of a part of the customers get more of earlier periods than charts draw: a workbook, or what was told
    /// otherwise.
    fn shows_whole_history(&self, scope: &Scope) -> bool {
        self.of.plan.attaches("xlsx") || self.of.earlier.get(scope).is_some_and(|told| !told.is_empty())
    }

    /// What the readers of a part of the customers do not see of a report.
    fn withheld(&self, scope: &Scope, figures: &[Figure]) -> Keys {
        let Material { config, computed, .. } = self.material;
        let mut withheld =
            computed.withheld.get(&(self.of.job.report.clone(), scope.clone())).cloned().unwrap_or_default();
        withheld.extend(small_by_themselves(figures, config.privacy.min_group));
        withheld
    }

    fn form(&self, part: &Part<'_>, form: &Form) -> Result<Rendered> {
        let view = self.view(part, form, (self.of.revision, self.of.again))?;
        let rendered = self.write_form(form, view, part)?;
        let is_first = self.of.revision > 1 && self.of.first.contains(form);
        if !is_first {
            return Ok(rendered);
        }
        let (first, ..) = self.rendered(form, self.view(part, form, (1, None))?, part)?;
        Ok(Rendered { first: Some(Box::new(first)), ..rendered })
    }

    /// What a form shows, as a revision and for a reason.
    fn view(&self, part: &Part<'_>, form: &Form, (revision, reason): (u32, Option<Again<'_>>)) -> Result<View> {
        let Material { config, standings, .. } = self.material;
        let Of { job, plan, period, earlier, missed, .. } = self.of;
        let standings = standings.get(&(period.clone(), part.scope.clone()));
        let input = Input {
            report_id: &job.report,
            plan,
            company: &config.company,
            benchmarks: &part.benchmarks,
            choices: &config.choices,
            period,
            verdicts: &part.history,
            withheld: &part.withheld,
            min_group: config.privacy.min_group,
            not_configured: &self.not_configured,
            customers: &part.customers,
            courses: part.courses.as_ref(),
            standings: standings.filter(|_| form.names && jobs::lists_customers(plan)),
            quotes: &part.quotes,
            told: earlier.get(part.scope).map_or(&[][..], Vec::as_slice),
            data_quality: &self.quality,
            provenance: &self.provenance,
            missed,
            revision,
            reason,
            scope: part.scope,
            names: form.names,
        };
        Ok(build(&input, &*Locale::built_in(&form.locale)?))
    }

    /// Writes the files of one form.
    fn write_form(&self, form: &Form, view: View, part: &Part<'_>) -> Result<Rendered> {
        let folder = &self.folder;
        let suffix = form.suffix(self.material.config);
        let (rendered, page, sheets) = self.rendered(form, view, part)?;
        let email = &rendered.email;
        if let Some(bytes) = &sheets {
            folder.write(&format!("report{suffix}.xlsx"), bytes)?;
        }
        if let Some((view, page)) = &page {
            folder.write(&format!("report{suffix}.json"), view.to_json()?.as_bytes())?;
            folder.write(&format!("report{suffix}.html"), page.as_bytes())?;
        }
        folder.write(&format!("email{suffix}.txt"), email.text.as_bytes())?;
        // On disk the mail's pictures stand beside it; in the mail they travel inside.
        let mut preview = email.html.clone();
        for picture in &email.images {
            let name = format!("email{suffix}/{}.png", picture.cid);
            preview = preview.replace(&format!("cid:{}", picture.cid), &name);
            folder.write(&name, &picture.png)?;
        }
        folder.write(&format!("email{suffix}.html"), preview.as_bytes())?;
        Ok(rendered)
    }

    /// A form as a mail with its attachments; the whole report, of forms other than the operators' own where somebody gets it; the
    /// workbook, if there is one.
    fn rendered(&self, form: &Form, mut view: View, part: &Part<'_>) -> Result<Made> {
        let Of { plan, period, .. } = self.of;
        // No template shows its thousands of cells.
        let sheets = view.workbook.take().map(|sheets| workbook::write(&sheets)).transpose()?;
        let with_page = plan.attaches("html") || *form == Form::own(self.material.config);
        let (email, page) = self.material.renderer.documents(view, with_page)?;
        let attach = |kind: &String| match kind.as_str() {
            "html" => page.as_ref().map(|(_, page)| Attachment {
                name: page_name(period),
                content_type: "text/html; charset=utf-8".to_owned(),
                bytes: page.clone().into_bytes(),
            }),
            "csv" => part.figures.clone().map(|figures| Attachment {
                name: format!("figures-{}.csv", period.id),
                content_type: "text/csv; charset=utf-8".to_owned(),
                bytes: figures.into_bytes(),
            }),
            "xlsx" => sheets.clone().map(|bytes| Attachment {
                name: format!("report-{}.xlsx", period.id),
                content_type: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet".to_owned(),
                bytes,
            }),
            _ => None,
        };
        let attachments = plan.attach.iter().filter_map(attach).collect();
        Ok((Rendered { email, attachments, told: Arc::clone(&part.told), first: None }, page, sheets))
    }
}

/// Verdicts with the values that were computed, where a report says that nothing was recorded: the table of figures is for
/// programs, and the same for everybody.
fn as_computed(shown: &[Verdict], figures: &[Figure]) -> Vec<Verdict> {
    let whole = |verdict: &Verdict| {
        let computed =
            figures.binary_search_by(|figure| figure.key.cmp(&verdict.key)).ok().and_then(|at| figures.get(at));
        let computed = computed.filter(|_| verdict.reading.value == Err(Undefined::NotRecorded));
        let reading = computed.map_or(&verdict.reading, |figure| &figure.reading).clone();
        Verdict { reading, ..verdict.clone() }
    };
    shown.iter().map(whole).collect()
}

/// What is made of a form: mail, page with its view, and workbook.
type Made = (Rendered, Option<(View, String)>, Option<Vec<u8>>);
