//! Tables: files as people have them in, typed rows that hold their contract out.

pub mod schema;
