#pragma once

#include <memory>
#include <mutex>
#include <set>

#include "tool/desk.hpp"
#include "tool/pairing.hpp"

namespace uatrust::tool::web {

/// PairingWindow is the pairing window of one group, if one is open. Thread-safe; somebody has to call step() some times a second.
class PairingWindow {
public:
    /// Opens it over a folder that may be changed. Errors as Pairing::open().
    [[nodiscard]] Result<Json> open(const Desk& desk, PairingOptions options);
    /// BadNotFound when none is open; else as Pairing::confirm() and Pairing::drop().
    [[nodiscard]] Result<Json> confirm(const CertificateId& id);
    [[nodiscard]] Result<Json> drop(const CertificateId& id);
    /// Closes it: what is not confirmed is rejected again. BadNotFound when none is open.
    [[nodiscard]] Result<void> close();

    /// Does what is due: true when anything has happened that a page should know.
    [[nodiscard]] bool step();
    /// As the page knows it; null when none is open.
    [[nodiscard]] Json json() const;
    /// Who is trusted for as long as the window is open.
    [[nodiscard]] std::set<CertificateId> provisional() const;

private:
    template <class Change>
    [[nodiscard]] Result<Json> decide(Change change);

    mutable std::mutex mutex_{};
    std::unique_ptr<Pairing> pairing_{};
    bool changed_ = false;  // by a call, not by the time
};

}  // namespace uatrust::tool::web
