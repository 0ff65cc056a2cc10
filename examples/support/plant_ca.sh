# A small certification authority made with the openssl command, as a plant may run one; sourced by run.sh.
# shellcheck shell=bash disable=SC2154   # $dialogue is run.sh's

run_openssl() {
    env -u OPENSSL_CONF openssl "$@" >>"$dialogue/log/openssl.log" 2>&1 || failed "openssl $1 failed, see log/openssl.log"
}

# ca_make FOLDER NAME - a new CA.
ca_make() {
    mkdir -p "$1/new"
    : >"$1/index.txt"
    echo 01 >"$1/crlnumber"
    cat >"$1/openssl.cnf" <<CONFIG
[ca]
default_ca = plant
[plant]
dir = $1
database = \$dir/index.txt
new_certs_dir = \$dir/new
crlnumber = \$dir/crlnumber
certificate = \$dir/ca.pem
private_key = \$dir/ca.key
rand_serial = yes
default_md = sha256
default_days = 365
default_crl_days = 30
policy = any
unique_subject = no
copy_extensions = copy
crl_extensions = crl
[any]
organizationName = optional
commonName = supplied
[crl]
authorityKeyIdentifier = keyid:always
[authority]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
[application]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature,nonRepudiation,keyEncipherment,dataEncipherment
extendedKeyUsage = clientAuth
subjectKeyIdentifier = hash
authorityKeyIdentifier = ${3:-keyid:always}
[req]
distinguished_name = none
[none]
CONFIG
    run_openssl req -new -x509 -config "$1/openssl.cnf" -extensions authority -newkey rsa:2048 -nodes -days 3650 \
        -subj "/O=uatrust/CN=$2" -keyout "$1/ca.key" -out "$1/ca.pem"
}

# ca_issue FOLDER CLIENT [OPTION...] - a key and a certificate, put where the client of that name keeps its own.
ca_issue() {
    local ca=$1 name=$2 own="$dialogue/$2/own"
    shift 2
    mkdir -p "$own/certs" "$own/private"
    (umask 077; run_openssl req -new -config "$ca/openssl.cnf" -newkey rsa:2048 -nodes -subj "/O=uatrust/CN=$name" \
        -addext "subjectAltName=URI:urn:plant:$name,DNS:$(uname -n)" -keyout "$own/private/$name.pem" -out "$ca/$name.csr")
    run_openssl ca -config "$ca/openssl.cnf" -batch -notext -extensions application "$@" -in "$ca/$name.csr" -out "$own/certs/$name.pem"
}

# ca_publish FOLDER STORE - its certificate and its present CRL into the trusted list of a store; the CRL replaces the last.
ca_publish() {
    cp "$1/ca.pem" "$2/trusted/certs/plant-ca.pem"
    run_openssl ca -config "$1/openssl.cnf" -gencrl -out "$1/plant-ca.crl"
    # First beside it, then in one step: a gateway never sees half a file.
    cp "$1/plant-ca.crl" "$2/trusted/crl/plant-ca.crl.tmp"
    mv "$2/trusted/crl/plant-ca.crl.tmp" "$2/trusted/crl/plant-ca.crl"
}

ca_revoke() { run_openssl ca -config "$1/openssl.cnf" -revoke "$dialogue/$2/own/certs/$2.pem" -crl_reason keyCompromise; }

# key_identifier CERTIFICATE - of its key, as hexadecimal digits.
key_identifier() {
    env -u OPENSSL_CONF openssl x509 -in "$1" -noout -ext subjectKeyIdentifier | tail -n 1 | tr -d ' :\n'
}
