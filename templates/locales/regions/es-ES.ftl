### farol: lo que en España se dice de otro modo que en es.ftl.

dimension-retention-costs-kind = tipo de coste
table-retention-costs = Costes de retención
method-general-costs = Algunos costes del periodo no indican el cliente: cuentan en el total y en ningún segmento; por eso las cifras de los segmentos no los incluyen, y el total no tiene intervalo.
kpi-average-ticket = Ticket medio
    .short = Ticket medio
    .grammar = m
    .definition = Ingresos por pedido del periodo, descontadas las devoluciones. Con suscripciones: MRR por cliente activo al final (ARPA).
kpi-stickiness = Frecuencia de uso (stickiness)
    .short = Stickiness
    .grammar = f
    .definition = Clientes que usan el producto en un día medio, respecto de todos los que lo usaron en el periodo.
kpi-crc = Coste de retención por cliente (CRC)
    .short = CRC
    .grammar = m
    .definition = Gasto de retención con fecha en el periodo, por cliente activo al inicio y al final de él.
kpi-crc-since-first-contact = Coste de retención desde el primer contacto
    .short = CRC acumulado
    .grammar = m
    .definition = Todo lo que se gastó en un cliente desde el primer contacto hasta el final del periodo, en promedio de los clientes activos al inicio y al final de él. Los gastos que no nombran a un cliente no entran.
kpi-crc-to-arpa = Coste de retención sobre ingresos
    .short = CRC/ARPA
    .grammar = m
    .definition = Coste de retención por cliente respecto de los ingresos medios por cliente activo.
