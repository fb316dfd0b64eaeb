//! One report of one period in all its forms: rendered, and written to its folder whole or not at all.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::calendar::Period;
use crate::config::ReportPlan;
use crate::delivery::message::Attachment;
use crate::diagnostic::Diagnostic;
use crate::error::{Exit, Failure, Result};
use crate::judgement::{Figure, Key, Verdict, small_by_themselves};
use crate::locale::Locale;
use crate::pipeline::calls;
use crate::pipeline::courses::courses;
use crate::pipeline::figures::Scope;
use crate::pipeline::jobs::{self, Form, Job};
use crate::pipeline::judging::judged_history;
use crate::pipeline::mail::Rendered;
use crate::pipeline::publish::Folder;
use crate::pipeline::quality::{provenance, run_json, source_quality};
use crate::pipeline::quotes;
use crate::pipeline::run::{Making, has_revenue};
use crate::pipeline::told::{Earlier, telling};
use crate::report::{Input, View, build, figures as figures_csv, workbook};
use crate::tables::write_quarantine;

impl Making<'_> {
    /// Writes `out/REPORT/PERIOD/` and gives back every form, ready to be sent.
    pub(super) fn write_folder(
        &self,
        job: &Job,
        plan: &ReportPlan,
        period: &Period,
        verdicts: &[Verdict],
        (revision, earlier): (u32, &Earlier),
    ) -> Result<BTreeMap<Form, Rendered>> {
        let folder = Folder::begin(&self.config.out.join(&job.report).join(&period.id))?;
        let provenance = provenance(self.config, self.request.as_of, &self.computed.intakes, &job.report, period);
        let quality = source_quality(self.config, self.request.as_of, &self.computed.intakes);
        let mut forms = BTreeMap::new();
        let mut histories: BTreeMap<&Scope, (BTreeSet<Key>, Vec<Verdict>)> = BTreeMap::new();
        for form in &Form::all(self.config, plan) {
            let figures = self.computed.figures.get(&form.scope).map_or(&[][..], Vec::as_slice);
            if !histories.contains_key(&form.scope) {
                let hidden = self.withheld(job, &form.scope, figures);
                let history = judged_history(self.config, self.request.as_of, plan, figures, &hidden, period);
                let scope = self.computed.figures.keys().find(|scope| **scope == form.scope);
                histories.extend(scope.map(|scope| (scope, (hidden, history))));
            }
            let nothing = (BTreeSet::new(), Vec::new());
            let (hidden, history) = histories.get(&form.scope).unwrap_or(&nothing);
            // What another report of the same run lists is no part of this one.
            let own = self.states.get(period).filter(|_| jobs::lists_customers(plan)).map_or(&[][..], Vec::as_slice);
            let said = self.said.get(period).map_or(&[][..], Vec::as_slice);
            let not_configured = self.not_configured(plan);
            let courses = jobs::shows_lifetimes(plan)
                .then(|| courses(self.stays, plan, (period, &form.scope), self.config.privacy.min_group))
                .flatten();
            let standings = self.standings.get(&(period.clone(), form.scope.clone()));
            let standings = standings.filter(|_| form.names && jobs::lists_customers(plan));
            let input = Input {
                report_id: &job.report,
                plan,
                company: &self.config.company,
                benchmarks: &self.config.benchmarks,
                choices: &self.config.choices,
                period,
                verdicts: history,
                withheld: hidden,
                min_group: self.config.privacy.min_group,
                not_configured: &not_configured,
                customers: &calls::rows(own, &form.scope, has_revenue(self.config)),
                courses: courses.as_ref(),
                standings,
                quotes: &quotes::quotes(said, &form.scope, self.config.privacy.min_group),
                told: earlier.get(&form.scope).map_or(&[][..], Vec::as_slice),
                data_quality: &quality,
                provenance: &provenance,
                revision,
                reason: self.request.sending.as_ref().and_then(|sending| sending.resend.as_deref()),
                scope: &form.scope,
                names: form.names,
            };
            let view = build(&input, &Locale::load(&form.locale, None)?);
            let shown: Vec<Verdict> = history.iter().filter(|verdict| verdict.key.period == *period).cloned().collect();
            let figures = figures_csv::write(&shown, hidden)?;
            let told = telling(self.config, plan, &form.scope, (&shown, hidden));
            let rendered = Rendered { told, ..self.write_form(&folder, form, plan, period, view, &figures)? };
            forms.insert(form.clone(), rendered);
        }
        folder.write("figures.csv", figures_csv::write(verdicts, &BTreeSet::new())?.as_bytes())?;
        let bad: Vec<_> = self.computed.intakes.iter().flat_map(|intake| intake.quarantined.iter().cloned()).collect();
        write_quarantine(&folder.path("quarantine.csv"), &bad)?;
        folder.write(
            "run.json",
            run_json(
                &provenance,
                self.computed,
                self.request,
                self.config,
                (self.started, (self.surroundings.clock)()),
            )
            .as_bytes(),
        )?;
        folder.publish()?;
        Ok(forms)
    }

    /// What the readers of a part of the customers do not see of a report.
    fn withheld(&self, job: &Job, scope: &Scope, figures: &[Figure]) -> BTreeSet<Key> {
        let mut withheld =
            self.computed.withheld.get(&(job.report.clone(), scope.clone())).cloned().unwrap_or_default();
        withheld.extend(small_by_themselves(figures, self.config.privacy.min_group));
        withheld
    }

    fn not_configured(&self, plan: &ReportPlan) -> Vec<(&'static str, Vec<String>)> {
        let is_shown = |(id, _): &&(&'static str, Vec<String>)| plan.kpis.iter().any(|kpi| kpi == id);
        self.computed.not_configured.iter().filter(is_shown).cloned().collect()
    }

    /// Writes the files of one form.
    fn write_form(
        &self,
        folder: &Folder,
        form: &Form,
        plan: &ReportPlan,
        period: &Period,
        mut view: View,
        figures: &str,
    ) -> Result<Rendered> {
        let suffix = form.suffix(self.config);
        folder.write(&format!("report{suffix}.json"), report_json(&view)?.as_bytes())?;
        // No template shows its thousands of cells.
        let sheets = view.workbook.take().map(|sheets| workbook::write(&sheets)).transpose()?;
        if let Some(bytes) = &sheets {
            folder.write(&format!("report{suffix}.xlsx"), bytes)?;
        }
        let html = self.renderer.html(&view)?;
        let email = self.renderer.email(&view)?;
        folder.write(&format!("report{suffix}.html"), html.as_bytes())?;
        folder.write(&format!("email{suffix}.txt"), email.text.as_bytes())?;
        // On disk the mail's pictures stand beside it; in the mail they travel inside.
        let mut preview = email.html.clone();
        for picture in &email.images {
            let name = format!("email{suffix}/{}.png", picture.cid);
            preview = preview.replace(&format!("cid:{}", picture.cid), &name);
            folder.write(&name, &picture.png)?;
        }
        folder.write(&format!("email{suffix}.html"), preview.as_bytes())?;
        let attach = |kind: &String| match kind.as_str() {
            "html" => Some(Attachment {
                name: format!("report-{}.html", period.id),
                content_type: "text/html; charset=utf-8".to_owned(),
                bytes: html.clone().into_bytes(),
            }),
            "csv" => Some(Attachment {
                name: format!("figures-{}.csv", period.id),
                content_type: "text/csv; charset=utf-8".to_owned(),
                bytes: figures.as_bytes().to_vec(),
            }),
            "xlsx" => sheets.clone().map(|bytes| Attachment {
                name: format!("report-{}.xlsx", period.id),
                content_type: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet".to_owned(),
                bytes,
            }),
            _ => None,
        };
        let attachments = plan.attach.iter().filter_map(attach).collect();
        Ok(Rendered { email, attachments, told: Arc::default() })
    }
}

/// The view model as a file: from it the same report can be rendered again.
fn report_json(view: &View) -> Result<String> {
    serde_json::to_string_pretty(view).map(|json| json + "\n").map_err(|error| {
        Failure::new(
            Exit::Internal,
            Diagnostic::error("report-json", format!("the view model cannot be written: {error}")),
        )
    })
}
