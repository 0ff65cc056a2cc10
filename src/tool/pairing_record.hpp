#pragma once

#include <uatrust/store/directory_store.hpp>

#include "tool/platform_files.hpp"

namespace uatrust::tool {

/// What became of a certificate that a pairing window has let in.
enum class PairingState : std::uint8_t {
    Provisional,  ///< trusted as long as the window is open
    Confirmed,    ///< trusted for good
    Dropped       ///< rejected again: by the operator here, or taken out of trusted by somebody else
};

/// pairingStateName() is "provisional", "confirmed" or "dropped".
[[nodiscard]] std::string_view pairingStateName(PairingState state) noexcept;

/// PairingRecord is what is written down of a pairing window, so that it can be closed when its process was killed.
struct PairingRecord {
    struct Entry {
        CertificateId certificate{};
        std::string name{};  ///< Certificate::describe()
        PairingState state = PairingState::Provisional;
        Instant at{};  ///< when it was let in
    };
    Instant opened{};
    Instant until{};
    std::string who{};
    unsigned long process = 0;
    std::string endpointUrl{};
    std::size_t max = 0;
    std::vector<Entry> entries{};
};

/// PairingFile keeps the record of the pairing window of a PKI folder, below its hidden folder, and says who has it open.
class PairingFile {
public:
    explicit PairingFile(const DirectoryStore& store);

    /// Nothing when no window was left open. The error is why that cannot be said, or that the file is damaged.
    [[nodiscard]] Result<std::optional<PairingRecord>> read() const;
    [[nodiscard]] Result<void> write(const PairingRecord& record) const;
    [[nodiscard]] Result<void> remove() const;

    /// Held as long as the window is open. Nothing when another one is.
    [[nodiscard]] Result<std::optional<HeldFile>> tryHold() const;

private:
    std::filesystem::path file_;
    std::filesystem::path lock_;
};

}  // namespace uatrust::tool
