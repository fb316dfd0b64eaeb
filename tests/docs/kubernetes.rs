//! The manifest of docs/operations.md, offline: its fields, its volumes, and that what it runs is a command of farol's that works
//! where it says that things are.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Command, Stdio};

use serde::Deserialize;
use serde_yaml::Value;

use super::markdown::blocks;

/// The documents of the manifest.
fn manifest() -> Vec<Value> {
    let page = Path::new("docs/operations.md");
    let block = blocks(page).into_iter().find(|block| block.file == "kubernetes/farol.yaml").unwrap();
    serde_yaml::Deserializer::from_str(&block.text).map(|document| Value::deserialize(document).unwrap()).collect()
}

/// What stands at a path of keys.
fn at<'v>(value: &'v Value, path: &str) -> &'v Value {
    path.split('.').fold(value, |value, key| value.get(key).unwrap_or_else(|| panic!("{path}: no `{key}`")))
}

fn texts(value: &Value) -> Vec<&str> {
    value.as_sequence().unwrap().iter().map(|item| item.as_str().unwrap()).collect()
}

#[test]
fn the_cronjob_is_one_that_runs_farol_once_and_loses_nothing() {
    let documents = manifest();
    let [claim, job] = documents.as_slice() else { panic!("{} documents", documents.len()) };
    assert_eq!((at(claim, "kind"), at(job, "kind")), (&Value::from("PersistentVolumeClaim"), &Value::from("CronJob")));
    let pod = at(job, "spec.jobTemplate.spec.template.spec");
    let [container] = at(pod, "containers").as_sequence().unwrap().as_slice() else { panic!("one container") };
    let mut fields = 0;
    for (place, path, expected) in [
        (claim, "apiVersion", Value::from("v1")),
        (claim, "spec.accessModes", Value::from(vec!["ReadWriteOncePod"])),
        (job, "apiVersion", "batch/v1".into()),
        (job, "spec.timeZone", "America/Sao_Paulo".into()),
        (job, "spec.concurrencyPolicy", "Forbid".into()),
        (job, "spec.startingDeadlineSeconds", (36 * 3600).into()),
        (job, "spec.jobTemplate.spec.backoffLimit", 0.into()),
        (pod, "restartPolicy", "Never".into()),
        (pod, "automountServiceAccountToken", false.into()),
        (pod, "securityContext.runAsNonRoot", true.into()),
        (pod, "securityContext.fsGroup", 10001.into()),
        (pod, "securityContext.seccompProfile.type", "RuntimeDefault".into()),
        (container, "securityContext.readOnlyRootFilesystem", true.into()),
        (container, "securityContext.allowPrivilegeEscalation", false.into()),
        (container, "securityContext.capabilities.drop", vec!["ALL"].into()),
    ] {
        assert_eq!(at(place, path), &expected, "{path}");
        fields += 1;
    }
    // Stopped by Kubernetes before the next one is due, and not before a mail server's last deadline of 15 minutes.
    let limit = at(job, "spec.jobTemplate.spec.activeDeadlineSeconds").as_u64().unwrap();
    assert!((900..3600).contains(&limit), "{limit}");
    farol::calendar::slots::Slots::parse(at(job, "spec.schedule").as_str().unwrap()).unwrap();

    // Each volume is mounted, each mount is a volume; farol may write where it must, and nowhere else.
    let name = |value: &Value| at(value, "name").as_str().unwrap().to_owned();
    let volumes: BTreeSet<String> = at(pod, "volumes").as_sequence().unwrap().iter().map(name).collect();
    let mounts = at(container, "volumeMounts").as_sequence().unwrap();
    assert_eq!(mounts.iter().map(name).collect::<BTreeSet<_>>(), volumes);
    let is_read_only = |mount: &&Value| mount.get("readOnly").is_some_and(|read_only| read_only == &Value::from(true));
    let path = |mount: &Value| at(mount, "mountPath").as_str().unwrap().to_owned();
    let written: BTreeSet<String> = mounts.iter().filter(|mount| !is_read_only(mount)).map(path).collect();
    assert_eq!(written, ["/srv/farol/out", "/srv/farol/state", "/tmp"].map(str::to_owned).into());
    let ledger = at(pod, "volumes").as_sequence().unwrap().iter().find(|volume| name(volume) == "ledger").unwrap();
    assert_eq!(at(ledger, "persistentVolumeClaim.claimName"), at(claim, "metadata.name"));

    // What it runs, where it says that things are: with the shipped configuration, and nothing else of this machine's.
    assert_eq!(texts(at(container, "command")), ["/usr/local/bin/farol"]);
    let home = tempfile::tempdir().unwrap();
    let below = |path: &str| path.replace("/srv/farol", &home.path().display().to_string());
    for folder in mounts.iter().map(path).filter(|path| path.starts_with("/srv/farol")) {
        std::fs::create_dir_all(below(&folder)).unwrap();
    }
    let write = |file: &str, text: &str| std::fs::write(home.path().join(file), text).unwrap();
    write("data/customers.csv", "customer_id,signup_date\nA,2025-01-01\n");
    write("data/subscriptions.csv", "customer_id,start_date,end_date,mrr\nA,2025-01-01,,100\n");
    write(
        "config/farol.yaml",
        "company: { name: Case, locale: en, currency: BRL, timezone: America/Sao_Paulo }\nas_of: 2026-05-10\n\
         data:\n  customers: { path: ../data/customers.csv }\n  subscriptions: { path: ../data/subscriptions.csv }\n",
    );
    write("config/reports.yaml", "executive: { kpis: [mrr_closing], recipients: [{ to: head@case.example }] }\n");
    let arguments: Vec<String> = texts(at(container, "args")).into_iter().map(below).collect();
    let run = Command::new(env!("CARGO_BIN_EXE_farol"))
        .args(&arguments)
        .env_clear()
        .current_dir("/")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    let folders =
        std::fs::read_dir(home.path()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    assert_eq!(folders.collect::<BTreeSet<_>>(), ["config", "data", "out", "state"].map(str::to_owned).into());
    assert!(
        home.path().join("state/farol.db").exists() && home.path().join("out/executive/2026-04/report.html").exists()
    );
    println!("O3 | the CronJob: fields right, what it runs | {fields}/{fields}, exit 0");
}
