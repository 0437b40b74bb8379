//! What is known of users: u.user of MovieLens 100K, users.dat of 1M.

use super::LoadError;
use super::delimited::{Cell, sample};
use super::files::File;
use super::records::Separator;
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
        let rows = sample(file, head, form.separator()).unwrap_or_default();
        let [_, gender, _] = form.columns();
        rows.first().is_some_and(|row| row.len() == 5 && matches!(&*row[gender], b"F" | b"M"))
    })
}

/// Reads the users that have ratings into `users`, which has a place for each of `ids`; of an id that
/// comes twice, the first counts.
pub(super) fn read(
    file: &File<'_>,
    form: Form,
    ids: &Ids,
    users: &mut [Option<Vec<Attribute>>],
) -> Result<(), LoadError> {
    let mut records = file.records(form.separator())?;
    while records.next()? {
        let cell = Cell { file, line: records.line(), records: &records };
        if records.columns() != 5 {
            return Err(LoadError::Columns {
                file: file.name.clone(),
                line: records.line(),
                expected: 5,
                found: records.columns(),
                separator: form.separator().words(),
            });
        }
        let id = cell.id(0, "a user's id")?;
        let [age, gender, occupation] = form.columns();
        let years: Option<u32> = cell.text(age)?.parse().ok().filter(|&years| years < 150);
        let years = years.ok_or_else(|| cell.wrong(age, "an age in years"))?;
        let group = AGES.iter().rfind(|(youngest, _)| years >= *youngest).unwrap_or(&AGES[0]).1;
        let sex @ ("F" | "M") = cell.text(gender)? else {
            return Err(cell.wrong(gender, "`F` or `M`"));
        };
        let work = latin1_or_utf8(records.column(occupation).trim_ascii());
        let work = match form {
            Form::Bars if work.is_empty() => {
                return Err(cell.wrong(occupation, "an occupation"));
            }
            Form::Bars => work,
            Form::Colons => {
                let named = work.parse().ok().and_then(|n: usize| OCCUPATIONS.get(n).copied());
                named
                    .ok_or_else(|| cell.wrong(occupation, "an occupation's number, 0 to 20"))?
                    .into()
            }
        };
        if let Some(index) = ids.index(id) {
            users[index].get_or_insert_with(|| {
                let told = [("age", group), ("gender", sex), ("occupation", &*work)];
                told.map(|(kind, value)| Attribute::new(kind, value)).into()
            });
        }
    }
    Ok(())
}
