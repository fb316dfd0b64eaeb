#!/usr/bin/env python3
"""The figures of the bench in hand-written DuckDB SQL: what an analyst would write instead of using farol.

    python3 benches/duckdb_baseline.py DATA [--from 2023-10] [--to 2026-09] [--threads 2] [--out figures.csv]

Eleven KPIs for every month and for the total, each plan, region and size. Prints the seconds of each table's queries.
"""
import argparse
import resource
import time

import duckdb

TABLES = ("customers", "subscriptions", "surveys", "tickets", "usage")
SENT = "date_trunc('month', sent_at)"
OPENED = "date_trunc('month', opened_at)"


def cells(month="m"):
    """Grouping by month and, in turn, by nothing more, by plan, by region and by size."""
    return f"grouping sets (({month}), ({month}, plan), ({month}, region), ({month}, size))"


# Each query gives month, plan, region, size and a struct of KPI id, value and n. `$low` and `$high` are the first instant
# of the range and the first one after it.
QUERIES = {
    "surveys": f"""
        with answered as (
            select date_trunc('month', responded_at) m, customer_id, survey, score
            from surveys
            where responded_at is not null and responded_at >= $low and responded_at < $high
            qualify row_number() over (
                partition by date_trunc('month', responded_at), survey, respondent_id
                order by responded_at desc, response_id desc) = 1),
        counted as (
            select m, plan, region, size, survey, count(*) n, sum(score) s,
                   count(*) filter (score >= 9) promoters, count(*) filter (score <= 6) detractors,
                   count(*) filter (score >= 8) satisfied
            from answered join customers using (customer_id)
            group by survey, {cells()})
        select m, plan, region, size,
               unnest([{{kpi: 'nps', v: 100.0 * (promoters - detractors) / n, n: n}}]) k
        from counted where survey = 'nps'
        union all
        select m, plan, region, size,
               unnest([{{kpi: 'csat', v: s / n, n: n}}, {{kpi: 'csat_satisfied', v: 100.0 * satisfied / n, n: n}}]) k
        from counted where survey = 'csat'""",
    "response_rate": f"""
        with counted as (
            select {SENT} m, plan, region, size, count(*) n, count(responded_at) answered
            from surveys join customers using (customer_id)
            where survey = 'nps' and sent_at >= $low and sent_at < $high
            group by {cells(SENT)})
        select m, plan, region, size, {{kpi: 'nps_response_rate', v: 100.0 * answered / n, n: n}} k from counted""",
    "revenue": f"""
        with months as (select unnest(generate_series($low, $high - interval 1 day, interval 1 month)) m),
        edges as (select m edge from months union select $high),
        snapshots as (
            select edge, customer_id, sum(mrr) mrr
            from edges join subscriptions on start_date <= edge and (end_date is null or end_date > edge)
            group by all),
        bridge as (
            select m, customer_id, coalesce(opening.mrr, 0) o, coalesce(closing.mrr, 0) c
            from (select m, customer_id, mrr from months join snapshots on edge = m) opening
            full join (select m, customer_id, mrr from months join snapshots on edge = m + interval 1 month) closing
            using (m, customer_id)),
        summed as (
            select m, plan, region, size,
                   count(*) filter (o > 0) n, count(*) filter (o > 0 and c = 0) lost, sum(o) opening,
                   sum(o) filter (c = 0) churned, sum(o - c) filter (o > c and c > 0) contraction,
                   sum(c - o) filter (c > o and o > 0) expansion, sum(c) closing, count(*) filter (c > 0) at_end
            from bridge join customers using (customer_id)
            group by {cells()})
        select m, plan, region, size, unnest([
            {{kpi: 'customer_churn_rate', v: 100.0 * lost / nullif(n, 0), n: n}},
            {{kpi: 'revenue_churn_rate',
              v: 100.0 * (coalesce(churned, 0) + coalesce(contraction, 0)) / nullif(opening, 0), n: n}},
            {{kpi: 'nrr',
              v: 100.0 * (opening - coalesce(churned, 0) - coalesce(contraction, 0) + coalesce(expansion, 0))
                 / nullif(opening, 0), n: n}},
            {{kpi: 'mrr_closing', v: closing, n: at_end}}]) k
        from summed""",
    "tickets": f"""
        with counted as (
            select {OPENED} m, plan, region, size, count(*) n,
                   count(*) filter (resolved_at is not null and contacts = 1 and not reopened) first_contact,
                   median(epoch(resolved_at - opened_at) / 3600) as median_hours, count(resolved_at) resolved
            from tickets join customers using (customer_id)
            where opened_at >= $low and opened_at < $high
            group by {cells(OPENED)})
        select m, plan, region, size, unnest([
            {{kpi: 'fcr', v: 100.0 * first_contact / n, n: n}},
            {{kpi: 'resolution_hours', v: median_hours, n: resolved}}]) k
        from counted""",
    "usage": f"""
        with days as (select distinct customer_id, date from usage where date >= $low and date < $high),
        by_month as (select date_trunc('month', date) m, customer_id, count(*) used from days group by all),
        summed as (
            select m, plan, region, size, count(*) n, sum(used) used_days
            from by_month join customers using (customer_id)
            group by {cells()})
        select m, plan, region, size, {{kpi: 'stickiness', v: 100.0 * used_days / day(last_day(m)) / n, n: n}} k
        from summed""",
}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data")
    parser.add_argument("--from", dest="first", default="2023-10")
    parser.add_argument("--to", dest="last", default="2026-09")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--out")
    options = parser.parse_args()
    began = time.time()
    db = duckdb.connect()
    db.execute(f"set threads = {options.threads}")
    db.execute("set preserve_insertion_order = false")
    for table in TABLES:
        db.execute(f"create view {table} as select * from '{options.data}/{table}.parquet'")
    low = f"timestamp '{options.first}-01'"
    high = f"(timestamp '{options.last}-01' + interval 1 month)"
    db.execute("""create table figures
                  (m date, plan varchar, region varchar, size varchar, kpi varchar, v double, n bigint)""")
    for name, sql in QUERIES.items():
        query_began = time.time()
        sql = sql.replace("$low", low).replace("$high", high)
        db.execute(f"insert into figures select m, plan, region, size, k.kpi, k.v, k.n from ({sql})")
        print(f"{name:14} {time.time() - query_began:7.2f} s", flush=True)
    if options.out:
        db.execute(f"""
            copy (select strftime(m, '%Y-%m') as period, 'month' as grain,
                         case when plan is not null then 'plan' when region is not null then 'region'
                              when size is not null then 'size' else 'total' end as dimension,
                         coalesce(plan, region, size, 'total') as segment, kpi, v as value, n
                  from figures where v is not null order by all)
            to '{options.out}' (header)""")
    figures = db.execute("select count(*) from figures").fetchone()[0]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{'total':14} {time.time() - began:7.2f} s   {figures} figures   peak {peak:.0f} MB")


if __name__ == "__main__":
    main()
