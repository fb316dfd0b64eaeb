#!/bin/bash
# Makes a certificate authority of one's own in DIR (ca.pem), and two server certificates that it signs:
# server.pem for localhost and 127.0.0.1, other.pem for other.example. Usage: certificates.sh DIR. Needs openssl.
set -euo pipefail
cd "$1"

openssl req -x509 -newkey rsa:2048 -nodes -days 3650 -subj "/CN=farol test authority" -keyout ca.key -out ca.pem \
  -addext "basicConstraints=critical,CA:TRUE" -addext "keyUsage=critical,keyCertSign" 2>openssl.log

# NAME of the files, SUBJECT ALTERNATIVE NAMES
sign() {
  openssl req -newkey rsa:2048 -nodes -subj "/CN=$1" -keyout "$1.key" -out "$1.csr" 2>>openssl.log
  openssl x509 -req -in "$1.csr" -CA ca.pem -CAkey ca.key -CAcreateserial -days 3650 -out "$1.pem" -extfile <(
    echo "basicConstraints=CA:FALSE"
    echo "keyUsage=digitalSignature,keyEncipherment"
    echo "extendedKeyUsage=serverAuth"
    echo "subjectAltName=$2"
  ) 2>>openssl.log
  chmod 600 "$1.key"
}
sign server "DNS:localhost,IP:127.0.0.1"
sign other "DNS:other.example"
