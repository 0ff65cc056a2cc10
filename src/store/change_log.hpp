#pragma once

#include <uatrust/store/trust_list_manager.hpp>

#include "detail/folder_lock.hpp"

namespace uatrust::detail {

/// Change is what was done, complete enough to take it back.
struct Change {
    Instant at{};
    std::string who{};
    TrustAction action{};
    std::string what{};
    std::vector<TrustStep> steps{};
};

/// ChangeLog keeps the history and the last change, in a folder or in memory. Not thread-safe; other processes are kept out as
/// long as lock() is held.
class ChangeLog {
public:
    ChangeLog(std::filesystem::path folder, std::size_t maxBytes) : folder_{std::move(folder)}, maxBytes_{maxBytes} {}

    /// Held for the whole of a change; nothing to hold in memory.
    [[nodiscard]] Result<std::optional<FolderLock>> lock() const;
    /// Makes a change the last one, which undo takes back.
    [[nodiscard]] Result<void> setLast(const Change& change);
    [[nodiscard]] Result<std::optional<Change>> last() const;
    /// Adds a line to the history.
    [[nodiscard]] Result<void> append(const ChangeRecord& record);
    [[nodiscard]] ChangeHistory history() const;

private:
    [[nodiscard]] std::filesystem::path keptFile(const TrustStep& step) const;
    void dropKept(const Change& but) const;

    std::filesystem::path folder_;
    std::size_t maxBytes_;
    std::vector<ChangeRecord> records_{};  // in memory only
    std::optional<Change> last_{};         // in memory only
};

}  // namespace uatrust::detail
