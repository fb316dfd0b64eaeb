#!/bin/bash
# Installs, from Debian's own packages, the programs that the tests call. As root; running it again changes nothing.
set -euo pipefail

# The mail server of tests/support/mailserver.sh. The packages' own services stay off: the tests start private ones.
mail=(postfix dovecot-core dovecot-imapd dovecot-lmtpd openssl)
# A clock that can be moved, and a look at the system calls, for tests/cli.
machine=(faketime strace)

missing=()
for package in "${mail[@]}" "${machine[@]}"; do
  dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q "install ok installed" || missing+=("$package")
done
if [ ${#missing[@]} -gt 0 ]; then
  echo "postfix postfix/main_mailer_type select No configuration" | debconf-set-selections
  apt-get update -q
  DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get install -y -q --no-install-recommends "${missing[@]}"
fi
