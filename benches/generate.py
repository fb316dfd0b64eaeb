#!/usr/bin/env python3
"""Makes a customer base of any size in farol's canonical tables, as Parquet: the data of the bench.

    python3 benches/generate.py --out target/bench/small --customers 20000 --usage-per-customer 50
    python3 benches/generate.py --out target/bench/large --customers 200000 --usage-per-customer 250

36 months, from 2023-10-01 to 2026-09-30. The same arguments give the same rows on any number of threads; only the order
of usage rows within a day may differ.
"""
import argparse
import os
import time

import duckdb

FIRST_DAY = "2023-10-01"
DAYS = 1096


def tables(customers, usage_per_customer):
    """The SQL of each table. `u(i, k)` is uniform in [0, 1) and depends on the row `i` and the column `k` alone."""
    day = f"date '{FIRST_DAY}'"
    instant = f"timestamp '{FIRST_DAY}'"

    def row(per_customer):
        return f"(i * {per_customer} + k)"

    survey, ticket, use = row(5), row(6), row(usage_per_customer)
    sent = f"to_seconds(floor(u({survey}, 24) * {DAYS} * 86400)::int"
    opened = f"to_seconds(floor(u({ticket}, 31) * {DAYS} * 86400)::int"
    is_answered = f"u({survey}, 25) < 0.45"
    is_nps = f"u({survey}, 22) < 0.6"
    return {
        "customers": f"""
            select printf('C%08d', i) as customer_id,
                   'Cliente ' || i as name,
                   (array['Starter', 'Pro', 'Enterprise'])[1 + (3 * power(u(i, 1), 1.7))::int % 3] as plan,
                   (array['Sul', 'Sudeste', 'Nordeste', 'Norte', 'Centro-Oeste'])[1 + floor(5 * u(i, 2))::int] as region,
                   (array['SMB', 'Mid-market', 'Large'])[1 + floor(3 * u(i, 3))::int] as size,
                   {day} + floor(u(i, 4) * 1000)::int as signup_date,
                   i
            from range({customers}) t(i)""",
        # One row or two a customer: some change what they pay, some leave, some of these come back.
        "subscriptions": f"""
            with life as (
                select *, signup_date + 60 + floor(u(i, 11) * 600)::int as cut, round(50 + 950 * u(i, 12), 2) as mrr
                from customers)
            select 'S1' || customer_id as subscription_id, customer_id, signup_date as start_date,
                   case when u(i, 13) < 0.55 then cut end as end_date,
                   mrr,
                   case when u(i, 13) < 0.30
                        then (array['price', 'service', 'product', 'closed'])[1 + floor(4 * u(i, 14))::int]
                   end as cancel_reason
            from life
            union all
            select 'S2' || customer_id, customer_id,
                   case when u(i, 13) < 0.37 then cut + 90 else cut end,
                   case when u(i, 15) < 0.2 then cut + 90 + floor(u(i, 16) * 300)::int + 1 end,
                   round(mrr * (0.6 + 0.9 * u(i, 17)), 2),
                   null
            from life where u(i, 13) between 0.30 and 0.55""",
        # Three respondents a customer, each with one role. Ten invitations a customer, of which some share their draws.
        "surveys": f"""
            select printf('R%010d', i * 5 + k) as response_id,
                   customer_id,
                   customer_id || '-' || floor(3 * u({survey}, 21))::int as respondent_id,
                   (array['user', 'manager', 'executive'])[1 + floor(3 * u({survey}, 21))::int] as respondent_role,
                   case when {is_nps} then 'nps' else 'csat' end as survey,
                   'relational' as kind,
                   case when {is_answered} then
                        case when {is_nps} then floor(11 * sqrt(u({survey}, 23)))::int
                             else 1 + floor(10 * sqrt(u({survey}, 23)))::int end end as score,
                   {instant} + {sent}) as sent_at,
                   case when {is_answered}
                        then {instant} + {sent} + floor(u({survey}, 26) * 864000)::int) end as responded_at
            from customers, range(10) r(k)""",
        "tickets": f"""
            select printf('T%010d', i * 6 + k) as ticket_id,
                   customer_id,
                   {instant} + {opened}) as opened_at,
                   case when u({ticket}, 32) < 0.97
                        then {instant} + {opened} + floor(-ln(u({ticket}, 33) + 1e-9) * 90000)::int) end as resolved_at,
                   1 + floor(-ln(u({ticket}, 34) + 1e-9) * 0.8)::int as contacts,
                   u({ticket}, 35) < 0.08 as reopened,
                   (array['email', 'chat', 'phone'])[1 + floor(3 * u({ticket}, 36))::int] as channel
            from customers, range(6) r(k)""",
        "usage": f"""
            select customer_id,
                   {day} + floor(u({use}, 41) * {DAYS})::int as date,
                   (array['login', 'report', 'api', 'export'])[1 + floor(4 * u({use}, 42))::int] as feature,
                   1 + floor(50 * u({use}, 43))::int as events
            from customers, range({usage_per_customer}) r(k)""",
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", required=True)
    parser.add_argument("--customers", type=int, default=200_000)
    parser.add_argument("--usage-per-customer", type=int, default=250)
    parser.add_argument("--salt", type=int, default=1, help="another base of the same size")
    options = parser.parse_args()
    os.makedirs(options.out, exist_ok=True)
    db = duckdb.connect()
    db.execute("set preserve_insertion_order = false")
    db.execute(f"create macro u(i, k) as (hash(i * 64 + k + {options.salt} * 7919) % 1000003) / 1000003.0")
    for name, sql in tables(options.customers, options.usage_per_customer).items():
        began = time.time()
        db.execute(f"create or replace table {name} as {sql}")
        columns = "* exclude (i)" if name == "customers" else "*"
        # Usage lands as a log does: by date.
        order = "order by date" if name == "usage" else ""
        path = os.path.join(options.out, f"{name}.parquet")
        db.execute(f"copy (select {columns} from {name} {order}) to '{path}' (format parquet, compression zstd)")
        rows = db.execute(f"select count(*) from {name}").fetchone()[0]
        megabytes = os.path.getsize(path) / 1e6
        print(f"{name:14} {rows:>12,} rows {megabytes:>9.1f} MB {time.time() - began:>7.1f} s", flush=True)


if __name__ == "__main__":
    main()
