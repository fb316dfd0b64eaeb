//! Commands that the documentation shows exist, and commands that exist are documented with every flag.

use std::collections::BTreeSet;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output};

use farol::error::Exit;

use super::markdown::{Block, blocks, pages, section};

const COMMANDS: &str = "docs/commands.md";

fn farol(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_farol")).args(arguments).output().unwrap()
}

fn help(command: &[&str]) -> String {
    let output = farol(&[command, &["--help"]].concat());
    assert!(output.status.success(), "{command:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// Every `--flag` of a text.
fn flags(text: &str) -> BTreeSet<String> {
    let is_part = |c: char| c.is_ascii_lowercase() || c == '-';
    let tails = text.split("--").skip(1).map(|tail| tail.split(|c| !is_part(c)).next().unwrap_or_default());
    tails.filter(|name| name.starts_with(|c: char| c.is_ascii_lowercase())).map(|name| format!("--{name}")).collect()
}

/// The flags that a text of help lists, not those that it mentions.
fn listed(help: &str) -> BTreeSet<String> {
    let lines = help.lines().map(str::trim_start).filter(|line| line.starts_with('-'));
    lines.flat_map(|line| flags(line.split("  ").next().unwrap_or_default())).collect()
}

/// The flags of a table's first column.
fn tabled(section: &str) -> BTreeSet<String> {
    section
        .lines()
        .filter_map(|line| line.strip_prefix("| `"))
        .flat_map(|row| flags(row.split(" | ").next().unwrap_or_default()))
        .collect()
}

/// The commands that a text of help lists.
fn commands(help: &str) -> Vec<String> {
    help.lines()
        .skip_while(|line| *line != "Commands:")
        .skip(1)
        .take_while(|line| !line.is_empty())
        // What is said of a command goes on further to the right.
        .filter_map(|line| line.strip_prefix("  ").filter(|line| !line.starts_with(' ')))
        .filter_map(|line| line.split_whitespace().next().map(str::to_owned))
        .filter(|command| command != "help")
        .collect()
}

#[test]
fn every_flag_of_every_command_is_documented_and_no_other() {
    let page = Path::new(COMMANDS);
    let text = super::markdown::prose(page);
    let everywhere = tabled(text.split("## farol").next().unwrap());
    let commands = commands(&help(&[]));
    assert!(commands.len() >= 6, "{commands:?}");
    for command in commands {
        let help_of_it = help(&[&command]);
        let below = self::commands(&help_of_it);
        let documented = tabled(&section(page, &format!("## farol {command}")));
        let mut has: BTreeSet<String> = listed(&help_of_it);
        for part in &below {
            has.extend(listed(&help(&[&command, part])));
            let own = tabled(&section(page, &format!("### farol {command} {part}")));
            let listed = listed(&help(&[&command, part])).difference(&everywhere).cloned().collect();
            assert_eq!(own, listed, "farol {command} {part}");
        }
        let has: BTreeSet<String> = has.difference(&everywhere).cloned().collect();
        assert_eq!(documented, has, "farol {command}");
    }
    assert_eq!(everywhere, listed(&help(&[])), "flags of every command");
}

#[test]
fn the_exit_codes_are_the_ones_that_farol_has() {
    let all = [
        Exit::Usage,
        Exit::DataRefused,
        Exit::InputMissing,
        Exit::Undeliverable,
        Exit::Internal,
        Exit::Io,
        Exit::TryAgain,
        Exit::Permission,
        Exit::Config,
    ];
    let codes: Vec<String> = all.iter().map(|exit| (*exit as u8).to_string()).collect();
    for (page, heading) in [(COMMANDS, "## Exit codes"), ("docs/operations.md", "## What an exit code asks for")] {
        let section = section(Path::new(page), heading);
        let first_cells = section.lines().filter_map(|line| line.strip_prefix("| ")?.split(" |").next());
        let tabled: Vec<&str> =
            first_cells.filter(|cell| cell.bytes().all(|b| b.is_ascii_digit()) && *cell != "0").collect();
        assert_eq!(tabled, codes, "{page}");
    }
}

/// The words of a line of shell, as far as the documentation needs it: quotes, no expansion.
fn words(line: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quote = None;
    for c in line.chars() {
        match quote {
            Some(end) if c == end => quote = None,
            None if c == '"' || c == '\'' => quote = Some(c),
            None if c == ' ' => words.push(String::new()),
            _ => words.last_mut().unwrap().push(c),
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// The arguments of a line that runs farol, installed or by cargo.
fn arguments(line: &str) -> Option<Vec<String>> {
    if let Some(rest) = line.strip_prefix("cargo run ") {
        return rest.split_once("-- ").map(|(_, arguments)| words(arguments));
    }
    line.strip_prefix("farol ").map(words)
}

/// Runs a command of the documentation on the shipped configuration, so that it changes nothing.
fn try_out(arguments: &[String], home: &Path) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_farol"));
    command.args(arguments);
    match arguments.first().map(String::as_str) {
        Some("run" | "backfill") => command.arg("--dry-run"),
        // There is no mail and no ledger here; what is typed must be understood all the same.
        Some("outbox" | "ledger") => command.arg("--help"),
        // It would stay; and its own output folder is named in the example.
        Some("schedule") if arguments.len() == 1 => command.args(["--next", "1"]),
        Some("sample") => return command.current_dir(home).output().unwrap(),
        // It writes rows where it is run.
        Some("explain") => {
            let config = std::fs::canonicalize("config").unwrap();
            return command.arg("--config").arg(config).current_dir(home).output().unwrap();
        }
        _ => &mut command,
    };
    let has_config = arguments.iter().any(|argument| argument == "--config");
    if !has_config {
        command.args(["--config", "config"]);
    }
    // The shipped configuration writes mail into a maildir of the repository; `--out` does not move that.
    if arguments.iter().any(|argument| argument == "--smtp") {
        command.arg("--help");
    }
    command.arg("--out").arg(home.join("out")).arg("--state").arg(home.join("state")).output().unwrap()
}

#[test]
fn every_command_that_is_shown_can_be_typed() {
    let shell: Vec<Block> =
        pages().iter().flat_map(|page| blocks(page)).filter(|block| block.language == "sh").collect();
    let home = tempfile::tempdir().unwrap();
    let mut tried = 0;
    for block in shell {
        for line in block.text.lines() {
            let Some(arguments) = arguments(line.trim()) else { continue };
            let arguments: Vec<String> = arguments.into_iter().filter(|argument| argument != "--dry-run").collect();
            let output = try_out(&arguments, home.path());
            let stderr = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "{}: {line}\n{stderr}", block.place());
            tried += 1;
        }
    }
    assert!(tried >= 12, "{tried}");
}

/// A newcomer types two commands; a third one would be one too many.
#[test]
fn the_readme_sets_up_with_two_commands() {
    let blocks = blocks(Path::new("README.md"));
    let set_up: Vec<&str> =
        blocks.iter().filter(|block| block.language == "sh").map(|block| block.text.trim()).take(2).collect();
    assert_eq!(set_up, ["cargo run -- run --send", "./tests/run"]);
    let mode = std::fs::metadata("tests/run").unwrap().permissions().mode();
    assert_eq!(mode & 0o111, 0o111, "tests/run can be executed");
    let ci = std::fs::read_to_string(".ci/run").unwrap();
    assert!(ci.lines().any(|line| line == "./tests/run"), "CI runs what the README says");
}

#[test]
fn a_wrong_flag_would_be_found() {
    let home = tempfile::tempdir().unwrap();
    let wrong = arguments("cargo run -- run --sned").unwrap();
    assert!(!try_out(&wrong, home.path()).status.success());
    assert_eq!(words("run --reason \"two late contracts\"").len(), 3);
    assert_eq!(tabled("| `--from PERIOD`, `--to PERIOD` | as `--of` |\n"), flags("--from --to"));
}
