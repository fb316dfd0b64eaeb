use super::*;
#[test]
#[ignore = "x"]
fn probe() {
  for seed in [1,2,3,4,5,6,7,8,42,2026] {
    let out = PathBuf::from(format!("/tmp/wt/sample-probe/{seed}"));
    let _ = std::fs::remove_dir_all(&out);
    write(&Request { customers:560, months: 36, seed, out, end: "2026-11-01".parse().unwrap(), troubles:true }).unwrap();
  }
}
