#!/bin/bash
# A real mail server on the loopback address, for the tests: Postfix takes mail over TLS after authentication and hands it to
# Dovecot, which keeps it in maildirs and shows it over IMAPS.
#
#   mailserver.sh up DIR SUBMISSION_PORT SMTPS_PORT IMAPS_PORT    starts both, waits until all three ports answer
#   mailserver.sh down DIR                                        stops both
#
# DIR holds everything, and must be short: a Unix socket's path has at most 108 bytes. It must hold server.pem and server.key.
# Every mailbox of example.test exists, its password is "segredo-de-teste", but for two: nobody@ is refused (550), later@ is put
# off (451). No mail leaves the machine: everything else is undeliverable. Needs root, and what tests/tools/install.sh installs.
set -euo pipefail

command=$1
dir=$2

if [ "$command" = down ]; then
  postfix -c "$dir/postfix" stop >>"$dir/postfix.log" 2>&1 || true
  doveadm -c "$dir/dovecot.conf" stop >>"$dir/dovecot.log" 2>&1 || true
  exit 0
fi

submission=$3
smtps=$4
imaps=$5

fail() {
  echo "mailserver.sh: $1" >&2
  exit 1
}

[ "$(id -u)" = 0 ] || fail "postfix and dovecot start as root only"
for program in postfix doveadm dovecot; do
  command -v "$program" >/dev/null || fail "$program is not installed: run tests/tools/install.sh"
done
for user in postfix dovecot; do
  id "$user" >/dev/null 2>&1 || fail "there is no user $user: run tests/tools/install.sh"
done

# Daemons of other users pass through the folder; mktemp makes it for its owner alone.
chmod 755 "$dir"
mkdir -p "$dir"/{postfix,spool,data,mail}
chown postfix "$dir/data"
# The mail belongs to a user that is neither root, which Dovecot refuses to be, nor anybody who does something else.
chown nobody "$dir/mail"
libraries=$(postconf -d -h daemon_directory)

cat >"$dir/access" <<END
nobody@example.test 550 5.1.1 no such mailbox
later@example.test 451 4.3.0 come again later
END
cat >"$dir/postfix/main.cf" <<END
compatibility_level = 3.6
myhostname = mail.example.test
mydestination =
mail_owner = postfix
setgid_group = postdrop
queue_directory = $dir/spool
data_directory = $dir/data
daemon_directory = $libraries
meta_directory = $dir/postfix
command_directory = $(postconf -d -h command_directory)
shlib_directory = $(postconf -d -h shlib_directory)
maillog_file = $dir/mail.log
maillog_file_prefixes = $dir
inet_interfaces = 127.0.0.1
inet_protocols = ipv4

virtual_mailbox_domains = example.test
virtual_mailbox_maps = static:all
virtual_transport = lmtp:unix:$dir/lmtp
default_transport = error:nothing leaves this machine
relay_transport = error:nothing leaves this machine

smtpd_tls_chain_files = $dir/server.key $dir/server.pem
smtpd_tls_security_level = encrypt
smtpd_tls_auth_only = yes
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = $dir/auth
smtpd_relay_restrictions = permit_sasl_authenticated, reject
smtpd_recipient_restrictions =
  check_recipient_access texthash:$dir/access,
  permit_sasl_authenticated, reject
smtpd_client_connection_count_limit = 0
smtpd_error_sleep_time = 0
message_size_limit = 20000000
END
cp /etc/postfix/dynamicmaps.cf "$dir/postfix/" 2>/dev/null || true
cp -r /etc/postfix/postfix-files* "$dir/postfix/" 2>/dev/null || true

cat >"$dir/postfix/master.cf" <<END
127.0.0.1:$submission inet n - n - - smtpd
127.0.0.1:$smtps inet n - n - - smtpd -o smtpd_tls_wrappermode=yes
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
proxymap unix - - n - - proxymap
lmtp unix - - n - - lmtp
anvil unix - - n - 1 anvil
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
error unix - - n - - error
retry unix - - n - - error
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
END

cat >"$dir/dovecot.conf" <<END
base_dir = $dir/run
state_dir = $dir/state
log_path = $dir/dovecot.log
protocols = imap lmtp
listen = 127.0.0.1
ssl = required
ssl_cert = <$dir/server.pem
ssl_key = <$dir/server.key
disable_plaintext_auth = yes
auth_mechanisms = plain login
auth_failure_delay = 0
mail_location = maildir:$dir/mail/%u
first_valid_uid = 1
first_valid_gid = 1
passdb {
  driver = static
  args = password={PLAIN}segredo-de-teste
}
userdb {
  driver = static
  args = uid=nobody gid=nogroup home=$dir/mail/%u allow_all_users=yes
}
service auth {
  unix_listener $dir/auth {
    mode = 0666
  }
}
service lmtp {
  unix_listener $dir/lmtp {
    mode = 0666
  }
}
service imap-login {
  inet_listener imap {
    port = 0
  }
  inet_listener imaps {
    port = $imaps
    ssl = yes
  }
}
END

dovecot -c "$dir/dovecot.conf" >>"$dir/dovecot.log" 2>&1 || fail "dovecot did not start: $(tail -3 "$dir/dovecot.log")"
postfix -c "$dir/postfix" start >>"$dir/postfix.log" 2>&1 || fail "postfix did not start: $(tail -3 "$dir/postfix.log")"

for port in "$submission" "$smtps" "$imaps"; do
  for _ in $(seq 100); do
    if (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then continue 2; fi
    sleep 0.1
  done
  fail "nothing answers on port $port: $(tail -3 "$dir/mail.log" "$dir/dovecot.log" 2>/dev/null)"
done
