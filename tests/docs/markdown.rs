//! Markdown as these tests need it: the files, their fenced blocks, their headings.

use std::fs;
use std::path::{Path, PathBuf};

/// A fenced block.
#[derive(Clone, Debug)]
pub(crate) struct Block {
    /// The file that it stands in.
    pub(crate) page: PathBuf,
    /// Line of its opening fence.
    pub(crate) line: usize,
    /// `yaml`, `sh`, `csv`.
    pub(crate) language: String,
    /// What follows the language: the name of the file that the block shows.
    pub(crate) file: String,
    /// What it holds.
    pub(crate) text: String,
}

impl Block {
    /// Where it stands, for a message.
    pub(crate) fn place(&self) -> String {
        format!("{}:{}", self.page.display(), self.line)
    }
}

/// Every page of the documentation.
pub(crate) fn pages() -> Vec<PathBuf> {
    let mut pages: Vec<PathBuf> = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"].map(PathBuf::from).into();
    for entry in fs::read_dir("docs").unwrap() {
        let path = entry.unwrap().path();
        pages.extend((path.extension().is_some_and(|extension| extension == "md")).then_some(path));
    }
    pages.sort();
    assert!(pages.len() >= 8, "{pages:?}");
    pages
}

/// Every fenced block of a page.
pub(crate) fn blocks(page: &Path) -> Vec<Block> {
    let text = fs::read_to_string(page).unwrap();
    let mut blocks = Vec::new();
    let mut open: Option<Block> = None;
    for (line, content) in (1..).zip(text.lines()) {
        match (&mut open, content.strip_prefix("```")) {
            (None, Some(info)) => {
                let (language, file) = info.split_once(' ').unwrap_or((info, ""));
                let (language, file) = (language.to_owned(), file.trim().to_owned());
                open = Some(Block { page: page.to_owned(), line, language, file, text: String::new() });
            }
            (Some(_), Some(_)) => blocks.extend(open.take()),
            (Some(block), None) => block.text.extend([content, "\n"]),
            (None, None) => {}
        }
    }
    assert!(open.is_none(), "{}: a block is not closed", page.display());
    blocks
}

/// A page without its fenced blocks.
pub(crate) fn prose(page: &Path) -> String {
    let text = fs::read_to_string(page).unwrap();
    let mut is_fenced = false;
    let outside = text.lines().filter(|line| {
        let is_fence = line.starts_with("```");
        is_fenced ^= is_fence;
        !is_fenced && !is_fence
    });
    outside.collect::<Vec<_>>().join("\n")
}

/// The part of a page under a heading, up to the next heading of the same depth.
pub(crate) fn section(page: &Path, heading: &str) -> String {
    let text = prose(page);
    let start = text.find(&format!("{heading}\n")).unwrap_or_else(|| panic!("{} has no {heading}", page.display()));
    let rest = &text[start + heading.len()..];
    let depth = heading.split(' ').next().unwrap().len();
    // It ends where one of its rank begins, or of a higher.
    let end = (1..=depth).filter_map(|rank| rest.find(&format!("\n{} ", "#".repeat(rank)))).min();
    rest[..end.unwrap_or(rest.len())].to_owned()
}
