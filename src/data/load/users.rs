//! What is known of users: u.user of MovieLens 100K, users.dat of 1M.

use super::LoadError;
use super::Report;
use super::dialect::sample;
use super::files::File;
use super::records::{Separator, Shape};
use super::report::{NoteKind, Tally};
use super::values::latin1_or_utf8;
use crate::data::{Attribute, Ids};

/// The occupations of MovieLens 1M in the order of their numbers.
const OCCUPATIONS: [&str; 21] = [
    "other",
    "academic or educator",
    "artist",
    "clerical or admin",
    "college or graduate student",
    "customer service",
    "doctor or health care",
    "executive or managerial",
    "farmer",
    "homemaker",
    "school student",
    "lawyer",
    "programmer",
    "retired",
    "sales or marketing",
    "scientist",
    "self-employed",
    "technician or engineer",
    "tradesman or craftsman",
    "unemployed",
    "writer",
];

/// The age groups of MovieLens 1M: its code, which is the youngest age, and the group in words. The
/// ages of 100K are put into the same groups.
const AGES: [(u32, &str); 7] = [
    (1, "0-17"),
    (18, "18-24"),
    (25, "25-34"),
    (35, "35-44"),
    (45, "45-49"),
    (50, "50-55"),
    (56, "56+"),
];

/// The form of a file about users.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// `id|age|gender|occupation|zip code`, as in MovieLens 100K.
    Bars,
    /// `id::gender::age group::occupation's number::zip code`, as in MovieLens 1M.
    Colons,
}

impl Form {
    fn separator(self) -> Separator {
        match self {
            Self::Bars => Separator::Unquoted(b'|'),
            Self::Colons => Separator::TwoColons,
        }
    }

    /// The columns of age, gender and occupation.
    fn columns(self) -> [usize; 3] {
        match self {
            Self::Bars => [1, 2, 3],
            Self::Colons => [2, 1, 3],
        }
    }
}

/// Recognizes the form from the first line: five columns, one of them a gender.
pub(super) fn form(file: &File<'_>, head: &[u8]) -> Option<Form> {
    [Form::Bars, Form::Colons].into_iter().find(|form| {
        let rows = sample(file, head, Shape::of(form.separator())).unwrap_or_default();
        let [_, gender, _] = form.columns();
        rows.first().is_some_and(|(_, row)| row.len() == 5 && matches!(&*row[gender], b"F" | b"M"))
    })
}

/// Reads the users that have ratings into `users`, which has a place for each of `ids`; of an id that
/// comes twice, the first counts. Lines of another form are left out and counted.
pub(super) fn read(
    file: &File<'_>,
    form: Form,
    ids: &Ids,
    users: &mut [Option<Vec<Attribute>>],
    report: &mut Report,
) -> Result<(), LoadError> {
    let mut records = file.records(Shape::of(form.separator()))?;
    let (mut left, mut rows) = (Tally::default(), 0);
    let [age, gender, occupation] = form.columns();
    while records.next()? {
        rows += 1;
        let cell = |column: usize| latin1_or_utf8(records.column(column).trim_ascii());
        let mut wrong = |column: Option<usize>, expected| {
            let found = records.column(column.unwrap_or(0));
            left.add(NoteKind::Companion, records.line(), column, expected, found);
        };
        if records.columns() != 5 || cell(0).is_empty() {
            wrong(None, "five columns");
            continue;
        }
        let years: Option<u32> = cell(age).parse().ok().filter(|&years| years < 150);
        let Some(years) = years else {
            wrong(Some(age), "an age in years");
            continue;
        };
        let group = AGES.iter().rfind(|(youngest, _)| years >= *youngest).unwrap_or(&AGES[0]).1;
        let sex = cell(gender);
        if !matches!(&*sex, "F" | "M") {
            wrong(Some(gender), "`F` or `M`");
            continue;
        }
        let work = cell(occupation);
        let named = match form {
            Form::Bars => Some(&*work).filter(|work| !work.is_empty()),
            Form::Colons => work.parse().ok().and_then(|n: usize| OCCUPATIONS.get(n).copied()),
        };
        let Some(work) = named else {
            wrong(Some(occupation), "an occupation");
            continue;
        };
        if let Some(index) = ids.index(&cell(0)) {
            users[index].get_or_insert_with(|| {
                let told = [("age", group), ("gender", &sex), ("occupation", work)];
                told.map(|(kind, value)| Attribute::new(kind, value)).into()
            });
        }
    }
    left.report(&file.name, rows, report);
    Ok(())
}
