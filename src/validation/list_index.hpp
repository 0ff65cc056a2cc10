#pragma once

#include <array>
#include <memory>
#include <mutex>

#include <uatrust/store/trust_snapshot.hpp>

#include "x509/certificate_data.hpp"

namespace uatrust::detail {

/// ListIndex finds the certificates of one list by what they have in common with another one. It goes by hashes and decodes
/// nothing: whoever finds something compares the values. Immutable.
class ListIndex {
public:
    explicit ListIndex(const StoredEntries<StoredCertificate>& list);

    enum class By : std::uint8_t { ApplicationUri, PublicKey, Subject, KeyIdentifier, CommonName };
    /// Positions in the list, ascending.
    [[nodiscard]] std::span<const std::uint32_t> find(By what, std::size_t hash) const;

    /// Whether it was made of these very certificates, in this order.
    [[nodiscard]] bool isOf(const StoredEntries<StoredCertificate>& list) const noexcept;

private:
    std::vector<Certificate> members_{};
    std::array<std::vector<std::uint32_t>, 5> orders_{};
};

/// ListIndexes keeps the index of the trusted and that of the issuers list. Each is made when it is asked for and made anew
/// when that list has changed: what happens in another list, such as a flood of rejected certificates, costs nothing here.
///
/// Safe to use from several threads at once.
class ListIndexes {
public:
    /// Precondition: not the rejected list.
    [[nodiscard]] std::shared_ptr<const ListIndex> of(StoreList list, const TrustSnapshot& lists);

private:
    struct Kept {
        std::shared_ptr<const ListIndex> index{};
        std::uint64_t generation = 0;
        const StoredCertificate* first = nullptr;
        std::size_t count = 0;
    };
    std::mutex mutex_{};
    std::array<Kept, 2> kept_{};
};

}  // namespace uatrust::detail
