#include "tool/web/pairing_window.hpp"

#include <utility>

namespace uatrust::tool::web {
namespace {

Instant now() { return systemClock().now(); }

Error noneOpen() {
    return {StatusCode::BadNotFound, "No pairing window is open.", "Open one first; what is not confirmed in time is rejected again."};
}

}  // namespace

Result<Json> PairingWindow::open(const Desk& desk, PairingOptions options) {
    const std::lock_guard guard{mutex_};
    if (pairing_ && pairing_->isOpen()) return Error{StatusCode::BadInvalidState, "A pairing window is open already.", "Close it first."};
    pairing_.reset();
    auto opened = Pairing::open(*desk.store, *desk.manager, std::move(options), now());
    if (!opened) return opened.error();
    pairing_ = std::move(*opened);
    changed_ = true;
    return pairingJson(*pairing_, now());
}

template <class Change>
Result<Json> PairingWindow::decide(Change change) {
    const std::lock_guard guard{mutex_};
    if (!pairing_ || !pairing_->isOpen()) return noneOpen();
    const auto event = change(*pairing_);
    if (!event) return event.error();
    changed_ = true;
    return pairingJson(*pairing_, now());
}

Result<Json> PairingWindow::confirm(const CertificateId& id) {
    return decide([&](Pairing& pairing) { return pairing.confirm(id, now()); });
}

Result<Json> PairingWindow::drop(const CertificateId& id) {
    return decide([&](Pairing& pairing) { return pairing.drop(id, now()); });
}

Result<void> PairingWindow::close() {
    const std::lock_guard guard{mutex_};
    if (!pairing_ || !pairing_->isOpen()) return noneOpen();
    (void)pairing_->close("It was closed on the page.");
    changed_ = true;
    return {};
}

bool PairingWindow::step() {
    const std::lock_guard guard{mutex_};
    const bool happened = pairing_ && (!pairing_->step(now()).empty() || !pairing_->isOpen());
    if (pairing_ && !pairing_->isOpen()) pairing_.reset();
    return std::exchange(changed_, false) || happened;
}

Json PairingWindow::json() const {
    const std::lock_guard guard{mutex_};
    return pairing_ && pairing_->isOpen() && !pairing_->isClosing() ? pairingJson(*pairing_, now()) : Json();
}

std::set<CertificateId> PairingWindow::provisional() const {
    const std::lock_guard guard{mutex_};
    std::set<CertificateId> ids;
    if (!pairing_) return ids;
    for (const auto& each : pairing_->entries()) {
        if (each.state == PairingState::Provisional) ids.insert(each.certificate.id());
    }
    return ids;
}

}  // namespace uatrust::tool::web
