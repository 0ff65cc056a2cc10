#include "support/forge.hpp"

#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>
#include <string_view>
#include <utility>

#include <openssl/objects.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include "support/forge_keys.hpp"
#include "support/forge_openssl.hpp"

namespace uatrust::test {
namespace {

using namespace forge;

// ---- keys

ForgeKey readPem(const char* pem) {
    const BioPtr in{BIO_new_mem_buf(pem, -1)};
    EVP_PKEY* key = PEM_read_bio_PrivateKey(in.get(), nullptr, nullptr, nullptr);
    must(key != nullptr, "read a built-in key");
    return ForgeKey{key};
}

std::optional<ForgeKey> builtInKey(const std::string& name, int index) {
    const auto* found = std::find_if(std::begin(kTestOnlyKeys), std::end(kTestOnlyKeys),
                                     [&](const TestOnlyKey& key) { return key.name == name && key.index == index; });
    if (found == std::end(kTestOnlyKeys)) return std::nullopt;
    return readPem(found->pem);
}

ForgeKey newRsa(int bits) {
    EVP_PKEY* key = EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", static_cast<std::size_t>(bits));
    must(key != nullptr, "make an RSA key");
    return ForgeKey{key};
}

ForgeKey newKey(const std::string& name) {
    static const std::map<std::string, std::string> curves{
        {"p256", "P-256"}, {"p384", "P-384"}, {"p521", "P-521"}, {"bp256", "brainpoolP256r1"}, {"bp384", "brainpoolP384r1"}};
    static const std::map<std::string, std::string> edwards{{"ed25519", "ED25519"}, {"ed448", "ED448"}};
    if (name.rfind("rsa", 0) == 0) return newRsa(std::stoi(name.substr(3)));
    EVP_PKEY* key = nullptr;
    if (const auto curve = curves.find(name); curve != curves.end()) {
        key = EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", curve->second.c_str());
    } else if (const auto edward = edwards.find(name); edward != edwards.end()) {
        key = EVP_PKEY_Q_keygen(nullptr, nullptr, edward->second.c_str());
    }
    must(key != nullptr, ("make a key of the name " + name).c_str());
    return ForgeKey{key};
}

std::string pemOf(EVP_PKEY* key, const EVP_CIPHER* cipher, const std::string& passphrase) {
    const BioPtr out{BIO_new(BIO_s_mem())};
    must(PEM_write_bio_PKCS8PrivateKey(out.get(), key, cipher, passphrase.data(), length(passphrase.size()), nullptr, nullptr) == 1,
         "write a key");
    char* data = nullptr;
    const auto size = BIO_get_mem_data(out.get(), &data);
    return {data, static_cast<std::size_t>(size)};
}

// ---- helpers of what follows

std::string serialText(const ASN1_INTEGER* serial) {
    const NumberPtr number{ASN1_INTEGER_to_BN(serial, nullptr)};
    char* hex = BN_bn2hex(number.get());
    must(hex != nullptr, "write a serial number");
    std::string text{hex};
    OPENSSL_free(hex);
    return text;
}

// Sixteen octets, positive, the same in every run.
std::string nextSerial() {
    static std::atomic<unsigned> counter{0};
    std::array<char, 40> text{};
    std::snprintf(text.data(), text.size(), "5EA1F06E%024X", ++counter);
    return text.data();
}

void addText(X509_NAME* name, const char* field, int type, const std::string& text) {
    if (text.empty()) return;
    must(X509_NAME_add_entry_by_txt(name, field, type, reinterpret_cast<const std::uint8_t*>(text.data()), length(text.size()), -1, 0) == 1,
         "write a name");
}

Bytes keyIdentifier(EVP_PKEY* key) {
    X509_PUBKEY* wrapped = nullptr;
    must(X509_PUBKEY_set(&wrapped, key) == 1, "write a public key");
    const std::uint8_t* bits = nullptr;
    int size = 0;
    X509_PUBKEY_get0_param(nullptr, &bits, &size, nullptr, wrapped);
    Bytes digest(20);
    const bool done = EVP_Digest(bits, static_cast<std::size_t>(size), digest.data(), nullptr, EVP_sha1(), nullptr) == 1;
    X509_PUBKEY_free(wrapped);
    must(done, "hash a public key");
    return digest;
}

Bytes octetString(const Bytes& content) {
    const OctetsPtr octets{ASN1_OCTET_STRING_new()};
    must(ASN1_OCTET_STRING_set(octets.get(), content.data(), length(content.size())) == 1, "write an OCTET STRING");
    return encode(&i2d_ASN1_OCTET_STRING, octets.get(), "write an OCTET STRING");
}

bool hasOwnHash(EVP_PKEY* key) { return EVP_PKEY_is_a(key, "ED25519") == 1 || EVP_PKEY_is_a(key, "ED448") == 1; }

}  // namespace

namespace forge {

TimePtr timeOf(Instant at) {
    TimePtr time{ASN1_TIME_set(nullptr, static_cast<time_t>(at.time_since_epoch().count()))};
    must(time != nullptr, "write a date");
    return time;
}

IntegerPtr serialOf(const std::string& hex) {
    BIGNUM* raw = nullptr;
    must(BN_hex2bn(&raw, hex.c_str()) > 0, "read a serial number");
    const NumberPtr number{raw};
    IntegerPtr serial{BN_to_ASN1_INTEGER(number.get(), nullptr)};
    must(serial != nullptr, "write a serial number");
    return serial;
}

NamePtr nameOf(const std::string& org, const std::string& cn, int type) {
    NamePtr name{X509_NAME_new()};
    addText(name.get(), "O", type, org);
    addText(name.get(), "CN", type, cn);
    return name;
}

CertPtr parse(const Bytes& der) {
    const std::uint8_t* at = der.data();
    CertPtr certificate{d2i_X509(nullptr, &at, static_cast<long>(der.size()))};
    must(certificate != nullptr, "read its own certificate");
    return certificate;
}

ExtensionPtr extension(const RawExtension& raw) {
    const ObjectPtr object{OBJ_txt2obj(raw.oid.c_str(), 0)};
    must(object != nullptr, "name an extension");
    const OctetsPtr octets{ASN1_OCTET_STRING_new()};
    must(ASN1_OCTET_STRING_set(octets.get(), raw.value.data(), length(raw.value.size())) == 1, "write an extension");
    return ExtensionPtr{X509_EXTENSION_create_by_OBJ(nullptr, object.get(), raw.critical ? 1 : 0, octets.get())};
}

Bytes authorityKeyIdentifier(const Bytes& keyId) {
    Bytes value{0x30, static_cast<std::uint8_t>(keyId.size() + 2), 0x80, static_cast<std::uint8_t>(keyId.size())};
    value.insert(value.end(), keyId.begin(), keyId.end());
    return value;
}

Bytes issuerKeyIdentifier(const ForgedCert& issuer) {
    const auto certificate = parse(issuer.der);
    const ASN1_OCTET_STRING* id = X509_get0_subject_key_id(certificate.get());
    if (id == nullptr) return keyIdentifier(issuer.key.get());
    const auto* data = ASN1_STRING_get0_data(id);
    return {data, data + ASN1_STRING_length(id)};
}

DigestPtr signer(EVP_PKEY* key, const std::string& hash, bool pss) {
    const EVP_MD* digest = hasOwnHash(key) ? nullptr : EVP_get_digestbyname(hash.c_str());
    must(digest != nullptr || hasOwnHash(key), ("hash with " + hash).c_str());
    DigestPtr context{EVP_MD_CTX_new()};
    EVP_PKEY_CTX* keyContext = nullptr;
    must(EVP_DigestSignInit(context.get(), &keyContext, digest, nullptr, key) == 1, "sign");
    if (pss) {
        must(EVP_PKEY_CTX_set_rsa_padding(keyContext, RSA_PKCS1_PSS_PADDING) == 1, "sign with PSS");
        must(EVP_PKEY_CTX_set_rsa_pss_saltlen(keyContext, RSA_PSS_SALTLEN_DIGEST) == 1, "sign with PSS");
    }
    return context;
}

}  // namespace forge

namespace {

// ---- extensions

Bytes keyUsage(unsigned bits) {
    const BitsPtr value{ASN1_BIT_STRING_new()};
    for (int bit = 0; bit < 9; ++bit) {
        if (((bits >> static_cast<unsigned>(bit)) & 1U) != 0) ASN1_BIT_STRING_set_bit(value.get(), bit, 1);
    }
    return encode(&i2d_ASN1_BIT_STRING, value.get(), "write keyUsage");
}

Bytes extendedKeyUsage(const std::vector<std::string>& oids) {
    const std::unique_ptr<EXTENDED_KEY_USAGE, Release<&freeOids>> list{sk_ASN1_OBJECT_new_null()};
    for (const auto& oid : oids) {
        ObjectPtr object{OBJ_txt2obj(oid.c_str(), 0)};
        must(object != nullptr, "name an extended key usage");
        if (sk_ASN1_OBJECT_push(list.get(), object.get()) > 0) static_cast<void>(object.release());
    }
    return encode(&i2d_EXTENDED_KEY_USAGE, list.get(), "write extendedKeyUsage");
}

Bytes basicConstraints(bool ca, std::optional<long> pathLength) {
    const std::unique_ptr<BASIC_CONSTRAINTS, Release<&BASIC_CONSTRAINTS_free>> value{BASIC_CONSTRAINTS_new()};
    value->ca = ca ? 0xFF : 0;
    if (pathLength) {
        value->pathlen = ASN1_INTEGER_new();
        ASN1_INTEGER_set_int64(value->pathlen, *pathLength);
    }
    return encode(&i2d_BASIC_CONSTRAINTS, value.get(), "write basicConstraints");
}

void addName(GENERAL_NAMES* names, int type, ASN1_STRING* value) {
    GENERAL_NAME* name = GENERAL_NAME_new();
    GENERAL_NAME_set0_value(name, type, value);
    must(sk_GENERAL_NAME_push(names, name) > 0, "write subjectAltName");
}

void addNames(GENERAL_NAMES* names, int type, const std::vector<std::string>& texts) {
    for (const auto& text : texts) {
        ASN1_STRING* value = ASN1_IA5STRING_new();
        must(ASN1_STRING_set(value, text.data(), length(text.size())) == 1, "write subjectAltName");
        addName(names, type, value);
    }
}

ASN1_STRING* address(const std::string& text) {
    if (ASN1_OCTET_STRING* octets = a2i_IPADDRESS(text.c_str())) return octets;
    ASN1_OCTET_STRING* octets = ASN1_OCTET_STRING_new();
    must(ASN1_STRING_set(octets, text.data(), length(text.size())) == 1, "write subjectAltName");
    return octets;
}

std::optional<Bytes> subjectAltName(const CertSpec& spec) {
    if (spec.uris.empty() && spec.dns.empty() && spec.ips.empty()) return std::nullopt;
    const std::unique_ptr<GENERAL_NAMES, Release<&freeGeneralNames>> names{GENERAL_NAMES_new()};
    addNames(names.get(), GEN_URI, spec.uris);
    addNames(names.get(), GEN_DNS, spec.dns);
    for (const auto& ip : spec.ips) addName(names.get(), GEN_IPADD, address(ip));
    return encode(&i2d_GENERAL_NAMES, names.get(), "write subjectAltName");
}

// ---- one certificate

bool isCa(const CertSpec& spec) { return spec.ca.value_or(false); }

unsigned defaultKeyUsage(const CertSpec& spec, EVP_PKEY* key) {
    if (isCa(spec)) return Ku::KeyCertSign | Ku::CrlSign;
    const unsigned selfSigned = spec.issuer == nullptr ? unsigned{Ku::KeyCertSign} : 0U;
    if (EVP_PKEY_is_a(key, "RSA") != 1) return Ku::DigitalSignature | selfSigned;
    return Ku::DigitalSignature | Ku::NonRepudiation | Ku::KeyEncipherment | Ku::DataEncipherment | selfSigned;
}

std::vector<std::string> defaultExtendedKeyUsage(const CertSpec& spec) {
    return isCa(spec) ? std::vector<std::string>{} : std::vector<std::string>{"serverAuth", "clientAuth"};
}

std::vector<RawExtension> extensionsOf(const CertSpec& spec, EVP_PKEY* key) {
    std::vector<RawExtension> all;
    if (const auto names = subjectAltName(spec)) all.push_back({"subjectAltName", spec.sanCritical, *names});
    if (spec.ca) all.push_back({"basicConstraints", spec.basicConstraintsCritical, basicConstraints(*spec.ca, spec.pathLen)});
    const auto usage = spec.keyUsage.value_or(defaultKeyUsage(spec, key));
    if (usage != kOmit) all.push_back({"keyUsage", spec.keyUsageCritical, keyUsage(usage)});
    const auto purposes = spec.eku.value_or(defaultExtendedKeyUsage(spec));
    if (!purposes.empty()) all.push_back({"extendedKeyUsage", spec.ekuCritical, extendedKeyUsage(purposes)});
    const auto ownId = spec.skiValue.value_or(keyIdentifier(key));
    if (spec.ski) all.push_back({"subjectKeyIdentifier", false, octetString(ownId)});
    const auto issuerId = spec.akiValue.value_or(spec.issuer != nullptr ? issuerKeyIdentifier(*spec.issuer) : ownId);
    if (spec.aki) all.push_back({"authorityKeyIdentifier", false, authorityKeyIdentifier(issuerId)});
    all.insert(all.end(), spec.extensions.begin(), spec.extensions.end());
    return all;
}

NamePtr issuerNameOf(const CertSpec& spec, const X509_NAME* subject) {
    if (spec.emptyIssuer) return NamePtr{X509_NAME_new()};
    if (!spec.issuerCn.empty()) return nameOf(spec.org, spec.issuerCn, spec.stringType);
    if (spec.issuer == nullptr) return NamePtr{X509_NAME_dup(subject)};
    return NamePtr{X509_NAME_dup(X509_get_subject_name(parse(spec.issuer->der).get()))};
}

ForgeKey signingKey(const ForgeKey& chosen, const ForgedCert* issuer, const ForgeKey& own) {
    if (chosen) return chosen;
    return issuer != nullptr ? issuer->key : own;
}

ForgedCert issue(const CertSpec& spec, const ForgeKey& key, const X509_NAME* subject, const std::vector<RawExtension>& extensions) {
    const CertPtr certificate{X509_new()};
    const auto serial = serialOf(spec.serial.empty() ? nextSerial() : spec.serial);
    must(X509_set_version(certificate.get(), spec.version - 1) == 1 && X509_set_serialNumber(certificate.get(), serial.get()) == 1 &&
             X509_set1_notBefore(certificate.get(), timeOf(spec.notBefore).get()) == 1 &&
             X509_set1_notAfter(certificate.get(), timeOf(spec.notAfter).get()) == 1 &&
             X509_set_subject_name(certificate.get(), subject) == 1 &&
             X509_set_issuer_name(certificate.get(), issuerNameOf(spec, subject).get()) == 1 &&
             X509_set_pubkey(certificate.get(), key.get()) == 1,
         "fill in a certificate");
    for (const auto& each : extensions) {
        must(X509_add_ext(certificate.get(), extension(each).get(), -1) == 1, "add an extension");
    }
    const auto signWith = signingKey(spec.signWith, spec.issuer, key);
    must(X509_sign_ctx(certificate.get(), signer(signWith.get(), spec.hash, spec.pss).get()) > 0, "sign a certificate");
    return {encode(&i2d_X509, certificate.get(), "write a certificate"), key, serialText(serial.get())};
}

// Fills in what a CA's certificate has and an application's has not; what the caller chose stays.
CertSpec caSpec(CertSpec spec, const std::string& cn, const ForgedCert* issuer) {
    const CertSpec defaults;
    if (spec.keyIndex == defaults.keyIndex) spec.keyIndex = issuer == nullptr ? 1 : 2;
    spec.cn = cn;
    spec.issuer = issuer;
    if (spec.ca == defaults.ca) spec.ca = true;
    if (spec.uris == defaults.uris) spec.uris.clear();
    if (spec.dns == defaults.dns) spec.dns.clear();
    return spec;
}

}  // namespace

Instant forgeDate(int year, unsigned month, unsigned day, int hour, int minute, int second) {
    using namespace std::chrono;
    return sys_days{std::chrono::year{year} / std::chrono::month{month} / std::chrono::day{day}} + hours{hour} + minutes{minute} +
           seconds{second};
}

std::string ForgeKey::pem() const { return pemOf(get(), nullptr, {}); }
std::string ForgeKey::pem(const std::string& passphrase) const { return pemOf(get(), EVP_aes_256_cbc(), passphrase); }
Bytes ForgeKey::der() const {
    const std::unique_ptr<PKCS8_PRIV_KEY_INFO, Release<&PKCS8_PRIV_KEY_INFO_free>> info{EVP_PKEY2PKCS8(get())};
    return encode(&i2d_PKCS8_PRIV_KEY_INFO, info.get(), "write a key");
}
Bytes ForgeKey::publicDer() const { return encode(&i2d_PUBKEY, get(), "write a public key"); }

ForgeKey forgeKey(const std::string& name, int index) {
    static std::mutex mutex;
    static std::map<std::pair<std::string, int>, ForgeKey> made;
    const std::scoped_lock lock{mutex};
    auto& slot = made[{name, index}];
    if (!slot) {
        const auto ready = builtInKey(name, index);
        slot = ready ? *ready : newKey(name);
    }
    return slot;
}

ForgeKey forgePublicKey(ByteView subjectPublicKeyInfo) {
    const std::uint8_t* at = subjectPublicKeyInfo.data();
    EVP_PKEY* key = d2i_PUBKEY(nullptr, &at, static_cast<long>(subjectPublicKeyInfo.size()));
    must(key != nullptr, "read a public key");
    return ForgeKey{key};
}

std::string ForgedCert::pem() const { return forgePem("CERTIFICATE", der); }

ForgedCert forgeCertificate(const CertSpec& spec) {
    const auto key = spec.keyPair ? spec.keyPair : forgeKey(spec.keyName, std::max(spec.keyIndex, 0));
    return issue(spec, key, nameOf(spec.org, spec.cn, spec.stringType).get(), extensionsOf(spec, key.get()));
}

ForgedCert forgeRoot(const std::string& cn, CertSpec spec) { return forgeCertificate(caSpec(std::move(spec), cn, nullptr)); }

ForgedCert forgeIntermediate(const ForgedCert& issuer, const std::string& cn, CertSpec spec) {
    return forgeCertificate(caSpec(std::move(spec), cn, &issuer));
}

ForgedCert forgeLeaf(const ForgedCert& issuer, CertSpec spec) {
    spec.issuer = &issuer;
    return forgeCertificate(spec);
}

ForgedCert forgeFromRequest(const ForgedCert& issuer, ByteView requestDer, CertSpec spec) {
    const std::uint8_t* at = requestDer.data();
    const RequestPtr request{d2i_X509_REQ(nullptr, &at, static_cast<long>(requestDer.size()))};
    must(request != nullptr && X509_REQ_verify(request.get(), X509_REQ_get0_pubkey(request.get())) == 1, "read a request");
    const auto key = forgePublicKey(encode(&i2d_X509_PUBKEY, X509_REQ_get_X509_PUBKEY(request.get()), "read a request"));
    spec.issuer = &issuer;
    spec.uris.clear();
    spec.dns.clear();
    spec.keyUsage = kOmit;
    spec.eku.emplace();
    auto extensions = extensionsOf(spec, key.get());
    const std::unique_ptr<STACK_OF(X509_EXTENSION), Release<&freeExtensions>> asked{X509_REQ_get_extensions(request.get())};
    for (int i = 0; i < sk_X509_EXTENSION_num(asked.get()); ++i) {
        X509_EXTENSION* each = sk_X509_EXTENSION_value(asked.get(), i);
        std::array<char, 128> oid{};
        OBJ_obj2txt(oid.data(), length(oid.size()), X509_EXTENSION_get_object(each), 1);
        const int nid = OBJ_obj2nid(X509_EXTENSION_get_object(each));
        if (nid == NID_basic_constraints || nid == NID_subject_key_identifier || nid == NID_authority_key_identifier) continue;
        const auto* value = X509_EXTENSION_get_data(each);
        const auto* data = ASN1_STRING_get0_data(value);
        extensions.push_back({oid.data(), X509_EXTENSION_get_critical(each) == 1, Bytes(data, data + ASN1_STRING_length(value))});
    }
    return issue(spec, key, X509_REQ_get_subject_name(request.get()), extensions);
}

Bytes joinDer(const std::vector<ForgedCert>& chain) {
    Bytes blob;
    for (const auto& each : chain) blob.insert(blob.end(), each.der.begin(), each.der.end());
    return blob;
}

Bytes tamperSignature(Bytes der) {
    der.back() ^= 0x01U;
    return der;
}

Bytes replaceOctets(Bytes der, ByteView what, ByteView by, bool fromLast) {
    const auto at = fromLast ? std::find_end(der.begin(), der.end(), what.begin(), what.end())
                             : std::search(der.begin(), der.end(), what.begin(), what.end());
    if (at == der.end() || what.size() != by.size()) throw std::runtime_error{"the chain forge finds nothing to replace"};
    std::copy(by.begin(), by.end(), at);
    return der;
}

std::string forgePem(const std::string& label, ByteView content) {
    const BioPtr out{BIO_new(BIO_s_mem())};
    must(PEM_write_bio(out.get(), label.c_str(), "", content.data(), static_cast<long>(content.size())) > 0, "write PEM");
    char* data = nullptr;
    const auto size = BIO_get_mem_data(out.get(), &data);
    return {data, static_cast<std::size_t>(size)};
}

}  // namespace uatrust::test
