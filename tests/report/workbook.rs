//! The workbook as a spreadsheet program reads it (calamine, which shares no code with the writer but the ZIP archive).

use std::collections::BTreeMap;
use std::io::Cursor;

use calamine::{Data, DataType, Reader, Xlsx};
use farol::report::workbook;

use super::*;

/// A sheet: its cells by row and by the title of their column.
type Rows = Vec<BTreeMap<String, Data>>;

fn with_workbook(mut made: company::Made) -> company::Made {
    made.plan.attach = vec!["xlsx".to_owned()];
    made
}

fn written(made: &company::Made, tag: &str) -> Vec<u8> {
    workbook::write(view(made, tag).workbook.as_ref().unwrap()).unwrap()
}

fn open(bytes: &[u8]) -> Xlsx<Cursor<Vec<u8>>> {
    Xlsx::new(Cursor::new(bytes.to_vec())).unwrap()
}

fn sheet(bytes: &[u8], name: &str) -> Rows {
    let range = open(bytes).worksheet_range(name).unwrap();
    let titles: Vec<String> = range.rows().next().unwrap().iter().map(ToString::to_string).collect();
    let row = |cells: &[Data]| titles.iter().cloned().zip(cells.iter().cloned()).collect();
    range.rows().skip(1).map(row).collect()
}

/// A part of the package, as XML.
fn part(bytes: &[u8], name: &str) -> String {
    let mut package = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    std::io::read_to_string(package.by_name(name).unwrap()).unwrap()
}

fn text(cell: &Data) -> String {
    cell.to_string().replace('\u{a0}', " ")
}

#[test]
fn the_sheets_are_in_the_readers_language() {
    let made = with_workbook(company::aurora());
    for (tag, names, first) in [
        ("en", ["Key figures", "By segment", "Whom to call", "How we count"], "Figure"),
        ("pt-BR", ["Indicadores", "Por segmento", "Para quem ligar", "Como contamos"], "Indicador"),
        ("es", ["Indicadores", "Por segmento", "A quién llamar", "Cómo contamos"], "Indicador"),
    ] {
        let bytes = written(&made, tag);
        assert_eq!(open(&bytes).sheet_names(), names);
        let figures = open(&bytes).worksheet_range(names[0]).unwrap();
        assert_eq!(figures.get((0, 0)), Some(&Data::String(first.to_owned())));
    }
}

/// Each number of the sheet is the verdict's own, to the last bit, and each period's first day is a day.
#[test]
fn figures_are_numbers_and_days_are_days() {
    let made = with_workbook(company::aurora());
    let rows = sheet(&written(&made, "pt-BR"), "Indicadores");
    // Twelve KPIs in thirteen months.
    assert_eq!(rows.len(), 12 * 13);
    let verdict = |kpi: &str| {
        let is_it = |of: &&Verdict| of.key.period == made.period && of.key.segment == "total" && of.key.kpi == kpi;
        made.verdicts.iter().find(is_it).unwrap()
    };
    for (name, kpi, band) in [
        ("Net Promoter Score", "nps", "Muito bom"),
        ("Churn de clientes", "customer_churn_rate", "Atenção"),
        ("MRR no fim", "mrr_closing", ""),
    ] {
        let row = rows.iter().find(|row| row["Indicador"] == Data::String(name.to_owned())).unwrap();
        let (verdict, interval) = (verdict(kpi), verdict(kpi).reading.interval);
        assert_eq!(row["Valor"], Data::Float(verdict.reading.value.unwrap()), "{kpi}");
        assert_eq!(row["n"].as_i64(), i64::try_from(verdict.reading.n).ok(), "{kpi}");
        assert_eq!(row["Intervalo de"].as_f64(), interval.map(|interval| interval.low), "{kpi}");
        assert_eq!(row["Meta"].as_f64(), verdict.target, "{kpi}");
        assert_eq!(row["Variação"].as_f64(), verdict.previous.as_ref().map(|change| change.difference), "{kpi}");
        let year = verdict.year_before.as_ref();
        assert_eq!(row["Valor um ano antes"].as_f64(), year.map(|change| change.value), "{kpi}");
        assert_eq!(row["Variação em um ano"].as_f64(), year.map(|change| change.difference), "{kpi}");
        assert_eq!(text(&row["Avaliação"]), band, "{kpi}");
        assert_eq!(text(&row["Período"]), "Out/26");
        let Data::DateTime(day) = row["Primeiro dia"] else { panic!("no day: {:?}", row["Primeiro dia"]) };
        // Excel's serial number of 1 October 2026: 46,023 is 1 January 2026, and 273 days follow until then.
        assert_eq!(day.to_string(), (46_023 + 273).to_string());
    }
}

#[test]
fn a_figure_without_value_says_why_and_a_withheld_one_says_so() {
    let mut made = with_workbook(company::aurora());
    let is_hidden = |of: &&Verdict| of.key.segment == "Trial" && of.key.kpi == "nps" && of.key.period == made.period;
    made.withheld = made.verdicts.iter().filter(is_hidden).map(|verdict| verdict.key.clone()).collect();
    let rows = sheet(&written(&made, "pt-BR"), "Por segmento");
    let cell = |segment: &str, kpi: &str| {
        let is_it = |row: &&BTreeMap<String, Data>| text(&row["Segmento"]) == segment && text(&row["Indicador"]) == kpi;
        rows.iter().find(is_it).unwrap_or_else(|| panic!("{segment} {kpi}"))
    };
    let hidden = cell("Trial", "Net Promoter Score");
    assert_eq!(text(&hidden["Valor"]), "omitido (por grupos < 5)");
    for column in
        ["n", "Intervalo de", "Intervalo até", "Valor anterior", "Variação", "Valor um ano antes", "Meta", "Avaliação"]
    {
        assert_eq!(hidden[column], Data::Empty, "{column}");
    }
    let unknown = cell("Trial", "Valor do cliente ao longo da vida (LTV)");
    assert_eq!(text(&unknown["Valor"]), "n/d (os dados não permitem dizer)");
}

#[test]
fn cells_are_formatted_by_unit_currency_and_language() {
    let made = with_workbook(company::aurora());
    for (tag, formats) in [
        ("pt-BR", ["[$R$-416] #,##0.00", "#,##0.0&quot;%&quot;", "dd/mm/yyyy"]),
        ("en", ["[$R$-409]#,##0.00", "#,##0.0&quot;%&quot;", "yyyy-mm-dd"]),
        ("es-ES", ["#,##0.00 [$BRL-C0A]", "#,##0.0&quot; %&quot;", "dd/mm/yyyy"]),
    ] {
        let styles = part(&written(&made, tag), "xl/styles.xml").replace('\u{a0}', " ");
        for format in formats {
            assert!(styles.contains(&format!("formatCode=\"{format}\"")), "{tag}: {format} in {styles}");
        }
    }
    let page = part(&written(&made, "en"), "xl/worksheets/sheet1.xml");
    for feature in ["<autoFilter ref=\"A1:R157\"/>", "state=\"frozen\"", "ySplit=\"1\"", "<col "] {
        assert!(page.contains(feature), "{feature}");
    }
}

/// Names that would be formulas or links stay what they are: strings.
#[test]
fn no_cell_is_a_formula_or_a_link() {
    let hostile = [
        "=HYPERLINK(\"http://x.example\")",
        "+1+1",
        "-1+1",
        "@SUM(A1)",
        "http://x.example",
        "mailto:a@x.example",
        "=cmd|' /C calc'!A0",
        "_x0041_",
        "</t><f>1</f>",
    ];
    let mut made = with_workbook(company::aurora());
    for (customer, name) in made.customers.iter_mut().zip(hostile) {
        name.clone_into(&mut customer.name);
        customer.segment = Some(name.to_owned());
    }
    let names: BTreeMap<String, &str> = [("Pro", hostile[6]), ("Starter", hostile[1]), ("Enterprise", hostile[8])]
        .map(|(k, v)| (k.to_owned(), v))
        .into();
    for verdict in &mut made.verdicts {
        if let Some(name) = names.get(verdict.key.segment.as_str()) {
            verdict.key.segment = (*name).into();
        }
    }
    let bytes = written(&made, "en");
    let mut book = open(&bytes);
    for name in book.sheet_names() {
        assert_eq!(book.worksheet_formula(&name).unwrap().used_cells().count(), 0, "{name}");
    }
    let calls = sheet(&bytes, "Whom to call");
    let found: Vec<String> = calls.iter().map(|row| row["Customer"].to_string()).collect();
    assert_eq!(found, hostile[..calls.len()]);
    let segments: BTreeSet<String> = sheet(&bytes, "By segment").iter().map(|row| text(&row["Segment"])).collect();
    assert!(names.values().all(|name| segments.contains(*name)), "{segments:?}");
    for at in 1..=4 {
        let page = part(&bytes, &format!("xl/worksheets/sheet{at}.xml"));
        assert!(!page.contains("<f>") && !page.contains("<hyperlink"), "sheet {at}");
    }
}

/// By Christmas the first of the two renewals has passed, on page and sheet alike.
#[test]
fn customers_stand_in_the_order_of_the_page() {
    let mut made = with_workbook(company::aurora());
    made.provenance.as_of = "2026-12-25T06:00:00".parse().unwrap();
    let rows = sheet(&written(&made, "en"), "Whom to call");
    let found: Vec<String> = rows.iter().map(|row| row["Customer"].to_string()).collect();
    let view = view(&made, "en");
    let page: Vec<&String> = view.calls.lists.iter().flat_map(|list| &list.rows).map(|row| &row.name).collect();
    assert!(found.iter().eq(page), "{found:?}");
    assert_eq!(found[found.len() - 2..], ["Vidros Atlântico", "Clínica São Lucas"]);
}

/// Each assessment's word has a rule for its colours, and what says which figure a row is stays in sight: D2 is the first
/// cell that scrolls both ways.
#[test]
fn bands_are_coloured_by_rules_and_what_names_a_row_stays_in_sight() {
    let bytes = written(&with_workbook(company::aurora()), "en");
    for sheet in [1, 2, 3] {
        let xml = part(&bytes, &format!("xl/worksheets/sheet{sheet}.xml"));
        assert!(xml.contains("topLeftCell=\"D2\""), "sheet {sheet}");
        assert!(xml.contains("<conditionalFormatting sqref=") && xml.contains("type=\"cellIs\""), "sheet {sheet}");
    }
    let segments = part(&bytes, "xl/worksheets/sheet2.xml");
    assert!(segments.contains("<formula>\"Very good\"</formula>"));
}

#[test]
fn only_who_may_see_names_gets_them() {
    let mut made = with_workbook(company::aurora());
    let rows = sheet(&written(&made, "en"), "Whom to call");
    assert_eq!(rows.len(), made.customers.len());
    assert_eq!(rows[0]["MRR"], Data::Float(42_300.0));
    // The 28th of October is four days before the end of the month, and 300 days after the first day of 2026.
    let Data::DateTime(day) = rows[3]["Renewal"] else { panic!("no day: {:?}", rows[3]["Renewal"]) };
    assert_eq!(day.to_string(), (46_023 + 300).to_string());

    made.names = false;
    let bytes = written(&made, "en");
    let rows = sheet(&bytes, "Whom to call");
    // Four at risk pay 42,300 + 18,750 + 12,400 + 1,180 a month; of the two others only the number is told.
    let cells: Vec<Vec<String>> = rows.iter().map(|row| row.values().map(ToString::to_string).collect()).collect();
    assert_eq!(cells, [["4", "At risk", "74630"], ["2", "Ready to renew or expand", ""]]);
    let strings = part(&bytes, "xl/sharedStrings.xml");
    for customer in &made.customers {
        assert!(!strings.contains(&customer.name), "{}", customer.name);
    }
}

#[test]
fn the_same_report_is_the_same_file_and_so_is_a_stored_one() {
    let made = with_workbook(company::aurora());
    let first = written(&made, "es");
    // ZIP times have steps of two seconds.
    std::thread::sleep(std::time::Duration::from_millis(2100));
    assert!(written(&made, "es") == first);
    let stored = View::from_json(&view(&made, "es").to_json().unwrap()).unwrap();
    assert!(workbook::write(stored.workbook.as_ref().unwrap()).unwrap() == first);
    let core = part(&first, "docProps/core.xml");
    let created = made.provenance.as_of.format("%Y-%m-%dT%H:%M:%SZ").to_string();
    assert_eq!(core.matches(&created).count(), 2, "created and modified at the as-of: {core}");
}

#[test]
fn there_is_none_unless_somebody_asks() {
    let view = view(&company::aurora(), "en");
    assert_eq!(view.workbook, None);
    assert!(!view.to_json().unwrap().contains("workbook"));
}

#[test]
fn a_stored_workbook_that_was_damaged_is_refused() {
    let made = with_workbook(company::aurora());
    let json = view(&made, "en").to_json().unwrap();
    for (whole, broken) in [("\"#52", "\"#x52"), ("\"created\": \"2026", "\"created\": \"x")] {
        assert!(json.contains(whole));
        let stored = View::from_json(&json.replacen(whole, broken, 1)).unwrap();
        let fault = workbook::write(stored.workbook.as_ref().unwrap()).unwrap_err();
        assert_eq!(fault.exit, Exit::DataRefused);
    }
}
