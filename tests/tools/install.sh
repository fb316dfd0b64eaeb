#!/usr/bin/env bash
# Installs the programs that the tests call: Debian packages (as root), and Node modules beside this file. What is there
# already is left alone, so that running it again takes a second and asks nobody anything.
set -euo pipefail
cd "$(dirname "$0")"

# The mail server of tests/support/mailserver.sh; the packages' own services stay off, the tests start private ones.
packages=(postfix dovecot-core dovecot-imapd dovecot-lmtpd openssl)
# A second opinion on our mails and their signatures.
packages+=(python3 python3-dkim python3-nacl)
# The report and the mail are opened in a browser, and vnu, which is Java, judges their HTML.
packages+=(chromium default-jre-headless)
# tests/cli moves the clock, watches the system calls and has systemd judge the unit file.
packages+=(faketime strace systemd)

is_installed() {
  dpkg-query -W -f '${Status}' "$1" 2>/dev/null | grep -q "install ok installed"
}

missing=()
for package in "${packages[@]}"; do
  is_installed "$package" || missing+=("$package")
done
# Node may also come from elsewhere, with npm inside; so ask for the programs, not for the packages.
command -v node >/dev/null || missing+=(nodejs)
command -v npm >/dev/null || missing+=(npm)

if [ ${#missing[@]} -gt 0 ]; then
  if [ "$(id -u)" != 0 ]; then
    echo "tests/tools/install.sh: not root, and these packages are missing: ${missing[*]}" >&2
    echo "  help: sudo apt-get install --no-install-recommends ${missing[*]}" >&2
    exit 77
  fi
  echo "installing ${missing[*]}" >&2
  export DEBIAN_FRONTEND=noninteractive RUNLEVEL=1
  case " ${missing[*]} " in
    *" postfix "*) echo "postfix postfix/main_mailer_type select No configuration" | debconf-set-selections ;;
  esac
  apt-get update -q </dev/null
  apt-get install -y -q --no-install-recommends "${missing[@]}" </dev/null
fi

# npm ci deletes and downloads everything; the copy of the lock file that it leaves behind says whether that is needed.
if ! cmp -s package-lock.json node_modules/.installed-lock.json; then
  npm ci --no-audit --no-fund --loglevel=error </dev/null
  cp package-lock.json node_modules/.installed-lock.json
fi
