//! Segments: which set of customers a customer belongs to, and when.
//!
//! A customer has one value of an attribute at any instant. Flows of a period use the value at its start, or the first
//! one within it for a customer who came later; stocks use the value at its end.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::config::Dimension;
use crate::panel::Span;
use crate::tables::schema::Table;

/// What stands where a customer has no value of an attribute.
pub const NOT_SET: &str = "(not set)";

/// One customer's values of one attribute over time: from an instant on, the value. `None`: from here on nothing says
/// one, as of a customer without a subscription; that is not the same as a value that is not set.
pub type History = Vec<(i64, Option<String>)>;

/// An attribute of every customer.
#[derive(Clone, Debug)]
pub enum AttributeValues {
    /// One value per customer, always.
    Constant(Vec<Option<String>>),
    /// Values that change, ascending by instant.
    Changing(Vec<History>),
}

/// An attribute as codes: 0 is [`NOT_SET`], the labels are sorted.
#[derive(Clone, Debug)]
struct Attribute {
    labels: Vec<String>,
    values: Codes,
}

#[derive(Clone, Debug)]
enum Codes {
    Constant(Vec<u32>),
    /// `None` where nothing says a value.
    Changing(Vec<Vec<(i64, Option<u32>)>>),
}

impl Attribute {
    fn new(values: &AttributeValues) -> Self {
        let mut distinct: BTreeMap<&str, u32> = BTreeMap::new();
        match values {
            AttributeValues::Constant(values) => {
                distinct.extend(values.iter().flatten().map(|value| (value.as_str(), 0)));
            }
            AttributeValues::Changing(histories) => {
                let known = histories.iter().flatten().filter_map(|(_, value)| value.as_deref());
                distinct.extend(known.map(|value| (value, 0)));
            }
        }
        distinct.remove(NOT_SET);
        for (code, slot) in (1..).zip(distinct.values_mut()) {
            *slot = code;
        }
        let code = |value: &Option<String>| value.as_deref().and_then(|v| distinct.get(v)).copied().unwrap_or(0);
        let codes = match values {
            AttributeValues::Constant(values) => Codes::Constant(values.iter().map(code).collect()),
            AttributeValues::Changing(histories) => Codes::Changing(
                histories
                    .iter()
                    .map(|history| {
                        history.iter().map(|(from, value)| (*from, value.as_ref().map(|_| code(value)))).collect()
                    })
                    .collect(),
            ),
        };
        let labels = std::iter::once(NOT_SET).chain(distinct.keys().copied()).map(str::to_owned).collect();
        Self { labels, values: codes }
    }

    /// The code at an instant; 0 where there is none.
    fn at(&self, customer: usize, at: i64) -> u32 {
        self.said(customer, at).unwrap_or(0)
    }

    /// The code that something says at an instant.
    fn said(&self, customer: usize, at: i64) -> Option<u32> {
        match &self.values {
            Codes::Constant(codes) => Some(codes[customer]),
            Codes::Changing(histories) => {
                let history = &histories[customer];
                let after = history.partition_point(|(from, _)| *from <= at);
                if after == 0 { None } else { history[after - 1].1 }
            }
        }
    }

    /// The last code that something says at or before an instant: what a customer was when its lifetime ended.
    fn latest(&self, customer: usize, at: i64) -> u32 {
        match &self.values {
            Codes::Constant(codes) => codes[customer],
            Codes::Changing(histories) => {
                let mut past = histories[customer].iter().rev().filter(|(from, _)| *from <= at);
                past.find_map(|(_, code)| *code).unwrap_or(0)
            }
        }
    }

    /// The code that flows of a period use: that of the start, though it be "(not set)", or else the first one after. A
    /// subscription that starts at the very end is in the closing snapshot, so the end counts as within.
    fn flow(&self, customer: usize, span: &Span) -> u32 {
        if let Some(at_start) = self.said(customer, span.start) {
            return at_start;
        }
        match &self.values {
            Codes::Constant(_) => 0,
            Codes::Changing(histories) => {
                let mut within = histories[customer].iter().filter(|(from, _)| *from > span.start && *from <= span.end);
                within.find_map(|(_, code)| *code).unwrap_or(0)
            }
        }
    }
}

/// A way of cutting rows instead of customers: by a column of theirs, for the KPIs that count those rows.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RowDimension {
    /// Whose rows.
    pub table: Table,
    /// By which column; also the dimension's name.
    pub column: String,
}

/// A row dimension with the value of each row of its table's frame.
#[derive(Clone, Debug)]
pub struct RowValues<'a> {
    /// Which.
    pub dimension: RowDimension,
    /// Row → code of its value.
    pub codes: Vec<Option<u32>>,
    /// Code → value, each once.
    pub values: Vec<&'a str>,
}

/// Most values of a column that cuts rows. One that has more names single things, such as each conversation, and is no
/// way of cutting.
pub const MOST_ROW_VALUES: usize = 200;

/// Where the rows of one dimension are counted.
#[derive(Clone, Debug)]
struct RowPlacement {
    table: Table,
    /// Row → code of its value.
    codes: Vec<u32>,
    /// How many values there are.
    values: usize,
    /// The first cell of the values themselves.
    first: usize,
    /// The same values within each part of the customers that somebody sees alone.
    crossed: Vec<Crossed>,
}

/// A row dimension crossed with a dimension of customers; the values of the rows vary slowest.
#[derive(Clone, Copy, Debug)]
struct Crossed {
    /// Index of the dimension of customers.
    dimension: usize,
    /// Its first cell.
    from: usize,
    /// How many cells it has.
    size: usize,
    /// The first cell of the cross.
    first: usize,
}

/// A cell: one segment of one dimension.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    /// `total`, `plan`, `plan×region`.
    pub dimension: String,
    /// `total`, `Pro`, `Pro×Sul`.
    pub segment: String,
    /// The labels by attribute, for selecting a scope.
    pub labels: Vec<(String, String)>,
    /// Shown in every period even when empty: a value of a single attribute that some customer has at some time.
    pub is_always_shown: bool,
    /// The table whose rows it cuts; none: it is a set of customers.
    pub rows_of: Option<Table>,
}

/// Every customer's cells in every period. Cell 0 is the total.
#[derive(Clone, Debug)]
pub struct Segments {
    /// The cells, dimension by dimension.
    pub cells: Vec<Cell>,
    /// Period → dimension → customer → cell, for flows.
    flow: Vec<Vec<Arc<Vec<u32>>>>,
    /// The same for stocks.
    stock: Vec<Vec<Arc<Vec<u32>>>>,
    /// The same for lifetimes.
    latest: Vec<Vec<Arc<Vec<u32>>>>,
    /// Dimensions with their attributes and the first cell of each.
    dimensions: Vec<(Vec<Attribute>, usize)>,
    rows: Vec<RowPlacement>,
    /// Indexes of the dimensions by which somebody sees a part of the customers alone.
    scopes: Vec<usize>,
    /// Row dimensions with more than [`MOST_ROW_VALUES`] values, which cut nothing.
    pub too_varied: Vec<RowDimension>,
}

impl Segments {
    /// Places customers in the cells of each dimension for each period.
    ///
    /// `attributes` holds every attribute that `dimensions` name; one that is missing is [`NOT_SET`] for all.
    pub fn new(
        customer_count: usize,
        dimensions: &[Dimension],
        attributes: &BTreeMap<String, AttributeValues>,
        spans: &[Span],
    ) -> Self {
        let mut segments = Self::of_flows(customer_count, dimensions, attributes, spans);
        segments.stock =
            segments.place(customer_count, spans, |attribute, customer, span| attribute.at(customer, span.end));
        segments.latest =
            segments.place(customer_count, spans, |attribute, customer, span| attribute.latest(customer, span.end));
        segments
    }

    /// The same where only flows are placed.
    pub fn of_flows(
        customer_count: usize,
        dimensions: &[Dimension],
        attributes: &BTreeMap<String, AttributeValues>,
        spans: &[Span],
    ) -> Self {
        let coded: BTreeMap<&str, Attribute> =
            attributes.iter().map(|(name, values)| (name.as_str(), Attribute::new(values))).collect();
        let total = "total".to_owned();
        let mut cells = vec![Cell {
            dimension: total.clone(),
            segment: total,
            labels: Vec::new(),
            is_always_shown: true,
            rows_of: None,
        }];
        let mut placed = Vec::new();
        for dimension in dimensions {
            let unset =
                || Attribute { labels: vec![NOT_SET.to_owned()], values: Codes::Constant(vec![0; customer_count]) };
            let parts: Vec<Attribute> =
                dimension.0.iter().map(|name| coded.get(name.as_str()).cloned().unwrap_or_else(unset)).collect();
            let first = cells.len();
            cells.extend(cells_of(dimension, &parts));
            placed.push((parts, first));
        }
        let mut segments = Self {
            cells,
            flow: Vec::new(),
            stock: Vec::new(),
            latest: Vec::new(),
            dimensions: placed,
            rows: Vec::new(),
            scopes: Vec::new(),
            too_varied: Vec::new(),
        };
        segments.flow = segments.place(customer_count, spans, Attribute::flow);
        segments
    }

    /// Whether any customer stands in a cell in some period.
    pub fn hold_anybody_in(&self, cell: usize) -> bool {
        let cell = u32::try_from(cell).unwrap_or(u32::MAX);
        [&self.flow, &self.stock, &self.latest].into_iter().flatten().flatten().any(|placed| placed.contains(&cell))
    }

    /// Period → dimension → customer → cell. Dimensions that never change share one vector.
    fn place(
        &self,
        customer_count: usize,
        spans: &[Span],
        code: impl Fn(&Attribute, usize, &Span) -> u32,
    ) -> Vec<Vec<Arc<Vec<u32>>>> {
        let place_one = |(parts, first): &(Vec<Attribute>, usize), span: &Span| {
            let cell = |customer| {
                let offset = parts
                    .iter()
                    .fold(0, |offset, part| offset * part.labels.len() + code(part, customer, span) as usize);
                u32::try_from(first + offset).unwrap_or(u32::MAX)
            };
            Arc::new((0..customer_count).map(cell).collect::<Vec<u32>>())
        };
        let mut constant: Vec<Option<Arc<Vec<u32>>>> = vec![None; self.dimensions.len()];
        spans
            .iter()
            .map(|span| {
                let mut row = Vec::with_capacity(self.dimensions.len());
                for (index, dimension) in self.dimensions.iter().enumerate() {
                    let is_constant = dimension.0.iter().all(|part| matches!(part.values, Codes::Constant(_)));
                    let cells = match &constant[index] {
                        Some(shared) => Arc::clone(shared),
                        None => place_one(dimension, span),
                    };
                    if is_constant {
                        constant[index] = Some(Arc::clone(&cells));
                    }
                    row.push(cells);
                }
                row
            })
            .collect()
    }

    /// Adds the cells of row dimensions: every value that a row has, and again within each of `scopes`, which are among
    /// the dimensions of customers.
    pub fn cut_rows(&mut self, rows: Vec<RowValues<'_>>, scopes: &[Dimension]) {
        let names: Vec<String> = scopes.iter().map(Dimension::name).collect();
        let is_scope =
            |(_, (_, from)): &(usize, &(Vec<Attribute>, usize))| names.contains(&self.cells[*from].dimension);
        self.scopes = self.dimensions.iter().enumerate().filter(is_scope).map(|(index, _)| index).collect();
        for RowValues { dimension: RowDimension { table, column }, codes, values } in rows {
            let labels: BTreeSet<&str> = values.iter().copied().filter(|value| *value != NOT_SET).collect();
            if labels.len() > MOST_ROW_VALUES {
                self.too_varied.push(RowDimension { table, column });
                continue;
            }
            let labels: Vec<&str> = std::iter::once(NOT_SET).chain(labels).collect();
            let place =
                |value: &&str| labels.iter().zip(0..).find(|(label, _)| *label == value).map_or(0, |(_, at)| at);
            let places: Vec<u32> = values.iter().map(place).collect();
            let cell = |label: &str, within: Option<&Cell>| {
                let own = std::iter::once((column.clone(), label.to_owned()));
                let labels: Vec<_> = own.chain(within.into_iter().flat_map(|cell| cell.labels.clone())).collect();
                let join = |part: fn(&(String, String)) -> &str| labels.iter().map(part).collect::<Vec<_>>().join("×");
                Cell {
                    dimension: join(|(name, _)| name),
                    segment: join(|(_, label)| label),
                    is_always_shown: false,
                    rows_of: Some(table),
                    labels,
                }
            };
            let first = self.cells.len();
            self.cells.extend(labels.iter().map(|label| cell(label, None)));
            let mut crossed = Vec::new();
            for (dimension, (_, from)) in self.dimensions.iter().enumerate() {
                let (from, name) = (*from, &self.cells[*from].dimension);
                if !names.contains(name) {
                    continue;
                }
                let within: Vec<Cell> =
                    self.cells[from..].iter().take_while(|cell| cell.dimension == *name).cloned().collect();
                crossed.push(Crossed { dimension, from, size: within.len(), first: self.cells.len() });
                self.cells.extend(labels.iter().flat_map(|label| within.iter().map(|part| cell(label, Some(part)))));
            }
            let codes = codes.into_iter().map(|code| code.map_or(0, |code| places[code as usize])).collect();
            self.rows.push(RowPlacement { table, codes, values: labels.len(), first, crossed });
        }
    }

    /// The cells that a row enters by its own values; `row` counts within the table's frame. A row without a customer is
    /// in no part of the customers.
    pub fn row_cells(
        &self,
        table: Table,
        period: usize,
        row: u32,
        customer: Option<u32>,
    ) -> impl Iterator<Item = usize> {
        Self::cells_of_row(&self.rows, &self.flow[period], table, row, customer)
    }

    /// The same for a stock at a period's end.
    pub fn row_stock_cells(
        &self,
        table: Table,
        period: usize,
        row: u32,
        customer: Option<u32>,
    ) -> impl Iterator<Item = usize> {
        Self::cells_of_row(&self.rows, &self.stock[period], table, row, customer)
    }

    fn cells_of_row<'a>(
        rows: &'a [RowPlacement],
        placed: &'a [Arc<Vec<u32>>],
        table: Table,
        row: u32,
        customer: Option<u32>,
    ) -> impl Iterator<Item = usize> + 'a {
        rows.iter().filter(move |placement| placement.table == table).flat_map(move |placement| {
            let code = placement.codes[row as usize] as usize;
            let within = placement.crossed.iter().filter_map(move |cross| {
                let cell = placed[cross.dimension][customer? as usize] as usize;
                Some(cross.first + code * cross.size + (cell - cross.from))
            });
            std::iter::once(placement.first + code).chain(within)
        })
    }

    /// Every cell that cuts a table's rows, with the cell of the customers it lies within (the total, or a scope's).
    pub fn cells_of_rows(&self, table: Table) -> impl Iterator<Item = (usize, usize)> {
        self.rows.iter().filter(move |placement| placement.table == table).flat_map(|placement| {
            let whole = (0..placement.values).map(|code| (placement.first + code, 0));
            let within = placement.crossed.iter().flat_map(|cross| {
                let cells = cross.first..cross.first + placement.values * cross.size;
                cells.map(move |cell| (cell, cross.from + (cell - cross.first) % cross.size))
            });
            whole.chain(within)
        })
    }

    /// The cells that a customer's flows of a period enter, the total first.
    pub fn flow_cells(&self, period: usize, customer: u32) -> impl Iterator<Item = usize> {
        std::iter::once(0).chain(self.flow[period].iter().map(move |cells| cells[customer as usize] as usize))
    }

    /// Of [`Self::flow_cells`] those that stand for everybody whom some reader sees: the total, and each scope's. What
    /// has a dimension of its own is counted only there.
    pub fn whole_cells(&self, period: usize, customer: u32) -> impl Iterator<Item = usize> {
        let cell = move |scope: &usize| self.flow[period][*scope][customer as usize] as usize;
        std::iter::once(0).chain(self.scopes.iter().map(cell))
    }

    /// The cells that a customer's stocks at a period's end enter, the total first.
    pub fn stock_cells(&self, period: usize, customer: u32) -> impl Iterator<Item = usize> {
        std::iter::once(0).chain(self.stock[period].iter().map(move |cells| cells[customer as usize] as usize))
    }

    /// The cells that a customer's lifetime enters, the total first: by the last value it had at the period's end, so
    /// that a customer who left stays in the segment that it left from.
    pub fn lifetime_cells(&self, period: usize, customer: u32) -> impl Iterator<Item = usize> {
        std::iter::once(0).chain(self.latest[period].iter().map(move |cells| cells[customer as usize] as usize))
    }

    /// For each dimension a customer's cell at start (flows) and at end (stocks) of a period.
    pub fn moves(&self, period: usize, customer: u32) -> impl Iterator<Item = (usize, usize)> {
        let customer = customer as usize;
        let (flow, stock) = (&self.flow[period], &self.stock[period]);
        flow.iter().zip(stock).map(move |(from, to)| (from[customer] as usize, to[customer] as usize))
    }
}

/// All combinations of a dimension's labels, in the order of their codes.
fn cells_of(dimension: &Dimension, parts: &[Attribute]) -> Vec<Cell> {
    let mut combinations: Vec<Vec<(String, String)>> = vec![Vec::new()];
    for (name, part) in dimension.0.iter().zip(parts) {
        combinations = combinations
            .into_iter()
            .flat_map(|head| {
                part.labels.iter().map(move |label| {
                    let mut labels = head.clone();
                    labels.push((name.clone(), label.clone()));
                    labels
                })
            })
            .collect();
    }
    let is_single = parts.len() == 1;
    combinations
        .into_iter()
        .map(|labels| Cell {
            dimension: dimension.name(),
            segment: labels.iter().map(|(_, label)| label.as_str()).collect::<Vec<_>>().join("×"),
            is_always_shown: is_single && labels.iter().all(|(_, label)| label != NOT_SET),
            rows_of: None,
            labels,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::Calendar;

    fn spans() -> Vec<Span> {
        let calendar = Calendar { zone: chrono_tz::UTC, fiscal_year_start: 1 };
        ["2026-01", "2026-02"].iter().map(|id| Span::new(&calendar.parse(id).unwrap(), &calendar)).collect()
    }

    /// Customer 0 changes from Pro to Basic within January; customer 1 comes within January; 2 never has a value.
    #[test]
    fn flows_use_the_value_at_start_and_stocks_the_value_at_end() {
        let spans = spans();
        let mid_january = i64::midpoint(spans[0].start, spans[0].end);
        let some = |text: &str| Some(text.to_owned());
        let histories =
            vec![vec![(i64::MIN, some("Pro")), (mid_january, some("Basic"))], vec![(mid_january, some("Pro"))], vec![]];
        let attributes = BTreeMap::from([("plan".to_owned(), AttributeValues::Changing(histories))]);
        let segments = Segments::new(3, &[Dimension(vec!["plan".to_owned()])], &attributes, &spans);
        let name = |cell: usize| segments.cells[cell].segment.as_str();
        let flow = |period, customer| segments.flow_cells(period, customer).map(name).collect::<Vec<_>>();
        let stock = |period, customer| segments.stock_cells(period, customer).map(name).collect::<Vec<_>>();
        assert_eq!((flow(0, 0), stock(0, 0)), (vec!["total", "Pro"], vec!["total", "Basic"]));
        assert_eq!((flow(0, 1), stock(0, 1)), (vec!["total", "Pro"], vec!["total", "Pro"]));
        assert_eq!((flow(1, 0), flow(1, 2)), (vec!["total", "Basic"], vec!["total", NOT_SET]));
    }
}
