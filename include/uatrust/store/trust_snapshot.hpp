#pragma once

#include <uatrust/x509/crl.hpp>

#include <compare>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <span>
#include <utility>

namespace uatrust {

namespace detail {
struct SnapshotMaker;
}

/// The lists of a certificate store (OPC 10000-4, 6.1.3; OPC 10000-12, 7.8.2).
///  - Trusted: gives trust, to application certificates and to everything a trusted CA has issued.
///  - Issuers: CA certificates for building chains and checking signatures; never gives trust.
///  - Rejected: a record of who was refused, for the operator; neither trusts nor denies.
///  - Blocked: refuses, whoever else gives trust; not of the specification. A CA in it refuses all that it has issued.
enum class StoreList : std::uint8_t { Trusted, Issuers, Rejected, Blocked };

/// storeListName() is "trusted", "issuers", "rejected" or "blocked".
[[nodiscard]] UATRUST_API std::string_view storeListName(StoreList list) noexcept;

/// StoredCertificate is a certificate with the place it was found in.
struct StoredCertificate {
    Certificate certificate;
    std::string source{};  ///< for people: a path, or whatever tells an operator where to look
};

/// StoredCrl is a CRL with the place it was found in.
struct StoredCrl {
    Crl crl;
    std::string source{};
};

/// StoreProblem is something in a store that could not be looked at. It never disables what could be.
struct StoreProblem {
    std::string source;   ///< the file or folder
    std::string message;  ///< what is wrong with it
    std::string remedy;   ///< what to do about it
    friend bool operator==(const StoreProblem&, const StoreProblem&) = default;
};

/// StoredEntries is a list in a snapshot, in a fixed order: a range of random access that is valid as long as the snapshot.
template <class Stored>
class StoredEntries {
public:
    using At = const Stored& (*)(const void* list, std::size_t at) noexcept;
    StoredEntries(const void* list, std::size_t size, At at) noexcept : list_{list}, size_{size}, at_{at} {}

    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
    /// `at` has to be less than size().
    [[nodiscard]] const Stored& operator[](std::size_t at) const noexcept { return at_(list_, at); }
    [[nodiscard]] const Stored& front() const noexcept { return (*this)[0]; }
    [[nodiscard]] const Stored& back() const noexcept { return (*this)[size_ - 1]; }

    class Iterator {
    public:
        using iterator_category = std::random_access_iterator_tag;
        using value_type = Stored;
        using difference_type = std::ptrdiff_t;
        using pointer = const Stored*;
        using reference = const Stored&;

        Iterator() = default;
        Iterator(const void* list, At at, difference_type index) noexcept : list_{list}, at_{at}, index_{index} {}
        [[nodiscard]] reference operator*() const noexcept { return at_(list_, static_cast<std::size_t>(index_)); }
        [[nodiscard]] pointer operator->() const noexcept { return &**this; }
        [[nodiscard]] reference operator[](difference_type by) const noexcept { return *(*this + by); }
        Iterator& operator+=(difference_type by) noexcept {
            index_ += by;
            return *this;
        }
        Iterator& operator-=(difference_type by) noexcept { return *this += -by; }
        Iterator& operator++() noexcept { return *this += 1; }
        Iterator& operator--() noexcept { return *this += -1; }
        Iterator operator++(int) noexcept { return std::exchange(*this, *this + 1); }
        Iterator operator--(int) noexcept { return std::exchange(*this, *this - 1); }
        [[nodiscard]] friend Iterator operator+(Iterator at, difference_type by) noexcept { return at += by; }
        [[nodiscard]] friend Iterator operator+(difference_type by, Iterator at) noexcept { return at += by; }
        [[nodiscard]] friend Iterator operator-(Iterator at, difference_type by) noexcept { return at -= by; }
        [[nodiscard]] friend difference_type operator-(const Iterator& a, const Iterator& b) noexcept { return a.index_ - b.index_; }
        friend bool operator==(const Iterator& a, const Iterator& b) noexcept { return a.index_ == b.index_; }
        friend auto operator<=>(const Iterator& a, const Iterator& b) noexcept { return a.index_ <=> b.index_; }

    private:
        const void* list_ = nullptr;
        At at_ = nullptr;
        difference_type index_ = 0;
    };
    [[nodiscard]] Iterator begin() const noexcept { return {list_, at_, 0}; }
    [[nodiscard]] Iterator end() const noexcept { return {list_, at_, static_cast<std::ptrdiff_t>(size_)}; }

private:
    const void* list_;
    std::size_t size_;
    At at_;
};

/// TrustSnapshot is what a store held at one moment: immutable, shared by all readers, safe to use from several
/// threads without a lock. A certificate that lies in a list twice is one entry.
class UATRUST_API TrustSnapshot {
public:
    /// TrustSnapshot::Content is what a store fills in; the constructor leaves the first of equal entries and indexes them.
    struct Content {
        std::vector<StoredCertificate> trusted{};
        std::vector<StoredCertificate> issuers{};
        std::vector<StoredCertificate> rejected{};
        std::vector<StoredCertificate> blocked{};
        std::vector<StoredCrl> trustedCrls{};
        std::vector<StoredCrl> issuerCrls{};
        std::vector<StoreProblem> problems{};
        bool allCrlsRead = true;     ///< false when something where CRLs are kept could not be read
        bool allBlockedRead = true;  ///< false when something where blocked certificates are kept could not be read
        std::uint64_t generation = 0;
    };
    explicit TrustSnapshot(Content content);
    ~TrustSnapshot();
    TrustSnapshot(const TrustSnapshot&) = delete;
    TrustSnapshot& operator=(const TrustSnapshot&) = delete;

    [[nodiscard]] StoredEntries<StoredCertificate> certificates(StoreList list) const noexcept;
    /// CRLs beside the trusted or the issuers list; empty for the others.
    [[nodiscard]] StoredEntries<StoredCrl> crls(StoreList list) const noexcept;

    /// Membership by identity (SHA-256 of the DER). Null when the certificate is not in the list.
    [[nodiscard]] const StoredCertificate* find(StoreList list, const CertificateId& id) const noexcept;

    /// Certificates of a list whose subject is `subject`, in a fixed order; several CAs may share a name.
    [[nodiscard]] std::vector<const StoredCertificate*> findBySubject(StoreList list, const DistinguishedName& subject) const;

    /// CRLs of both lists whose issuer is `issuer`: of every CA with that name, the signature tells them apart.
    [[nodiscard]] std::vector<const StoredCrl*> findCrls(const DistinguishedName& issuer) const;

    /// What could not be read when this snapshot was taken. A reader that finds nothing should look here before it
    /// says that there is nothing.
    [[nodiscard]] std::span<const StoreProblem> problems() const noexcept;

    /// Whether a CRL that findCrls() does not find is certainly not there: false when something among the CRLs could not be
    /// read, a folder or a file of it.
    [[nodiscard]] bool allCrlsRead() const noexcept;

    /// Finds what blocks a certificate: the same one, or one with its subject, issuer and serial number, since some signatures
    /// can be rewritten by anybody into others that verify as well. Null when nothing does.
    [[nodiscard]] const StoredCertificate* findBlocked(const Certificate& certificate) const;

    /// Whether a certificate that findBlocked() does not find is certainly not blocked.
    [[nodiscard]] bool allBlockedRead() const noexcept;

    /// Grows whenever the content has changed; equal numbers of one store mean equal content.
    [[nodiscard]] std::uint64_t generation() const noexcept;

private:
    friend struct detail::SnapshotMaker;
    struct State;
    TrustSnapshot(const detail::SnapshotMaker& maker, std::unique_ptr<const State> state) noexcept;
    std::unique_ptr<const State> state_;
};

}  // namespace uatrust
