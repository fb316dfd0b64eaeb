//! Servers that the tests bring along: one that misbehaves on command, and a real one.

pub(crate) mod certificates;
pub(crate) mod fault_server;
pub(crate) mod imap;
pub(crate) mod mail_server;

use chrono::{DateTime, Utc};
use farol::delivery::message::{Attachment, Image, Letter};

/// A moment in November 2026.
pub(crate) fn noon() -> DateTime<Utc> {
    "2026-11-05T12:00:00Z".parse().unwrap()
}

/// Bytes that no text encoding survives by accident: every value, CRLF, a lone dot on a line.
pub(crate) fn picture(seed: u8, length: usize) -> Vec<u8> {
    let mut bytes: Vec<u8> =
        (0..length).map(|i| u8::try_from(i % 251).unwrap().wrapping_mul(7).wrapping_add(seed)).collect();
    bytes.extend(0..=255);
    bytes.extend(b"\r\n.\r\nFrom x\r\n\n\r");
    bytes
}

/// A letter with everything in it: two pictures, two files, letters of three languages, lines that begin with dots, a line of 3,000
/// characters, spaces at a line's end.
pub(crate) fn letter(to: &str) -> Letter {
    let long = "0123456789 ação ñandú ".repeat(140);
    Letter {
        from: "Relatórios da Aurora <farol@example.test>".into(),
        to: to.into(),
        subject: "Sucesso do cliente · out/2026 · NPS 52 (muito bom), churn 3,1 % acima da meta".into(),
        text: format!(
            "NPS 52 — «Excelente»\n.\n..dots\nFrom the start\n{long}\nspaces   \n\nAção, São Paulo, Málaga, 100 %\n"
        ),
        html: format!(
            "<html><body><p>NPS&nbsp;52 — ótimo</p>\n<img src=\"cid:trend\"><img src=\"cid:bars\">\n<p>{long}</p></body></html>\n"
        ),
        images: vec![
            Image { cid: "trend".into(), name: "trend.png".into(), png: picture(1, 40_000).into() },
            Image { cid: "bars".into(), name: "gráfico de barras.png".into(), png: picture(2, 900).into() },
        ],
        attachments: vec![
            Attachment {
                name: "figures.csv".into(),
                content_type: "text/csv; charset=utf-8".into(),
                bytes: b"period,kpi\n2026-10,nps\r\n".to_vec(),
            },
            Attachment {
                name: "relatório.html".into(), content_type: "text/html".into(), bytes: "<p>ção</p>".into()
            },
        ],
        report: "executive".into(),
        period: "2026-10".into(),
        revision: 1,
        edition: String::new(),
        replaces: None,
        list_unsubscribe: None,
        date: noon(),
    }
}
