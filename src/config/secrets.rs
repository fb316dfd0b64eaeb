//! Secrets: references in YAML, values in memory, nothing of them in a message.
//!
//! A reference is resolved when it is read; where the secret then goes is the caller's matter. One that leads nowhere is a fault
//! for whoever needs the secret, and a warning for everybody else: whoever looks at the ledger needs no password.

use std::path::Path;

use super::codes;
use super::page::Spot;
use super::surroundings::{Surroundings, is_variable, resolve};
use crate::diagnostic::{Diagnostic, Place};
use crate::error::{Exit, Failure, Result};

/// Largest file that can be a secret.
const MAX_BYTES: usize = 64 * 1024;

/// A secret that shows itself to nobody by accident, or why it is not known.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(std::result::Result<String, Box<Diagnostic>>);

impl Secret {
    /// Hides a value.
    pub fn new(value: String) -> Self {
        Self(Ok(value))
    }

    /// The value, for the one place that sends it.
    ///
    /// # Errors
    /// [`Exit::Config`] if its reference leads nowhere.
    pub fn reveal(&self) -> Result<&str> {
        self.0.as_deref().map_err(|fault| Failure::new(Exit::Config, (**fault).clone()))
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("(secret)")
    }
}

/// Whether a value may stand in the file itself.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Literal {
    /// A user name may.
    Allowed,
    /// A password may not.
    Refused,
}

/// Resolves `${NAME}`, `file:/path` or `credential:NAME` to one line.
pub(super) fn secret(spot: Spot<'_>, surroundings: &Surroundings<'_>, literal: Literal) -> Option<Secret> {
    resolved(spot, surroundings, literal, Extent::Line)
}

/// Resolves a reference to a text of many lines, as a key in PEM is.
pub(super) fn document(spot: Spot<'_>, surroundings: &Surroundings<'_>) -> Option<Secret> {
    resolved(spot, surroundings, Literal::Refused, Extent::Document)
}

/// How much of a file the secret is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Extent {
    /// Its one line.
    Line,
    /// All of it.
    Document,
}

fn resolved(spot: Spot<'_>, surroundings: &Surroundings<'_>, literal: Literal, extent: Extent) -> Option<Secret> {
    let written = spot.secret_text()?;
    let resolved = if let Some(name) = variable(written) {
        from_environment(name, surroundings)
    } else if let Some(path) = written.strip_prefix("file:") {
        from_file(&resolve(surroundings.folder, Path::new(path)), extent)
    } else if let Some(name) = written.strip_prefix("credential:") {
        from_credential(name, surroundings, extent)
    } else if literal == Literal::Allowed {
        Ok(surroundings.text(spot)?)
    } else {
        let message = format!("`{}` is written out; a secret must be a reference", spot.name);
        let help = "write `${NAME}` for a variable, `file:/path` for a file or `credential:NAME` for systemd's, and change the secret that stood here";
        spot.fault(codes::SECRET_LITERAL, message, help);
        return None;
    };
    match resolved {
        Ok(value) => Some(Secret::new(value)),
        Err(Missing { code: code @ codes::BAD_REFERENCE, why, help }) => {
            spot.fault(code, format!("`{}`: {why}", spot.name), help);
            None
        }
        Err(Missing { code, why, help }) => {
            let message = format!("`{}`: {why}", spot.name);
            spot.warn(code, message.clone(), help);
            let place = Place::at(spot.file(), spot.at().line, spot.at().column);
            Some(Secret(Err(Box::new(Diagnostic::error(code, message).help(help).at(place)))))
        }
    }
}

/// Whether a finding is that a secret is not known, which concerns those alone who need it.
pub fn is_unknown_secret(finding: &Diagnostic) -> bool {
    [codes::SECRET_UNSET, codes::SECRET_UNREADABLE].contains(&finding.code)
}

/// Why a reference leads nowhere.
struct Missing {
    code: &'static str,
    why: String,
    help: &'static str,
}

/// What a reference leads to.
type Known = std::result::Result<String, Missing>;

fn variable(written: &str) -> Option<&str> {
    written.strip_prefix("${")?.strip_suffix('}').filter(|name| is_variable(name))
}

fn from_environment(name: &str, surroundings: &Surroundings<'_>) -> Known {
    (surroundings.environment)(name).filter(|value| !value.is_empty()).ok_or_else(|| Missing {
        code: codes::SECRET_UNSET,
        why: format!("the environment variable `{name}` is not set"),
        help: "set it for the process that runs farol",
    })
}

fn from_credential(name: &str, surroundings: &Surroundings<'_>, extent: Extent) -> Known {
    let is_name = !name.is_empty() && !name.starts_with('.') && !name.contains(['/', '\0']);
    if !is_name {
        let help = "write the name alone, as `LoadCredential=` gives it";
        return Err(Missing { code: codes::BAD_REFERENCE, why: "that is no credential's name".to_owned(), help });
    }
    let Some(folder) = (surroundings.environment)("CREDENTIALS_DIRECTORY").filter(|folder| !folder.is_empty()) else {
        return Err(Missing {
            code: codes::SECRET_UNSET,
            why: format!("credential `{name}` is not there: `CREDENTIALS_DIRECTORY` is not set"),
            help: "start farol by a systemd unit with `LoadCredential=`",
        });
    };
    from_file(&Path::new(&folder).join(name), extent)
}

/// Text; of a line its end is not part.
fn from_file(path: &Path, extent: Extent) -> Known {
    let help = "put the secret alone into that file, readable by the user that runs farol";
    let missing = |why: String| Missing { code: codes::SECRET_UNREADABLE, why, help };
    // A pipe or a device would block, or never end.
    let metadata =
        std::fs::metadata(path).map_err(|error| missing(format!("cannot read `{}`: {error}", path.display())))?;
    if !metadata.is_file() || metadata.len() > MAX_BYTES as u64 {
        return Err(missing(format!("`{}` is not a small file", path.display())));
    }
    let bytes = std::fs::read(path).map_err(|error| missing(format!("cannot read `{}`: {error}", path.display())))?;
    let text = String::from_utf8(bytes).map_err(|_| missing(format!("`{}` is not UTF-8", path.display())))?;
    if extent == Extent::Document {
        return Ok(text);
    }
    let text = text.strip_suffix('\n').unwrap_or(&text);
    let text = text.strip_suffix('\r').unwrap_or(text);
    if text.is_empty() || text.contains(['\n', '\r']) {
        return Err(missing(format!("`{}` does not hold one line", path.display())));
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::page::Page;

    const CANARY: &str = "c4n4ry-S3cret";

    fn resolved(
        yaml: &str,
        folder: &Path,
        environment: &dyn Fn(&str) -> Option<String>,
    ) -> (Option<String>, Vec<String>) {
        let page = Page::parse("farol.yaml".into(), yaml.as_bytes());
        let spot = page.root().unwrap().fields(&["password"]).get("password").unwrap();
        let surroundings = Surroundings { folder, environment };
        let secret =
            secret(spot, &surroundings, Literal::Refused).and_then(|secret| secret.reveal().ok().map(str::to_owned));
        (secret, page.into_diagnostics().iter().map(ToString::to_string).collect())
    }

    #[test]
    fn a_secret_comes_from_the_environment_a_file_or_a_credential() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("smtp"), format!("{CANARY}\r\n")).unwrap();
        let here = dir.path().to_str().unwrap().to_owned();
        let environment = |name: &str| match name {
            "PASSWORD" => Some(CANARY.to_owned()),
            "CREDENTIALS_DIRECTORY" => Some(here.clone()),
            _ => None,
        };
        for yaml in ["password: ${PASSWORD}", "password: file:smtp", "password: credential:smtp"] {
            assert_eq!(resolved(yaml, dir.path(), &environment), (Some(CANARY.to_owned()), vec![]), "{yaml}");
        }
    }

    #[test]
    fn a_fault_never_repeats_the_secret() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("two-lines"), format!("{CANARY}\n{CANARY}\n")).unwrap();
        for yaml in [
            format!("password: {CANARY}"),
            format!("password: [{CANARY}]"),
            format!("password: x${{{CANARY}}}"),
            format!("password: {{ {CANARY}: 1 }}"),
            "password: 0x4242".to_owned(),
            "password: file:two-lines".to_owned(),
        ] {
            let (secret, faults) = resolved(&yaml, dir.path(), &|_| None);
            assert_eq!((secret, faults.len()), (None, 1), "{yaml}");
            assert!(!faults[0].contains(CANARY) && !faults[0].contains("4242"), "{}", faults[0]);
        }
    }

    #[test]
    fn a_secret_does_not_show_itself() {
        assert_eq!(format!("{:?}", Secret::new(CANARY.to_owned())), "(secret)");
    }
}
