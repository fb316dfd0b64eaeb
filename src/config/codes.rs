//! The diagnostics that a configuration can give, by code.
//!
//! Only names; each reader says what is wrong in its own words.

/// Declares each code once: the constant that the readers use and its line in the list.
macro_rules! codes {
    ($($name:ident = $code:literal),+ $(,)?) => {
        $(pub(super) const $name: &str = $code;)+

        /// Every code of this module, in alphabetical order.
        const ALL: &[&str] = &[$($code),+];
    };
}

codes! {
    ATTACHMENT_NOT_SUPPORTED = "attachment-not-supported",
    ATTRIBUTE_CONFLICT = "attribute-conflict",
    ATTRIBUTE_SOURCE = "attribute-source",
    BAD_ADDRESS = "bad-address",
    BAD_CRON = "bad-cron",
    BAD_DATE = "bad-date",
    BAD_DATE_FORMAT = "bad-date-format",
    BAD_DURATION = "bad-duration",
    BAD_HOST = "bad-host",
    BAD_NAME = "bad-name",
    BAD_PERCENT = "bad-percent",
    BAD_REFERENCE = "bad-reference",
    BAD_STEM = "bad-stem",
    BAND_GAP = "band-gap",
    BAND_ORDER = "band-order",
    BAND_OVERLAP = "band-overlap",
    BAND_UNREACHABLE = "band-unreachable",
    BYTE_ORDER_MARK = "byte-order-mark",
    COMMENT_IN_VALUE = "comment-in-value",
    CREDENTIALS_INCOMPLETE = "credentials-incomplete",
    CRON_EITHER = "cron-either",
    DKIM_UNALIGNED = "dkim-unaligned",
    DUPLICATE_KEY = "duplicate-key",
    DUPLICATE_NAME = "duplicate-name",
    DUPLICATE_RECIPIENT = "duplicate-recipient",
    DUPLICATE_TARGET = "duplicate-target",
    EMPTY_LIST = "empty-list",
    EMPTY_SCOPE = "empty-scope",
    EMPTY_TEXT = "empty-text",
    FILE_MISSING = "file-missing",
    FILE_TOO_LARGE = "file-too-large",
    FILE_UNREADABLE = "file-unreadable",
    KEY_CONFLICT = "key-conflict",
    MISSING_KEY = "missing-key",
    NOT_FINITE = "not-finite",
    NOT_UTF8 = "not-utf8",
    OUT_OF_RANGE = "out-of-range",
    PERIOD_MISMATCH = "period-mismatch",
    POSSIBLE_TYPO = "possible-typo",
    RECIPIENT_NOT_ALLOWED = "recipient-not-allowed",
    SCALE_ORDER = "scale-order",
    SCALE_RANGE = "scale-range",
    SECRET_LITERAL = "secret-literal",
    SECRET_UNREADABLE = "secret-unreadable",
    SECRET_UNSET = "secret-unset",
    SOURCE_NOT_SUPPORTED = "source-not-supported",
    STATE_INSIDE_OUT = "state-inside-out",
    TARGET_UNREACHABLE = "target-unreachable",
    TLS_REQUIRED = "tls-required",
    UNDECLARED_ATTRIBUTE = "undeclared-attribute",
    UNDECLARED_SEGMENT = "undeclared-segment",
    UNKNOWN_COLUMN = "unknown-column",
    UNKNOWN_CURRENCY = "unknown-currency",
    UNKNOWN_ENCODING = "unknown-encoding",
    UNKNOWN_GRAIN = "unknown-grain",
    UNKNOWN_KEY = "unknown-key",
    UNKNOWN_KPI = "unknown-kpi",
    UNKNOWN_LOCALE = "unknown-locale",
    UNKNOWN_REPORT = "unknown-report",
    UNKNOWN_SIGNAL = "unknown-signal",
    UNKNOWN_TABLE = "unknown-table",
    UNKNOWN_TIMEZONE = "unknown-timezone",
    UNKNOWN_TRANSPORT = "unknown-transport",
    UNKNOWN_VALUE = "unknown-value",
    UNUSED_KEY = "unused-key",
    VALUE_SOURCE = "value-source",
    VARIABLE_UNSET = "variable-unset",
    WEIGHTS_SUM = "weights-sum",
    WRONG_TYPE = "wrong-type",
    YAML_ALIASES = "yaml-aliases",
    YAML_DOCUMENTS = "yaml-documents",
    YAML_SYNTAX = "yaml-syntax",
    YAML_TAG = "yaml-tag",
    YAML_TOO_DEEP = "yaml-too-deep",
}

/// Every code that [`super::load`] can give, in alphabetical order.
pub fn codes() -> &'static [&'static str] {
    ALL
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_and_sorted() {
        assert!(ALL.windows(2).all(|pair| pair[0] < pair[1]));
    }
}
