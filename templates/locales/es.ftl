### farol: las palabras del informe en español neutro.
### Las cifras llegan con formato: muestre `$n`, elija plurales por `$n_raw`.

-tags = es-419 es es-AR es-CL es-CO es-ES es-MX
-short-dates = figures
-money = before
-scales = K M – B

## Formatos

list-and = y
list-more = { $n_raw ->
   *[other] { $n } más
}
list-and-before-i = e
not-available = n/d
percent = { $figure }{ "\u00A0" }%
scaled = { $figure }{ "\u00A0" }{ $scale }
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
year-short = ’{ $year }
period-name-and-year = { $name }{ "\u00A0" }{ $year }
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

## Unidades

unit-points = puntos
unit-score = nota
unit-percent = %
unit-count = cantidad
unit-months = meses
unit-days = días
unit-hours = horas
unit-ratio = razón

## Informe: títulos y secciones

report-name = Éxito del cliente
report-revision = revisión { $n }
report-sent-again = Enviado de nuevo: { $reason }
report-sent-final = Cifras definitivas: el periodo aún no había terminado cuando se envió este informe por primera vez.
report-skip = Ir a las cifras
report-contents = Secciones
report-narrative = Qué dicen las cifras
report-figures = Indicadores
report-changes = Qué cambió
report-segments = Por segmento
report-calls = A quién llamar
report-themes = En sus palabras
report-charts = Gráficos
report-restated = Cambió desde lo que informamos
report-quality = Calidad de los datos
report-method = Cómo contamos
report-provenance = Procedencia

## Informe: encabezados de tablas

report-kpi = Indicador
report-value = Valor
report-band = Valoración
report-interval = Intervalo
report-n = n
report-change = Variación
report-target = Meta
report-segment = Segmento
report-period = Periodo
report-from = De
report-to = A
report-against = Comparado con
report-driver-title = Impulsado por
report-more = Más indicadores

## Informe: frases

report-figures-note = Los intervalos son del { $confidence } de confianza. Una variación solo se llama clara si supera una prueba contra el azar.
report-figures-open = El periodo sigue en curso: sus cifras no se valoran ni se comparan. Los intervalos son del { $confidence } de confianza.
report-figures-unjudged = Ningún indicador se evalúa: las franjas y metas configuradas valen para períodos de otra duración.
report-not-configured = Sin calcular, porque los datos necesarios no están configurados: { $names }.
report-changes-note = Variaciones que el azar no explica, de mayor a menor efecto; de las informadas, a lo sumo cerca de un { $confidence } puede ser azar. Las muestras de los mismos clientes se tratan como independientes, lo que es prudente.
report-changes-counts = Los recuentos y las sumas van al final: son hechos, y nada en ellos se sometió a prueba.
report-changes-more = { $n_raw ->
    [one] { $n } cifra más cambió; está, con su variación, entre los indicadores.
   *[other] { $n } cifras más cambiaron; cada una está, con su variación, entre los indicadores.
}
report-changes-none = Ningún indicador cambió con claridad respecto de { $period }.
report-changes-open = El periodo sigue en curso; se comparará con { $period } cuando cierre.
report-driver = { $segment } ({ $difference })
report-driver-none = Ningún segmento en particular
report-driver-withheld = No puede decirse: hay segmentos omitidos
report-segments-note = Cada indicador con su valoración. Una flecha marca una variación clara respecto del periodo anterior.
report-segments-by = Por { $dimension }
report-segments-withheld = – = { $why }
report-segments-left-out = { $n_raw ->
    [one] { $n } segmento más no aparece aquí.
   *[other] { $n } segmentos más no aparecen aquí.
}
report-segments-left-out-revenue = { $n_raw ->
    [one] { $n } segmento más, de menores ingresos, no aparece aquí.
   *[other] { $n } segmentos más, de menores ingresos, no aparecen aquí.
}
report-segments-left-out-customers = { $n_raw ->
    [one] { $n } segmento más, con menos clientes, no aparece aquí.
   *[other] { $n } segmentos más, con menos clientes, no aparecen aquí.
}
report-segments-left-out-cases = { $n_raw ->
    [one] { $n } segmento más, con menos casos, no aparece aquí.
   *[other] { $n } segmentos más, con menos casos, no aparecen aquí.
}
report-charts-note = Las áreas sombreadas son intervalos de confianza, las franjas de color son las que valoran el indicador y la línea discontinua es la meta.
report-method-note = Los periodos empiezan y terminan a medianoche en la zona horaria de la empresa. Las cifras se calculan a partir de las filas del periodo, nunca de otros promedios.

## Valores ausentes o no definitivos

undefined-no-denominator = sin casos en el periodo
undefined-no-answers = sin respuestas en el periodo
undefined-unscored = datos insuficientes para una nota
undefined-not-configured = datos sin configurar
undefined-not-identifiable = los datos no permiten saberlo
undefined-not-reached = aún no alcanzado
undefined-too-few = muy pocos casos
undefined-not-recorded = aún sin filas en el periodo
undefined-no-figure = sin cifra
withheld = omitido (por grupos <{ "\u00A0" }{ $n })
maturity-provisional = provisional
maturity-immature = en maduración
maturity-open-period = periodo abierto

## Variaciones

change-clear-rise = alza clara
change-clear-fall = baja clara
change-none = sin variación clara
change-rise = en alza
change-fall = a la baja
change-same = sin cambio
change-untested = sin prueba
change-against = { $difference } frente a { $period }

## Metas

target-value = Meta { $value }
target-met = cumplida
target-missed = no cumplida
target-cannot-tell = no se puede afirmar
target-not-judged = sin valorar
target-without-interval = { $text } (sin intervalo)

## Estado

status-green = Bueno
status-yellow = Atención
status-red = Malo
status-none = Sin valorar
pulse-title = { $n_raw ->
    [one] { $n } indicador
   *[other] { $n } indicadores
}
pulse-green = { $n_raw ->
    [one] bueno
   *[other] buenos
}
pulse-yellow = { $n_raw ->
    [one] en atención
   *[other] en atención
}
pulse-red = { $n_raw ->
    [one] malo
   *[other] malos
}
pulse-none = { $n_raw ->
    [one] sin valorar
   *[other] sin valorar
}

## Segmentos

segment-total = Todos los clientes
segment-not-set = (sin informar)
dimension-total = total
dimension-theme = tema
dimension-term = término
dimension-cohort = cohorte
dimension-plan = plan
dimension-region = región
dimension-country = país
dimension-segment = segmento
dimension-industry = sector
dimension-size = tamaño
dimension-channel = canal
dimension-respondent-role = cargo
dimension-kind = tipo
dimension-surveys-kind = tipo de encuesta
dimension-retention-costs-kind = tipo de costo
dimension-touchpoint = punto de contacto
dimension-category = categoría
dimension-program = programa
dimension-stakeholder = parte interesada
dimension-cancel-reason = motivo de la baja
dimension-team = equipo
word-relational = relacional
word-transactional = transaccional
word-reward = recompensa
word-benefit = beneficio
word-promotion = promoción
word-other = otro
word-user = usuario
word-manager = responsable
word-executive = directivo
word-management = dirección

## A quién llamar

calls-at-risk = { $n_raw ->
    [one] { $n } cliente está en riesgo, con { $mrr } de ingresos mensuales.
   *[other] { $n } clientes están en riesgo y suman { $mrr } de ingresos mensuales.
}
calls-expansion = { $n_raw ->
    [one] { $n } cliente sano está listo para renovar o ampliar.
   *[other] { $n } clientes sanos están listos para renovar o ampliar.
}
calls-no-names = Los nombres se muestran solo a quienes pueden verlos.
calls-as-of = Situación al { $date }.
calls-shown = { $n_raw ->
    [one] Se muestra { $n } de { $all }.
   *[other] Se muestran { $n } de { $all }.
}
calls-list-at-risk = En riesgo, mayores ingresos primero
calls-list-expansion = Listos para renovar o ampliar
calls-customer = Cliente
calls-mrr = MRR
calls-health = Salud
calls-reasons = Qué la baja
calls-advice = Qué hacer
calls-advice-most = Donde no se dice otra cosa: { $advice }
calls-renewal = Renovación
calls-renewal-passed = vencida desde el { $date }
calls-renewal-since = { $date }, ya pasó

## En sus palabras

themes-note = { $n_raw ->
    [one] { $n } comentario con texto. Un comentario puede hablar de varios temas.
   *[other] { $n } comentarios con texto. Un comentario puede hablar de varios temas.
}
themes-note-bare = Un comentario puede hablar de varios temas.
themes-theme = Tema
themes-change = Variación del peso
themes-terms-note = Términos que detractores y promotores usan con frecuencia desigual, más allá de lo que explica el azar, cada uno dicho por al menos { $n } personas. La negación queda con su palabra.
themes-terms-none = Ningún término distingue claramente a los detractores de los promotores.
themes-terms-detractors = Los detractores dicen más
themes-terms-promoters = Los promotores dicen más
themes-people = { $n_raw ->
    [one] { $n } persona
   *[other] { $n } personas
}
themes-not = no { $term }
themes-detractor = detractor
themes-promoter = promotor
themes-quotes-note = El programa oculta parte de las citas: los nombres de clientes, las direcciones, los enlaces, los números y toda palabra que menos de { $n } personas escribieron en los datos pasan a ser […]. Eso no lo detecta todo; trátelas como confidenciales.
themes-quotes-sides = De cada tema, se cita a detractores o promotores solo donde al menos { $n } de ellos escribieron sobre él; donde fueron menos, falta la voz de ese lado.

## Componentes de la salud

component-usage = poco uso
component-nps = NPS bajo
component-csat = baja satisfacción
component-support = casos abiertos
component-goals = metas no alcanzadas
component-active-days = pocos días de uso
component-events = poca actividad
component-distinct-features = pocas funciones usadas
component-usage-trend = uso a la baja
component-days-since-usage = sin uso reciente
component-last-nps = NPS bajo
component-last-csat = baja satisfacción
component-tickets = muchos casos
component-open-tickets = casos abiertos
component-fcr = pocas resoluciones en el primer contacto
component-interactions = poco contacto
component-goal-attainment = objetivos no alcanzados
component-tenure-months = cliente reciente
component-mrr-trend = ingresos a la baja
component-days-to-renewal = renovación próxima
component-frequency = uso poco frecuente
component-engagement = poca participación
component-value = poco valor alcanzado

## Gráficos

chart-data = Cifras del gráfico
chart-table = { $name }, por periodo
chart-empty = sin valor
chart-not-recorded = En el hueco del inicio aún no había filas que contar; véase «Calidad de los datos».
chart-provisional = no definitivo
chart-target = Meta { $value }
chart-total = Total { $value }
chart-n = n{ "\u00A0" }={ "\u00A0" }{ $n }
chart-interval = intervalo del { $confidence }
chart-cut = El eje no empieza en { $floor }.
chart-cut-zero = El eje no empieza en cero.
chart-finding = { $value } en { $period }; entre { $low } ({ $low_period }) y { $high } ({ $high_period }) en el tiempo mostrado.
chart-finding-flat = { $value } en { $period }, como en todo el tiempo mostrado.
chart-finding-change = { $word }: { $change }.
chart-segments = { $name } por { $dimension }
chart-segments-finding = De { $high_value } en { $high } a { $low_value } en { $low }.
chart-segments-flat = { $high_value } en todos los segmentos.
chart-composition = Promotores, pasivos y detractores
chart-composition-finding = { $promoters } de promotores y { $detractors } de detractores en { $period }.
chart-bullet = Indicadores frente a sus franjas y metas
chart-bullet-finding = Metas cumplidas: { $met }; no cumplidas: { $missed }; sin poder afirmarlo: { $open }.
chart-bullet-pending = Aún sin evaluar, porque la cifra puede cambiar: { $n }.
chart-bridge = Adónde fueron los ingresos recurrentes
chart-bridge-finding = De { $opening } a { $closing }: { $change }.
chart-bridge-opening = Inicio
chart-bridge-new = Nuevo
chart-bridge-reactivated = Recuperado
chart-bridge-expansion = Expansión
chart-bridge-contraction = Contracción
chart-bridge-churned = Perdido
chart-bridge-closing = Final
chart-cohorts-finding = De los clientes que llegaron en { $cohort }, el { $value } está activo al final de { $period }.
chart-cohorts-note = Filas: mes de la primera actividad. Columnas: meses desde entonces. Celdas: porcentaje de esos clientes que sigue activo.
chart-cohorts-cohort = Primera actividad en
chart-survival = Cuánto tiempo se quedan los clientes
chart-survival-by = Cuánto tiempo se quedan los clientes, por { $dimension }
chart-survival-finding = El { $share } de los clientes sigue después de { $months }.
chart-survival-median = A los { $months }, la mitad ya se ha ido.
chart-survival-no-median = La mitad aún no se ha ido en el tiempo mostrado.
chart-survival-ends = Después de { $months }, sigue el { $high_share } en { $high } y el { $low_share } en { $low }.
chart-survival-real = La diferencia es más que azar.
chart-survival-chance = La diferencia puede ser azar.
chart-survival-note = Kaplan–Meier: quien sigue cuenta por el tiempo que conocemos.
chart-survival-end = { $n_raw ->
    [one] Una curva termina donde se ha seguido a menos de { $n } cliente durante tanto tiempo.
   *[other] Una curva termina donde se ha seguido a menos de { $n } clientes durante tanto tiempo.
}
chart-survival-left-out = { $n_raw ->
    [one] { $n } segmento menor no aparece.
   *[other] { $n } segmentos menores no aparecen.
}
chart-survival-time = Meses desde la primera actividad
chart-survival-horizon = La vida del cliente cuenta hasta { $months }
chart-survival-at-risk = Clientes seguidos durante ese tiempo
chart-survival-month = Mes
chart-survival-share = Siguen
chart-quadrant = Clientes por salud e ingresos
chart-quadrant-finding = { $n_raw ->
    [one] { $n } cliente grande tiene una salud por debajo de { $health }: { $mrr } de MRR.
   *[other] { $n } clientes grandes tienen una salud por debajo de { $health }: { $mrr } de MRR.
}
chart-quadrant-none = Ningún cliente grande tiene una salud por debajo de { $health }.
chart-quadrant-renewing = { $n_raw ->
    [one] { $n } de ellos renueva en un plazo de { $days }.
   *[other] { $n } de ellos renuevan en un plazo de { $days }.
}
chart-quadrant-large = Grande: al menos { $mrr } al mes, la mediana de los mostrados.
chart-quadrant-most = { $n_raw ->
    [one] Solo aparece el cliente más grande.
   *[other] Solo aparecen los { $n } clientes más grandes.
}
chart-quadrant-note = Los clientes sin puntuación de salud no aparecen; cuanto mayor la marca, mayor el MRR.
chart-quadrant-lists = La lista de a quién llamar es más estricta: clientes de cualquier tamaño con puntuación por debajo de { $health }.
chart-quadrant-rescue = Rescatar primero
chart-quadrant-keep = Conservar y ampliar
chart-quadrant-watch = Observar
chart-quadrant-grow = Ayudar a crecer
chart-quadrant-health = Puntuación de salud
chart-quadrant-mrr = MRR
chart-quadrant-change = Variación de la salud
chart-quadrant-logarithmic = El eje del MRR es logarítmico: distancias iguales son proporciones iguales.
chart-quadrant-up = La salud subió { $points } o más
chart-quadrant-down = La salud bajó { $points } o más
chart-quadrant-steady = Poca variación
chart-quadrant-unknown = Sin puntuación anterior
chart-quadrant-renews = Renueva en { $days }

## Cambió desde que informamos

restated-note = Cifras que ya se le enviaron y que ahora son otras: primero los totales, luego los segmentos, la mayor diferencia primero.
restated-more = { $n_raw ->
    [one] { $n } cifra más ha cambiado.
   *[other] { $n } cifras más han cambiado.
}
restated-was = era
restated-now = ahora es
restated-sent = Enviado
restated-why = Por qué
restated-not-final = no era definitiva cuando se envió
restated-data = datos nuevos: { $tables }
restated-definitions = otras definiciones
restated-program = otra versión de farol
restated-unknown = No se sabe

## Calidad de los datos

quality-source = Fuente
quality-rows = Filas
quality-newest = Fila más reciente
quality-quarantined = Apartadas
quality-stale = { $date } (antigua)
quality-none = No se leyó ninguna fuente.
quality-rows-read = { $n_raw ->
    [one] Se leyó { $n } fila
   *[other] Se leyeron { $n } filas
}
quality-note = { $n_raw ->
    [0] { $rows }; no se apartó ninguna.
    [one] { $rows }; se apartó { $n } por incumplir su contrato.
   *[other] { $rows }; se apartaron { $n } por incumplir su contrato.
}
quality-reason = { $n_raw ->
    [one] { $source }: { $n } fila apartada ({ $reason }).
   *[other] { $source }: { $n } filas apartadas ({ $reason }).
}
quality-missed-away = { $n_raw ->
    [one] Un informe anterior no se hizo, porque el programa no estaba en marcha: { $periods }.
   *[other] { $n } informes anteriores no se hicieron, porque el programa no estaba en marcha: { $periods }.
}
quality-missed-tried = { $n_raw ->
    [one] Un informe anterior no se pudo hacer a tiempo: { $periods }.
   *[other] { $n } informes anteriores no se pudieron hacer a tiempo: { $periods }.
}
quality-begins = { $source }: filas desde el { $date }. Lo que se cuenta de ellas no tiene valor antes.
quality-provisional = Provisionales, porque aún pueden llegar respuestas o reaperturas: { $names }.
quality-immature = En maduración, porque un plazo sigue corriendo: { $names }.

## Tablas

table-customers = Clientes
table-subscriptions = Suscripciones
table-orders = Pedidos
table-surveys = Encuestas
table-tickets = Casos de soporte
table-usage = Uso del producto
table-interactions = Interacciones
table-retention-costs = Costos de retención
table-goals = Metas
table-onboarding = Incorporación
table-leads = Prospectos
table-staff = Equipo

## Por qué se apartan filas

reason-wrong-width = número de celdas distinto del encabezado
reason-stray-quote = comillas fuera de lugar
reason-cell-too-long = celda demasiado larga
reason-empty-cell = celda obligatoria vacía
reason-not-a-date = no es una fecha
reason-date-out-of-range = fecha anterior a 1900 o posterior a 2200
reason-not-a-number = no es un número
reason-not-whole = no es un número entero
reason-too-many-decimals = más de seis decimales
reason-too-great = número demasiado grande
reason-negative = no puede ser negativo
reason-out-of-range = fuera de sus límites
reason-not-a-flag = ni sí ni no
reason-unknown-word = palabra desconocida
reason-in-the-future = está en el futuro
reason-wrong-order = fechas en desorden
reason-score-without-date = nota sin fecha
reason-date-without-score = fecha sin nota
reason-foreign-currency = otra moneda
reason-repeated-key = clave repetida
reason-repeated-row = fila repetida
reason-orphan = cliente desconocido
reason-customer-not-yet-valid = el cliente solo es válido desde una fecha posterior
reason-empty-reference = cliente sin indicar

## Cómo contamos: las variantes elegidas

method-bands = Franjas: { $source }.
method-untested = No es una muestra: sus variaciones son hechos y no se someten a prueba.
method-general-costs = Algunos costos del periodo no indican el cliente: cuentan en el total y en ningún segmento; por eso las cifras de los segmentos no los incluyen, y el total no tiene intervalo.
variant-scale = Escala de { $low } a { $high }.
variant-satisfied = Satisfecho a partir de la nota { $score }.
variant-fcr-opened = De todos los casos abiertos en el periodo; uno que sigue abierto no cuenta como resuelto.
variant-fcr-resolved = De los casos resueltos en el periodo.
variant-lifetime-kaplan-meier = Media de Kaplan–Meier en los primeros { $months }; los meses posteriores no cuentan.
variant-lifetime-kaplan-meier-bare = Media de Kaplan–Meier hasta el horizonte.
variant-lifetime-inverse-churn = Uno dividido por el abandono mensual de los últimos 12 meses.
variant-lifetime-observed = Media del tiempo observado hasta ahora, que la subestima.
variant-turnover-rotation = La mitad de quienes entraron y salieron, dividida por la plantilla al inicio.
variant-turnover-leavers = Quienes salieron, divididos por la plantilla media.
variant-coverage = Se evalúa solo donde se conoce al menos el { $share } del peso.
variant-window = En un plazo de { $days }.
variant-min-group = Se omite con menos de { $n } respuestas, y donde otras cifras las revelarían.
method-interval = Intervalo del { $confidence }.
variant-active-window = No hay suscripciones: un cliente está activo durante { $days } tras un pedido.
variant-churn-gap = Una vida de cliente termina con una ausencia de más de { $days }.
variant-churn-gap-none = Una vida de cliente termina con la primera ausencia, por breve que sea.
variant-nps-kind-relational = Solo encuestas relacionales, donde los datos distinguen los tipos.
variant-nps-kind-transactional = Solo encuestas transaccionales, donde los datos distinguen los tipos.
variant-nps-kind-all = Encuestas de todos los tipos.
variant-answer-window = Provisional hasta { $days } después del periodo: aún pueden llegar respuestas.
variant-ces-higher = Una nota más alta significa menos esfuerzo.
variant-ces-lower = Una nota más baja significa menos esfuerzo.
variant-reopen-window = Provisional hasta { $days } después del periodo: aún se pueden reabrir casos.
variant-value-subscriptions = A partir de las suscripciones.
variant-value-orders = A partir de los pedidos.
variant-value-window = Sobre { $months } hasta el final del periodo.
variant-margin = Margen bruto: { $share }.
variant-bands = Franjas de salud: { $bands }.
variant-band-red = rojo de { $low } a { $high }
variant-band-yellow = amarillo de { $low } a { $high }
variant-band-green = verde de { $low } a { $high }
variant-part = { $signal }, peso { $weight }, escala { $scale }; { $missing }.
variant-part-over = { $signal } en { $window }
variant-part-kind = { $signal } del tipo { $kind }
variant-missing-skip = queda fuera donde no se conoce
variant-missing-neutral = cuenta la mitad donde no se conoce
variant-missing-zero = cuenta cero donde no se conoce
signal-active-days = días con uso
signal-events = eventos de uso
signal-distinct-features = funciones usadas
signal-usage-trend = eventos de uso respecto del tiempo anterior
signal-days-since-usage = días desde el último uso
signal-last-nps = últimas notas de NPS
signal-last-csat = últimas notas de satisfacción
signal-tickets = casos abiertos en la ventana
signal-open-tickets = casos sin resolver
signal-fcr = resolución en el primer contacto
signal-interactions = interacciones
signal-goal-attainment = objetivos alcanzados
signal-tenure-months = meses como cliente
signal-mrr-trend = MRR respecto del tiempo anterior
signal-days-to-renewal = días hasta la renovación
variant-roles = Usuarios: { $users }. Decisores: { $deciders }.

## Procedencia

provenance-period = Periodo
provenance-as-of = Datos a
provenance-zone = Zona horaria
provenance-run = Ejecución
provenance-configuration = Configuración
provenance-version = Versión
provenance-inputs = { $n_raw ->
    [one] { $n } archivo de entrada
   *[other] { $n } archivos de entrada
}
provenance-file = Archivo
provenance-hash = SHA-256

## Asunto, avance, titular y relato

subject-value = { $name } { $value }
subject-band = { $name } { $value } ({ $band })
subject-above-target = { $name } { $value } por encima de la meta
subject-below-target = { $name } { $value } por debajo de la meta
subject-alert = alerta
subject-open = periodo aún en curso
subject-nothing = sin datos
headline-both = { $first }; { $second }
headline-one = { $clause }
headline-quiet = Sin variación clara en los indicadores clave
headline-untested = Cifras de { $period }
headline-theme = El tema de más comentarios: { $name } ({ $value })
headline-nothing = Sin datos para este periodo
headline-not-configured = Todavía no puede calcularse ningún indicador
headline-open = Cifras hasta ahora: { $period } sigue en curso
clause-missed-above = { $name } en { $value }, por encima de la meta de { $target }
clause-missed-below = { $name } en { $value }, por debajo de la meta de { $target }
clause-red = { $name } en { $value } ({ $band })
clause-clear-rise = { $name } con alza clara, hasta { $value }
clause-clear-fall = { $name } con baja clara, hasta { $value }
clause-against = (frente a { $period })
clause-fact = { $name }: de { $before } a { $value }
clause-met = { $name } en { $value }, con la meta cumplida
clause-green = { $name } en { $value } ({ $band })
narrative-open = El periodo aún no ha terminado; por eso nada en él se evalúa ni se compara.
narrative-nothing = Nada en los datos corresponde a este periodo; quizá sea anterior al inicio de los datos.
narrative-not-configured = Ningún indicador de este informe puede calcularse: los datos que necesita no están configurados.
narrative-sentence = { $text }.
narrative-subject = { $grammar ->
    [f] la { $name }
    [mp] los { $name }
    [fp] las { $name }
   *[m] el { $name }
}
narrative-in-segment = { $name } en { $segment }
narrative-rose = { $name } { $grammar ->
    [mp] subieron
    [fp] subieron
   *[m] subió
} con claridad, de { $before } ({ $period }) a { $value }
narrative-fell = { $name } { $grammar ->
    [mp] bajaron
    [fp] bajaron
   *[m] bajó
} con claridad, de { $before } ({ $period }) a { $value }
narrative-stands = { $name } { $grammar ->
    [mp] están
    [fp] están
   *[m] está
} en { $value }
narrative-highest = , el valor más alto en { $span }
narrative-lowest = , el valor más bajo en { $span }
narrative-above = , por encima de la meta de { $target }
narrative-below = , por debajo de la meta de { $target }
narrative-missed-again = ; la meta vigente en cada periodo no se cumple { $row }
narrative-back = , de nuevo en la meta de { $target }
narrative-back-after = , de nuevo en la meta de { $target } tras { $span } fuera de ella
narrative-met-first = , en la meta de { $target } por primera vez en { $span }
narrative-rated = , en la banda «{ $band }»
narrative-crossed = ; la valoración pasa de «{ $from }» a «{ $to }»
narrative-driver = ; el segmento que más pesa es { $segment } (allí, { $difference })
narrative-of-period = { $name } de { $period }
narrative-not-final = ; la cifra de { $period } aún no es definitiva
narrative-alert-below = ; esto activa la alerta por valores por debajo de { $limit }
narrative-alert-above = ; esto activa la alerta por valores por encima de { $limit }
narrative-alert-drop = ; esto activa la alerta por bajas de { $limit } o más
narrative-alert-rise = ; esto activa la alerta por alzas de { $limit } o más
narrative-also-changed = { $n_raw ->
    [one] También cambió con claridad: { $names }.
   *[other] También cambiaron con claridad: { $names }.
}
row-week = { $n_raw ->
    [2] por segunda semana consecutiva
    [3] por tercera semana consecutiva
    [4] por cuarta semana consecutiva
    [5] por quinta semana consecutiva
    [6] por sexta semana consecutiva
   *[other] desde hace { $n } semanas seguidas
}
row-at-least-week = { $n_raw ->
   *[other] desde hace al menos { $n } semanas
}
row-month = { $n_raw ->
    [2] por segundo mes consecutivo
    [3] por tercer mes consecutivo
    [4] por cuarto mes consecutivo
    [5] por quinto mes consecutivo
    [6] por sexto mes consecutivo
   *[other] desde hace { $n } meses seguidos
}
row-at-least-month = { $n_raw ->
   *[other] desde hace al menos { $n } meses
}
row-quarter = { $n_raw ->
    [2] por segundo trimestre consecutivo
    [3] por tercer trimestre consecutivo
    [4] por cuarto trimestre consecutivo
    [5] por quinto trimestre consecutivo
    [6] por sexto trimestre consecutivo
   *[other] desde hace { $n } trimestres seguidos
}
row-at-least-quarter = { $n_raw ->
   *[other] desde hace al menos { $n } trimestres
}
row-year = { $n_raw ->
    [2] por segundo año consecutivo
    [3] por tercer año consecutivo
    [4] por cuarto año consecutivo
    [5] por quinto año consecutivo
    [6] por sexto año consecutivo
   *[other] desde hace { $n } años seguidos
}
row-at-least-year = { $n_raw ->
   *[other] desde hace al menos { $n } años
}
span-week = { $n_raw ->
    [one] { $n }{ "\u00A0" }semana
   *[other] { $n }{ "\u00A0" }semanas
}
span-at-least-week = { $n_raw ->
    [one] al menos { $n }{ "\u00A0" }semana
   *[other] al menos { $n }{ "\u00A0" }semanas
}
span-month = { $n_raw ->
    [one] { $n }{ "\u00A0" }mes
   *[other] { $n }{ "\u00A0" }meses
}
span-at-least-month = { $n_raw ->
    [one] al menos { $n }{ "\u00A0" }mes
   *[other] al menos { $n }{ "\u00A0" }meses
}
span-quarter = { $n_raw ->
    [one] { $n }{ "\u00A0" }trimestre
   *[other] { $n }{ "\u00A0" }trimestres
}
span-at-least-quarter = { $n_raw ->
    [one] al menos { $n }{ "\u00A0" }trimestre
   *[other] al menos { $n }{ "\u00A0" }trimestres
}
span-year = { $n_raw ->
    [one] { $n }{ "\u00A0" }año
   *[other] { $n }{ "\u00A0" }años
}
span-at-least-year = { $n_raw ->
    [one] al menos { $n }{ "\u00A0" }año
   *[other] al menos { $n }{ "\u00A0" }años
}
narrative-no-change = { $n_raw ->
    [one] El único indicador que puede someterse a prueba no cambió con claridad respecto de { $period }.
   *[other] Ninguno de los { $n } indicadores que pueden someterse a prueba cambió con claridad respecto de { $period }; las diferencias caben en el azar.
}
narrative-no-change-but = { $n_raw ->
    [one] El único indicador que puede someterse a prueba no cambió con claridad respecto de { $period }.
   *[other] Ninguno de los { $n } indicadores que pueden someterse a prueba cambió con claridad respecto de { $period }.
}
narrative-no-change-alone = { $n_raw ->
    [one] Respecto de { $period }, en cambio, el único indicador que puede someterse a prueba no cambió con claridad.
   *[other] Respecto de { $period }, en cambio, ninguno de los { $n } indicadores que pueden someterse a prueba cambió con claridad.
}
narrative-no-change-whole = { $n_raw ->
    [one] En el conjunto de los clientes, el único indicador que puede someterse a prueba no cambió con claridad respecto de { $period }.
   *[other] En el conjunto de los clientes, ninguno de los { $n } indicadores que pueden someterse a prueba cambió con claridad respecto de { $period }.
}
narrative-stands-out = Lo que más llama la atención: { $name }; entre tantas comparaciones, aún puede ser azar.
narrative-not-compared = Todavía no hay un periodo anterior con el que comparar.
narrative-untested = Ninguno de los indicadores puede someterse a prueba frente al azar.
narrative-moved = Sin prueba estadística, desde { $period }: { $names }.
narrative-moved-one = { $name } (de { $before } a { $value })
narrative-missed-one = { $name } ({ $value }; meta { $target })
narrative-targets-missed = { $n_raw ->
   *[other] Metas no cumplidas: { $n } de { $all }: { $names }.
}
narrative-targets-also = { $n_raw ->
   *[other] Metas no cumplidas en total: { $n } de { $all }, entre ellas también { $names }.
}
narrative-targets-none-missed = { $n_raw ->
   *[other] Ninguna meta se incumple; cumplidas: { $n } de { $all }.
}
narrative-targets-unknown = { $n_raw ->
    [one] No puede afirmarse si la única meta se cumple.
   *[other] En ninguna de las { $n } metas puede afirmarse si se cumple.
}
narrative-targets-open = En { $n } no puede afirmarse.
narrative-weakest = Segmento más débil: { $segment }, con { $n } indicadores claramente en rojo ({ $names }).
narrative-alerts = { $n_raw ->
    [one] Alerta: { $alerts }.
   *[other] Alertas: { $alerts }.
}
alert-below = { $name } por debajo de { $limit }
alert-above = { $name } por encima de { $limit }
alert-drop = { $name }, baja de al menos { $limit }
alert-rise = { $name }, alza de al menos { $limit }
narrative-call-first = { $n_raw ->
    [one] Llame primero a { $name }: hay { $mrr } de ingresos mensuales en riesgo.
   *[other] Llame primero a { $name } ({ $mrr } al mes): { $n } clientes en riesgo suman { $sum } de ingresos mensuales.
}
narrative-call = { $n_raw ->
    [one] Llame primero al { $n } cliente en riesgo, que suma { $sum } de ingresos mensuales.
   *[other] Llame primero a los { $n } clientes en riesgo, que suman { $sum } de ingresos mensuales.
}
narrative-at-risk = { $n_raw ->
    [one] { $n } cliente en riesgo suma { $sum } de ingresos mensuales.
   *[other] { $n } clientes en riesgo suman { $sum } de ingresos mensuales.
}

## El libro de cálculo

sheet-period = Periodo
sheet-first-day = Primer día
sheet-dimension = Desglose
sheet-unit = Unidad
sheet-low = Intervalo desde
sheet-high = Intervalo hasta
sheet-previous = Valor anterior
sheet-change-word = Lectura de la variación
sheet-year-before = Valor un año antes
sheet-year-change = Variación en un año
sheet-year-change-word = Lectura de la variación en un año
sheet-target-met = ¿Meta cumplida?
sheet-note = Nota
sheet-list = Lista
sheet-at-risk = En riesgo
sheet-customers = Clientes
sheet-definition = Definición
sheet-choices = Criterios vigentes
sheet-id = Id

## Correo

mail-shortened = Resumido para el correo; pida el informe completo a quien lo envía.
mail-shortened-attached = Resumido para el correo; el informe completo es el adjunto { $file }.
mail-footer = Recibe este informe porque figura como destinatario en la configuración de la empresa. Las cifras son confidenciales.

## KPI: Lealtad y satisfacción

kpi-nps = Net Promoter Score
    .short = NPS
    .grammar = m
    .definition = Porcentaje de promotores (notas 9 y 10) menos el de detractores (0 a 6) sobre todas las respuestas, de −100 a 100. Cuenta la última respuesta de cada persona en el periodo.
kpi-nps-promoters = Promotores del NPS
    .short = Promotores
    .grammar = mp
    .definition = Porcentaje de respuestas con nota 9 o 10.
kpi-nps-passives = Pasivos del NPS
    .short = Pasivos
    .grammar = mp
    .definition = Porcentaje de respuestas con nota 7 u 8.
kpi-nps-detractors = Detractores del NPS
    .short = Detractores
    .grammar = mp
    .definition = Porcentaje de respuestas con nota de 0 a 6.
kpi-nps-by-account = NPS por cuenta
    .short = NPS por cuenta
    .grammar = m
    .definition = Media, entre los clientes, del NPS de cada uno: quien tiene muchas respuestas cuenta lo mismo que quien tiene una sola.
kpi-nps-role-gap = NPS de usuarios menos decisores
    .short = Diferencia NPS
    .grammar = m
    .definition = NPS de quienes usan el producto a diario menos el NPS de quienes deciden sobre él, según los roles de la configuración; de −200 a 200. Por encima de 0, los usuarios lo valoran mejor.
kpi-nps-response-rate = Tasa de respuesta del NPS
    .short = Respuesta NPS
    .grammar = f
    .definition = Porcentaje de las invitaciones enviadas en el periodo que ya tiene respuesta. Aún puede subir mientras siga abierto el plazo de respuesta.
kpi-csat = Satisfacción del cliente (CSAT)
    .short = CSAT
    .grammar = f
    .definition = Media de las notas de satisfacción respondidas en el periodo.
kpi-csat-satisfied = Clientes satisfechos (CSAT)
    .short = Satisfechos
    .grammar = mp
    .definition = Porcentaje de las respuestas de satisfacción que alcanza la nota de satisfecho. Las neutras permanecen en el denominador.
kpi-ces = Esfuerzo del cliente (CES)
    .short = CES
    .grammar = m
    .definition = Media de las notas de esfuerzo respondidas en el periodo: qué tan fácil fue resolver lo necesario.
kpi-theme-mentions = Menciones de los temas
    .short = Comentarios
    .grammar = fp
    .definition = Por tema: comentarios del periodo, en cualquier encuesta, que lo mencionan. Un comentario puede mencionar varios temas.
kpi-theme-share = Peso de los temas
    .short = % de comentarios
    .grammar = m
    .definition = Por tema: de los comentarios con texto, la parte que lo menciona. Un comentario puede mencionar varios temas; por eso la suma puede superar el 100 %.
kpi-theme-score = Nota media de NPS por tema
    .short = Nota media de NPS
    .grammar = f
    .definition = Por tema: media de las notas de NPS, de 0 a 10, de las respuestas cuyo comentario lo menciona.
kpi-theme-promoters = Promotores por tema
    .short = Promotores
    .grammar = mp
    .definition = Por tema: respuestas de NPS de 9 o 10 cuyo comentario lo menciona.
kpi-theme-detractors = Detractores por tema
    .short = Detractores
    .grammar = mp
    .definition = Por tema: respuestas de NPS de 0 a 6 cuyo comentario lo menciona.
kpi-term-log-odds = Términos reveladores
    .short = Términos
    .grammar = mp
    .definition = Términos que detractores y promotores usan con frecuencia desigual: puntuación z del logaritmo de la razón de momios, detractores contra promotores, con una distribución a priori que sigue todos los comentarios del periodo y pesa tanto como el grupo menor (Monroe, Colaresi y Quinn, 2008). Aparecen desde 1,96, si al menos cinco personas dicen el término; como máximo 20 de cada lado.

## KPI: Clientes

kpi-customer-churn-rate = Abandono de clientes (churn)
    .short = Churn
    .grammar = m
    .definition = De los clientes con ingresos al inicio del periodo, el porcentaje que ya no los tiene al final. Quien se fue y volvió entretanto no cuenta como pérdida.
kpi-customer-retention-rate = Retención de clientes
    .short = Retención
    .grammar = f
    .definition = De los clientes con ingresos al inicio del periodo, el porcentaje que los conserva al final.
kpi-customers-opening = Clientes al inicio
    .short = Inicio
    .grammar = mp
    .definition = Clientes con ingresos recurrentes en el primer instante del periodo.
kpi-customers-new = Clientes nuevos
    .short = Nuevos
    .grammar = mp
    .definition = Clientes al final del periodo que nunca habían tenido ingresos antes.
kpi-customers-reactivated = Clientes recuperados
    .short = Recuperados
    .grammar = mp
    .definition = Clientes al final del periodo que no lo eran al inicio, pero lo habían sido antes.
kpi-customers-lost = Clientes perdidos
    .short = Perdidos
    .grammar = mp
    .definition = Clientes con ingresos al inicio del periodo y sin ellos al final.
kpi-customers-closing = Clientes activos
    .short = Clientes
    .grammar = mp
    .definition = Clientes con ingresos recurrentes al final del periodo.
kpi-churn-reasons = Motivos de baja
    .short = Motivos
    .grammar = mp
    .definition = Clientes perdidos e ingresos perdidos, según el motivo que indica la última suscripción de cada uno. No tiene valor propio.
kpi-early-losses = Pérdidas tempranas
    .short = Pérdidas tempranas
    .grammar = fp
    .definition = Clientes que llegaron y se fueron dentro del mismo periodo. No entran en ninguna parte de la tasa de abandono.
kpi-customers-transferred-in = Clientes trasladados aquí
    .short = Llegados
    .grammar = mp
    .definition = Clientes que estaban en otro segmento al inicio del periodo y están en este al final.
kpi-customers-transferred-out = Clientes trasladados a otro
    .short = Trasladados
    .grammar = mp
    .definition = Clientes de este segmento al inicio del periodo que están en otro al final.

## KPI: Ingresos

kpi-mrr-opening = MRR al inicio
    .short = MRR inicial
    .grammar = m
    .definition = Ingresos recurrentes mensuales de todos los clientes en el primer instante del periodo.
kpi-mrr-new = MRR nuevo
    .short = MRR nuevo
    .grammar = m
    .definition = MRR al final del periodo de clientes que nunca habían tenido ingresos antes.
kpi-mrr-reactivated = MRR recuperado
    .short = MRR recuperado
    .grammar = m
    .definition = MRR al final del periodo de antiguos clientes que no tenían ingresos al inicio.
kpi-mrr-expansion = Expansión de MRR
    .short = Expansión
    .grammar = f
    .definition = Lo que los clientes pagan de más al mes al final del periodo respecto del inicio.
kpi-mrr-contraction = Contracción de MRR
    .short = Contracción
    .grammar = f
    .definition = Lo que los clientes que permanecen pagan de menos al mes al final del periodo respecto del inicio.
kpi-mrr-churned = MRR perdido
    .short = MRR perdido
    .grammar = m
    .definition = MRR, al inicio del periodo, de los clientes perdidos hasta el final.
kpi-mrr-closing = MRR al final
    .short = MRR
    .grammar = m
    .definition = Ingresos recurrentes mensuales de todos los clientes al final del periodo: inicial, más nuevo, recuperado y expansión, menos contracción y perdido.
kpi-mrr-transferred-in = MRR trasladado aquí
    .short = MRR llegado
    .grammar = m
    .definition = MRR, al final del periodo, de los clientes que llegaron a este segmento desde otro.
kpi-mrr-transferred-out = MRR trasladado a otro
    .short = MRR trasladado
    .grammar = m
    .definition = MRR, al final del periodo, de los clientes que pasaron de este segmento a otro.
kpi-revenue-churn-rate = Abandono de ingresos
    .short = Churn de ingresos
    .grammar = m
    .definition = Porcentaje del MRR inicial que se perdió o se redujo hasta el final del periodo. El crecimiento no lo compensa.
kpi-grr = Retención bruta de ingresos (GRR)
    .short = GRR
    .grammar = f
    .definition = Porcentaje del MRR inicial que se conserva al final del periodo, sin contar el crecimiento. Nunca supera el 100{ "\u00A0" }%.
kpi-nrr = Retención neta de ingresos (NRR)
    .short = NRR
    .grammar = f
    .definition = MRR al final del periodo de los clientes del inicio, respecto de su MRR inicial. Por encima del 100{ "\u00A0" }%, crecieron; los clientes nuevos no entran.
kpi-renewal-rate = Tasa de renovación
    .short = Renovaciones
    .grammar = f
    .definition = De los clientes con fecha de renovación en el periodo, y esa suscripción activa la víspera, el porcentaje con ingresos al día siguiente. Cada cliente cuenta una vez por fecha.
kpi-cohort-retention = Retención por cohorte
    .short = Cohortes
    .grammar = f
    .definition = De los clientes cuya primera actividad fue en el mismo mes, el porcentaje activo al final del periodo. No tiene valor propio.

## KPI: Supervivencia

kpi-survival-6m = Clientes que superan 6 meses
    .short = Superviv.{ "\u00A0" }6{ "\u00A0" }m
    .grammar = mp
    .definition = Porcentaje estimado de clientes que permanece al menos 6 meses desde su primera actividad (Kaplan–Meier). Quien sigue activo cuenta por el tiempo ya observado.
kpi-survival-12m = Clientes que superan 12 meses
    .short = Superviv.{ "\u00A0" }12{ "\u00A0" }m
    .grammar = mp
    .definition = Porcentaje estimado de clientes que permanece al menos 12 meses desde su primera actividad (Kaplan–Meier). Quien sigue activo cuenta por el tiempo ya observado.
kpi-survival-24m = Clientes que superan 24 meses
    .short = Superviv.{ "\u00A0" }24{ "\u00A0" }m
    .grammar = mp
    .definition = Porcentaje estimado de clientes que permanece al menos 24 meses desde su primera actividad (Kaplan–Meier). Quien sigue activo cuenta por el tiempo ya observado.
kpi-survival-median-months = Vida mediana del cliente
    .short = Vida mediana
    .grammar = f
    .definition = Meses tras los cuales la mitad de los clientes se ha ido (Kaplan–Meier). Queda abierta mientras permanezca más de la mitad.

## KPI: Valor

kpi-average-ticket = Ticket promedio
    .short = Ticket prom.
    .grammar = m
    .definition = Ingresos por pedido del periodo, descontadas las devoluciones. Con suscripciones: MRR por cliente activo al final (ARPA).
kpi-purchase-frequency = Frecuencia de compra
    .short = Frecuencia
    .grammar = f
    .definition = Pedidos por mes en que el cliente estuvo activo, en la ventana de valor. Con suscripciones es 1.
kpi-lifetime-months = Vida del cliente
    .short = Vida
    .grammar = f
    .definition = Cuántos meses se espera que permanezca un cliente.
kpi-ltv = Valor de vida del cliente (LTV)
    .short = LTV
    .grammar = m
    .definition = Ingresos por cliente activo y mes, por la vida del cliente y por el margen bruto.
kpi-clv-12m = Valor del cliente en los próximos 12 meses
    .short = CLV 12m
    .grammar = m
    .definition = Cuánto se espera que pague un cliente en los próximos doce meses, según la frecuencia, la fecha y el importe de las compras de cada uno. Es una expectativa sobre muchos clientes parecidos, no la previsión de uno solo: supone que las compras sigan como hasta ahora, sin estacionalidad ni campañas, y no cuenta clientes nuevos, margen ni descuento financiero.

## KPI: Servicio

kpi-fcr = Resolución en el primer contacto (FCR)
    .short = FCR
    .grammar = f
    .definition = Porcentaje de casos resueltos con un solo contacto y nunca reabiertos. Los casos sin ningún contacto quedan fuera.
kpi-first-response-hours = Tiempo hasta la primera respuesta
    .short = 1.ª respuesta
    .grammar = m
    .definition = Mediana de horas desde la apertura hasta la primera respuesta, entre los casos abiertos en el periodo que ya la tienen.
kpi-first-response-hours-p90 = Tiempo hasta la primera respuesta (décimo más lento)
    .short = 1.ª respuesta p90
    .grammar = m
    .definition = Nueve de cada diez casos abiertos en el periodo tuvieron su primera respuesta en este número de horas o menos.
kpi-resolution-hours = Tiempo hasta la resolución
    .short = Resolución
    .grammar = m
    .definition = Mediana de horas desde la apertura hasta la resolución, entre los casos abiertos en el periodo ya resueltos.
kpi-resolution-hours-p90 = Tiempo hasta la resolución (décimo más lento)
    .short = Resolución p90
    .grammar = m
    .definition = Nueve de cada diez casos resueltos del periodo se resolvieron en este número de horas o menos.
kpi-ticket-rate = Casos por cada 100 clientes
    .short = Casos por 100
    .grammar = mp
    .definition = Casos abiertos en el periodo por cada 100 clientes activos a su inicio.
kpi-backlog = Casos abiertos
    .short = Abiertos
    .grammar = mp
    .definition = Casos abiertos antes del final del periodo y aún sin resolver en ese momento.

## KPI: Salud y participación

kpi-health-score = Índice de salud
    .short = Salud
    .grammar = m
    .definition = Media de los clientes activos, de 0 a 100. El índice de cada uno es la media ponderada de sus señales al final del periodo; con pocas señales conocidas no hay índice.
kpi-healthy-share = Clientes sanos
    .short = Sanos
    .grammar = mp
    .definition = Porcentaje de los clientes evaluados con índice de salud en franja verde.
kpi-at-risk-share = Clientes en riesgo
    .short = En riesgo
    .grammar = mp
    .definition = Porcentaje de los clientes evaluados con índice de salud en franja roja.
kpi-health-recovery-rate = Recuperación de la salud
    .short = Recuperación
    .grammar = f
    .definition = De los clientes con salud roja al inicio del periodo, el porcentaje que al final sigue siendo cliente y está en amarillo o verde.
kpi-health-decline-rate = Deterioro de la salud
    .short = Deterioro
    .grammar = m
    .definition = De los clientes con salud verde al inicio del periodo, el porcentaje que al final está en amarillo, en rojo o se ha ido.
kpi-mrr-at-risk = MRR en riesgo
    .short = MRR en riesgo
    .grammar = m
    .definition = MRR al final del periodo de los clientes con índice de salud en franja roja.
kpi-expansion-candidates = Candidatos a ampliar
    .short = Por ampliar
    .grammar = mp
    .definition = Clientes en franja de salud verde al final del periodo que usaron el producto más en los últimos 90 días que en los 90 anteriores y renuevan en un plazo de 90 días.
kpi-chi = Índice de felicidad del cliente (CHI)
    .short = CHI
    .grammar = m
    .definition = Media, entre los clientes activos, de un índice de 0 a 10: criterios ponderados de uso, participación y valor al final del periodo.
kpi-active-rate = Porcentaje de clientes que usan el producto
    .short = En uso
    .grammar = m
    .definition = De los clientes activos al inicio del periodo, el porcentaje que usó el producto durante él.
kpi-stickiness = Frecuencia de uso (stickiness)
    .short = Stickiness
    .grammar = f
    .definition = Clientes que usan el producto en un día promedio, respecto de todos los que lo usaron en el periodo.
kpi-onboarding-completion = Incorporación completada
    .short = Incorporación
    .grammar = f
    .definition = Porcentaje de los clientes dados de alta en el periodo que completaron la incorporación dentro del plazo. Quien no tiene registro no la ha completado. Aún puede subir mientras corre el plazo.
kpi-time-to-value-days = Tiempo hasta el primer valor
    .short = Tiempo a valor
    .grammar = m
    .definition = Días tras los cuales la mitad de los clientes dados de alta en el periodo ya obtuvo el primer valor (Kaplan–Meier). Quien aún espera cuenta por el tiempo que ha esperado.
kpi-goal-attainment = Objetivos alcanzados
    .short = Objetivos
    .grammar = mp
    .definition = Cuánto de lo prometido se alcanzó: la media ponderada de los objetivos evaluados en el periodo, cada uno contado hasta el 100{ "\u00A0" }%.
kpi-value-gap = Brecha de valor
    .short = Brecha
    .grammar = f
    .definition = Valor esperado menos valor percibido de lo entregado (0 a 100), en promedio. Por encima de 0, el cliente recibe menos de lo que esperaba.

## KPI: Costo y crecimiento

kpi-crc = Costo de retención por cliente (CRC)
    .short = CRC
    .grammar = m
    .definition = Gasto de retención con fecha en el periodo, por cliente activo al inicio y al final de él.
kpi-crc-since-first-contact = Costo de retención desde el primer contacto
    .short = CRC acumulado
    .grammar = m
    .definition = Todo lo que se gastó en un cliente desde el primer contacto hasta el final del periodo, en promedio de los clientes activos al inicio y al final de él. Los gastos que no nombran a un cliente no entran.
kpi-crc-to-arpa = Costo de retención sobre ingresos
    .short = CRC/ARPA
    .grammar = m
    .definition = Costo de retención por cliente respecto de los ingresos medios por cliente activo.
kpi-retention-roi = Retorno del gasto de retención
    .short = ROI de retención
    .grammar = m
    .definition = Cuántos más se quedaron de los clientes alcanzados por el gasto que de los demás, por lo que los alcanzados pagaban al inicio y el margen bruto, menos el gasto, respecto del gasto. Es una asociación, no prueba de que el gasto los retuvo: nadie fue elegido al azar. Los gastos que no nombran a un cliente quedan fuera.
kpi-conversion-rate = Conversión de prospectos
    .short = Conversión
    .grammar = f
    .definition = Porcentaje de los prospectos creados en el periodo que se convirtió en cliente dentro del plazo. Aún puede subir mientras corre el plazo.
kpi-turnover-index = Rotación del equipo
    .short = Rotación
    .grammar = f
    .definition = Movimiento en el equipo de éxito del cliente en el periodo, respecto de su plantilla.
