#include "store/snapshot_lists.hpp"

#include <cstring>
#include <utility>

#include "x509/certificate_data.hpp"

namespace uatrust::detail {
namespace {

const Certificate& valueOf(const StoredCertificate& stored) { return stored.certificate; }
const Crl& valueOf(const StoredCrl& stored) { return stored.crl; }

const std::vector<StoredCertificate>& entriesOf(const ListedFile& file, const StoredCertificate*) { return file.certificates; }
const std::vector<StoredCrl>& entriesOf(const ListedFile& file, const StoredCrl*) { return file.crls; }

// What something is looked up by: certificates by their subject, CRLs by their issuer.
const DistinguishedName& nameOf(const Certificate& certificate) { return certificate.subject(); }
const DistinguishedName& nameOf(const Crl& crl) { return crl.issuer(); }
// That of a certificate is known without decoding it.
std::uint64_t nameHash(const Certificate& certificate) { return certificate.data().hashes.subject; }
std::uint64_t nameHash(const Crl& crl) { return crl.issuer().hash(); }

template <class Stored>
const Stored& storedIn(const ListedRow& row) noexcept {
    return storedAt(row, static_cast<const Stored*>(nullptr));
}
template <class Stored>
const CertificateId& idOf(const ListedRow& row) noexcept {
    return valueOf(storedIn<Stored>(row)).id();
}

// The first octets of an identity in an order of their own; what they leave open the whole of it decides.
std::uint64_t prefixOf(const CertificateId& id) noexcept {
    static_assert(sizeof(id) >= sizeof(std::uint64_t));
    std::uint64_t prefix = 0;
    std::memcpy(&prefix, &id, sizeof(prefix));
    return prefix;
}

template <class Stored>
bool hasId(const ListedRow& row, const CertificateId& id) noexcept {
    return row.key == prefixOf(id) && idOf<Stored>(row) == id;
}

}  // namespace

const StoredCertificate& storedAt(const ListedRow& row, const StoredCertificate* /*kind*/) noexcept {
    return row.file->certificates[row.element];
}
const StoredCrl& storedAt(const ListedRow& row, const StoredCrl* /*kind*/) noexcept { return row.file->crls[row.element]; }

bool IsListedBefore::operator()(const ListedFile& a, const ListedFile& b) const noexcept {
    return a.folder != b.folder ? a.folder < b.folder : a.name.native() < b.name.native();
}

bool IsListedBefore::operator()(const ListedRow& a, const ListedRow& b) const noexcept {
    return a.file == b.file ? a.element < b.element : (*this)(*a.file, *b.file);
}

template <class Stored>
bool SharedList<Stored>::ById::operator()(const ListedRow& a, const ListedRow& b) const noexcept {
    if (a.key != b.key) return a.key < b.key;
    const auto order = idOf<Stored>(a) <=> idOf<Stored>(b);
    return order != 0 ? order < 0 : IsListedBefore{}(a, b);
}

template <class Stored>
SharedList<Stored>::SharedList(const std::vector<const ListedFile*>& files) {
    std::vector<ListedRow> rows;
    for (const auto* file : files) {
        const auto& entries = entriesOf(*file, static_cast<const Stored*>(nullptr));
        for (std::uint32_t i = 0; i < entries.size(); ++i) rows.push_back({prefixOf(valueOf(entries[i]).id()), file, i});
    }
    std::sort(rows.begin(), rows.end(), ById{});
    all_ = SharedRows<ListedRow, ById>{rows};
    const auto copies = std::unique(rows.begin(), rows.end(),
                                    [](const auto& a, const auto& b) { return a.key == b.key && idOf<Stored>(a) == idOf<Stored>(b); });
    rows.erase(copies, rows.end());
    std::sort(rows.begin(), rows.end(), IsListedBefore{});
    inOrder_ = SharedRows<ListedRow, IsListedBefore>{rows};
    for (auto& row : rows) row.key = nameHash(valueOf(storedIn<Stored>(row)));
    std::sort(rows.begin(), rows.end(), ByName{});
    byName_ = SharedRows<ListedRow, ByName>{rows};
}

template <class Stored>
void SharedList<Stored>::add(const ListedFile& file) {
    const auto& entries = entriesOf(file, static_cast<const Stored*>(nullptr));
    for (std::uint32_t i = 0; i < entries.size(); ++i) {
        const auto& id = valueOf(entries[i]).id();
        const ListedRow row{prefixOf(id), &file, i};
        const auto first = firstWith(id);
        all_.insert(row);
        if (first && IsListedBefore{}(*first, row)) continue;
        if (first) hide(*first);
        show(row);
    }
}

template <class Stored>
void SharedList<Stored>::remove(const ListedFile& file) {
    const auto& entries = entriesOf(file, static_cast<const Stored*>(nullptr));
    for (std::uint32_t i = 0; i < entries.size(); ++i) {
        const auto& id = valueOf(entries[i]).id();
        const ListedRow row{prefixOf(id), &file, i};
        const auto first = firstWith(id);
        all_.erase(row);
        if (first->file != &file || first->element != i) continue;
        hide(row);
        if (const auto next = firstWith(id)) show(*next);
    }
}

template <class Stored>
void SharedList<Stored>::show(const ListedRow& row) {
    inOrder_.insert(row);
    byName_.insert({nameHash(valueOf(storedIn<Stored>(row))), row.file, row.element});
}

template <class Stored>
void SharedList<Stored>::hide(const ListedRow& row) {
    inOrder_.erase(row);
    byName_.erase({nameHash(valueOf(storedIn<Stored>(row))), row.file, row.element});
}

template <class Stored>
std::size_t SharedList<Stored>::placeOf(const CertificateId& id) const noexcept {
    const auto prefix = prefixOf(id);
    return all_.lowerBound([&](const ListedRow& row) { return row.key != prefix ? row.key < prefix : idOf<Stored>(row) < id; });
}

template <class Stored>
std::optional<ListedRow> SharedList<Stored>::firstWith(const CertificateId& id) const noexcept {
    const auto at = placeOf(id);
    return at < all_.size() && hasId<Stored>(all_[at], id) ? std::optional{all_[at]} : std::nullopt;
}

template <class Stored>
std::vector<const ListedFile*> SharedList<Stored>::filesWith(const CertificateId& id) const {
    std::vector<const ListedFile*> files;
    for (auto at = placeOf(id); at < all_.size() && hasId<Stored>(all_[at], id); ++at) {
        if (files.empty() || files.back() != all_[at].file) files.push_back(all_[at].file);
    }
    return files;
}

template <class Stored>
const Stored* SharedList<Stored>::find(const CertificateId& id) const noexcept {
    const auto row = firstWith(id);
    return row ? &storedIn<Stored>(*row) : nullptr;
}

template <class Stored>
typename SharedList<Stored>::Difference SharedList<Stored>::difference(const SharedList& before, const SharedList& after) {
    Difference found;
    const auto order = [](const ListedRow& a, const ListedRow& b) {
        const auto byPrefix = a.key <=> b.key;
        return byPrefix != 0 ? byPrefix : idOf<Stored>(a) <=> idOf<Stored>(b);
    };
    const auto add = [](std::vector<const Stored*>& to, const ListedRow& row, const SharedList& from, const SharedList& other) {
        const auto& id = idOf<Stored>(row);
        if (other.find(id) == nullptr) to.push_back(from.find(id));
    };
    SharedRows<ListedRow, ById>::compare(
        before.all_, after.all_, order, [&](const ListedRow& row) { add(found.removed, row, before, after); },
        [&](const ListedRow& row) { add(found.added, row, after, before); });
    return found;
}

template <class Stored>
void SharedList<Stored>::appendNamed(std::vector<const Stored*>& found, const DistinguishedName& name) const {
    const std::uint64_t hash = name.hash();
    for (auto at = byName_.lowerBound([&](const ListedRow& row) { return row.key < hash; }); at < byName_.size(); ++at) {
        const auto& row = byName_[at];
        if (row.key != hash) return;
        const auto& stored = storedIn<Stored>(row);
        if (nameOf(valueOf(stored)) == name) found.push_back(&stored);
    }
}

template class SharedList<StoredCertificate>;
template class SharedList<StoredCrl>;

SnapshotLists::SnapshotLists(const std::vector<std::shared_ptr<const ListedFile>>& all) : files{all} {
    const auto of = [&](StoreList list) {
        std::vector<const ListedFile*> chosen;
        for (const auto& file : all) {
            if (file->list == list) chosen.push_back(file.get());
        }
        return chosen;
    };
    trusted = SharedList<StoredCertificate>{of(StoreList::Trusted)};
    issuers = SharedList<StoredCertificate>{of(StoreList::Issuers)};
    rejected = SharedList<StoredCertificate>{of(StoreList::Rejected)};
    blocked = SharedList<StoredCertificate>{of(StoreList::Blocked)};
    trustedCrls = SharedList<StoredCrl>{of(StoreList::Trusted)};
    issuerCrls = SharedList<StoredCrl>{of(StoreList::Issuers)};
}

void SnapshotLists::apply(const FileChange& change) {
    const auto in = [&](StoreList list) -> SharedList<StoredCertificate>& {
        if (list == StoreList::Trusted) return trusted;
        if (list == StoreList::Blocked) return blocked;
        return list == StoreList::Issuers ? issuers : rejected;
    };
    const auto crlsOf = [&](StoreList list) -> SharedList<StoredCrl>& { return list == StoreList::Trusted ? trustedCrls : issuerCrls; };
    if (change.before) {
        in(change.before->list).remove(*change.before);
        crlsOf(change.before->list).remove(*change.before);
        files.erase(change.before);
    }
    if (change.after) {
        files.insert(change.after);
        in(change.after->list).add(*change.after);
        crlsOf(change.after->list).add(*change.after);
    }
}

void SnapshotLists::exchange(const ListedFile& file, std::shared_ptr<const ListedFile> other) {
    const auto owner = files[files.lowerBound([&](const auto& each) { return IsListedBefore{}(*each, file); })];
    apply({owner, std::move(other)});
}

const SharedList<StoredCertificate>& SnapshotLists::certificates(StoreList list) const noexcept {
    if (list == StoreList::Trusted) return trusted;
    if (list == StoreList::Blocked) return blocked;
    return list == StoreList::Issuers ? issuers : rejected;
}

const SharedList<StoredCrl>& SnapshotLists::crls(StoreList list) const noexcept {
    if (list != StoreList::Trusted && list != StoreList::Issuers) return noCrls;
    return list == StoreList::Trusted ? trustedCrls : issuerCrls;
}

}  // namespace uatrust::detail
