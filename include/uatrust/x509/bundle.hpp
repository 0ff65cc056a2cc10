#pragma once

#include <uatrust/x509/certificate_request.hpp>
#include <uatrust/x509/crl.hpp>

#include <string>
#include <vector>

namespace uatrust {

/// BundleItem is one thing that was found in a file, and where: "certificate 2 of the PKCS#7", "PEM block 3 (X509 CRL)".
/// `from` is one printable line.
template <class T>
struct BundleItem {
    T value;
    std::string from;
};

/// Bundle is what a CA or an administrator has handed over, in the order of the file within each kind. Nothing of it is
/// verified or trusted, except that a PKCS#12 with a MAC is what was protected by the passphrase. A value, like its parts.
struct Bundle {
    std::vector<BundleItem<Certificate>> certificates{};
    std::vector<BundleItem<Crl>> crls{};
    std::vector<BundleItem<CertificateRequest>> requests{};
    std::vector<BundleItem<PrivateKey>> keys{};
    /// What could not be read, with the reason and what to do; the rest is there all the same.
    std::vector<BundleItem<Error>> problems{};
};

/// BundleOptions bounds what reading may cost, whoever wrote the file.
struct BundleOptions {
    /// Asked once at most, and only when something is encrypted that does not open with the empty passphrase. Without one,
    /// and when it fails, what is encrypted is a problem.
    PassphraseSource passphrase{};
    std::size_t maxBytes = 2 * Crl::kMaxSize;  ///< the largest CRL in PEM, with text around it
    std::size_t maxElements = 10'000;          ///< problems included; what is beyond is left out, and that is a problem
    /// Rounds of key derivation for all that is encrypted together: a few seconds. The programs that write the most
    /// use 600 000 to 1 000 000 for each part. A private key on its own has the bound of PrivateKey::read() besides.
    std::uint64_t maxIterations = 10'000'000;
};

/// readBundle() tells by content what a file holds: DER side by side or PEM with any text around it; certificates, CRLs,
/// requests (PKCS#10), private keys, PKCS#7 with certificates and CRLs, PKCS#12; also base64 without PEM lines.
/// Of a "TRUSTED CERTIFICATE" only the certificate is taken; parameters of keys are passed over. Old PKCS#12 files (RC2, RC4)
/// need OpenSSL's legacy provider, which is loaded for them alone and not for the application.
/// BadInvalidArgument when it is empty or nothing of all this, BadEncodingLimitsExceeded above maxBytes.
/// Thread-safe; the passphrase is asked for on the calling thread.
[[nodiscard]] UATRUST_API Result<Bundle> readBundle(ByteView content, const BundleOptions& options = {});

}  // namespace uatrust
