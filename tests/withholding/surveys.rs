//! Random surveys of a few months, and everything that one reader is shown of them.

use std::collections::{BTreeMap, BTreeSet};

use farol::calendar::{Calendar, Period};
use farol::config::Choices;
use farol::judgement::{Figure, Key, Keys, Setting, judge};
use farol::kpi::{Context, catalogue};
use farol::report::figures;
use farol::stats::disclosure::{self, Cell, Proposal, Sum};
use farol::tally::Tallies;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

const CALENDAR: Calendar = Calendar { zone: chrono_tz::UTC, fiscal_year_start: 1 };
const MONTHS: [&str; 3] = ["2026-04", "2026-05", "2026-06"];
const QUARTER: &str = "2026-Q2";
const RATE: &str = "nps_response_rate";
const KPIS: [&str; 5] = ["nps", "nps_promoters", "nps_passives", "nps_detractors", RATE];

/// People who differ in nothing that is shown.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Atom {
    /// When they were asked.
    asked: usize,
    /// When they answered.
    month: usize,
    plan: usize,
    region: usize,
    role: usize,
    pub(crate) promoters: u64,
    passives: u64,
    detractors: u64,
    unanswered: u64,
}

impl Atom {
    pub(crate) fn answers(&self) -> u64 {
        self.promoters + self.passives + self.detractors
    }

    pub(crate) fn invited(&self) -> u64 {
        self.answers() + self.unanswered
    }
}

impl Atom {
    /// Its customer, with its plan and region.
    pub(crate) fn customer(&self) -> (String, String, String) {
        let (plan, region) = (format!("P{}", self.plan), format!("R{}", self.region));
        (format!("{plan}-{region}"), plan, region)
    }

    /// The days of the invitation and of the answer.
    pub(crate) fn days(&self) -> [String; 2] {
        let day = if self.asked == self.month { "12" } else { "03" };
        [format!("{}-10", MONTHS[self.asked]), format!("{}-{day}", MONTHS[self.month])]
    }

    /// Scores and how many gave them; none: did not answer.
    pub(crate) fn scores(&self) -> [(Option<i64>, u64); 4] {
        [(Some(10), self.promoters), (Some(8), self.passives), (Some(3), self.detractors), (None, self.unanswered)]
    }
}

/// A sum that a reader would like to see.
#[derive(Clone, Debug)]
pub(crate) struct Shown {
    /// Which file it stands in: that of all customers, or of one region.
    file: usize,
    period: &'static str,
    dimension: &'static str,
    segment: String,
    /// Its atoms, by the month of the answer.
    holds: Vec<usize>,
    /// Its atoms by the month of the invitation.
    asked: Vec<usize>,
}

impl Shown {
    /// Its atoms, as answers or as invitations.
    pub(crate) fn atoms(&self, are_invitations: bool) -> &[usize] {
        if are_invitations { &self.asked } else { &self.holds }
    }

    /// Whether a figure of it stands in the files, or that there is none.
    pub(crate) fn is_in(&self, files: &[String], kpi: &str) -> bool {
        let start = format!("{},", self.period);
        let place = format!(",{},{},{kpi},", self.dimension, self.segment);
        let row = files[self.file].lines().find(|line| line.starts_with(&start) && line.contains(&place));
        row.is_none_or(|row| !row.ends_with("withheld"))
    }
}

#[derive(Debug)]
pub(crate) struct Surveys {
    pub(crate) atoms: Vec<Atom>,
    /// In the order in which they reach the reader.
    pub(crate) sums: Vec<Shown>,
}

/// A dimension: its name, and the segment of an atom in it, if it has one.
type Dimension = (&'static str, fn(&Atom) -> Option<String>);

impl Surveys {
    pub(crate) fn random(seed: u64) -> Self {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let (plans, regions, roles) =
            (random.random_range(2..=4), random.random_range(2..=4), random.random_range(1..=2));
        let most = random.random_range(3..=25);
        let mut atoms = Vec::new();
        for month in 0..random.random_range(1..=3) {
            for (plan, region, role) in
                (0..plans).flat_map(|p| (0..regions).flat_map(move |r| (0..roles).map(move |o| (p, r, o))))
            {
                let atom = Atom { asked: month, month, plan, region, role, ..Atom::default() };
                atoms.push(atom.filled(most, &mut random));
                if month > 0 && random.random_bool(0.1) {
                    atoms.push(Atom { asked: month - 1, ..atom }.filled(most, &mut random).answered());
                }
            }
        }
        let sums = shown(&atoms, &mut random);
        Self { atoms, sums }
    }

    /// What the reports of the mailbox show, of three months.
    pub(crate) fn mailed(seed: u64) -> Self {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let mut atoms = Vec::new();
        for (month, plan, region) in (0..3).flat_map(|m| (0..3).flat_map(move |p| (0..3).map(move |r| (m, p, r)))) {
            let atom = Atom { asked: month, month, plan, region, ..Atom::default() };
            atoms.push(atom.filled(14, &mut random));
            if month > 0 && plan == region {
                atoms.push(Atom { asked: month - 1, ..atom }.filled(14, &mut random).answered());
            }
        }
        let cross: Dimension = ("plan×region", |atom| Some(format!("P{}×R{}", atom.plan, atom.region)));
        let [total, plan, region] = PLAIN;
        let sums = [
            shown_in(&atoms, 0, &MONTHS, &[total, plan, region, cross]),
            shown_in(&atoms, 0, &[QUARTER], &PLAIN),
            shown_in(&atoms, 1, &MONTHS, &OF_ONE_REGION),
        ];
        let sums = sums.concat();
        Self { atoms, sums }
    }

    pub(crate) fn people(&self, sum: usize, are_invitations: bool, count: fn(&Atom) -> u64) -> u64 {
        self.sums[sum].atoms(are_invitations).iter().map(|&atom| count(&self.atoms[atom])).sum()
    }

    /// By the program's rule: scores, and response rates.
    pub(crate) fn withheld(&self, least: u64) -> [Vec<bool>; 2] {
        self.withheld_after(least, &vec![true; self.sums.len()], None)
    }

    /// The same where only some sums are offered, to somebody who was told some before.
    pub(crate) fn withheld_after(
        &self,
        least: u64,
        is_offered: &[bool],
        told: Option<&[Vec<bool>; 2]>,
    ) -> [Vec<bool>; 2] {
        let mut splits: Vec<(bool, usize, bool, &str)> = Vec::new();
        let step = |sum: &Shown| MONTHS.iter().position(|month| *month == sum.period).unwrap_or(MONTHS.len());
        let own = || self.sums.iter().enumerate().flat_map(|(at, sum)| [(at, sum, false), (at, sum, true)]);
        let mut ordered: Vec<(usize, &Shown, bool)> = own().collect();
        ordered.sort_by_key(|&(at, sum, is_rate)| (step(sum), is_rate, at));
        let place = |wanted: usize, rate: bool| {
            u32::try_from(ordered.iter().position(|&(at, _, is_rate)| (at, is_rate) == (wanted, rate)).unwrap())
                .unwrap()
        };
        let places: Vec<[u32; 2]> = (0..self.sums.len()).map(|at| [place(at, false), place(at, true)]).collect();
        let mut sums = Vec::new();
        for &(at, sum, is_rate) in &ordered {
            let split = (is_rate, sum.file, sum.period == QUARTER, sum.dimension);
            let split = splits.iter().position(|known| *known == split).unwrap_or_else(|| {
                splits.push(split);
                splits.len() - 1
            });
            sums.push(Sum {
                step: u32::try_from(2 * step(sum) + usize::from(is_rate)).unwrap(),
                split: u32::try_from(split).unwrap(),
                is_offered: is_offered[at],
                with: (is_rate && is_offered[at]).then_some(places[at][0]),
            });
        }
        let cells = |count: fn(&Atom) -> u64, kinds: &[usize]| {
            let mut next = 0_u32;
            let cell = |(at, atom): (usize, &Atom)| {
                let people = next..next + u32::try_from(count(atom)).unwrap();
                next = people.end;
                let is_in = |sum: &Shown, kind: usize| sum.atoms(kind == 1).contains(&at);
                let own = self.sums.iter().zip(&places).flat_map(|(sum, places)| {
                    kinds.iter().filter(move |&&kind| is_in(sum, kind)).map(|&kind| places[kind])
                });
                let mut sums: Vec<u32> = own.collect();
                sums.sort_unstable();
                Cell { sums, people: people.collect() }
            };
            let cells: Vec<Cell> = self.atoms.iter().enumerate().map(cell).collect();
            cells.into_iter().filter(|cell| !cell.people.is_empty()).collect::<Vec<_>>()
        };
        let known = |told: &[Vec<bool>; 2]| ordered.iter().map(|&(at, _, rate)| told[usize::from(rate)][at]).collect();
        let told: Vec<Vec<bool>> = told.map(known).into_iter().collect();
        let questions = [cells(Atom::answers, &[0, 1]), cells(Atom::invited, &[1])];
        let least = usize::try_from(least).unwrap();
        let found = disclosure::withheld(&Proposal { sums: &sums, questions: &questions, least, told: &told });
        [0, 1].map(|kind| places.iter().map(|places| found[places[kind] as usize]).collect())
    }

    /// The sums of a report that shows some dimensions of some files, in some periods.
    pub(crate) fn some_dimensions(&self, seed: u64) -> Vec<bool> {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let mut chosen: BTreeMap<(usize, bool, &str), bool> = BTreeMap::new();
        let of_sum = |sum: &Shown| (sum.file, sum.period == QUARTER, sum.dimension);
        self.sums.iter().map(|sum| *chosen.entry(of_sum(sum)).or_insert_with(|| random.random_bool(0.5))).collect()
    }

    /// By the naive rule.
    pub(crate) fn small(&self, least: u64) -> [Vec<bool>; 2] {
        let is_small = |are_invitations, count: fn(&Atom) -> u64| -> Vec<bool> {
            (0..self.sums.len()).map(|sum| (1..least).contains(&self.people(sum, are_invitations, count))).collect()
        };
        let scores = is_small(false, Atom::answers);
        let [answered, invited] = [is_small(true, Atom::answers), is_small(true, Atom::invited)];
        let rates = (0..scores.len()).map(|at| scores[at] || answered[at] || invited[at]).collect();
        [scores, rates]
    }

    /// By a rule that looks at one dimension of one period: smallest first, until those withheld hold enough.
    pub(crate) fn small_and_the_next_of_the_dimension(&self, least: u64) -> [Vec<bool>; 2] {
        let [mut withheld, rates] = self.small(least);
        let mut groups: BTreeMap<(usize, &str, &str), Vec<usize>> = BTreeMap::new();
        for (at, sum) in self.sums.iter().enumerate() {
            groups.entry((sum.file, sum.period, sum.dimension)).or_default().push(at);
        }
        for mut group in groups.into_values() {
            group.retain(|&sum| self.people(sum, false, Atom::answers) > 0);
            group.sort_by_key(|&sum| self.people(sum, false, Atom::answers));
            let mut hidden = 0;
            for sum in group {
                if withheld[sum] || (hidden > 0 && hidden < least) {
                    hidden += self.people(sum, false, Atom::answers);
                    withheld[sum] = true;
                }
            }
        }
        [withheld, rates]
    }

    /// What the reader gets: each file's `figures.csv`.
    pub(crate) fn published(&self, [scores, rates]: &[Vec<bool>; 2]) -> Vec<String> {
        let choices = Choices::default();
        let context = Context {
            choices: &choices,
            period_days: 30,
            period_months: 1.0,
            longest_follow_up: 0,
            has_subscriptions: false,
            buying: None,
        };
        let files: BTreeSet<usize> = self.sums.iter().map(|sum| sum.file).collect();
        let file = |file: usize| {
            let (mut figures, mut hidden, mut periods) = (Vec::new(), Keys::default(), BTreeSet::new());
            for (at, sum) in self.sums.iter().enumerate().filter(|(_, sum)| sum.file == file) {
                let tallies = self.tallies(sum);
                let period: Period = CALENDAR.parse(sum.period).unwrap();
                for kpi in KPIS {
                    let definition = catalogue::definition(kpi).unwrap();
                    let key = Key {
                        period: period.clone(),
                        dimension: sum.dimension.into(),
                        segment: sum.segment.as_str().into(),
                        kpi: definition.id,
                    };
                    if if kpi == RATE { rates[at] } else { scores[at] } {
                        hidden.insert(key.clone());
                    }
                    figures.push(Figure { key, reading: (definition.compute)(&tallies, &context) });
                }
                periods.insert(period);
            }
            let as_of = CALENDAR.midnight("2026-12-01".parse().unwrap());
            let setting = Setting {
                calendar: &CALENDAR,
                as_of,
                close_lag_days: 2,
                choices: &choices,
                withheld: &hidden,
                first_rows: None,
            };
            let periods: Vec<Period> = periods.into_iter().collect();
            figures::write(&judge(&figures, &periods, &BTreeMap::new(), &setting), &hidden).unwrap()
        };
        files.into_iter().map(file).collect()
    }

    fn tallies(&self, sum: &Shown) -> Tallies {
        let mut tallies = Tallies::default();
        let of = &mut tallies.loyalty;
        for atom in sum.holds.iter().map(|&atom| &self.atoms[atom]) {
            for (score, count) in [(10, atom.promoters), (8, atom.passives), (3, atom.detractors)] {
                (0..count).for_each(|_| of.nps.add_one(score));
            }
        }
        for atom in sum.asked.iter().map(|&atom| &self.atoms[atom]) {
            of.nps_answered += atom.answers();
            of.nps_sent += atom.invited();
        }
        tallies
    }

    /// The sum that a row of a file is.
    pub(crate) fn at(&self, file: usize, place: [&str; 3]) -> usize {
        let is_at = |sum: &Shown| sum.file == file && [sum.period, sum.dimension, &sum.segment] == place;
        self.sums.iter().position(is_at).unwrap()
    }
}

impl Atom {
    /// Those of them who answered.
    fn answered(self) -> Self {
        Self { unanswered: 0, ..self }
    }

    /// With people; half of the cells hold few or nobody.
    fn filled(mut self, most: u64, random: &mut ChaCha8Rng) -> Self {
        let most = if random.random_bool(0.5) { 2 } else { most };
        for _ in 0..random.random_range(0..=most) {
            match random.random_range(0..6) {
                0 | 1 => self.promoters += 1,
                2 => self.passives += 1,
                3 => self.detractors += 1,
                _ => self.unanswered += 1,
            }
        }
        self
    }
}

const PLAIN: [Dimension; 3] = [
    ("total", |_| Some("total".to_owned())),
    ("plan", |atom| Some(format!("P{}", atom.plan))),
    ("region", |atom| Some(format!("R{}", atom.region))),
];

const OF_ONE_REGION: [Dimension; 2] = [
    ("total", |atom| (atom.region == 0).then(|| "total".to_owned())),
    ("plan", |atom| (atom.region == 0).then(|| format!("P{}", atom.plan))),
];

/// Which sums are shown: some of the dimensions, with or without the quarter, crosses and a region's own file.
fn shown(atoms: &[Atom], random: &mut ChaCha8Rng) -> Vec<Shown> {
    let mut dimensions = PLAIN.to_vec();
    let others: [Dimension; 3] = [
        ("country", |atom| Some(format!("C{}", atom.region / 2))),
        ("plan×region", |atom| Some(format!("P{}×R{}", atom.plan, atom.region))),
        ("respondent_role", |atom| Some(format!("O{}", atom.role))),
    ];
    dimensions.extend(others.into_iter().filter(|_| random.random_bool(0.5)));
    let has_own_file = random.random_bool(0.5);
    let has_quarter = random.random_bool(0.6);
    let mut sums = Vec::new();
    for period in MONTHS.into_iter().chain(has_quarter.then_some(QUARTER)) {
        sums.extend(shown_in(atoms, 0, &[period], &dimensions));
        if has_own_file {
            sums.extend(shown_in(atoms, 1, &[period], &OF_ONE_REGION));
        }
    }
    sums
}

/// The sums of one file, period by period, dimension by dimension, the larger first.
fn shown_in(atoms: &[Atom], file: usize, periods: &[&'static str], dimensions: &[Dimension]) -> Vec<Shown> {
    let mut sums = Vec::new();
    for (&period, &(dimension, segment)) in
        periods.iter().flat_map(|period| dimensions.iter().map(move |dimension| (period, dimension)))
    {
        let mut segments: BTreeMap<String, [Vec<usize>; 2]> = BTreeMap::new();
        for (at, atom) in atoms.iter().enumerate() {
            for (kind, month) in [atom.month, atom.asked].into_iter().enumerate() {
                if let Some(segment) = segment(atom).filter(|_| period == QUARTER || MONTHS[month] == period) {
                    segments.entry(segment).or_default()[kind].push(at);
                }
            }
        }
        let size = |holds: &[usize]| holds.iter().map(|&atom| atoms[atom].answers()).sum::<u64>();
        let mut segments: Vec<(String, [Vec<usize>; 2])> = segments.into_iter().collect();
        segments.sort_by_key(|(_, [holds, _])| std::cmp::Reverse(size(holds)));
        let sum = |(segment, [holds, asked]): (String, [Vec<usize>; 2])| Shown {
            file,
            period,
            dimension,
            segment,
            holds,
            asked,
        };
        sums.extend(segments.into_iter().map(sum));
    }
    sums
}
