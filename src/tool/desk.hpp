#pragma once

#include <uatrust/store/trust_list_manager.hpp>

#include <memory>

#include "tool/console.hpp"
#include "tool/passphrase.hpp"
#include "tool/pki_folder.hpp"

namespace uatrust::tool {

/// DeskOptions are those of every command that works on the lists of a PKI folder.
struct DeskOptions {
    std::string pki{};
    std::string layout{};
    std::string who{};
    bool dryRun = false;
    bool yes = false;
    bool create = false;         ///< of those commands that make the folder where it is missing
    PassphraseOptions ownKey{};  ///< of those commands that work with the own private key
};

/// addPki() adds --pki and --layout, addOperator() --who and --dry-run, addChanging() these and --yes. `target` has to live as
/// long as `app`.
void addPki(CLI::App& app, DeskOptions& target);
void addOperator(CLI::App& app, DeskOptions& target);
void addChanging(CLI::App& app, DeskOptions& target);

/// Desk is an open PKI folder with its manager.
struct Desk {
    PkiFolder folder{};
    std::unique_ptr<DirectoryStore> store{};
    std::unique_ptr<TrustListManager> manager{};
};

/// openDesk() opens the folder that the options choose. For looking, nothing in it is created or changed, but for this: a
/// pairing window that was left open by a process that is gone is closed in any case, and the user told.
[[nodiscard]] Result<Desk> openDesk(const DeskOptions& options, bool forLooking, Console& console);

/// operatorName() is --who, else accountName().
[[nodiscard]] std::string operatorName(const DeskOptions& options);

/// Chosen is a certificate and the list that it is in.
struct Chosen {
    StoredCertificate stored;
    std::optional<StoreList> list{};  ///< nothing: given as a file, and in no list
};

/// choose() finds the certificate that a user means: by the first eight or more digits of its thumbprint or SHA-256, by its
/// common name, or by a file that holds it. Of several lists the first counts: trusted, issuers, rejected, blocked. The error lists
/// those that it may be when it is not one.
[[nodiscard]] Result<Chosen> choose(const TrustSnapshot& lists, const std::string& given);

/// changeJson() and changeText() are a change that was made.
[[nodiscard]] Json changeJson(const ChangeRecord& change);
[[nodiscard]] std::string changeText(const ChangeRecord& change);

/// tell() ends a command with the change that it has made, or with why there is none. `json` is what is known of it so far.
[[nodiscard]] ExitCode tell(const Result<ChangeRecord>& change, Console& console, Json json);

/// mayChange() says whether a plan may be carried out unseen: with --yes, and not with --dry-run.
[[nodiscard]] bool mayChange(const DeskOptions& options) noexcept;
/// agreed() asks the person at the terminal whether the plan, which has been shown, may be carried out: false with --dry-run, and when
/// nobody is there. notChanged() says behind that why nothing was done.
[[nodiscard]] bool agreed(const DeskOptions& options, Console& console);
[[nodiscard]] ExitCode notChanged(const DeskOptions& options, Console& console);

}  // namespace uatrust::tool
