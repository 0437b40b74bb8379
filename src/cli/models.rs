//! `models`, and the help that comes from the registry.

use super::args::ModelsArgs;
use super::text::{Align, cells, table};
use super::{Failure, json};
use factorscope::models::{Entry, Hyperparameter, Kind, REGISTRY};

/// The models with everything the registry says of them.
pub fn models(args: &ModelsArgs) -> Result<String, Failure> {
    let is_asked = |entry: &&Entry| args.id.as_deref().is_none_or(|id| id == entry.id);
    let entries: Vec<&Entry> = REGISTRY.iter().filter(is_asked).collect();
    if args.json {
        return json(&entries);
    }
    let described: Vec<String> = entries.into_iter().map(describe).collect();
    Ok(described.join("\n"))
}

/// The models' ids and titles, for `--help`.
pub fn overview() -> String {
    let row = |entry: &Entry| cells([&entry.id, &entry.title]);
    let rows: Vec<_> = REGISTRY.iter().map(row).collect();
    format!(
        "Models:\n{}\nExit codes: 0 done, 1 bad input or diverged, 2 wrong arguments.",
        table("  ", &[Align::Left, Align::Left], &rows)
    )
}

/// All hyperparameters of all models, for the long help of the commands that take `--set`.
pub fn hyperparameters() -> String {
    let listed = |entry: &Entry| {
        let settings = settings("    ", entry);
        format!("\n  {}: {}\n{settings}", entry.id, entry.title)
    };
    let models: String = REGISTRY.iter().map(listed).collect();
    format!("Hyperparameters (--set NAME=VALUE):\n{models}")
}

fn describe(entry: &Entry) -> String {
    let mut rows = vec![
        cells([&"source", &entry.source]),
        cells([&"predicts", &entry.predicts]),
        cells([&"minimizes", &entry.minimizes]),
    ];
    for (n, rule) in entry.rules.iter().enumerate() {
        let label = if n == 0 { "updates" } else { "" };
        rows.push(cells([&label, &rule.latex]));
    }
    format!(
        "{}: {}\n{}{}",
        entry.id,
        entry.title,
        table("  ", &[Align::Left, Align::Left], &rows),
        settings("  ", entry)
    )
}

fn settings(indent: &str, entry: &Entry) -> String {
    let row = |h: &Hyperparameter| {
        let range = match h.kind {
            Kind::Choice(words) => words.join(" | "),
            _ => format!("{} to {}", h.min, h.max),
        };
        cells([&format!("{}={}", h.name, h.text(h.default)), &range, &h.help])
    };
    let rows: Vec<_> = entry.hyperparameters.iter().map(row).collect();
    table(indent, &[Align::Left; 3], &rows)
}
