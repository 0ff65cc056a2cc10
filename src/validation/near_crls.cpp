#include "validation/near_crls.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "validation/wording.hpp"

namespace uatrust::detail {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

constexpr seconds soon = hours{48};
constexpr std::size_t maxLists = 4;
constexpr std::size_t maxProblems = 2;
constexpr std::size_t maxRead = 200;  // problems

std::string listAt(const StoredCrl& stored) { return stored.source.empty() ? "The CRL" : fmt::format("The CRL {}", place(stored.source)); }

// The dates of a list that would otherwise have answered.
void nearListDates(const StoredCrl& stored, Instant now, Hints& hints) {
    const auto from = stored.crl.thisUpdate();
    const auto until = stored.crl.nextUpdate();
    if (now < from && from - now <= soon) {
        hints.add(fmt::format("{} begins {} from now: is a clock or a time zone wrong, here or at the CA?", listAt(stored),
                              formatDuration(from - now)));
    } else if (until && *until < now && now - *until <= soon) {
        hints.add(fmt::format("{} was good until {} ago: was the next one of the CA not fetched, or is the clock wrong?", listAt(stored),
                              formatDuration(now - *until)));
    }
}

const StoredCertificate* signerOf(const NearMissContext& context, const StoredCrl& stored, const Certificate& ca, ListSearch& search) {
    for (const auto list : {StoreList::Trusted, StoreList::Issuers, StoreList::Rejected}) {
        for (const auto* each : context.lists.findBySubject(list, stored.crl.issuer())) {
            if (each->certificate.publicKey() == ca.publicKey()) continue;
            const auto isSigner = search.isSigned(stored.crl, each->certificate);
            if (!isSigner) return nullptr;
            if (*isSigner) return each;
        }
    }
    return nullptr;
}

void nearOwnLists(const NearMissContext& context, const Certificate& ca, ListSearch& search, Hints& hints) {
    const auto all = context.lists.findCrls(ca.subject());
    for (std::size_t i = 0; i < std::min(all.size(), maxLists); ++i) {
        const auto& stored = *all[i];
        const auto isOurs = search.isSigned(stored.crl, ca);
        if (!isOurs) return;
        if (*isOurs) {
            nearListDates(stored, context.now, hints);
        } else if (const auto* signer = signerOf(context, stored, ca, search); signer != nullptr) {
            hints.add(fmt::format("{} is signed by {}, a CA of the same name with another key.", listAt(stored), located(*signer)));
        } else {
            hints.add(fmt::format("{} carries the name of {} and is signed with another key: was the CA set up anew?", listAt(stored),
                                  ca.describe()));
        }
    }
}

void nearListsElsewhere(const NearMissContext& context, const Certificate& ca, ListSearch& search, Hints& hints) {
    for (const auto& other : context.elsewhere) {
        const auto all = other.lists->findCrls(ca.subject());
        for (std::size_t i = 0; i < std::min(all.size(), maxLists); ++i) {
            if (!search.isSigned(all[i]->crl, ca).value_or(false)) continue;
            hints.add(fmt::format("{} is a CRL of {} in {}, where it does not count.", listAt(*all[i]), ca.describe(), other.name));
            break;
        }
    }
}

// A file in the wrong folder and a file that cannot be read are problems of the store; it says of which of its files
// they are, and whether one of them is a CRL or stands where CRLs are kept.
void nearProblems(const NearMissContext& context, const Certificate& ca, Hints& hints) {
    std::size_t told = 0;
    const auto problems = context.lists.problems();
    for (const auto& each : problems.first(std::min(problems.size(), maxRead))) {
        const bool aboutCrls = each.message.find("CRL") != std::string::npos || each.remedy.find("CRL") != std::string::npos;
        if (!aboutCrls) continue;
        if (++told > maxProblems) break;
        hints.add(fmt::format("{} is not used and may be the CRL that is missing: {}", place(each.source), printable(each.message)));
    }
    if (told == 0 && !context.lists.allCrlsRead())
        hints.add(fmt::format("Not everything could be read where CRLs are kept: the one of {} may be among it.", ca.describe()));
}

}  // namespace

void nearCrls(const NearMissContext& context, const Path& path, std::size_t position, ListSearch& search, Hints& hints) {
    if (path.isLast(position)) return;
    const auto& ca = path.at(position + 1);
    const auto* trusted = context.lists.find(StoreList::Trusted, path.at(position).id());
    if (trusted != nullptr) hints.add(fmt::format("{} is itself trusted; the CRL of its CA is asked for all the same.", located(*trusted)));
    nearOwnLists(context, ca, search, hints);
    nearProblems(context, ca, hints);
    nearListsElsewhere(context, ca, search, hints);
}

}  // namespace uatrust::detail
