#include "tool/web/pairing_window.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "tool/text.hpp"

namespace uatrust::tool::web {
namespace {

Instant now() { return systemClock().now(); }

// As pairingJson() of one's own.
Json recordJson(const PairingRecord& record) {
    Json entries = Json::array();
    for (const auto& each : record.entries) {
        entries.push_back({{"id", each.certificate.text()},
                           {"name", each.name},
                           {"phone", inFours(each.certificate.text())},
                           {"state", pairingStateName(each.state)},
                           {"at", formatInstant(each.at)}});
    }
    return {{"until", formatInstant(record.until)},
            {"left", std::max(record.until - now(), std::chrono::seconds{0}).count()},
            {"max", record.max},
            {"endpoint", record.endpointUrl.empty() ? Json() : Json(record.endpointUrl)},
            {"entries", std::move(entries)},
            {"of", {{"who", record.who}, {"process", record.process}, {"opened", formatInstant(record.opened)}}}};
}

Json hereJson(const Pairing& pairing) {
    auto json = pairingJson(pairing, now());
    json["of"] = nullptr;
    return json;
}

bool isSame(const std::optional<PairingRecord>& a, const std::optional<PairingRecord>& b) {
    if (!a || !b) return a.has_value() == b.has_value();
    const auto same = [](const PairingRecord::Entry& x, const PairingRecord::Entry& y) {
        return x.certificate == y.certificate && x.state == y.state;
    };
    return a->opened == b->opened && a->process == b->process &&
           std::equal(a->entries.begin(), a->entries.end(), b->entries.begin(), b->entries.end(), same);
}

}  // namespace

PairingWindow::PairingWindow(const Desk& looking, std::string who) : folder_{looking.folder}, file_{*looking.store}, who_{std::move(who)} {}

Error PairingWindow::notHere() const {
    if (!elsewhere_) {
        return {StatusCode::BadNotFound, "No pairing window is open.", "Open one first; what is not confirmed in time is rejected again."};
    }
    return {StatusCode::BadInvalidState,
            fmt::format("The pairing window belongs to {} (process {}), not to this page.", elsewhere_->who, elsewhere_->process),
            "Confirm, drop or close there."};
}

// A window whose process is gone would leave in whom nobody has confirmed: it is closed as by any command on the folder. What cannot be
// read is said to who opens one.
void PairingWindow::lookElsewhere() {
    elsewhere_.reset();
    if (const auto there = file_.read(); !there || !*there) return;
    (void)closeStalePairing(folder_, who_);
    if (auto left = file_.read(); left && *left) elsewhere_ = std::move(*left);
}

Result<Json> PairingWindow::open(const Desk& desk, PairingOptions options) {
    const std::lock_guard guard{mutex_};
    if (isOpenHere()) return Error{StatusCode::BadInvalidState, "A pairing window is open already.", "Close it first."};
    pairing_.reset();
    auto opened = Pairing::open(*desk.store, *desk.manager, std::move(options), now());
    if (!opened) return opened.error();
    pairing_ = std::move(*opened);
    elsewhere_.reset();
    changed_ = true;
    return hereJson(*pairing_);
}

template <class Change>
Result<Json> PairingWindow::decide(Change change) {
    const std::lock_guard guard{mutex_};
    if (!isOpenHere()) return notHere();
    const auto event = change(*pairing_);
    if (!event) return event.error();
    changed_ = true;
    return hereJson(*pairing_);
}

Result<Json> PairingWindow::confirm(const CertificateId& id) {
    return decide([&](Pairing& pairing) { return pairing.confirm(id, now()); });
}

Result<Json> PairingWindow::drop(const CertificateId& id) {
    return decide([&](Pairing& pairing) { return pairing.drop(id, now()); });
}

Result<void> PairingWindow::close() {
    const std::lock_guard guard{mutex_};
    if (!isOpenHere()) return notHere();
    (void)pairing_->close("It was closed on the page.");
    changed_ = true;
    return {};
}

bool PairingWindow::step() {
    const std::lock_guard guard{mutex_};
    const bool happened = pairing_ && (!pairing_->step(now()).empty() || !pairing_->isOpen());
    if (pairing_ && !pairing_->isOpen()) pairing_.reset();
    const auto before = elsewhere_;
    if (!pairing_) lookElsewhere();
    return std::exchange(changed_, false) || happened || !isSame(before, elsewhere_);
}

Json PairingWindow::json() const {
    const std::lock_guard guard{mutex_};
    if (isOpenHere() && !pairing_->isClosing()) return hereJson(*pairing_);
    return elsewhere_ ? recordJson(*elsewhere_) : Json();
}

std::set<CertificateId> PairingWindow::provisional() const {
    const std::lock_guard guard{mutex_};
    std::set<CertificateId> ids;
    for (const auto& each : pairing_ ? pairing_->entries() : std::vector<PairingEntry>{}) {
        if (each.state == PairingState::Provisional) ids.insert(each.certificate.id());
    }
    for (const auto& each : elsewhere_ ? elsewhere_->entries : std::vector<PairingRecord::Entry>{}) {
        if (each.state == PairingState::Provisional) ids.insert(each.certificate);
    }
    return ids;
}

}  // namespace uatrust::tool::web
