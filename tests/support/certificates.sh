#!/bin/bash
# Makes a certificate authority of one's own in DIR (ca.pem), and server certificates that it signs: server.pem for localhost and
# 127.0.0.1, other.pem for other.example, expired.pem for localhost in 2020, weak.pem for localhost by SHA-1; self.pem signs
# itself. Usage: certificates.sh DIR. Needs openssl and libfaketime.
set -euo pipefail
cd "$1"

openssl req -x509 -newkey rsa:2048 -nodes -days 3650 -subj "/CN=farol test authority" -keyout ca.key -out ca.pem \
  -addext "basicConstraints=critical,CA:TRUE" -addext "keyUsage=critical,keyCertSign" 2>openssl.log

# NAME of the files, SUBJECT ALTERNATIVE NAMES; what runs openssl, the digest, the days
sign() {
  local name=$1 names=$2 run=${3:-} digest=${4:-sha256}
  openssl req -newkey rsa:2048 -nodes -subj "/CN=$name" -keyout "$name.key" -out "$name.csr" 2>>openssl.log
  $run openssl x509 -req -in "$name.csr" -CA ca.pem -CAkey ca.key -CAcreateserial -days "${5:-3650}" "-$digest" -out "$name.pem" -extfile <(
    echo "basicConstraints=CA:FALSE"
    echo "keyUsage=digitalSignature,keyEncipherment"
    echo "extendedKeyUsage=serverAuth"
    echo "subjectAltName=$names"
  ) 2>>openssl.log
  chmod 600 "$name.key"
}
sign server "DNS:localhost,IP:127.0.0.1"
sign other "DNS:other.example"
sign expired "DNS:localhost,IP:127.0.0.1" "env LD_PRELOAD=/usr/\$LIB/faketime/libfaketimeMT.so.1 FAKETIME=2020-01-01T00:00:00 FAKETIME_FMT=%Y-%m-%dT%H:%M:%S" sha256 30
sign weak "DNS:localhost,IP:127.0.0.1" "" sha1
openssl req -x509 -newkey rsa:2048 -nodes -days 3650 -subj "/CN=localhost" -keyout self.key -out self.pem \
  -addext "subjectAltName=DNS:localhost,IP:127.0.0.1" 2>>openssl.log
chmod 600 self.key
