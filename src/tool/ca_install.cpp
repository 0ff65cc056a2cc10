#include "tool/ca_install.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "tool/pki_folder.hpp"
#include "tool/platform.hpp"

namespace uatrust::tool {
namespace {

std::string absolute(const std::string& folder) {
    std::error_code error;
    const auto path = std::filesystem::absolute(pathOf(folder), error);
    return error ? folder : textOf(path.lexically_normal());
}

}  // namespace

Result<CaInstalled> installCa(const CaFolder& ca, const DeskOptions& where, bool trusted, Console& console) {
    const auto desk = openDesk(where, false, console);
    if (!desk) return desk.error();
    Bundle bundle{.certificates = {{ca.certificate(), textOf(ca.certificateFile())}}};
    if (ca.crl()) bundle.crls.push_back({*ca.crl(), textOf(ca.crlFile())});
    const auto lists = desk->store->snapshot();
    const OwnMaterial nothingOwn;
    auto plan = planImport(bundle, {.lists = *lists, .own = nothingOwn, .now = systemClock().now()}, {.trustCas = trusted});
    if (plan.changesAnything()) {
        const auto what = fmt::format("CA {} and its CRL", ca.certificate().describe());
        const auto done = carryOut(plan, *desk->manager, *desk->store, what, operatorName(where));
        if (!done) return done.error();
    }
    CaInstalled installed{.place = {.pki = absolute(where.pki), .layout = where.layout}, .items = std::move(plan.items)};
    installed.refused = std::any_of(installed.items.begin(), installed.items.end(),
                                    [](const ImportItem& each) { return each.target == ImportTarget::Refused; });
    return installed;
}

std::string behindBecause(const CaFolder& ca, const CaPlace& place) {
    const auto shown = printable(place.pki, 4096);
    const auto folder = choosePki(place.pki, place.layout);
    if (!folder) return fmt::format("{} cannot be looked at: {}", shown, folder.error().message);
    if (!ca.crl()) return {};
    DirectoryStore store{folder->root, folder->options()};
    const auto lists = store.snapshot();
    const StoredCrl* newest = nullptr;
    for (const auto* each : lists->findCrls(ca.certificate().subject())) {
        if (!each->crl.isSignedBy(ca.certificate().publicKey())) continue;
        if (newest == nullptr || newest->crl.thisUpdate() < each->crl.thisUpdate()) newest = each;
    }
    if (newest == nullptr) return fmt::format("{} has no CRL of this CA", shown);
    if (newest->crl.thisUpdate() >= ca.crl()->thisUpdate()) return {};
    const auto end = newest->crl.nextUpdate();
    return fmt::format("{} has an older CRL of this CA{}", shown,
                       end ? fmt::format(", which ends on {}", formatInstant(*end)) : std::string{});
}

}  // namespace uatrust::tool
