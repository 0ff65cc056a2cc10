#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <set>

#include "tool/desk.hpp"
#include "tool/pairing.hpp"

namespace uatrust::tool::web {

/// PairingWindow is the pairing window of one group, if one is open: here, or in another process on the same folder, which is shown but
/// not decided in. Thread-safe; somebody has to call step() some times a second.
class PairingWindow {
public:
    /// `who` is the operator in the history when a window is closed that its process has left open.
    PairingWindow(const Desk& looking, std::string who);

    /// Opens it over a folder that may be changed. Errors as Pairing::open().
    [[nodiscard]] Result<Json> open(const Desk& desk, PairingOptions options);
    /// BadNotFound when none is open, BadInvalidState when another process has it; else as Pairing::confirm() and Pairing::drop().
    [[nodiscard]] Result<Json> confirm(const CertificateId& id);
    [[nodiscard]] Result<Json> drop(const CertificateId& id);
    /// Closes it: what is not confirmed is rejected again. Errors as of confirm().
    [[nodiscard]] Result<void> close();

    /// Does what is due: true when anything has happened that a page should know.
    [[nodiscard]] bool step();
    /// As the page knows it; null when none is open. "of" is null, or who has it open in which other process.
    [[nodiscard]] Json json() const;
    /// Who is trusted for as long as the window is open.
    [[nodiscard]] std::set<CertificateId> provisional() const;

private:
    template <class Change>
    [[nodiscard]] Result<Json> decide(Change change);

    [[nodiscard]] bool isOpenHere() const noexcept { return pairing_ && pairing_->isOpen(); }
    [[nodiscard]] Error notHere() const;
    void lookElsewhere();

    const PkiFolder folder_;
    const PairingFile file_;
    const std::string who_;
    mutable std::mutex mutex_{};
    std::unique_ptr<Pairing> pairing_{};
    std::optional<PairingRecord> elsewhere_{};
    bool changed_ = false;  // by a call, not by the time
};

}  // namespace uatrust::tool::web
