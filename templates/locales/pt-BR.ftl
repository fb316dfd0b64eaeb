### farol: as palavras do relatório em português do Brasil.
### Os números chegam formatados: mostre `$n`, escolha plurais por `$n_raw`.

-tags = pt-BR pt pt-PT
-short-dates = figures
-money = before-with-blank
-scales = mil mi bi tri

## Formatos

list-and = e
list-more = { $n_raw ->
   *[other] mais { $n }
}
list-and-before-i = e
not-available = n/d
percent = { $figure }%
scaled = { $figure }{ "\u00A0" }{ $scale }
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

## Unidades

unit-points = pontos
unit-score = nota
unit-percent = %
unit-count = quantidade
unit-months = meses
unit-days = dias
unit-hours = horas
unit-ratio = razão

## Relatório: títulos e seções

report-name = Sucesso do cliente
report-revision = revisão { $n }
report-sent-again = Enviado novamente: { $reason }
report-sent-final = Números finais: o período ainda não havia terminado quando este relatório foi enviado pela primeira vez.
report-skip = Ir para os números
report-contents = Seções
report-narrative = O que dizem os números
report-figures = Indicadores
report-changes = O que mudou
report-segments = Por segmento
report-calls = Para quem ligar
report-themes = Nas palavras deles
report-charts = Gráficos
report-restated = Mudou desde o que informamos
report-quality = Qualidade dos dados
report-method = Como contamos
report-provenance = Procedência

## Relatório: títulos de tabelas

report-kpi = Indicador
report-value = Valor
report-band = Avaliação
report-interval = Intervalo
report-n = n
report-change = Variação
report-target = Meta
report-segment = Segmento
report-period = Período
report-from = De
report-to = Para
report-against = Comparado a
report-driver-title = Puxado por
report-more = Mais indicadores

## Relatório: frases

report-figures-note = Os intervalos são de { $confidence } de confiança. Uma variação só é chamada de clara se passa em um teste contra o acaso.
report-figures-open = O período ainda está em curso: seus números não são avaliados nem comparados. Os intervalos são de { $confidence } de confiança.
report-figures-unjudged = Nenhum indicador é avaliado: as faixas e metas configuradas valem para períodos de outra duração.
report-not-configured = Não calculados, porque os dados necessários não estão configurados: { $names }.
report-changes-note = Variações que o acaso não explica, do maior efeito para o menor; das informadas, no máximo cerca de { $confidence } ainda podem ser acaso. Amostras dos mesmos clientes são tratadas como independentes, o que é prudente.
report-changes-counts = Contagens e somas vêm por último: são fatos, e nada nelas foi testado.
report-changes-more = { $n_raw ->
    [one] Mais { $n } número mudou; ele está, com a sua variação, entre os indicadores.
   *[other] Mais { $n } números mudaram; cada um está, com a sua variação, entre os indicadores.
}
report-changes-none = Nenhum indicador mudou claramente em relação a { $period }.
report-changes-open = O período ainda está em curso; será comparado a { $period } quando fechar.
report-driver = { $segment } ({ $difference })
report-driver-none = Nenhum segmento isolado
report-driver-withheld = Não dá para dizer: há segmentos omitidos
report-segments-note = Cada indicador com sua avaliação. Uma seta marca uma variação clara em relação ao período anterior.
report-segments-by = Por { $dimension }
report-segments-withheld = – = { $why }
report-segments-left-out = { $n_raw ->
    [one] Mais { $n } segmento não aparece aqui.
   *[other] Mais { $n } segmentos não aparecem aqui.
}
report-segments-left-out-revenue = { $n_raw ->
    [one] Mais { $n } segmento, de menor receita, não aparece aqui.
   *[other] Mais { $n } segmentos, de menor receita, não aparecem aqui.
}
report-segments-left-out-customers = { $n_raw ->
    [one] Mais { $n } segmento, com menos clientes, não aparece aqui.
   *[other] Mais { $n } segmentos, com menos clientes, não aparecem aqui.
}
report-segments-left-out-cases = { $n_raw ->
    [one] Mais { $n } segmento, com menos casos, não aparece aqui.
   *[other] Mais { $n } segmentos, com menos casos, não aparecem aqui.
}
report-charts-note = As áreas sombreadas são intervalos de confiança, as faixas coloridas são as que avaliam o indicador e a linha tracejada é a meta.
report-method-note = Os períodos começam e terminam à meia-noite no fuso da empresa. Os números são calculados a partir das linhas do período, nunca de outras médias.

## Valores ausentes ou não finais

undefined-no-denominator = sem casos no período
undefined-no-answers = sem respostas no período
undefined-unscored = dados insuficientes para uma nota
undefined-not-configured = dados não configurados
undefined-not-identifiable = os dados não permitem dizer
undefined-not-reached = ainda não atingido
undefined-too-few = poucos casos
undefined-not-recorded = ainda sem linhas no período
undefined-no-figure = sem número
withheld = omitido (por grupos <{ "\u00A0" }{ $n })
maturity-provisional = provisório
maturity-immature = em maturação
maturity-open-period = período em aberto

## Variações

change-clear-rise = alta clara
change-clear-fall = queda clara
change-none = sem variação clara
change-rise = em alta
change-fall = em queda
change-same = estável
change-untested = não testado
change-against = { $difference } ante { $period }

## Metas

target-value = Meta { $value }
target-met = atingida
target-missed = não atingida
target-cannot-tell = não dá para afirmar
target-not-judged = não avaliada
target-without-interval = { $text } (sem intervalo)

## Situação

status-green = Bom
status-yellow = Atenção
status-red = Ruim
status-none = Sem avaliação
pulse-title = { $n_raw ->
    [one] { $n } indicador
   *[other] { $n } indicadores
}
pulse-green = { $n_raw ->
    [one] bom
   *[other] bons
}
pulse-yellow = { $n_raw ->
    [one] em atenção
   *[other] em atenção
}
pulse-red = { $n_raw ->
    [one] ruim
   *[other] ruins
}
pulse-none = { $n_raw ->
    [one] sem avaliação
   *[other] sem avaliação
}

## Segmentos

segment-total = Todos os clientes
segment-not-set = (não informado)
dimension-total = total
dimension-theme = tema
dimension-term = termo
dimension-cohort = coorte
dimension-plan = plano
dimension-region = região
dimension-country = país
dimension-segment = segmento
dimension-industry = setor
dimension-size = porte
dimension-channel = canal
dimension-respondent-role = cargo
dimension-kind = tipo
dimension-surveys-kind = tipo de pesquisa
dimension-retention-costs-kind = tipo de custo
dimension-touchpoint = ponto de contato
dimension-category = categoria
dimension-program = programa
dimension-stakeholder = parte interessada
dimension-cancel-reason = motivo da saída
dimension-team = equipe
word-relational = relacional
word-transactional = transacional
word-reward = recompensa
word-benefit = benefício
word-promotion = promoção
word-other = outro
word-user = usuário
word-manager = gestor
word-executive = executivo
word-management = gestão

## Para quem ligar

calls-at-risk = { $n_raw ->
    [one] { $n } cliente está em risco, com { $mrr } de receita mensal.
   *[other] { $n } clientes estão em risco, somando { $mrr } de receita mensal.
}
calls-expansion = { $n_raw ->
    [one] { $n } cliente saudável está pronto para renovar ou expandir.
   *[other] { $n } clientes saudáveis estão prontos para renovar ou expandir.
}
calls-no-names = Os nomes aparecem apenas para quem pode vê-los.
calls-as-of = Situação em { $date }.
calls-shown = { $n_raw ->
    [one] Aparece { $n } de { $all }.
   *[other] Aparecem { $n } de { $all }.
}
calls-list-at-risk = Em risco, maior receita primeiro
calls-list-expansion = Prontos para renovar ou expandir
calls-customer = Cliente
calls-mrr = MRR
calls-health = Saúde
calls-reasons = O que pesa
calls-advice = O que fazer
calls-advice-most = Onde nada mais se diz: { $advice }
calls-renewal = Renovação
calls-renewal-passed = vencida desde { $date }
calls-renewal-since = { $date }, já passou

## Nas palavras deles

themes-note = { $n_raw ->
    [one] { $n } comentário com texto. Um comentário pode falar de vários temas.
   *[other] { $n } comentários com texto. Um comentário pode falar de vários temas.
}
themes-note-bare = Um comentário pode falar de vários temas.
themes-theme = Tema
themes-change = Variação da participação
themes-terms-note = Termos que detratores e promotores usam com frequência desigual, além do que o acaso explica, cada um dito por pelo menos { $n } pessoas. A negação fica com a sua palavra.
themes-terms-none = Nenhum termo distingue claramente os detratores dos promotores.
themes-terms-detractors = Detratores dizem mais
themes-terms-promoters = Promotores dizem mais
themes-people = { $n_raw ->
    [one] { $n } pessoa
   *[other] { $n } pessoas
}
themes-not = não { $term }
themes-detractor = detrator
themes-promoter = promotor
themes-quotes-note = As citações são ocultadas em parte pelo programa: nomes de clientes, endereços, links, números e toda palavra que menos de { $n } pessoas escreveram nos dados viram […]. Isso não pega tudo; trate-as como confidenciais.
themes-quotes-sides = De cada tema, detratores ou promotores são citados apenas onde pelo menos { $n } deles escreveram sobre ele; onde foram menos, falta a voz desse lado.

## Componentes da saúde

component-usage = pouco uso
component-nps = NPS baixo
component-csat = baixa satisfação
component-support = chamados em aberto
component-goals = metas não alcançadas
component-active-days = poucos dias de uso
component-events = pouca atividade
component-distinct-features = poucos recursos usados
component-usage-trend = uso em queda
component-days-since-usage = sem uso recente
component-last-nps = NPS baixo
component-last-csat = baixa satisfação
component-tickets = muitos chamados
component-open-tickets = chamados em aberto
component-fcr = poucas soluções no primeiro contato
component-interactions = pouco contato
component-goal-attainment = objetivos não alcançados
component-tenure-months = cliente recente
component-mrr-trend = receita em queda
component-days-to-renewal = renovação próxima
component-frequency = uso pouco frequente
component-engagement = pouco engajamento
component-value = pouco valor alcançado

## Gráficos

chart-data = Números do gráfico
chart-table = { $name }, por período
chart-empty = sem valor
chart-not-recorded = Na lacuna do início ainda não havia linhas a contar; veja “Qualidade dos dados”.
chart-provisional = não final
chart-target = Meta { $value }
chart-total = Total { $value }
chart-n = n{ "\u00A0" }={ "\u00A0" }{ $n }
chart-interval = intervalo de { $confidence }
chart-cut = O eixo não começa em { $floor }.
chart-cut-zero = O eixo não começa em zero.
chart-finding = { $value } em { $period }; entre { $low } ({ $low_period }) e { $high } ({ $high_period }) no tempo mostrado.
chart-finding-flat = { $value } em { $period }, como em todo o tempo mostrado.
chart-finding-change = { $word }: { $change }.
chart-segments = { $name } por { $dimension }
chart-segments-finding = De { $high_value } em { $high } a { $low_value } em { $low }.
chart-segments-flat = { $high_value } em todos os segmentos.
chart-composition = Promotores, neutros e detratores
chart-composition-finding = { $promoters } de promotores e { $detractors } de detratores em { $period }.
chart-bullet = Indicadores ante suas faixas e metas
chart-bullet-finding = Metas atingidas: { $met }; não atingidas: { $missed }; sem como afirmar: { $open }.
chart-bullet-pending = Ainda não avaliadas, porque o número pode mudar: { $n }.
chart-bridge = Para onde foi a receita recorrente
chart-bridge-finding = De { $opening } a { $closing }: { $change }.
chart-bridge-opening = Início
chart-bridge-new = Novo
chart-bridge-reactivated = Reconquistado
chart-bridge-expansion = Expansão
chart-bridge-contraction = Contração
chart-bridge-churned = Perdido
chart-bridge-closing = Fim
chart-cohorts-finding = Dos clientes que chegaram em { $cohort }, { $value } estão ativos no fim de { $period }.
chart-cohorts-note = Linhas: mês da primeira atividade. Colunas: meses desde então. Células: percentual desses clientes que segue ativo.
chart-cohorts-cohort = Primeira atividade em
chart-survival = Quanto tempo os clientes ficam
chart-survival-by = Quanto tempo os clientes ficam, por { $dimension }
chart-survival-finding = { $share } dos clientes continuam depois de { $months }.
chart-survival-median = Em { $months }, metade já saiu.
chart-survival-no-median = Metade ainda não saiu no tempo mostrado.
chart-survival-ends = Depois de { $months }, continuam { $high_share } em { $high } e { $low_share } em { $low }.
chart-survival-real = A diferença é mais que acaso.
chart-survival-chance = A diferença pode ser acaso.
chart-survival-note = Kaplan–Meier: quem continua conta pelo tempo que conhecemos.
chart-survival-end = { $n_raw ->
    [one] A curva termina onde menos de { $n } cliente foi acompanhado por tanto tempo.
   *[other] A curva termina onde menos de { $n } clientes foram acompanhados por tanto tempo.
}
chart-survival-left-out = { $n_raw ->
    [one] { $n } segmento menor não aparece.
   *[other] { $n } segmentos menores não aparecem.
}
chart-survival-time = Meses desde a primeira atividade
chart-survival-horizon = A vida do cliente conta até { $months }
chart-survival-at-risk = Clientes acompanhados por esse tempo
chart-survival-month = Mês
chart-survival-share = Continuam
chart-quadrant = Clientes por saúde e receita
chart-quadrant-finding = { $n_raw ->
    [one] { $n } cliente grande tem saúde abaixo de { $health }: { $mrr } de MRR.
   *[other] { $n } clientes grandes têm saúde abaixo de { $health }: { $mrr } de MRR.
}
chart-quadrant-none = Nenhum cliente grande tem saúde abaixo de { $health }.
chart-quadrant-renewing = { $n_raw ->
    [one] { $n } deles renova em até { $days }.
   *[other] { $n } deles renovam em até { $days }.
}
chart-quadrant-large = Grande: pelo menos { $mrr } por mês, a mediana dos mostrados.
chart-quadrant-most = { $n_raw ->
    [one] Só o maior cliente aparece.
   *[other] Só os { $n } maiores clientes aparecem.
}
chart-quadrant-note = Clientes sem nota de saúde não aparecem; quanto maior a marca, maior o MRR.
chart-quadrant-lists = A lista de para quem ligar é mais restrita: clientes de qualquer porte com nota abaixo de { $health }.
chart-quadrant-rescue = Resgatar primeiro
chart-quadrant-keep = Manter e expandir
chart-quadrant-watch = Acompanhar
chart-quadrant-grow = Ajudar a crescer
chart-quadrant-health = Nota de saúde
chart-quadrant-mrr = MRR
chart-quadrant-change = Variação da saúde
chart-quadrant-logarithmic = O eixo do MRR é logarítmico: distâncias iguais são proporções iguais.
chart-quadrant-up = Saúde subiu { $points } ou mais
chart-quadrant-down = Saúde caiu { $points } ou mais
chart-quadrant-steady = Pouca variação
chart-quadrant-unknown = Sem nota anterior
chart-quadrant-renews = Renova em até { $days }

## Mudou desde que informamos

restated-note = Números que já lhe foram enviados e que agora são outros: primeiro os totais, depois os segmentos, a maior diferença primeiro.
restated-more = { $n_raw ->
    [one] Mais { $n } número mudou.
   *[other] Mais { $n } números mudaram.
}
restated-was = era
restated-now = agora é
restated-sent = Enviado
restated-why = Por quê
restated-not-final = ainda não era definitivo quando foi enviado
restated-data = dados novos: { $tables }
restated-definitions = outras definições
restated-program = outra versão do farol
restated-unknown = Não se sabe

## Qualidade dos dados

quality-source = Fonte
quality-rows = Linhas
quality-newest = Linha mais recente
quality-quarantined = Separadas
quality-stale = { $date } (antiga)
quality-none = Nenhuma fonte foi lida.
quality-rows-read = { $n_raw ->
    [one] { $n } linha lida
   *[other] { $n } linhas lidas
}
quality-note = { $n_raw ->
    [0] { $rows }; nenhuma foi separada.
    [one] { $rows }; { $n } foi separada por violar o seu contrato.
   *[other] { $rows }; { $n } foram separadas por violar o seu contrato.
}
quality-reason = { $n_raw ->
    [one] { $source }: { $n } linha separada ({ $reason }).
   *[other] { $source }: { $n } linhas separadas ({ $reason }).
}
quality-missed-away = { $n_raw ->
    [one] Um relatório anterior não foi feito, porque o programa não estava em execução: { $periods }.
   *[other] { $n } relatórios anteriores não foram feitos, porque o programa não estava em execução: { $periods }.
}
quality-missed-tried = { $n_raw ->
    [one] Um relatório anterior não pôde ser feito a tempo: { $periods }.
   *[other] { $n } relatórios anteriores não puderam ser feitos a tempo: { $periods }.
}
quality-begins = { $source }: linhas a partir de { $date }. O que se conta delas não tem valor antes disso.
quality-provisional = Provisórios, porque ainda podem chegar respostas ou reaberturas: { $names }.
quality-immature = Em maturação, porque um prazo ainda corre: { $names }.

## Tabelas

table-customers = Clientes
table-subscriptions = Assinaturas
table-orders = Pedidos
table-surveys = Pesquisas
table-tickets = Chamados
table-usage = Uso do produto
table-interactions = Interações
table-retention-costs = Custos de retenção
table-goals = Metas
table-onboarding = Implantação
table-leads = Leads
table-staff = Equipe

## Por que linhas são separadas

reason-wrong-width = número de células diferente do cabeçalho
reason-stray-quote = aspas fora de lugar
reason-cell-too-long = célula longa demais
reason-empty-cell = célula obrigatória vazia
reason-not-a-date = não é uma data
reason-date-out-of-range = data anterior a 1900 ou posterior a 2200
reason-not-a-number = não é um número
reason-not-whole = não é um número inteiro
reason-too-many-decimals = mais de seis casas decimais
reason-too-great = número grande demais
reason-negative = não pode ser negativo
reason-out-of-range = fora dos limites
reason-not-a-flag = nem sim nem não
reason-unknown-word = palavra desconhecida
reason-in-the-future = está no futuro
reason-wrong-order = datas fora de ordem
reason-score-without-date = nota sem data
reason-date-without-score = data sem nota
reason-foreign-currency = outra moeda
reason-repeated-key = chave repetida
reason-repeated-row = linha repetida
reason-orphan = cliente desconhecido
reason-customer-not-yet-valid = o cliente só vale a partir de uma data posterior
reason-empty-reference = cliente não informado

## Como contamos: as variantes escolhidas

method-bands = Faixas: { $source }.
method-untested = Não é amostra: suas variações são fatos e não são testadas.
method-general-costs = Alguns custos do período não indicam o cliente: contam no total e em nenhum segmento; por isso os números dos segmentos não os incluem, e o total não tem intervalo.
variant-scale = Escala de { $low } a { $high }.
variant-satisfied = Satisfeito a partir da nota { $score }.
variant-fcr-opened = De todos os chamados abertos no período; um ainda aberto não conta como resolvido.
variant-fcr-resolved = Dos chamados resolvidos no período.
variant-lifetime-kaplan-meier = Média de Kaplan–Meier nos primeiros { $months }; os meses seguintes não contam.
variant-lifetime-kaplan-meier-bare = Média de Kaplan–Meier até o horizonte.
variant-lifetime-inverse-churn = Um dividido pelo churn mensal dos últimos 12 meses.
variant-lifetime-observed = Média do tempo observado até agora, que a subestima.
variant-turnover-rotation = Metade dos que entraram e saíram, dividida pelo efetivo no início.
variant-turnover-leavers = Os que saíram, divididos pelo efetivo médio.
variant-coverage = Avaliado apenas onde se conhece ao menos { $share } do peso.
variant-window = Em até { $days }.
variant-min-group = Omitido para menos de { $n } respondentes, e onde outros números os revelariam.
method-interval = Intervalo de { $confidence }.
variant-active-window = Não há assinaturas: um cliente fica ativo por { $days } após um pedido.
variant-churn-gap = Uma vida de cliente termina com uma ausência de mais de { $days }.
variant-churn-gap-none = Uma vida de cliente termina com a primeira ausência, por mais curta que seja.
variant-nps-kind-relational = Só pesquisas relacionais, onde os dados distinguem os tipos.
variant-nps-kind-transactional = Só pesquisas transacionais, onde os dados distinguem os tipos.
variant-nps-kind-all = Pesquisas de todos os tipos.
variant-answer-window = Provisório até { $days } após o período: ainda podem chegar respostas.
variant-ces-higher = Uma nota mais alta significa menos esforço.
variant-ces-lower = Uma nota mais baixa significa menos esforço.
variant-reopen-window = Provisório até { $days } após o período: chamados ainda podem ser reabertos.
variant-value-subscriptions = A partir das assinaturas.
variant-value-orders = A partir dos pedidos.
variant-value-window = Sobre { $months } até o fim do período.
variant-margin = Margem bruta: { $share }.
variant-bands = Faixas de saúde: { $bands }.
variant-band-red = vermelho de { $low } a { $high }
variant-band-yellow = amarelo de { $low } a { $high }
variant-band-green = verde de { $low } a { $high }
variant-part = { $signal }, peso { $weight }, escala { $scale }; { $missing }.
variant-part-over = { $signal } em { $window }
variant-part-kind = { $signal } do tipo { $kind }
variant-missing-skip = fica de fora onde não se conhece
variant-missing-neutral = vale metade onde não se conhece
variant-missing-zero = vale zero onde não se conhece
signal-active-days = dias com uso
signal-events = eventos de uso
signal-distinct-features = recursos usados
signal-usage-trend = eventos de uso em relação ao tempo anterior
signal-days-since-usage = dias desde o último uso
signal-last-nps = últimas notas de NPS
signal-last-csat = últimas notas de satisfação
signal-tickets = chamados abertos na janela
signal-open-tickets = chamados em aberto
signal-fcr = resolução no primeiro contato
signal-interactions = interações
signal-goal-attainment = objetivos alcançados
signal-tenure-months = meses como cliente
signal-mrr-trend = MRR em relação ao tempo anterior
signal-days-to-renewal = dias até a renovação
variant-roles = Usuários: { $users }. Decisores: { $deciders }.

## Procedência

provenance-period = Período
provenance-as-of = Dados até
provenance-zone = Fuso horário
provenance-run = Execução
provenance-configuration = Configuração
provenance-version = Versão
provenance-inputs = { $n_raw ->
    [one] { $n } arquivo de entrada
   *[other] { $n } arquivos de entrada
}
provenance-file = Arquivo
provenance-hash = SHA-256

## Assunto, prévia, manchete e narrativa

subject-value = { $name } { $value }
subject-band = { $name } { $value } ({ $band })
subject-above-target = { $name } { $value } acima da meta
subject-below-target = { $name } { $value } abaixo da meta
subject-alert = alerta
subject-open = período ainda em curso
subject-nothing = sem dados
headline-both = { $first }; { $second }
headline-one = { $clause }
headline-quiet = Sem variação clara nos indicadores-chave
headline-untested = Números de { $period }
headline-theme = O tema de mais comentários: { $name } ({ $value })
headline-nothing = Sem dados para este período
headline-not-configured = Ainda não dá para calcular nenhum indicador
headline-open = Números até agora: { $period } ainda está em curso
clause-missed-above = { $name } em { $value }, acima da meta de { $target }
clause-missed-below = { $name } em { $value }, abaixo da meta de { $target }
clause-red = { $name } em { $value } ({ $band })
clause-clear-rise = { $name } em alta clara, para { $value }
clause-clear-fall = { $name } em queda clara, para { $value }
clause-against = (ante { $period })
clause-fact = { $name }: de { $before } para { $value }
clause-met = { $name } em { $value }, com a meta atingida
clause-green = { $name } em { $value } ({ $band })
narrative-open = O período ainda não terminou; por isso nada nele é avaliado nem comparado.
narrative-nothing = Nada nos dados cai neste período; talvez ele seja anterior ao início dos dados.
narrative-not-configured = Nenhum indicador deste relatório pode ser calculado: faltam configurar os dados de que precisam.
narrative-sentence = { $text }.
narrative-subject = { $grammar ->
    [f] a { $name }
    [mp] os { $name }
    [fp] as { $name }
   *[m] o { $name }
}
narrative-in-segment = { $name } em { $segment }
narrative-rose = { $name } { $grammar ->
    [mp] subiram
    [fp] subiram
   *[m] subiu
} claramente, de { $before } ({ $period }) para { $value }
narrative-fell = { $name } { $grammar ->
    [mp] caíram
    [fp] caíram
   *[m] caiu
} claramente, de { $before } ({ $period }) para { $value }
narrative-stands = { $name } { $grammar ->
    [mp] estão
    [fp] estão
   *[m] está
} em { $value }
narrative-highest = , o maior valor em { $span }
narrative-lowest = , o menor valor em { $span }
narrative-above = , acima da meta de { $target }
narrative-below = , abaixo da meta de { $target }
narrative-missed-again = ; a meta vigente em cada período não é atingida { $row }
narrative-back = , de volta à meta de { $target }
narrative-back-after = , de volta à meta de { $target } depois de { $span } fora dela
narrative-met-first = , na meta de { $target } pela primeira vez em { $span }
narrative-rated = , na faixa “{ $band }”
narrative-crossed = ; a avaliação passa de “{ $from }” para “{ $to }”
narrative-driver = ; o segmento que mais pesa é { $segment } (lá, { $difference })
narrative-of-period = { $name } de { $period }
narrative-not-final = ; o número de { $period } ainda não é definitivo
narrative-alert-below = ; isso dispara o alerta para valores abaixo de { $limit }
narrative-alert-above = ; isso dispara o alerta para valores acima de { $limit }
narrative-alert-drop = ; isso dispara o alerta para quedas de { $limit } ou mais
narrative-alert-rise = ; isso dispara o alerta para altas de { $limit } ou mais
narrative-also-changed = { $n_raw ->
    [one] Também mudou claramente: { $names }.
   *[other] Também mudaram claramente: { $names }.
}
row-week = { $n_raw ->
    [2] pela segunda semana seguida
    [3] pela terceira semana seguida
    [4] pela quarta semana seguida
    [5] pela quinta semana seguida
    [6] pela sexta semana seguida
   *[other] há { $n } semanas seguidas
}
row-at-least-week = { $n_raw ->
   *[other] há pelo menos { $n } semanas seguidas
}
row-month = { $n_raw ->
    [2] pelo segundo mês seguido
    [3] pelo terceiro mês seguido
    [4] pelo quarto mês seguido
    [5] pelo quinto mês seguido
    [6] pelo sexto mês seguido
   *[other] há { $n } meses seguidos
}
row-at-least-month = { $n_raw ->
   *[other] há pelo menos { $n } meses seguidos
}
row-quarter = { $n_raw ->
    [2] pelo segundo trimestre seguido
    [3] pelo terceiro trimestre seguido
    [4] pelo quarto trimestre seguido
    [5] pelo quinto trimestre seguido
    [6] pelo sexto trimestre seguido
   *[other] há { $n } trimestres seguidos
}
row-at-least-quarter = { $n_raw ->
   *[other] há pelo menos { $n } trimestres seguidos
}
row-year = { $n_raw ->
    [2] pelo segundo ano seguido
    [3] pelo terceiro ano seguido
    [4] pelo quarto ano seguido
    [5] pelo quinto ano seguido
    [6] pelo sexto ano seguido
   *[other] há { $n } anos seguidos
}
row-at-least-year = { $n_raw ->
   *[other] há pelo menos { $n } anos seguidos
}
span-week = { $n_raw ->
    [one] { $n }{ "\u00A0" }semana
   *[other] { $n }{ "\u00A0" }semanas
}
span-at-least-week = { $n_raw ->
    [one] pelo menos { $n }{ "\u00A0" }semana
   *[other] pelo menos { $n }{ "\u00A0" }semanas
}
span-month = { $n_raw ->
    [one] { $n }{ "\u00A0" }mês
   *[other] { $n }{ "\u00A0" }meses
}
span-at-least-month = { $n_raw ->
    [one] pelo menos { $n }{ "\u00A0" }mês
   *[other] pelo menos { $n }{ "\u00A0" }meses
}
span-quarter = { $n_raw ->
    [one] { $n }{ "\u00A0" }trimestre
   *[other] { $n }{ "\u00A0" }trimestres
}
span-at-least-quarter = { $n_raw ->
    [one] pelo menos { $n }{ "\u00A0" }trimestre
   *[other] pelo menos { $n }{ "\u00A0" }trimestres
}
span-year = { $n_raw ->
    [one] { $n }{ "\u00A0" }ano
   *[other] { $n }{ "\u00A0" }anos
}
span-at-least-year = { $n_raw ->
    [one] pelo menos { $n }{ "\u00A0" }ano
   *[other] pelo menos { $n }{ "\u00A0" }anos
}
narrative-no-change = { $n_raw ->
    [one] O único indicador que pode ser testado não mudou claramente em relação a { $period }.
   *[other] Nenhum dos { $n } indicadores que podem ser testados mudou claramente em relação a { $period }; as diferenças cabem no acaso.
}
narrative-no-change-but = { $n_raw ->
    [one] O único indicador que pode ser testado não mudou claramente em relação a { $period }.
   *[other] Nenhum dos { $n } indicadores que podem ser testados mudou claramente em relação a { $period }.
}
narrative-no-change-alone = { $n_raw ->
    [one] Já em relação a { $period }, o único indicador que pode ser testado não mudou claramente.
   *[other] Já em relação a { $period }, nenhum dos { $n } indicadores que podem ser testados mudou claramente.
}
narrative-no-change-whole = { $n_raw ->
    [one] No conjunto dos clientes, o único indicador que pode ser testado não mudou claramente em relação a { $period }.
   *[other] No conjunto dos clientes, nenhum dos { $n } indicadores que podem ser testados mudou claramente em relação a { $period }.
}
narrative-stands-out = O que mais chama a atenção: { $name }; entre tantas comparações, ainda pode ser acaso.
narrative-not-compared = Ainda não há período anterior com que comparar.
narrative-untested = Nenhum dos indicadores pode ser testado contra o acaso.
narrative-moved = Sem teste estatístico, desde { $period }: { $names }.
narrative-moved-one = { $name } (de { $before } para { $value })
narrative-missed-one = { $name } ({ $value }; meta { $target })
narrative-targets-missed = { $n_raw ->
   *[other] Metas não atingidas: { $n } de { $all }: { $names }.
}
narrative-targets-also = { $n_raw ->
   *[other] Metas não atingidas ao todo: { $n } de { $all }, entre elas também { $names }.
}
narrative-targets-none-missed = { $n_raw ->
   *[other] Nenhuma meta foi descumprida; atingidas: { $n } de { $all }.
}
narrative-targets-unknown = { $n_raw ->
    [one] Não dá para afirmar se a única meta foi atingida.
   *[other] Em nenhuma das { $n } metas dá para afirmar se foi atingida.
}
narrative-targets-open = Em { $n }, não dá para afirmar.
narrative-weakest = Segmento mais fraco: { $segment }, com { $n } indicadores claramente no vermelho ({ $names }).
narrative-alerts = { $n_raw ->
    [one] Alerta: { $alerts }.
   *[other] Alertas: { $alerts }.
}
alert-below = { $name } abaixo de { $limit }
alert-above = { $name } acima de { $limit }
alert-drop = { $name }, queda de pelo menos { $limit }
alert-rise = { $name }, alta de pelo menos { $limit }
narrative-call-first = { $n_raw ->
    [one] Ligue primeiro para { $name }: { $mrr } de receita mensal estão em risco.
   *[other] Ligue primeiro para { $name } ({ $mrr } por mês): { $n } clientes em risco somam { $sum } de receita mensal.
}
narrative-call = { $n_raw ->
    [one] Ligue primeiro para o { $n } cliente em risco, que soma { $sum } de receita mensal.
   *[other] Ligue primeiro para os { $n } clientes em risco, que somam { $sum } de receita mensal.
}
narrative-at-risk = { $n_raw ->
    [one] { $n } cliente em risco soma { $sum } de receita mensal.
   *[other] { $n } clientes em risco somam { $sum } de receita mensal.
}

## A planilha

sheet-period = Período
sheet-first-day = Primeiro dia
sheet-dimension = Recorte
sheet-unit = Unidade
sheet-low = Intervalo de
sheet-high = Intervalo até
sheet-previous = Valor anterior
sheet-change-word = Leitura da variação
sheet-year-before = Valor um ano antes
sheet-year-change = Variação em um ano
sheet-year-change-word = Leitura da variação em um ano
sheet-target-met = Meta atingida?
sheet-note = Observação
sheet-list = Lista
sheet-at-risk = Em risco
sheet-customers = Clientes
sheet-definition = Definição
sheet-choices = Escolhas em vigor
sheet-id = Id

## E-mail

mail-shortened = Resumido para o e-mail; peça o relatório completo a quem o envia.
mail-shortened-attached = Resumido para o e-mail; o relatório completo é o anexo { $file }.
mail-footer = Você recebe este relatório porque consta como destinatário na configuração da empresa. Os números são confidenciais.

## KPIs: Lealdade e satisfação

kpi-nps = Net Promoter Score
    .short = NPS
    .grammar = m
    .definition = Parcela de promotores (notas 9 e 10) menos a parcela de detratores (0 a 6) entre todas as respostas, de −100 a 100. Vale a resposta mais recente de cada pessoa no período.
kpi-nps-promoters = Promotores do NPS
    .short = Promotores
    .grammar = mp
    .definition = Parcela das respostas com nota 9 ou 10.
kpi-nps-passives = Neutros do NPS
    .short = Neutros
    .grammar = mp
    .definition = Parcela das respostas com nota 7 ou 8.
kpi-nps-detractors = Detratores do NPS
    .short = Detratores
    .grammar = mp
    .definition = Parcela das respostas com nota de 0 a 6.
kpi-nps-by-account = NPS por conta
    .short = NPS por conta
    .grammar = m
    .definition = Média, entre os clientes, do NPS de cada um: quem tem muitas respostas vale tanto quanto quem tem uma só.
kpi-nps-role-gap = NPS de usuários menos decisores
    .short = Diferença NPS
    .grammar = m
    .definition = NPS de quem usa o produto no dia a dia menos o NPS de quem decide sobre ele, conforme os papéis da configuração; de −200 a 200. Acima de 0, os usuários avaliam melhor.
kpi-nps-response-rate = Taxa de resposta do NPS
    .short = Resposta NPS
    .grammar = f
    .definition = Parcela dos convites enviados no período que já foi respondida. Ainda pode subir enquanto o prazo de resposta estiver aberto.
kpi-csat = Satisfação do cliente (CSAT)
    .short = CSAT
    .grammar = f
    .definition = Média das notas de satisfação respondidas no período.
kpi-csat-satisfied = Clientes satisfeitos (CSAT)
    .short = Satisfeitos
    .grammar = mp
    .definition = Parcela das respostas de satisfação que atinge a nota de satisfeito. As respostas neutras ficam no denominador.
kpi-ces = Esforço do cliente (CES)
    .short = CES
    .grammar = m
    .definition = Média das notas de esforço respondidas no período: quão fácil foi resolver o que se precisava.
kpi-theme-mentions = Menções aos temas
    .short = Comentários
    .grammar = fp
    .definition = Por tema: comentários do período, em qualquer pesquisa, que o mencionam. Um comentário pode mencionar vários temas.
kpi-theme-share = Participação dos temas
    .short = % dos comentários
    .grammar = f
    .definition = Por tema: dos comentários com texto, a parcela que o menciona. Um comentário pode mencionar vários temas; por isso a soma pode passar de 100%.
kpi-theme-score = Nota média do NPS por tema
    .short = Nota média do NPS
    .grammar = f
    .definition = Por tema: média das notas de NPS, de 0 a 10, das respostas cujo comentário o menciona.
kpi-theme-promoters = Promotores por tema
    .short = Promotores
    .grammar = mp
    .definition = Por tema: respostas de NPS com nota 9 ou 10 cujo comentário o menciona.
kpi-theme-detractors = Detratores por tema
    .short = Detratores
    .grammar = mp
    .definition = Por tema: respostas de NPS com nota de 0 a 6 cujo comentário o menciona.
kpi-term-log-odds = Termos reveladores
    .short = Termos reveladores
    .grammar = mp
    .definition = Termos que detratores e promotores usam com frequência desigual: escore z da razão de chances em logaritmo, detratores contra promotores, com uma distribuição a priori que segue todos os comentários do período e pesa tanto quanto o grupo menor (Monroe, Colaresi e Quinn, 2008). Aparecem a partir de 1,96, se pelo menos cinco pessoas disserem o termo; no máximo 20 de cada lado.

## KPIs: Clientes

kpi-customer-churn-rate = Churn de clientes
    .short = Churn
    .grammar = m
    .definition = Dos clientes com receita no início do período, a parcela sem receita no fim. Quem saiu e voltou no meio não conta como perda.
kpi-customer-retention-rate = Retenção de clientes
    .short = Retenção
    .grammar = f
    .definition = Dos clientes com receita no início do período, a parcela que continua com receita no fim.
kpi-customers-opening = Clientes no início
    .short = Início
    .grammar = mp
    .definition = Clientes com receita recorrente no primeiro instante do período.
kpi-customers-new = Clientes novos
    .short = Novos
    .grammar = mp
    .definition = Clientes no fim do período que nunca haviam tido receita antes dele.
kpi-customers-reactivated = Clientes reconquistados
    .short = Reconquistados
    .grammar = mp
    .definition = Clientes no fim do período que não o eram no início, mas já haviam sido antes.
kpi-customers-lost = Clientes perdidos
    .short = Perdidos
    .grammar = mp
    .definition = Clientes com receita no início do período e sem receita no fim.
kpi-customers-closing = Clientes ativos
    .short = Clientes
    .grammar = mp
    .definition = Clientes com receita recorrente no fim do período.
kpi-churn-reasons = Motivos de saída
    .short = Motivos
    .grammar = mp
    .definition = Clientes perdidos e receita perdida, pelo motivo que a última assinatura de cada um traz. Não tem valor próprio.
kpi-early-losses = Perdas precoces
    .short = Perdas precoces
    .grammar = fp
    .definition = Clientes que entraram e saíram dentro do mesmo período. Não entram em nenhuma parte da taxa de churn.
kpi-customers-transferred-in = Clientes transferidos para cá
    .short = Chegados
    .grammar = mp
    .definition = Clientes que estavam em outro segmento no início do período e estão neste no fim.
kpi-customers-transferred-out = Clientes transferidos para fora
    .short = Transferidos
    .grammar = mp
    .definition = Clientes deste segmento no início do período que estão em outro no fim.

## KPIs: Receita

kpi-mrr-opening = MRR no início
    .short = MRR inicial
    .grammar = m
    .definition = Receita recorrente mensal de todos os clientes no primeiro instante do período.
kpi-mrr-new = MRR novo
    .short = MRR novo
    .grammar = m
    .definition = MRR no fim do período de clientes que nunca haviam tido receita antes dele.
kpi-mrr-reactivated = MRR reconquistado
    .short = MRR reconquistado
    .grammar = m
    .definition = MRR no fim do período de antigos clientes que não tinham receita no início.
kpi-mrr-expansion = Expansão de MRR
    .short = Expansão
    .grammar = f
    .definition = O que os clientes pagam a mais por mês no fim do período em relação ao início.
kpi-mrr-contraction = Contração de MRR
    .short = Contração
    .grammar = f
    .definition = O que os clientes que ficam pagam a menos por mês no fim do período em relação ao início.
kpi-mrr-churned = MRR perdido
    .short = MRR perdido
    .grammar = m
    .definition = MRR, no início do período, dos clientes perdidos até o fim.
kpi-mrr-closing = MRR no fim
    .short = MRR
    .grammar = m
    .definition = Receita recorrente mensal de todos os clientes no fim do período: inicial, mais novo, reconquistado e expansão, menos contração e perdido.
kpi-mrr-transferred-in = MRR transferido para cá
    .short = MRR chegado
    .grammar = m
    .definition = MRR, no fim do período, dos clientes que vieram de outro segmento para este.
kpi-mrr-transferred-out = MRR transferido para fora
    .short = MRR transferido
    .grammar = m
    .definition = MRR, no fim do período, dos clientes que passaram deste segmento para outro.
kpi-revenue-churn-rate = Churn de receita
    .short = Churn de receita
    .grammar = m
    .definition = Parcela do MRR inicial que foi perdida ou reduzida até o fim do período. O crescimento não a compensa.
kpi-grr = Retenção bruta de receita (GRR)
    .short = GRR
    .grammar = f
    .definition = Parcela do MRR inicial que permanece no fim do período, sem contar crescimento. Nunca passa de 100%.
kpi-nrr = Retenção líquida de receita (NRR)
    .short = NRR
    .grammar = f
    .definition = MRR no fim do período dos clientes do início, em relação ao MRR inicial deles. Acima de 100%, eles cresceram; clientes novos não entram.
kpi-renewal-rate = Taxa de renovação
    .short = Renovações
    .grammar = f
    .definition = Dos clientes com data de renovação no período, e essa assinatura ativa na véspera, a parcela com receita no dia seguinte. Cada cliente conta uma vez por data.
kpi-cohort-retention = Retenção por coorte
    .short = Coortes
    .grammar = f
    .definition = Dos clientes cuja primeira atividade foi no mesmo mês, a parcela ativa no fim do período. Não tem valor próprio.

## KPIs: Sobrevivência

kpi-survival-6m = Clientes que passam de 6 meses
    .short = Sobrevida 6{ "\u00A0" }m
    .grammar = mp
    .definition = Parcela estimada de clientes que fica ao menos 6 meses desde a primeira atividade (Kaplan–Meier). Quem segue ativo conta pelo tempo já observado.
kpi-survival-12m = Clientes que passam de 12 meses
    .short = Sobrevida 12{ "\u00A0" }m
    .grammar = mp
    .definition = Parcela estimada de clientes que fica ao menos 12 meses desde a primeira atividade (Kaplan–Meier). Quem segue ativo conta pelo tempo já observado.
kpi-survival-24m = Clientes que passam de 24 meses
    .short = Sobrevida 24{ "\u00A0" }m
    .grammar = mp
    .definition = Parcela estimada de clientes que fica ao menos 24 meses desde a primeira atividade (Kaplan–Meier). Quem segue ativo conta pelo tempo já observado.
kpi-survival-median-months = Tempo de vida mediano
    .short = Vida mediana
    .grammar = m
    .definition = Meses após os quais metade dos clientes já saiu (Kaplan–Meier). Fica em aberto enquanto mais da metade permanece.

## KPIs: Valor

kpi-average-ticket = Ticket médio
    .short = Ticket médio
    .grammar = m
    .definition = Receita por pedido do período, já descontadas as devoluções. Com assinaturas: MRR por cliente ativo no fim (ARPA).
kpi-purchase-frequency = Frequência de compra
    .short = Frequência
    .grammar = f
    .definition = Pedidos por mês em que o cliente esteve ativo, na janela de valor. Com assinaturas é 1.
kpi-lifetime-months = Tempo de vida do cliente
    .short = Tempo de vida
    .grammar = m
    .definition = Quantos meses se espera que um cliente fique.
kpi-ltv = Valor do cliente ao longo da vida (LTV)
    .short = LTV
    .grammar = m
    .definition = Receita por cliente ativo e mês, vezes o tempo de vida, vezes a margem bruta.
kpi-clv-12m = Valor do cliente nos próximos 12 meses
    .short = CLV 12m
    .grammar = m
    .definition = Quanto se espera que um cliente pague nos próximos doze meses, conforme a frequência, a data e o valor das compras de cada um. É uma expectativa sobre muitos clientes parecidos, não a previsão de um só: supõe que as compras continuem como até agora, sem sazonalidade nem campanhas, e não conta clientes novos, margem nem desconto financeiro.

## KPIs: Atendimento

kpi-fcr = Resolução no primeiro contato (FCR)
    .short = FCR
    .grammar = f
    .definition = Parcela dos chamados resolvidos com um único contato e nunca reabertos. Chamados sem nenhum contato ficam de fora.
kpi-first-response-hours = Tempo até a primeira resposta
    .short = 1ª resposta
    .grammar = m
    .definition = Mediana de horas da abertura à primeira resposta, entre os chamados abertos no período que já a tiveram.
kpi-first-response-hours-p90 = Tempo até a primeira resposta (décimo mais lento)
    .short = 1ª resposta p90
    .grammar = m
    .definition = Nove em cada dez chamados abertos no período tiveram a primeira resposta em até tantas horas.
kpi-resolution-hours = Tempo até a solução
    .short = Solução
    .grammar = m
    .definition = Mediana de horas da abertura à solução, entre os chamados abertos no período já resolvidos.
kpi-resolution-hours-p90 = Tempo até a solução (décimo mais lento)
    .short = Solução p90
    .grammar = m
    .definition = Nove em cada dez chamados resolvidos do período foram resolvidos em até tantas horas.
kpi-ticket-rate = Chamados por 100 clientes
    .short = Chamados por 100
    .grammar = mp
    .definition = Chamados abertos no período para cada 100 clientes ativos no início dele.
kpi-backlog = Chamados em aberto
    .short = Em aberto
    .grammar = mp
    .definition = Chamados abertos antes do fim do período e ainda não resolvidos até lá.

## KPIs: Saúde e engajamento

kpi-health-score = Índice de saúde
    .short = Saúde
    .grammar = m
    .definition = Média dos clientes ativos, de 0 a 100. O índice de cada um é a média ponderada dos seus sinais no fim do período; com poucos sinais conhecidos, não há índice.
kpi-healthy-share = Clientes saudáveis
    .short = Saudáveis
    .grammar = mp
    .definition = Parcela dos clientes avaliados com índice de saúde em faixa verde.
kpi-at-risk-share = Clientes em risco
    .short = Em risco
    .grammar = mp
    .definition = Parcela dos clientes avaliados com índice de saúde em faixa vermelha.
kpi-health-recovery-rate = Recuperação da saúde
    .short = Recuperação
    .grammar = f
    .definition = Dos clientes com saúde vermelha no início do período, a parcela que no fim ainda é cliente e está em amarelo ou verde.
kpi-health-decline-rate = Queda da saúde
    .short = Queda
    .grammar = f
    .definition = Dos clientes com saúde verde no início do período, a parcela que no fim está em amarelo, em vermelho ou já saiu.
kpi-mrr-at-risk = MRR em risco
    .short = MRR em risco
    .grammar = m
    .definition = MRR no fim do período dos clientes com índice de saúde em faixa vermelha.
kpi-expansion-candidates = Candidatos a expansão
    .short = A expandir
    .grammar = mp
    .definition = Clientes em faixa de saúde verde no fim do período que usaram o produto mais nos últimos 90 dias do que nos 90 anteriores e renovam em até 90 dias.
kpi-chi = Índice de felicidade do cliente (CHI)
    .short = CHI
    .grammar = m
    .definition = Média, entre os clientes ativos, de um índice de 0 a 10: critérios ponderados de uso, engajamento e valor no fim do período.
kpi-active-rate = Parcela de clientes que usam o produto
    .short = Em uso
    .grammar = f
    .definition = Dos clientes ativos no início do período, a parcela que usou o produto durante ele.
kpi-stickiness = Frequência de uso (stickiness)
    .short = Stickiness
    .grammar = f
    .definition = Clientes que usam o produto em um dia médio, em relação a todos os que o usaram no período.
kpi-onboarding-completion = Implantação concluída
    .short = Implantação
    .grammar = f
    .definition = Parcela dos clientes que entraram no período e concluíram a implantação dentro do prazo. Quem não tem registro não a concluiu. Ainda pode subir enquanto o prazo corre.
kpi-time-to-value-days = Tempo até o primeiro valor
    .short = Tempo até valor
    .grammar = m
    .definition = Dias após os quais metade dos clientes que entraram no período já obteve o primeiro valor (Kaplan–Meier). Quem ainda espera conta pelo tempo que já esperou.
kpi-goal-attainment = Objetivos alcançados
    .short = Objetivos
    .grammar = mp
    .definition = Quanto do prometido foi alcançado: a média ponderada dos objetivos avaliados no período, cada um contado até 100%.
kpi-value-gap = Lacuna de valor
    .short = Lacuna
    .grammar = f
    .definition = Valor esperado menos valor percebido da entrega (0 a 100), em média. Acima de 0, o cliente recebe menos do que esperava.

## KPIs: Custo e crescimento

kpi-crc = Custo de retenção por cliente (CRC)
    .short = CRC
    .grammar = m
    .definition = Gasto de retenção com data no período, por cliente ativo no início e no fim dele.
kpi-crc-since-first-contact = Custo de retenção desde o primeiro contato
    .short = CRC acumulado
    .grammar = m
    .definition = Tudo o que se gastou com um cliente desde o primeiro contato até o fim do período, na média dos clientes ativos no início e no fim dele. Gastos que não nomeiam um cliente não entram.
kpi-crc-to-arpa = Custo de retenção sobre receita
    .short = CRC/ARPA
    .grammar = m
    .definition = Custo de retenção por cliente em relação à receita média por cliente ativo.
kpi-retention-roi = Retorno do gasto de retenção
    .short = ROI de retenção
    .grammar = m
    .definition = Quanto mais ficaram os clientes alcançados pelo gasto do que os outros, vezes o que os alcançados pagavam no início e a margem bruta, menos o gasto, em relação ao gasto. É uma associação, não prova de que o gasto os reteve: ninguém foi sorteado. Gastos que não nomeiam um cliente ficam de fora.
kpi-conversion-rate = Conversão de leads
    .short = Conversão
    .grammar = f
    .definition = Parcela dos leads criados no período que virou cliente dentro do prazo. Ainda pode subir enquanto o prazo corre.
kpi-turnover-index = Rotatividade da equipe
    .short = Rotatividade
    .grammar = f
    .definition = Movimento na equipe de sucesso do cliente no período, em relação ao seu efetivo.
