### farol: las palabras del informe en español neutro.
### Las cifras llegan con formato: muestre `$n`, elija plurales por `$n_raw`.

## Formatos

list-and = y
list-and-before-i = e
not-available = n/d
range = { $low } a { $high }
duration-months = { $figure_raw ->
    [one] { $figure }{ "\u00A0" }mes
   *[other] { $figure }{ "\u00A0" }meses
}
duration-days = { $figure_raw ->
    [one] { $figure }{ "\u00A0" }día
   *[other] { $figure }{ "\u00A0" }días
}
duration-hours = { $figure }{ "\u00A0" }h
difference-percentage-points = { $figure }{ "\u00A0" }p.{ "\u00A0" }p.
difference-points = { $figure_raw ->
    [one] { $figure }{ "\u00A0" }punto
   *[other] { $figure }{ "\u00A0" }puntos
}

## Periodos

month-and-year = { $month } de { $year }
year-short = { $year }
period-name-and-year = { $name } { $year }
period-week = semana { $week } de { $year } ({ $dates })
period-week-short = sem.{ "\u00A0" }{ $week }
quarter-1 = 1.er trimestre
quarter-2 = 2.º trimestre
quarter-3 = 3.er trimestre
quarter-4 = 4.º trimestre
period-quarter = { $quarter } de { $year }
period-quarter-fiscal = { $quarter } del ejercicio { $year } ({ $months })
period-quarter-short = T{ $quarter }
period-year-fiscal = ejercicio { $year } ({ $months })
period-trailing = { $months_raw ->
    [one] { $months } mes
   *[other] { $months } meses
} hasta { $month }
period-trailing-short = { $months }{ "\u00A0" }m hasta
