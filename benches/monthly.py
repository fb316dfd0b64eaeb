#!/usr/bin/env python3
"""The month after a backfill: 35 months are backfilled, the 36th month's usage is added, and its report is made, with what
the backfill has kept and from scratch.

    python3 benches/monthly.py DATA [--farol target/release/farol] [--work target/bench/monthly] [--single] [--rounds 3]
        [--all] [--figures]

The usage lies in a file a month; with --single in one file that has grown by a month. Then one row of an old month is
changed, and the month is made once more. With --all the report has every KPI of the catalogue; with --figures no report is
made, but figures.csv alone. Ends with 1 if a figure differs by a byte. Needs python's `duckdb`.
"""
import argparse
import filecmp
import os
import re
import shutil
import sys

import duckdb

from compare import HERE, measured

FIRST, BEFORE, MONTH = "2023-10", "2026-08", "2026-09"
CHANGED = "2024-05"
TABLES = ("customers", "subscriptions", "surveys", "tickets")


def months():
    """Every month from the first to the last."""
    year, month = map(int, FIRST.split("-"))
    while (name := f"{year}-{month:02}") <= MONTH:
        yield name
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)


def split(data, work):
    """Writes the usage of each month into a file of its own; and that of CHANGED once more, with one event more in one row."""
    folder = os.path.join(work, "months")
    if os.path.isdir(folder):
        return folder
    os.makedirs(folder + ".new")
    db = duckdb.connect()
    db.execute("set threads = 1")
    for month in months():
        rows = f"select * from '{data}/usage.parquet' " \
               f"where date between date '{month}-01' and last_day(date '{month}-01')"
        options = "(format parquet, compression zstd)"
        db.execute(f"copy ({rows}) to '{folder}.new/{month}.parquet' {options}")
        if month == CHANGED:
            # Both are written by the same query, so that they differ in that row and in nothing of their form.
            for name, more in (("before", 0), ("changed", 1)):
                rows = f"select customer_id, date, feature, case when file_row_number = 1000 then events + {more} else events end as events " \
                       f"from read_parquet('{folder}.new/{month}.parquet', file_row_number = true)"
                db.execute(f"copy ({rows}) to '{folder}.new/{name}.parquet' {options}")
            os.replace(f"{folder}.new/before.parquet", f"{folder}.new/{month}.parquet")
    os.rename(folder + ".new", folder)
    return folder


class Home:
    """The bench's configuration over data that can change."""

    def __init__(self, options, folder):
        self.options, self.folder, self.log = options, folder, os.path.join(options.work, "log")
        self.data, self.config = os.path.join(options.work, "data"), os.path.join(options.work, "config")
        for path in (self.data, self.config, self.path("state"), self.path("out"), self.path("scratch")):
            shutil.rmtree(path, ignore_errors=True)
        os.makedirs(self.data)
        for table in TABLES:
            os.symlink(os.path.join(os.path.abspath(options.data), f"{table}.parquet"), f"{self.data}/{table}.parquet")
        shutil.copytree(os.path.join(HERE, "config"), self.config)
        if options.all:
            open(os.path.join(self.config, "reports.yaml"), "w").write("bench: { grain: month, kpis: all }\n")
        if not options.single:
            os.makedirs(f"{self.data}/usage")
            path = os.path.join(self.config, "farol.yaml")
            text = open(path).read().replace("/usage.parquet", "/usage/*.parquet")
            open(path, "w").write(text)

    def path(self, name):
        return os.path.join(self.options.work, name)

    def has(self, names):
        """Puts these months' usage where the configuration looks for it."""
        files = [os.path.join(self.folder, f"{name}.parquet") for name in names]
        if self.options.single:
            db = duckdb.connect()
            db.execute("set threads = 1")
            rows = f"select customer_id, date, feature, events from read_parquet({files})"
            db.execute(f"copy ({rows}) to '{self.data}/usage.parquet' (format parquet, compression zstd)")
            return
        shutil.rmtree(f"{self.data}/usage")
        os.makedirs(f"{self.data}/usage")
        for at, file in enumerate(files):
            os.symlink(os.path.abspath(file), f"{self.data}/usage/{at:02}.parquet")

    def farol(self, what, out, *more):
        only = ["--only", "figures"] if self.options.figures else []
        command = [self.options.farol, what, "--config", self.config, "--out", self.path(out), "--state",
                   self.path("state"), *only, *more]
        environment = {**os.environ, "FAROL_BENCH_DATA": os.path.abspath(self.data), "POLARS_MAX_THREADS": "2"}
        seconds, processor, peak = measured(command, environment, self.log)
        said = open(self.log).read()
        known = re.findall(r"(\d+) of (\d+) parts", said)
        recalled, parts = (sum(map(int, numbers)) for numbers in zip(*known)) if known else (0, 0)
        periods = re.findall(r"\d+ of \d+ periods", said)
        return seconds, processor, peak, ", ".join([f"{recalled} of {parts} parts", *periods])

    def month(self, title):
        """The month's figures as they are kept and from scratch; how many of the two differ."""
        best, differences = {}, 0
        for _ in range(self.options.rounds):
            runs = {"kept": ("out",), "scratch": ("scratch", "--no-cache")}
            if os.path.exists(self.path("fixed")):
                shutil.rmtree(self.path("fixed"))
            # What the first round has read anew the next one would know: each begins as the first did.
            shutil.copytree(self.path("state"), self.path("fixed"))
            for name, (out, *more) in runs.items():
                result = self.farol("run", out, "--period", MONTH, *more)
                best[name] = min(best.get(name, result), result)
            shutil.rmtree(self.path("state"))
            os.rename(self.path("fixed"), self.path("state"))
            ours, theirs = (self.path(f"{out}/bench/{MONTH}/figures.csv") for out in ("out", "scratch"))
            differences += not filecmp.cmp(ours, theirs, shallow=False)
        for name, (seconds, processor, peak, known) in best.items():
            print(f"{title:28} {name:8} {seconds:6.2f} s wall {processor:6.2f} s CPU {peak:6.0f} MB  {known}")
        print(f"{title:28} {best['scratch'][0] / best['kept'][0]:.1f} times as fast; "
              + ("the same bytes" if differences == 0 else f"{differences} DIFFER"), flush=True)
        return differences


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data")
    parser.add_argument("--farol", default="target/release/farol")
    parser.add_argument("--work", default="target/bench/monthly")
    parser.add_argument("--single", action="store_true")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--figures", action="store_true")
    options = parser.parse_args()
    folder = split(options.data, options.work)
    home = Home(options, folder)
    *before, last = months()
    home.has(before)
    for name, more in (("backfill that keeps nothing", ["--no-cache"]), ("backfill that keeps", [])):
        seconds, processor, peak, _ = home.farol("backfill", "out", "--from", FIRST, "--to", BEFORE, *more)
        print(f"{name:28} {'':8} {seconds:6.2f} s wall {processor:6.2f} s CPU {peak:6.0f} MB", flush=True)
    kept = home.path("state/cache")
    size = sum(os.path.getsize(os.path.join(path, file)) for path, _, files in os.walk(kept) for file in files)
    print(f"{'kept on the disk':28} {size / 1e6:15.1f} MB")
    home.has([*before, last])
    differences = home.month("a month more")
    home.has([*("changed" if month == CHANGED else month for month in before), last])
    differences += home.month("and an old row changed")
    sys.exit(1 if differences else 0)


if __name__ == "__main__":
    main()
