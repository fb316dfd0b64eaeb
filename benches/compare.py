#!/usr/bin/env python3
"""farol against DuckDB in one run: the same data, the same figures, in turn; values, seconds and peak memory compared.

    python3 benches/compare.py DATA [--farol target/release/farol] [--rounds 3] [--threads 2]

Ends with 1 if a value differs by more than one part in 10^9, or an n at all. Needs python's `duckdb`, nothing else.
"""
import argparse
import csv
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

FROM, TO = "2023-10", "2026-09"
TOLERANCE = 1e-9
HERE = os.path.dirname(os.path.abspath(__file__))


def measured(command, environment, log):
    """Runs a command: (wall seconds, seconds of all processors, peak resident MB)."""
    began = time.perf_counter()
    with open(log, "w") as output:
        process = subprocess.Popen(command, env=environment, stdout=output, stderr=subprocess.STDOUT)
        _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - began
    if status != 0:
        sys.exit(f"{' '.join(command)}\nfailed:\n{open(log).read()}")
    return seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def figures(path):
    """Place of each figure that has a value -> (value, n)."""
    with open(path, newline="", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["value"] != ""]
    return {
        tuple(row[key] for key in ("period", "dimension", "segment", "kpi")): (float(row["value"]), int(row["n"]))
        for row in rows
    }


def compare(ours, theirs):
    """Prints every difference; returns how many there are."""
    faults = [f"only farol has {key}: {ours[key]}" for key in ours.keys() - theirs.keys()]
    faults += [f"only DuckDB has {key}: {theirs[key]}" for key in theirs.keys() - ours.keys()]
    largest = 0.0
    for key in ours.keys() & theirs.keys():
        (a, n), (b, m) = ours[key], theirs[key]
        deviation = abs(a - b) / max(abs(a), abs(b)) if a != b else 0.0
        largest = max(largest, deviation)
        if deviation > TOLERANCE or n != m:
            faults.append(f"{key}: farol {a} of {n}, DuckDB {b} of {m}")
    print(f"{len(ours.keys() & theirs.keys())} figures in both, largest relative deviation {largest:.1e}, "
          f"{len(faults)} differences")
    for fault in sorted(faults)[:20]:
        print("  " + fault)
    return len(faults)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data")
    parser.add_argument("--farol", default="target/release/farol")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--keep", help="a folder for the two figures.csv")
    options = parser.parse_args()
    folder = tempfile.mkdtemp(prefix="farol-bench-")
    environment = {**os.environ, "FAROL_BENCH_DATA": os.path.abspath(options.data)}
    log, theirs = os.path.join(folder, "log"), os.path.join(folder, "duckdb.csv")
    results = {"farol": [], "duckdb": []}
    ours = None
    try:
        for number in range(options.rounds):
            # A state of its own for each round, and nothing kept for a next run: DuckDB keeps nothing either.
            out, state = (os.path.join(folder, f"{name}{number}") for name in ("out", "state"))
            ours = os.path.join(out, "bench", "figures.csv")
            commands = {
                "farol": [options.farol, "backfill", "--config", os.path.join(HERE, "config"), "--out", out, "--state",
                          state, "--only", "figures", "--no-cache", "--from", FROM, "--to", TO],
                "duckdb": [sys.executable, os.path.join(HERE, "duckdb_baseline.py"), options.data, "--from", FROM,
                           "--to", TO, "--threads", str(options.threads), "--out", theirs],
            }
            for name, command in commands.items():
                result = measured(command, {**environment, "POLARS_MAX_THREADS": str(options.threads)}, log)
                results[name].append(result)
                print(f"round {number + 1}  {name:7} {result[0]:7.2f} s wall {result[1]:7.2f} s CPU "
                      f"{result[2]:7.0f} MB", flush=True)
        # One lucky round decides the best; not the middle.
        for title, of in (("best", min), ("middle", statistics.median)):
            kind = {name: tuple(map(of, zip(*rounds))) for name, rounds in results.items()}
            for name, (seconds, processor, peak) in kind.items():
                print(f"{title:8} {name:7} {seconds:7.2f} s wall {processor:7.2f} s CPU {peak:7.0f} MB")
            (f, g), (d, e) = (kind[name][::2] for name in ("farol", "duckdb"))
            print(f"{title:8} farol is {d / f:.2f} times as fast and takes {100 * g / e:.0f} % of the memory")
        faults = compare(figures(ours), figures(theirs))
        if options.keep:
            os.makedirs(options.keep, exist_ok=True)
            shutil.copy(ours, os.path.join(options.keep, "farol.csv"))
            shutil.copy(theirs, os.path.join(options.keep, "duckdb.csv"))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
