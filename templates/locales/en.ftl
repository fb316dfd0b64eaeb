### farol: the words of the report in English.
### Figures come in formatted: show `$n`, choose plurals by `$n_raw`.

-tags = en en-GB en-US
-short-dates = named
-money = before
-scales = K M B T

## Formats

list-and = and
list-more = { $n_raw ->
   *[other] { $n } more
}
list-and-before-i = and
not-available = n/a
percent = { $figure }%
scaled = { $figure }{ $scale }
range = { $low } to { $high }
duration-months = { $figure_raw ->
    [one] { $figure }{ "\u00A0" }month
   *[other] { $figure }{ "\u00A0" }months
}
duration-days = { $figure_raw ->
    [one] { $figure }{ "\u00A0" }day
   *[other] { $figure }{ "\u00A0" }days
}
duration-hours = { $figure }{ "\u00A0" }h
difference-percentage-points = { $figure }{ "\u00A0" }pp
difference-points = { $figure_raw ->
    [one] { $figure }{ "\u00A0" }point
   *[other] { $figure }{ "\u00A0" }points
}

## Periods

month-and-year = { $month } { $year }
year-short = ’{ $year }
period-name-and-year = { $name }{ "\u00A0" }{ $year }
period-week = week { $week } of { $year } ({ $dates })
period-week-short = wk{ "\u00A0" }{ $week }
quarter-1 = 1st quarter
quarter-2 = 2nd quarter
quarter-3 = 3rd quarter
quarter-4 = 4th quarter
period-quarter = { $quarter } of { $year }
period-quarter-fiscal = { $quarter } of fiscal year { $year } ({ $months })
period-quarter-short = Q{ $quarter }
period-year-fiscal = fiscal year { $year } ({ $months })
period-trailing = { $months_raw ->
    [one] { $months } month
   *[other] { $months } months
} to { $month }
period-trailing-short = { $months }{ "\u00A0" }m to

## Units

unit-points = points
unit-score = score
unit-percent = %
unit-count = count
unit-months = months
unit-days = days
unit-hours = hours
unit-ratio = ratio

## Report: titles and sections

report-name = Customer success
report-revision = revision { $n }
report-sent-again = Sent again: { $reason }
report-sent-final = Final figures: the period had not ended when this report was first sent.
report-skip = Skip to the figures
report-contents = Sections
report-narrative = What the figures say
report-figures = Key figures
report-changes = What changed
report-segments = By segment
report-calls = Whom to call
report-themes = In their words
report-charts = Charts
report-restated = Changed since we told you
report-quality = Data quality
report-method = How we count
report-provenance = Provenance

## Report: table headings

report-kpi = Figure
report-value = Value
report-band = Assessment
report-interval = Interval
report-n = n
report-change = Change
report-target = Target
report-segment = Segment
report-period = Period
report-from = From
report-to = To
report-against = Compared with
report-driver-title = Driven by
report-more = More figures

## Report: sentences

report-figures-note = Intervals are { $confidence } confidence intervals. A change is called clear only if it passes a test against chance.
report-figures-open = The period is still running: its figures are neither judged nor compared. Intervals are { $confidence } confidence intervals.
report-figures-unjudged = No figure is judged: the bands and targets that are set hold for periods of another length.
report-not-configured = Not computed, because the data for it are not configured: { $names }.
report-changes-note = Changes that chance does not explain, largest effect first; of those reported, about { $confidence } at most may still be chance. Samples of the same customers are treated as independent, which is cautious.
report-changes-counts = Counts and sums stand last: they are facts, and nothing about them was tested.
report-changes-more = { $n_raw ->
    [one] { $n } more figure has changed; each stands with its change among the figures.
   *[other] { $n } more figures have changed; each stands with its change among the figures.
}
report-changes-none = No figure changed clearly against { $period }.
report-changes-open = The period is still running; it will be compared with { $period } once it closes.
report-driver = { $segment } ({ $difference })
report-driver-none = No single segment
report-driver-withheld = Cannot be told: segments withheld
report-segments-note = Each figure with its assessment. An arrow marks a clear change against the previous period.
report-segments-by = By { $dimension }
report-segments-withheld = – = { $why }
report-segments-left-out = { $n_raw ->
    [one] { $n } more segment is not shown here.
   *[other] { $n } more segments are not shown here.
}
report-segments-left-out-revenue = { $n_raw ->
    [one] { $n } more segment, with less revenue, is not shown here.
   *[other] { $n } more segments, with less revenue, are not shown here.
}
report-segments-left-out-customers = { $n_raw ->
    [one] { $n } more segment, with fewer customers, is not shown here.
   *[other] { $n } more segments, with fewer customers, are not shown here.
}
report-segments-left-out-cases = { $n_raw ->
    [one] { $n } more segment, with fewer cases, is not shown here.
   *[other] { $n } more segments, with fewer cases, are not shown here.
}
report-charts-note = Shaded ribbons are confidence intervals, coloured strips are the bands that judge the figure, a dashed line is the target.
report-method-note = Periods begin and end at midnight in the company’s time zone. Figures are computed from the rows of the period, never from other averages.

## Values that are missing or not final

undefined-no-denominator = no cases in the period
undefined-no-answers = no answers in the period
undefined-unscored = too little data for a score
undefined-not-configured = data not configured
undefined-not-identifiable = the data cannot tell
undefined-not-reached = not reached yet
undefined-too-few = too few cases
undefined-not-recorded = no rows yet in the period
undefined-no-figure = no figure
withheld = withheld (for groups <{ "\u00A0" }{ $n })
maturity-provisional = provisional
maturity-immature = still maturing
maturity-open-period = period still open

## Changes

change-clear-rise = clear rise
change-clear-fall = clear fall
change-none = no clear change
change-rise = up
change-fall = down
change-same = unchanged
change-untested = not tested
change-against = { $difference } vs { $period }

## Targets

target-value = Target { $value }
target-met = met
target-missed = missed
target-cannot-tell = too close to call
target-not-judged = not judged
target-without-interval = { $text } (no interval)

## Status

status-green = Good
status-yellow = Watch
status-red = Poor
status-none = Not judged
pulse-title = { $n_raw ->
    [one] { $n } figure
   *[other] { $n } figures
}
pulse-green = { $n_raw ->
    [one] good
   *[other] good
}
pulse-yellow = { $n_raw ->
    [one] to watch
   *[other] to watch
}
pulse-red = { $n_raw ->
    [one] poor
   *[other] poor
}
pulse-none = { $n_raw ->
    [one] not judged
   *[other] not judged
}

## Segments

segment-total = All customers
segment-not-set = (not set)
dimension-total = total
dimension-theme = theme
dimension-term = term
dimension-cohort = cohort
dimension-plan = plan
dimension-region = region
dimension-country = country
dimension-segment = segment
dimension-industry = industry
dimension-size = company size
dimension-channel = channel
dimension-respondent-role = role
dimension-kind = kind
dimension-surveys-kind = kind of survey
dimension-retention-costs-kind = kind of cost
dimension-touchpoint = touchpoint
dimension-category = category
dimension-program = programme
dimension-stakeholder = stakeholder
dimension-cancel-reason = reason for leaving
dimension-team = team
word-relational = relational
word-transactional = transactional
word-reward = reward
word-benefit = benefit
word-promotion = promotion
word-other = other
word-user = user
word-manager = manager
word-executive = executive
word-management = management

## Whom to call

calls-at-risk = { $n_raw ->
    [one] { $n } customer is at risk, with { $mrr } of monthly revenue.
   *[other] { $n } customers are at risk, with { $mrr } of monthly revenue between them.
}
calls-expansion = { $n_raw ->
    [one] { $n } healthy customer is ready to renew or expand.
   *[other] { $n } healthy customers are ready to renew or expand.
}
calls-no-names = Names are shown only to those who may see them.
calls-as-of = As they stood on { $date }.
calls-shown = { $n_raw ->
    [one] { $n } of { $all } is shown.
   *[other] { $n } of { $all } are shown.
}
calls-list-at-risk = At risk, largest revenue first
calls-list-expansion = Ready to renew or expand
calls-customer = Customer
calls-mrr = MRR
calls-health = Health
calls-reasons = What pulls it down
calls-advice = What to do
calls-advice-most = Where nothing else is said: { $advice }
calls-renewal = Renewal
calls-renewal-passed = overdue since { $date }
calls-renewal-since = { $date }, passed since

## In their words

themes-note = { $n_raw ->
    [one] { $n } comment with text. One comment may speak of several themes.
   *[other] { $n } comments with text. One comment may speak of several themes.
}
themes-note-bare = One comment may speak of several themes.
themes-theme = Theme
themes-change = Change in share
themes-terms-note = Terms that detractors and promoters use unequally often, beyond what chance explains, each said by at least { $n } people. A negation stays with its word.
themes-terms-none = No term sets detractors clearly apart from promoters.
themes-terms-detractors = Detractors say more often
themes-terms-promoters = Promoters say more often
themes-people = { $n_raw ->
    [one] { $n } person
   *[other] { $n } people
}
themes-not = not { $term }
themes-detractor = a detractor
themes-promoter = a promoter
themes-quotes-note = Quotes are redacted by the program: customers’ names, addresses, links, numbers, and every word that fewer than { $n } people of the data wrote are replaced by […]. That cannot catch everything; treat them as confidential.
themes-quotes-sides = Of each theme, detractors or promoters are quoted only where at least { $n } of them wrote about it; where fewer did, their voice is missing.

## Health components

component-usage = low usage
component-nps = low NPS
component-csat = low satisfaction
component-support = open tickets
component-goals = goals missed
component-active-days = few active days
component-events = little activity
component-distinct-features = few features used
component-usage-trend = falling usage
component-days-since-usage = no recent usage
component-last-nps = low NPS
component-last-csat = low satisfaction
component-tickets = many tickets
component-open-tickets = open tickets
component-fcr = few first-contact resolutions
component-interactions = little contact
component-goal-attainment = goals missed
component-tenure-months = new customer
component-mrr-trend = falling revenue
component-days-to-renewal = renewal is near
component-frequency = infrequent usage
component-engagement = low engagement
component-value = little value reached

## Charts

chart-data = Numbers behind the chart
chart-table = { $name }, by period
chart-empty = no value
chart-not-recorded = In a gap at the start there were no rows to count yet; see “Data quality”.
chart-provisional = not final
chart-target = Target { $value }
chart-total = All { $value }
chart-n = n{ "\u00A0" }={ "\u00A0" }{ $n }
chart-interval = { $confidence } interval
chart-cut = The axis does not start at { $floor }.
chart-cut-zero = The axis does not start at zero.
chart-finding = { $value } in { $period }; between { $low } ({ $low_period }) and { $high } ({ $high_period }) over the time shown.
chart-finding-flat = { $value } in { $period }, as in all the time shown.
chart-finding-change = { $word }: { $change }.
chart-segments = { $name } by { $dimension }
chart-segments-finding = From { $high_value } in { $high } down to { $low_value } in { $low }.
chart-segments-flat = { $high_value } in every segment.
chart-composition = Promoters, passives and detractors
chart-composition-finding = { $promoters } promoters and { $detractors } detractors in { $period }.
chart-bullet = Figures against their bands and targets
chart-bullet-finding = Targets met: { $met }; missed: { $missed }; too close to call: { $open }.
chart-bullet-pending = Not judged yet, because the figure may still change: { $n }.
chart-bridge = Where the recurring revenue went
chart-bridge-finding = From { $opening } to { $closing }: { $change }.
chart-bridge-opening = Start
chart-bridge-new = New
chart-bridge-reactivated = Won back
chart-bridge-expansion = Expansion
chart-bridge-contraction = Contraction
chart-bridge-churned = Lost
chart-bridge-closing = End
chart-cohorts-finding = Of the customers who came in { $cohort }, { $value } are active at the end of { $period }.
chart-cohorts-note = Rows: month of first activity. Columns: months from then on. Cells: percentage of those customers that is still active.
chart-cohorts-cohort = First active in
chart-survival = How long customers stay
chart-survival-by = How long customers stay, by { $dimension }
chart-survival-finding = { $share } of customers are still there after { $months }.
chart-survival-median = By { $months }, half have left.
chart-survival-no-median = Half have not left within the time shown.
chart-survival-ends = After { $months }, { $high_share } are still there in { $high } and { $low_share } in { $low }.
chart-survival-real = The difference is more than chance.
chart-survival-chance = The difference may be chance.
chart-survival-note = Kaplan–Meier: whoever is still there counts for as long as we know.
chart-survival-end = { $n_raw ->
    [one] A curve ends where fewer than { $n } customer has been followed for so long.
   *[other] A curve ends where fewer than { $n } customers have been followed for so long.
}
chart-survival-left-out = { $n_raw ->
    [one] { $n } smaller segment is not drawn.
   *[other] { $n } smaller segments are not drawn.
}
chart-survival-time = Months since first activity
chart-survival-horizon = Lifetimes count up to { $months }
chart-survival-at-risk = Customers followed for so long
chart-survival-month = Month
chart-survival-share = Still there
chart-quadrant = Customers by health and revenue
chart-quadrant-finding = { $n_raw ->
    [one] { $n } large customer has a health score below { $health }: { $mrr } of MRR.
   *[other] { $n } large customers have a health score below { $health }: { $mrr } of MRR.
}
chart-quadrant-none = No large customer has a health score below { $health }.
chart-quadrant-renewing = { $n_raw ->
    [one] { $n } of them renews within { $days }.
   *[other] { $n } of them renew within { $days }.
}
chart-quadrant-large = Large: at least { $mrr } a month, the median of those shown.
chart-quadrant-most = { $n_raw ->
    [one] Only the largest customer is shown.
   *[other] Only the { $n } largest customers are shown.
}
chart-quadrant-note = Customers without a health score are not shown; the larger the mark, the higher the MRR.
chart-quadrant-lists = The list of whom to call is narrower: customers of any size with a score below { $health }.
chart-quadrant-rescue = Rescue first
chart-quadrant-keep = Keep and expand
chart-quadrant-watch = Watch
chart-quadrant-grow = Help to grow
chart-quadrant-health = Health score
chart-quadrant-mrr = MRR
chart-quadrant-change = Change in health
chart-quadrant-logarithmic = The MRR axis is logarithmic: equal distances are equal ratios.
chart-quadrant-up = Health up by { $points } or more
chart-quadrant-down = Health down by { $points } or more
chart-quadrant-steady = Little change
chart-quadrant-unknown = No earlier score
chart-quadrant-renews = Renews within { $days }

## Changed since we told you

restated-note = Figures that were sent to you before and are others now: totals first, then segments, the largest difference first.
restated-more = { $n_raw ->
    [one] { $n } more figure has moved.
   *[other] { $n } more figures have moved.
}
restated-was = was
restated-now = is now
restated-sent = Sent
restated-why = Why
restated-not-final = it was not final when it was sent
restated-data = new data: { $tables }
restated-definitions = other definitions
restated-program = another version of farol
restated-unknown = Not known

## Data quality

quality-source = Source
quality-rows = Rows
quality-newest = Newest row
quality-quarantined = Set aside
quality-stale = { $date } (old)
quality-none = No source was read.
quality-rows-read = { $n_raw ->
    [one] { $n } row was read
   *[other] { $n } rows were read
}
quality-note = { $n_raw ->
    [0] { $rows }; none was set aside.
    [one] { $rows }; { $n } was set aside because it breaks its contract.
   *[other] { $rows }; { $n } were set aside because they break their contract.
}
quality-reason = { $n_raw ->
    [one] { $source }: { $n } row set aside ({ $reason }).
   *[other] { $source }: { $n } rows set aside ({ $reason }).
}
quality-missed-away = { $n_raw ->
    [one] One earlier report was not made, because the program was not running: { $periods }.
   *[other] { $n } earlier reports were not made, because the program was not running: { $periods }.
}
quality-missed-tried = { $n_raw ->
    [one] One earlier report could not be made in time: { $periods }.
   *[other] { $n } earlier reports could not be made in time: { $periods }.
}
quality-begins = { $source }: rows from { $date } on. What is counted of them has no value before that.
quality-provisional = Provisional, because answers or reopenings may still come: { $names }.
quality-immature = Still maturing, because a window is running: { $names }.

## Tables

table-customers = Customers
table-subscriptions = Subscriptions
table-orders = Orders
table-surveys = Surveys
table-tickets = Tickets
table-usage = Product usage
table-interactions = Interactions
table-retention-costs = Retention costs
table-goals = Goals
table-onboarding = Onboarding
table-leads = Leads
table-staff = Staff

## Why rows are set aside

reason-wrong-width = not as many cells as the header
reason-stray-quote = a stray quotation mark
reason-cell-too-long = a cell is too long
reason-empty-cell = a required cell is empty
reason-not-a-date = not a date
reason-date-out-of-range = a date before 1900 or after 2200
reason-not-a-number = not a number
reason-not-whole = not a whole number
reason-too-many-decimals = more than six decimals
reason-too-great = the number is too great
reason-negative = must not be negative
reason-out-of-range = outside its range
reason-not-a-flag = neither yes nor no
reason-unknown-word = an unknown word
reason-in-the-future = lies in the future
reason-wrong-order = dates in the wrong order
reason-score-without-date = a score without a date
reason-date-without-score = a date without a score
reason-foreign-currency = another currency
reason-repeated-key = the key is repeated
reason-repeated-row = the row is repeated
reason-orphan = unknown customer
reason-customer-not-yet-valid = the customer is valid only from later
reason-empty-reference = no customer given

## How we count: the variants chosen

method-bands = Bands: { $source }.
method-untested = Not a sample: its changes are facts and are not tested.
method-general-costs = Some costs of the period name no customer: they count in the total and in no segment, so the figures of segments leave them out, and the total has no interval.
variant-scale = Scale from { $low } to { $high }.
variant-satisfied = Satisfied from a score of { $score }.
variant-fcr-opened = Of all tickets opened in the period; one still open does not count as resolved.
variant-fcr-resolved = Of the tickets resolved in the period.
variant-lifetime-kaplan-meier = Kaplan–Meier mean over the first { $months }; later months do not count.
variant-lifetime-kaplan-meier-bare = Kaplan–Meier mean up to the horizon.
variant-lifetime-inverse-churn = One divided by the monthly churn of the last 12 months.
variant-lifetime-observed = Mean time observed so far, which understates it.
variant-turnover-rotation = Half of those who joined and left, divided by the head-count at the start.
variant-turnover-leavers = Those who left, divided by the mean head-count.
variant-coverage = Scored only where at least { $share } of the weight is known.
variant-window = Within { $days }.
variant-min-group = Withheld for fewer than { $n } respondents, and where others of the figures would give these away.
method-interval = Interval of { $confidence }.
variant-active-window = There are no subscriptions: a customer is active for { $days } after an order.
variant-churn-gap = A lifetime ends with an absence of more than { $days }.
variant-churn-gap-none = A lifetime ends with the first absence, however short.
variant-nps-kind-relational = Relational surveys only, where the data tell the kinds apart.
variant-nps-kind-transactional = Transactional surveys only, where the data tell the kinds apart.
variant-nps-kind-all = Surveys of every kind.
variant-answer-window = Provisional until { $days } after the period: answers may still come.
variant-ces-higher = A higher score means less effort.
variant-ces-lower = A lower score means less effort.
variant-reopen-window = Provisional until { $days } after the period: tickets may still be reopened.
variant-value-subscriptions = From subscriptions.
variant-value-orders = From orders.
variant-value-window = Over the { $months } to the end of the period.
variant-margin = Gross margin: { $share }.
variant-bands = Health bands: { $bands }.
variant-band-red = red from { $low } to { $high }
variant-band-yellow = yellow from { $low } to { $high }
variant-band-green = green from { $low } to { $high }
variant-part = { $signal }, weight { $weight }, scale { $scale }; { $missing }.
variant-part-over = { $signal } in { $window }
variant-part-kind = { $signal } of kind { $kind }
variant-missing-skip = left out where it is not known
variant-missing-neutral = half where it is not known
variant-missing-zero = zero where it is not known
signal-active-days = days with usage
signal-events = usage events
signal-distinct-features = features used
signal-usage-trend = usage events against the time before
signal-days-since-usage = days since the last usage
signal-last-nps = latest NPS scores
signal-last-csat = latest satisfaction scores
signal-tickets = tickets opened
signal-open-tickets = open tickets
signal-fcr = first-contact resolution
signal-interactions = interactions
signal-goal-attainment = goal attainment
signal-tenure-months = months as a customer
signal-mrr-trend = MRR against the time before
signal-days-to-renewal = days to the renewal
variant-roles = Users: { $users }. Decision makers: { $deciders }.

## Provenance

provenance-period = Period
provenance-as-of = Data as of
provenance-zone = Time zone
provenance-run = Run
provenance-configuration = Configuration
provenance-version = Version
provenance-inputs = { $n_raw ->
    [one] { $n } input file
   *[other] { $n } input files
}
provenance-file = File
provenance-hash = SHA-256

## Subject, preheader, headline and narrative

subject-value = { $name } { $value }
subject-band = { $name } { $value } ({ $band })
subject-above-target = { $name } { $value } above target
subject-below-target = { $name } { $value } below target
subject-alert = alert
subject-open = period still open
subject-nothing = no data
headline-both = { $first }; { $second }
headline-one = { $clause }
headline-quiet = No clear change in the key figures
headline-untested = Figures of { $period }
headline-theme = The theme of most comments: { $name } ({ $value })
headline-nothing = No data for this period
headline-not-configured = No figure can be computed yet
headline-open = Figures so far: { $period } is still running
clause-missed-above = { $name } at { $value }, above the target of { $target }
clause-missed-below = { $name } at { $value }, below the target of { $target }
clause-red = { $name } at { $value } ({ $band })
clause-clear-rise = { $name } rose clearly to { $value }
clause-clear-fall = { $name } fell clearly to { $value }
clause-against = (vs { $period })
clause-fact = { $name }: from { $before } to { $value }
clause-met = { $name } at { $value }, on target
clause-green = { $name } at { $value } ({ $band })
narrative-open = The period has not ended yet, so nothing in it is judged or compared.
narrative-nothing = Nothing in the data falls into this period; it may lie before the data begin.
narrative-not-configured = None of the figures of this report can be computed: the data for them are not configured.
narrative-sentence = { $text }.
narrative-subject = { $grammar ->
    [the] the { $name }
   *[singular] { $name }
}
narrative-in-segment = { $name } in { $segment }
narrative-rose = { $name } rose clearly, from { $before } ({ $period }) to { $value }
narrative-fell = { $name } fell clearly, from { $before } ({ $period }) to { $value }
narrative-stands = { $name } { $grammar ->
    [plural] stand
   *[singular] stands
} at { $value }
narrative-highest = , the highest value in { $span }
narrative-lowest = , the lowest value in { $span }
narrative-above = , above the target of { $target }
narrative-below = , below the target of { $target }
narrative-missed-again = ; the target then in force has been missed { $row }
narrative-back = , back on the target of { $target }
narrative-back-after = , back on the target of { $target } after { $span } off it
narrative-met-first = , on the target of { $target } for the first time in { $span }
narrative-rated = , rated “{ $band }”
narrative-crossed = ; the assessment goes from “{ $from }” to “{ $to }”
narrative-driver = ; the segment that weighs most is { $segment } (there { $difference })
narrative-of-period = { $name } of { $period }
narrative-not-final = ; the figure of { $period } is not final yet
narrative-alert-below = ; this sets off the alert for values below { $limit }
narrative-alert-above = ; this sets off the alert for values above { $limit }
narrative-alert-drop = ; this sets off the alert for a fall of { $limit } or more
narrative-alert-rise = ; this sets off the alert for a rise of { $limit } or more
narrative-also-changed = { $n_raw ->
   *[other] Also clearly changed: { $names }.
}
row-week = { $n_raw ->
    [2] for the second week in a row
    [3] for the third week in a row
    [4] for the fourth week in a row
    [5] for the fifth week in a row
    [6] for the sixth week in a row
   *[other] for { $n } weeks in a row
}
row-at-least-week = { $n_raw ->
   *[other] for at least { $n } weeks in a row
}
row-month = { $n_raw ->
    [2] for the second month in a row
    [3] for the third month in a row
    [4] for the fourth month in a row
    [5] for the fifth month in a row
    [6] for the sixth month in a row
   *[other] for { $n } months in a row
}
row-at-least-month = { $n_raw ->
   *[other] for at least { $n } months in a row
}
row-quarter = { $n_raw ->
    [2] for the second quarter in a row
    [3] for the third quarter in a row
    [4] for the fourth quarter in a row
    [5] for the fifth quarter in a row
    [6] for the sixth quarter in a row
   *[other] for { $n } quarters in a row
}
row-at-least-quarter = { $n_raw ->
   *[other] for at least { $n } quarters in a row
}
row-year = { $n_raw ->
    [2] for the second year in a row
    [3] for the third year in a row
    [4] for the fourth year in a row
    [5] for the fifth year in a row
    [6] for the sixth year in a row
   *[other] for { $n } years in a row
}
row-at-least-year = { $n_raw ->
   *[other] for at least { $n } years in a row
}
span-week = { $n_raw ->
    [one] { $n }{ "\u00A0" }week
   *[other] { $n }{ "\u00A0" }weeks
}
span-at-least-week = { $n_raw ->
    [one] at least { $n }{ "\u00A0" }week
   *[other] at least { $n }{ "\u00A0" }weeks
}
span-month = { $n_raw ->
    [one] { $n }{ "\u00A0" }month
   *[other] { $n }{ "\u00A0" }months
}
span-at-least-month = { $n_raw ->
    [one] at least { $n }{ "\u00A0" }month
   *[other] at least { $n }{ "\u00A0" }months
}
span-quarter = { $n_raw ->
    [one] { $n }{ "\u00A0" }quarter
   *[other] { $n }{ "\u00A0" }quarters
}
span-at-least-quarter = { $n_raw ->
    [one] at least { $n }{ "\u00A0" }quarter
   *[other] at least { $n }{ "\u00A0" }quarters
}
span-year = { $n_raw ->
    [one] { $n }{ "\u00A0" }year
   *[other] { $n }{ "\u00A0" }years
}
span-at-least-year = { $n_raw ->
    [one] at least { $n }{ "\u00A0" }year
   *[other] at least { $n }{ "\u00A0" }years
}
narrative-no-change = { $n_raw ->
    [one] The one figure that can be tested shows no clear change against { $period }.
   *[other] None of the { $n } figures that can be tested changed clearly against { $period }; the differences are within what chance explains.
}
narrative-no-change-but = { $n_raw ->
    [one] The one figure that can be tested shows no clear change against { $period }.
   *[other] None of the { $n } figures that can be tested changed clearly against { $period }.
}
narrative-no-change-alone = { $n_raw ->
    [one] Against { $period }, though, the one figure that can be tested shows no clear change.
   *[other] Against { $period }, though, none of the { $n } figures that can be tested changed clearly.
}
narrative-no-change-whole = { $n_raw ->
    [one] For all customers together, the one figure that can be tested shows no clear change against { $period }.
   *[other] For all customers together, none of the { $n } figures that can be tested changed clearly against { $period }.
}
narrative-stands-out = What stands out most is { $name }; among so many comparisons, this may still be chance.
narrative-not-compared = There is nothing earlier to compare with yet.
narrative-untested = None of the figures can be tested against chance.
narrative-moved = Not tested, since { $period }: { $names }.
narrative-moved-one = { $name } (from { $before } to { $value })
narrative-missed-one = { $name } ({ $value } against { $target })
narrative-targets-missed = { $n_raw ->
   *[other] Targets missed: { $n } of { $all }, namely { $names }.
}
narrative-targets-also = { $n_raw ->
   *[other] Targets missed in all: { $n } of { $all }, among them also { $names }.
}
narrative-targets-none-missed = { $n_raw ->
   *[other] No target is missed; met: { $n } of { $all }.
}
narrative-targets-unknown = { $n_raw ->
    [one] Whether the one target is met is too close to call.
   *[other] All { $n } targets are too close to call.
}
narrative-targets-open = Too close to call: { $n }.
narrative-weakest = Weakest segment: { $segment }, with { $n } figures clearly in the red ({ $names }).
narrative-alerts = { $n_raw ->
    [one] Alert: { $alerts }.
   *[other] Alerts: { $alerts }.
}
alert-below = { $name } below { $limit }
alert-above = { $name } above { $limit }
alert-drop = { $name } fell by at least { $limit }
alert-rise = { $name } rose by at least { $limit }
narrative-call-first = { $n_raw ->
    [one] Call { $name } first: { $mrr } of monthly revenue is at risk there.
   *[other] Call { $name } first ({ $mrr } a month): { $n } customers at risk hold { $sum } of monthly revenue.
}
narrative-call = { $n_raw ->
    [one] Call the { $n } customer at risk first: it holds { $sum } of monthly revenue.
   *[other] Call the { $n } customers at risk first: they hold { $sum } of monthly revenue.
}
narrative-at-risk = { $n_raw ->
    [one] { $n } customer at risk holds { $sum } of monthly revenue.
   *[other] { $n } customers at risk hold { $sum } of monthly revenue.
}

## The workbook

sheet-period = Period
sheet-first-day = First day
sheet-dimension = Breakdown
sheet-unit = Unit
sheet-low = Interval from
sheet-high = Interval to
sheet-previous = Previous value
sheet-change-word = Reading of the change
sheet-year-before = Value a year before
sheet-year-change = Change on a year before
sheet-year-change-word = Reading of the change on a year before
sheet-target-met = Target met?
sheet-note = Note
sheet-list = List
sheet-at-risk = At risk
sheet-customers = Customers
sheet-definition = Definition
sheet-choices = Choices in force
sheet-id = Id

## Mail

mail-shortened = Shortened for mail; ask the sender for the full report.
mail-shortened-attached = Shortened for mail; the full report is the attached { $file }.
mail-footer = You receive this report because it is addressed to you in the company’s configuration. Figures are confidential.

## KPIs: Loyalty and satisfaction

kpi-nps = Net Promoter Score
    .short = NPS
    .grammar = the
    .definition = Share of promoters (scores of 9 and 10) minus share of detractors (0 to 6) among all answers, from −100 to 100. Each respondent’s latest answer in the period counts.
kpi-nps-promoters = NPS promoters
    .short = Promoters
    .grammar = plural
    .definition = Share of answers with a score of 9 or 10.
kpi-nps-passives = NPS passives
    .short = Passives
    .grammar = plural
    .definition = Share of answers with a score of 7 or 8.
kpi-nps-detractors = NPS detractors
    .short = Detractors
    .grammar = plural
    .definition = Share of answers with a score from 0 to 6.
kpi-nps-by-account = NPS by account
    .short = NPS by account
    .grammar = singular
    .definition = Mean over customers of each customer’s own NPS: one with many respondents counts as much as one with a single answer.
kpi-nps-role-gap = NPS of users minus decision makers
    .short = NPS role gap
    .grammar = singular
    .definition = NPS of the people who use the product every day minus NPS of those who decide on it, by the roles in the configuration; from −200 to 200. Above 0, users rate it better.
kpi-nps-response-rate = NPS response rate
    .short = NPS response
    .grammar = the
    .definition = Share of the invitations sent in the period that have been answered so far. It can still rise while the answer window is open.
kpi-csat = Customer satisfaction (CSAT)
    .short = CSAT
    .grammar = singular
    .definition = Mean of the satisfaction scores answered in the period.
kpi-csat-satisfied = Satisfied customers (CSAT)
    .short = Satisfied
    .grammar = plural
    .definition = Share of the satisfaction answers that reach the satisfied score. Neutral answers stay in the denominator.
kpi-ces = Customer effort (CES)
    .short = CES
    .grammar = singular
    .definition = Mean of the effort scores answered in the period: how easy it was to get something done.
kpi-theme-mentions = Mentions of themes
    .short = Comments
    .grammar = plural
    .definition = By theme: comments of the period, in any survey, that mention it. A comment may mention several themes.
kpi-theme-share = Share of themes
    .short = Share of comments
    .grammar = the
    .definition = By theme: of the comments with text, the share that mentions it. A comment may mention several themes, so that shares may add up to more than 100%.
kpi-theme-score = Mean NPS score by theme
    .short = Mean NPS score
    .grammar = the
    .definition = By theme: mean of the NPS scores, 0 to 10, of the answers whose comment mentions it.
kpi-theme-promoters = Promoters by theme
    .short = Promoters
    .grammar = plural
    .definition = By theme: NPS answers of 9 or 10 whose comment mentions it.
kpi-theme-detractors = Detractors by theme
    .short = Detractors
    .grammar = plural
    .definition = By theme: NPS answers of 0 to 6 whose comment mentions it.
kpi-term-log-odds = Telling terms
    .short = Telling terms
    .grammar = plural
    .definition = Terms that detractors and promoters use unequally often: z-score of the log-odds ratio, detractors against promoters, with a prior shaped by all comments of the period and as heavy as the smaller group (Monroe, Colaresi and Quinn, 2008). Shown from 1.96 on, if at least five people say the term; at most 20 on either side.

## KPIs: Customers

kpi-customer-churn-rate = Customer churn
    .short = Churn
    .grammar = singular
    .definition = Of the customers with revenue at the start of the period, the share that has none at its end. Who left and came back in between is not lost.
kpi-customer-retention-rate = Customer retention
    .short = Retention
    .grammar = singular
    .definition = Of the customers with revenue at the start of the period, the share that still has some at its end.
kpi-customers-opening = Customers at the start
    .short = Opening
    .grammar = plural
    .definition = Customers with recurring revenue at the first instant of the period.
kpi-customers-new = New customers
    .short = New
    .grammar = plural
    .definition = Customers at the end of the period that had never had revenue before it.
kpi-customers-reactivated = Customers won back
    .short = Won back
    .grammar = plural
    .definition = Customers at the end of the period that were not customers at its start, but once had been.
kpi-customers-lost = Customers lost
    .short = Lost
    .grammar = plural
    .definition = Customers with revenue at the start of the period and none at its end.
kpi-customers-closing = Active customers
    .short = Customers
    .grammar = plural
    .definition = Customers with recurring revenue at the end of the period.
kpi-churn-reasons = Reasons for leaving
    .short = Reasons
    .grammar = plural
    .definition = Customers lost and revenue churned, by the reason that their last subscription gives. It has no figure of its own.
kpi-early-losses = Early losses
    .short = Early losses
    .grammar = plural
    .definition = Customers that came and left within the same period. They are in neither part of the churn rate.
kpi-customers-transferred-in = Customers moved in
    .short = Moved in
    .grammar = plural
    .definition = Customers of another segment at the start of the period and of this one at its end.
kpi-customers-transferred-out = Customers moved out
    .short = Moved out
    .grammar = plural
    .definition = Customers of this segment at the start of the period and of another one at its end.

## KPIs: Revenue

kpi-mrr-opening = MRR at the start
    .short = Opening MRR
    .grammar = singular
    .definition = Monthly recurring revenue of all customers at the first instant of the period.
kpi-mrr-new = New MRR
    .short = New MRR
    .grammar = singular
    .definition = MRR at the end of the period of customers that had never had any before it.
kpi-mrr-reactivated = MRR won back
    .short = MRR won back
    .grammar = singular
    .definition = MRR at the end of the period of former customers that had none at its start.
kpi-mrr-expansion = MRR expansion
    .short = Expansion
    .grammar = singular
    .definition = What customers pay more per month at the end of the period than at its start.
kpi-mrr-contraction = MRR contraction
    .short = Contraction
    .grammar = singular
    .definition = What customers that stay pay less per month at the end of the period than at its start.
kpi-mrr-churned = MRR lost
    .short = MRR lost
    .grammar = singular
    .definition = MRR at the start of the period of the customers lost by its end.
kpi-mrr-closing = MRR at the end
    .short = MRR
    .grammar = singular
    .definition = Monthly recurring revenue of all customers at the end of the period: opening, plus new, won back and expansion, minus contraction and lost.
kpi-mrr-transferred-in = MRR moved in
    .short = MRR moved in
    .grammar = singular
    .definition = MRR, at the end of the period, of customers that moved into this segment from another.
kpi-mrr-transferred-out = MRR moved out
    .short = MRR moved out
    .grammar = singular
    .definition = MRR, at the end of the period, of customers that moved from this segment to another.
kpi-revenue-churn-rate = Revenue churn
    .short = Revenue churn
    .grammar = singular
    .definition = Share of the opening MRR that was lost or reduced by the end of the period. Growth does not offset it.
kpi-grr = Gross revenue retention (GRR)
    .short = GRR
    .grammar = singular
    .definition = Share of the opening MRR that is still there at the end of the period, without any growth. It never exceeds 100%.
kpi-nrr = Net revenue retention (NRR)
    .short = NRR
    .grammar = singular
    .definition = MRR at the end of the period of the customers it opened with, as a share of their opening MRR. Above 100% they grew; new customers are not in it.
kpi-renewal-rate = Renewal rate
    .short = Renewals
    .grammar = the
    .definition = Of the customers whose renewal date lies in the period, with that subscription active the day before, the share that has revenue the day after. A customer counts once per date.
kpi-cohort-retention = Retention by cohort
    .short = Cohorts
    .grammar = singular
    .definition = Of the customers that first became active in the same month, the share that is active at the end of the period. It has no figure of its own.

## KPIs: Survival

kpi-survival-6m = Customers still there after 6 months
    .short = 6-month survival
    .grammar = plural
    .definition = Estimated share of customers that stay at least 6 months from their first activity (Kaplan–Meier). Those still active count for as long as they have been observed.
kpi-survival-12m = Customers still there after 12 months
    .short = 12-month survival
    .grammar = plural
    .definition = Estimated share of customers that stay at least 12 months from their first activity (Kaplan–Meier). Those still active count for as long as they have been observed.
kpi-survival-24m = Customers still there after 24 months
    .short = 24-month survival
    .grammar = plural
    .definition = Estimated share of customers that stay at least 24 months from their first activity (Kaplan–Meier). Those still active count for as long as they have been observed.
kpi-survival-median-months = Median customer lifetime
    .short = Median lifetime
    .grammar = the
    .definition = Months after which half of the customers have left (Kaplan–Meier). It stays open while more than half remain.

## KPIs: Value

kpi-average-ticket = Average ticket
    .short = Avg. ticket
    .grammar = the
    .definition = Revenue per order of the period, refunds deducted. With subscriptions: MRR per active customer at the end (ARPA).
kpi-purchase-frequency = Purchase frequency
    .short = Frequency
    .grammar = singular
    .definition = Orders per month in which a customer was active, over the value window. With subscriptions it is 1.
kpi-lifetime-months = Customer lifetime
    .short = Lifetime
    .grammar = singular
    .definition = How many months a customer is expected to stay.
kpi-ltv = Lifetime value (LTV)
    .short = LTV
    .grammar = singular
    .definition = Revenue per active customer and month, times the customer lifetime, times the gross margin.
kpi-clv-12m = Customer value, next 12 months
    .short = CLV 12m
    .grammar = singular
    .definition = What a customer is expected to pay in the next twelve months, going by how often, how recently and for how much each one bought. An expectation over many like customers, no forecast of one: it takes buying to go on as it did, without seasons or campaigns, and counts no new customers, margin or discount.

## KPIs: Service

kpi-fcr = First-contact resolution (FCR)
    .short = FCR
    .grammar = singular
    .definition = Share of tickets resolved with a single contact and never reopened. Tickets without any contact are left out.
kpi-first-response-hours = Time to first response
    .short = First response
    .grammar = singular
    .definition = Median hours from opening to first response, over the tickets opened in the period that have one.
kpi-first-response-hours-p90 = Time to first response (slowest tenth)
    .short = First response p90
    .grammar = singular
    .definition = Nine of ten tickets opened in the period had their first response within this many hours.
kpi-resolution-hours = Time to resolution
    .short = Resolution
    .grammar = singular
    .definition = Median hours from opening to resolution, over the tickets opened in the period that are resolved.
kpi-resolution-hours-p90 = Time to resolution (slowest tenth)
    .short = Resolution p90
    .grammar = singular
    .definition = Nine of ten resolved tickets of the period were resolved within this many hours.
kpi-ticket-rate = Tickets per 100 customers
    .short = Tickets per 100
    .grammar = plural
    .definition = Tickets opened in the period for every 100 customers active at its start.
kpi-backlog = Open tickets
    .short = Backlog
    .grammar = plural
    .definition = Tickets opened before the end of the period and not resolved by then.

## KPIs: Health and engagement

kpi-health-score = Health score
    .short = Health
    .grammar = the
    .definition = Mean score of the active customers, 0 to 100. Each customer’s score is the weighted mean of its signals at the end of the period; with too few signals known there is no score.
kpi-healthy-share = Healthy customers
    .short = Healthy
    .grammar = plural
    .definition = Share of the scored customers whose health score is in a green band.
kpi-at-risk-share = Customers at risk
    .short = At risk
    .grammar = plural
    .definition = Share of the scored customers whose health score is in a red band.
kpi-health-recovery-rate = Health recovery
    .short = Recovery
    .grammar = singular
    .definition = Of the customers whose health was red at the start of the period, the share that is still a customer at its end and yellow or green.
kpi-health-decline-rate = Health decline
    .short = Decline
    .grammar = singular
    .definition = Of the customers whose health was green at the start of the period, the share that is yellow, red or gone at its end.
kpi-mrr-at-risk = MRR at risk
    .short = MRR at risk
    .grammar = singular
    .definition = MRR at the end of the period of the customers whose health score is in a red band.
kpi-expansion-candidates = Candidates for expansion
    .short = To expand
    .grammar = plural
    .definition = Customers in a green health band at the end of the period that used the product more in the last 90 days than in the 90 before, and renew within 90 days.
kpi-chi = Customer Happiness Index (CHI)
    .short = CHI
    .grammar = the
    .definition = Mean over the active customers of a score from 0 to 10: weighted criteria of use, engagement and value at the end of the period.
kpi-active-rate = Share of customers using the product
    .short = Using
    .grammar = the
    .definition = Of the customers active at the start of the period, the share that used the product in it.
kpi-stickiness = Stickiness
    .short = Stickiness
    .grammar = singular
    .definition = Customers using the product on an average day, as a share of all that used it in the period.
kpi-onboarding-completion = Onboarding completed
    .short = Onboarded
    .grammar = singular
    .definition = Share of the customers that signed up in the period whose onboarding was complete within the window. Those without any record are not complete. It can still rise while the window runs.
kpi-time-to-value-days = Time to value
    .short = Time to value
    .grammar = singular
    .definition = Days after which half of the customers that signed up in the period have had first value (Kaplan–Meier). Those still waiting count for as long as they have waited.
kpi-goal-attainment = Goal attainment
    .short = Goals
    .grammar = singular
    .definition = How much of what was promised was reached: the weighted mean of the goals assessed in the period, each counted up to 100%.
kpi-value-gap = Value gap
    .short = Value gap
    .grammar = the
    .definition = Expected minus perceived rating of the value delivered (0 to 100), mean over the answers. Above 0, customers get less than they expected.

## KPIs: Cost and growth

kpi-crc = Customer retention cost (CRC)
    .short = CRC
    .grammar = singular
    .definition = Retention spend dated in the period, per customer that was active at its start and at its end.
kpi-crc-since-first-contact = Retention cost since first contact
    .short = CRC to date
    .grammar = singular
    .definition = All that was spent on a customer from its first contact to the end of the period, mean over the customers active at its start and at its end. Spend that names no customer is not in it.
kpi-crc-to-arpa = Retention cost to revenue
    .short = CRC to ARPA
    .grammar = singular
    .definition = Customer retention cost as a share of the average revenue per active customer.
kpi-retention-roi = Return on retention spend
    .short = Retention ROI
    .grammar = the
    .definition = How many more of the customers that spend reached stayed than of the others, times what those reached paid at the start and the gross margin, minus the spend, as a share of the spend. It is an association, not proof that the spend kept them: nobody was chosen at random. Spend that names no customer is left out.
kpi-conversion-rate = Lead conversion
    .short = Conversion
    .grammar = singular
    .definition = Share of the leads created in the period that became customers within the window. It can still rise while the window runs.
kpi-turnover-index = Staff turnover
    .short = Turnover
    .grammar = singular
    .definition = Movement in the customer-success team in the period, as a share of its head-count.
