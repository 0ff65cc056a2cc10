#pragma once

#include <uatrust/store/trust_list_manager.hpp>

#include "tool/console.hpp"
#include "tool/pairing_record.hpp"
#include "tool/pki_folder.hpp"

namespace uatrust::tool {

/// PairingOptions say for how long, whom and how many.
struct PairingOptions {
    static constexpr std::chrono::seconds kLongest{24 * 3600};
    static constexpr std::size_t kMost = 100;
    std::chrono::seconds duration{600};
    std::string endpointUrl{};  ///< only who was refused at this endpoint; empty: at any
    std::size_t max = 5;        ///< certificates that are let in and not dropped
    std::string who{};          ///< the operator, for the history
};

/// PairingEntry is a certificate that the window has let in.
struct PairingEntry {
    Certificate certificate;
    Refusal refusal{};  ///< the attempt by which it was noticed
    PairingState state = PairingState::Provisional;
    Instant at{};  ///< when it was let in
};

/// PairingEvent is something that has happened in a pairing window.
struct PairingEvent {
    enum class Kind : std::uint8_t {
        LetIn,       ///< new, and trusted until the window closes
        Confirmed,   ///< trusted for good
        Dropped,     ///< rejected again, during the window
        TakenBack,   ///< rejected again, as nobody has confirmed it
        PassedOver,  ///< has tried, and is not let in; told once for each reason
        Trouble,     ///< something could not be done; it is tried again
        Closed
    };
    Kind kind{};
    std::optional<Certificate> certificate{};
    Refusal refusal{};   ///< of what was let in and passed over
    std::string text{};  ///< for people: why; of Trouble with what to do
};

/// Pairing is a time-boxed window over the lists of a PKI folder: an application certificate that is refused while it is open,
/// for no other reason than that nobody trusts it, is trusted at once, provisionally, until the operator confirms or drops it.
/// What is not confirmed when the window closes is rejected again: at its time, when all places are confirmed, when it is asked to,
/// with this object and, after a crash, by closeStalePairing().
///
/// Never let in: what is blocked or may be, CAs, what a CA has issued, what would be refused all the same, and what was
/// rejected before unless it tries again. A program that counts attempts in memory tells of a second attempt some seconds late.
///
/// Every change has its line in the history. Undo is for what the operator decides: letting in, dropping and taking back are no
/// changes that it takes back, a confirmation is.
///
/// No thread: step() does what is due. Store and manager are borrowed. One thread at a time.
class Pairing {
public:
    /// BadInvalidArgument for options that make no sense.
    [[nodiscard]] static Result<void> check(const PairingOptions& options);
    /// Opens the window. BadInvalidState when one is open for these lists, here or in another process; errors of
    /// check(). A window that was left open by a process that is gone is closed first.
    [[nodiscard]] static Result<std::unique_ptr<Pairing>> open(DirectoryStore& store, TrustListManager& manager, PairingOptions options,
                                                               Instant now);
    /// Closes the window as well as it can be.
    ~Pairing();
    Pairing(const Pairing&) = delete;
    Pairing& operator=(const Pairing&) = delete;

    /// Does what is due and tells what has happened since the last call: to be called some times a second. `now` is the time of
    /// day; setting the clock back does not keep the window open.
    [[nodiscard]] std::vector<PairingEvent> step(Instant now);

    /// Keeps a certificate. BadNotFound when the window has not let it in, BadInvalidState when it was dropped or is blocked,
    /// BadNothingToDo when it is confirmed already.
    [[nodiscard]] Result<PairingEvent> confirm(const CertificateId& id, Instant now);
    /// Rejects a certificate again; it is not let in a second time. Errors as for confirm().
    [[nodiscard]] Result<PairingEvent> drop(const CertificateId& id, Instant now);
    /// Lets nobody in any more and takes back what is not confirmed. What could not be is tried again by step() until isOpen() is
    /// false.
    [[nodiscard]] std::vector<PairingEvent> close(std::string_view why);

    /// False when nothing of it is left to be done.
    [[nodiscard]] bool isOpen() const noexcept;
    /// Lets nobody in any more, and is not done yet.
    [[nodiscard]] bool isClosing() const noexcept;
    [[nodiscard]] Instant until() const noexcept;
    /// Until it closes by itself; zero when that is due, or when it is closing.
    [[nodiscard]] std::chrono::seconds left(Instant now) const noexcept;
    [[nodiscard]] const PairingOptions& options() const noexcept;
    /// In the order they were let in.
    [[nodiscard]] const std::vector<PairingEntry>& entries() const noexcept;

    /// The one that a user means by eight or more digits of its thumbprint or SHA-256, with or without blanks.
    [[nodiscard]] Result<CertificateId> named(std::string_view digits) const;

private:
    struct State;
    explicit Pairing(std::unique_ptr<State> state) noexcept;
    std::unique_ptr<State> state_;
};

/// pairingEventName() is "let-in", "confirmed", "dropped", "taken-back", "passed-over", "trouble" or "closed".
[[nodiscard]] std::string_view pairingEventName(PairingEvent::Kind kind) noexcept;

/// pairingJson() is {"until", "left", "max", "endpoint", "entries": [{"id", "name", "thumbprint", "phone", "state", "at"}]}.
[[nodiscard]] Json pairingJson(const Pairing& pairing, Instant now);

/// StalePairing is a window that its process has left open.
struct StalePairing {
    PairingRecord record{};               ///< as it was
    std::vector<std::string> rejected{};  ///< names of those who were taken back
    /// One sentence for people.
    [[nodiscard]] std::string text() const;
};

/// closeStalePairing() closes the window that a process has left open which is gone, or has not closed it in time: what nobody
/// has confirmed is rejected again. Nothing when there is no such window. The error says what is still trusted, and what to do. Costs
/// a look for one file when there is none.
[[nodiscard]] Result<std::optional<StalePairing>> closeStalePairing(const PkiFolder& folder, const std::string& who);

}  // namespace uatrust::tool
