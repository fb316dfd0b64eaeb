### farol: the words of the report in English.
### Figures come in formatted: show `$n`, choose plurals by `$n_raw`.

## Formats

list-and = and
list-and-before-i = and
not-available = n/a
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
period-name-and-year = { $name } { $year }
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
