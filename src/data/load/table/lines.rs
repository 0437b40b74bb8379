//! Where each rating stands.

/// A file's number and a line in it.
pub(super) type Spot = (usize, u64);

/// Consecutive ratings of one file, on lines that are equally far apart; on one line at a step of 0.
struct Run {
    step: u64,
    first: usize,
    file: usize,
    line: u64,
}

/// The files that were read, and the line of each rating in them.
#[derive(Default)]
pub(super) struct Lines {
    files: Vec<String>,
    runs: Vec<Run>,
    last: Spot,
}

impl Lines {
    /// What follows stands in the file of this name.
    pub(super) fn begin(&mut self, file: &str) {
        self.files.push(file.to_owned());
    }

    /// Says where the rating of this number stands, which is the last.
    pub(super) fn mark(&mut self, n: usize, line: u64) {
        let file = self.files.len().saturating_sub(1);
        self.last = (file, line);
        let after = |run: &Run| line == run.line + run.step * (n - run.first) as u64;
        match self.runs.last_mut() {
            Some(run) if run.file == file && run.first + 1 == n => {
                run.step = line.saturating_sub(run.line);
            }
            Some(run) if run.file == file && after(run) => {}
            _ => self.runs.push(Run { first: n, file, line, step: 1 }),
        }
    }

    /// Where the rating of this number stands.
    pub(super) fn spot(&self, n: usize) -> Spot {
        let run = self.runs.partition_point(|run| run.first <= n) - 1;
        let run = &self.runs[run];
        (run.file, run.line + run.step * (n - run.first) as u64)
    }

    /// Where the rating stands that was marked last.
    pub(super) fn last(&self) -> Spot {
        self.last
    }

    /// The name of a file by its number, the last one's beyond.
    pub(super) fn file(&self, number: usize) -> &str {
        self.files.get(number).or(self.files.last()).map_or("", String::as_str)
    }

    /// A place in words, in a sentence about this file.
    pub(super) fn words(&self, (of, line): Spot, file: &str) -> String {
        match self.file(of) {
            same if same == file => format!("line {line}"),
            other => format!("{other}, line {line}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rating_is_found_where_it_was_marked() {
        let mut lines = Lines::default();
        let places = [
            ("a", [2, 3, 4, 4, 4, 9].as_slice()),
            ("b", &[1, 3, 5, 7, 8, 9, 20, 30, 30, 31]),
            ("c", &[5]),
        ];
        let mut n = 0;
        for (file, on) in places {
            lines.begin(file);
            for &line in on {
                lines.mark(n, line);
                n += 1;
            }
        }
        let all = places.iter().flat_map(|(file, on)| on.iter().map(move |&line| (*file, line)));
        for (n, (file, line)) in all.enumerate() {
            let found = lines.spot(n);
            assert_eq!((lines.file(found.0), found.1), (file, line));
        }
        assert_eq!(lines.words(lines.spot(6), "b"), "line 1");
        assert_eq!(lines.words(lines.spot(6), "a"), "b, line 1");
    }
}
