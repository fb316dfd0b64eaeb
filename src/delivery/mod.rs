//! A rendered report's way to its readers: the message, the transport that carries it, and the outbox that remembers.
//!
//! Knows addresses, bytes and servers; never what a KPI is.

pub mod address;
pub mod dkim;
pub mod maildir;
pub mod message;
pub mod outbox;
pub mod smtp;
pub mod stop;
pub mod transport;
