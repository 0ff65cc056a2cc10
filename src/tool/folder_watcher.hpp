#pragma once

#include <uatrust/store/trust_changes.hpp>

#include <map>
#include <memory>
#include <set>

#include "tool/console.hpp"
#include "tool/pki_folder.hpp"

namespace uatrust::tool {

/// WatchEvent is something that has happened in a PKI folder.
struct WatchEvent {
    enum class Kind : std::uint8_t {
        Rejected,      ///< new in the rejected list
        Refused,       ///< for the first time, and not in the rejected list
        RefusedAgain,  ///< one more attempt
        Trusted,
        Distrusted,  ///< out of the trusted list
        Blocked,
        Unblocked,
        Added,    ///< to the issuers
        Removed,  ///< out of the issuers or the rejected list
        CrlAdded,
        CrlReplaced,
        CrlRemoved,
        OwnAdded,
        OwnReplaced,
        OwnRemoved,
        Expiring,  ///< soon: a certificate's end, a CRL's next update
        Expired,
        Problem,  ///< something that cannot be looked at
        Solved
    };
    Kind kind{};
    std::optional<StoreList> from{};
    std::optional<StoreList> to{};
    std::optional<Certificate> certificate{};
    std::optional<Crl> crl{};
    std::optional<RefusalRecord> refusals{};
    std::optional<Instant> expires{};
    std::string name{};  ///< of what it is about, when it is neither of the two above: a file, or whose record it is
    std::string text{};  ///< for people: why, and what to do
};

/// watchEventName() is "rejected", "refused-again" and so on: one word, never changes.
[[nodiscard]] std::string_view watchEventName(WatchEvent::Kind kind) noexcept;

/// FolderWatcher tells what happens in a PKI folder, whoever does it. Only looks; no thread: poll() some times a second. Not
/// thread-safe.
class FolderWatcher {
public:
    /// Expiring is what ends within this time.
    FolderWatcher(PkiFolder folder, std::chrono::seconds within);
    ~FolderWatcher();
    FolderWatcher(FolderWatcher&&) noexcept;
    FolderWatcher& operator=(FolderWatcher&&) noexcept;

    /// What has happened since the last call. The first one tells what is expiring and what cannot be looked at already.
    [[nodiscard]] std::vector<WatchEvent> poll(Instant now);
    [[nodiscard]] const PkiFolder& folder() const noexcept;
    /// The lists as of the last poll.
    [[nodiscard]] const TrustSnapshot& lists() const noexcept;

private:
    struct State;
    std::unique_ptr<State> state_;
};

/// watchText() is an event in one line, watchJson() as an object. `folder` is told by its name where there are several.
[[nodiscard]] std::string watchText(const WatchEvent& event, Instant at, const std::string& folder);
[[nodiscard]] Json watchJson(const WatchEvent& event, Instant at, const PkiFolder& folder);

}  // namespace uatrust::tool
