//! Cron expressions over civil time: which slots fire, and when.
