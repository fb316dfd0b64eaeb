#!/usr/bin/env python3
"""How fast reports and mails are rendered: one full report, and one form for each of many parts of the customers in one run.

    python3 benches/scopes.py [--farol target/release/farol] [--work target/bench/scopes] [--scopes 500] [--rounds 3]

The company is invented by `farol sample`; each customer gets a portfolio, and each portfolio has a reader who sees its
customers alone. The times of the stages are those of run.json.
"""
import argparse
import datetime
import json
import os
import shutil
import subprocess
import sys
import tempfile

from compare import HERE, measured

PERIOD = "2026-10"
DIMENSIONS = "[plan, region, size]"


def company(options):
    """The invented company, its customers spread over portfolios."""
    folder = os.path.join(options.work, "sample-data")
    if not os.path.isdir(folder):
        made = ["sample", "--customers", str(options.customers), "--months", "26", "--seed", "7", "--end", "2026-11-01"]
        subprocess.run([options.farol, *made, "--out", folder + ".new", "--quiet"], check=True)
        os.rename(folder + ".new", folder)
    path = os.path.join(folder, "clientes.csv")
    lines = open(path, encoding="windows-1252").read().splitlines()
    rows = [";".join(line.split(";")[:6]) for line in lines]
    spread = [f"{row};{portfolio(at % options.scopes)}" for at, row in enumerate(rows[1:])]
    open(path, "w", encoding="windows-1252").write("\n".join([f"{rows[0]};carteira", *spread]) + "\n")


def portfolio(number):
    return f"Carteira {number + 1:03}"


def configure(options, name, attached, recipients):
    """The sample's configuration, with the recipients of one case and what they get attached, and a state of its own."""
    home = os.path.join(options.work, name)
    shutil.rmtree(home, ignore_errors=True)
    shutil.copytree(os.path.join(HERE, "..", "config"), os.path.join(home, "config"))
    path = os.path.join(home, "config", "farol.yaml")
    text = open(path).read().replace("../sample-data", "../../sample-data")
    text = text.replace("      size: porte\n", "      size: porte\n      portfolio: carteira\n")
    text = text.replace("segments: [plan, region, [plan, region]]", f"segments: {DIMENSIONS}")
    schedule = text.index("schedule:\n")
    open(path, "w").write(text[:schedule] + text[text.index("delivery:\n"):])
    reports = open(os.path.join(HERE, "..", "config", "reports.yaml")).read()
    executive = reports[reports.index("executive:"):reports.index("  segments:")]
    more = f"  segments: {DIMENSIONS}\n  history: 13\n  attach: {attached}\n  recipients:\n"
    open(os.path.join(home, "config", "reports.yaml"), "w").write(executive + more + "".join(recipients))
    return home


def run(options, home, *more):
    """Seconds of the whole run, of rendering alone, of all processors; and how many forms were rendered."""
    # Folders of its own: a file system that has just deleted thousands of files is slow to make new ones.
    folder = tempfile.mkdtemp(dir=home)
    out, state = os.path.join(folder, "out"), os.path.join(folder, "state")
    command = [options.farol, "run", "--report", "executive", "--config", os.path.join(home, "config"), "--no-cache",
               "--out", out, "--state", state, *more]
    seconds, processor, peak = measured(command, dict(os.environ), os.path.join(home, "log"))
    timings = json.load(open(os.path.join(out, "executive", PERIOD, "run.json")))["timings"]
    began, rendered, written = (datetime.datetime.fromisoformat(timings[name].replace("Z", "+00:00"))
                       for name in ("computed", "rendered", "written"))
    return {"seconds": seconds, "rendering": (rendered - began).total_seconds(), "writing": (written - rendered).total_seconds(),
            "processor": processor, "MB": peak, "forms": timings["forms"]}


def best(options, home, *more):
    """The least of each over the rounds."""
    rounds = [run(options, home, *more) for _ in range(options.rounds)]
    return {name: min(of[name] for of in rounds) for name in rounds[0]}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--farol", default="target/release/farol")
    parser.add_argument("--work", default="target/bench/scopes")
    parser.add_argument("--customers", type=int, default=5000)
    parser.add_argument("--scopes", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    os.makedirs(options.work, exist_ok=True)
    company(options)

    reader = '    - {{ to: "{}@aurora.example", locale: {}, names: {} }}\n'
    one = best(options, configure(options, "one", "[html]", [reader.format("all", "pt-BR", "true")]))
    print(f"one report, 13 periods, 12 segments: rendered in {1000 * one['rendering']:.0f} ms")

    scoped = [f'    - {{ to: "reader{at}@aurora.example", locale: pt-BR, names: true, only: {{ portfolio: "{portfolio(at)}" }} }}\n'
              for at in range(options.scopes)]
    home = configure(options, "many", "[]", scoped)
    for title, more in (("written", []), ("and sent into a maildir", ["--send"])):
        many = best(options, home, *more)
        rate = many["forms"] / many["rendering"]
        print(f"{many['forms']} mails {title}: rendered in {many['rendering']:.2f} s, {rate:.0f} a second; "
              f"the whole run {many['seconds']:.1f} s, {many['processor']:.1f} s of processor, {many['MB']:.0f} MB", flush=True)


if __name__ == "__main__":
    main()
