### farol: as palavras do relatório em português do Brasil.
### Os números chegam formatados: mostre `$n`, escolha plurais por `$n_raw`.

## Formatos

list-and = e
list-and-before-i = e
not-available = n/d
range = { $low } a { $high }
duration-months = { $figure_raw ->
    [one] { $figure }{ "\u00A0" }mês
   *[other] { $figure }{ "\u00A0" }meses
}
duration-days = { $figure_raw ->
    [one] { $figure }{ "\u00A0" }dia
   *[other] { $figure }{ "\u00A0" }dias
}
duration-hours = { $figure }{ "\u00A0" }h
difference-percentage-points = { $figure }{ "\u00A0" }p.p.
difference-points = { $figure_raw ->
    [one] { $figure }{ "\u00A0" }ponto
   *[other] { $figure }{ "\u00A0" }pontos
}

## Períodos

month-and-year = { $month } de { $year }
year-short = { $year }
period-name-and-year = { $name }/{ $year }
period-week = semana { $week } de { $year } ({ $dates })
period-week-short = sem.{ "\u00A0" }{ $week }
quarter-1 = 1º trimestre
quarter-2 = 2º trimestre
quarter-3 = 3º trimestre
quarter-4 = 4º trimestre
period-quarter = { $quarter } de { $year }
period-quarter-fiscal = { $quarter } do exercício de { $year } ({ $months })
period-quarter-short = { $quarter }T
period-year-fiscal = exercício de { $year } ({ $months })
period-trailing = { $months_raw ->
    [one] { $months } mês
   *[other] { $months } meses
} até { $month }
period-trailing-short = { $months }{ "\u00A0" }m até
