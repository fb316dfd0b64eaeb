//! The languages of reports: one file each in `templates/locales`, found when the program is built.
//!
//! Reads no message; only what a file says of itself.

/// A language that farol has words in.
#[derive(Debug, PartialEq, Eq)]
pub struct Language {
    /// The name of its catalogue, and the key of translations in YAML.
    pub id: &'static str,
    /// The catalogue, in Fluent's syntax.
    pub words: &'static str,
    /// The tags that can be asked for. The first one's formats serve the regions that are not listed.
    pub tags: &'static [&'static str],
    /// `figures` (31/10/2026), or `named` where figures would leave the order of day and month open.
    pub short_dates: &'static [&'static str],
    /// Where the sign of a currency stands: `before` the amount, `before-with-blank`, `after`.
    pub money: &'static [&'static str],
    /// Words of a region that differ from the language's, by its tag; in Fluent's syntax.
    pub regions: &'static [(&'static str, &'static str)],
    /// The words for thousands, millions, milliards and billions; a dash for one that is not in use.
    pub scales: &'static [&'static str],
}

/// All of them, by id.
pub const LANGUAGES: &[Language] = include!(concat!(env!("OUT_DIR"), "/languages.rs"));

/// Every tag that can be asked for, with its language.
pub fn tags() -> impl Iterator<Item = (&'static str, &'static Language)> {
    LANGUAGES.iter().flat_map(|language| language.tags.iter().map(move |tag| (*tag, language)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_says_of_its_language_what_is_known() {
        assert!(LANGUAGES.len() >= 3);
        for Language { id, tags, short_dates, money, scales, .. } in LANGUAGES {
            let base = |tag: &str| tag.split('-').next().map(str::to_owned);
            assert!(tags.iter().all(|tag| base(tag) == base(id)) && !tags.is_empty(), "{id}: {tags:?}");
            assert!(matches!(*short_dates, ["figures" | "named"]), "{id}: {short_dates:?}");
            assert!(matches!(*money, ["before" | "before-with-blank" | "after"]), "{id}: {money:?}");
            assert_eq!(scales.len(), 4, "{id}");
        }
        let mut all: Vec<&str> = tags().map(|(tag, _)| tag).collect();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), tags().count(), "a tag stands twice");
    }
}
