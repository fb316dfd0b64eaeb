//! The `farol` command.

fn main() {}
