#pragma once

#include <uatrust/store/layout_conversion.hpp>

#include <map>
#include <set>

namespace uatrust::detail {

/// ConversionStep is an item of a plan, and what is to be written for it.
struct ConversionStep {
    ConversionItem item{};
    SecretBytes content{};
};

/// ConversionPlanner looks into both folders and says what is to be written where. It writes nothing.
class ConversionPlanner {
public:
    ConversionPlanner(const std::filesystem::path& from, const std::filesystem::path& to, const ConversionOptions& options);

    /// The error is why the own material of one of the folders could not be looked at.
    [[nodiscard]] Result<void> run();

    [[nodiscard]] const DirectoryStoreOptions& targetOptions() const noexcept { return targetOptions_; }
    [[nodiscard]] std::vector<ConversionStep>& steps() noexcept { return steps_; }
    [[nodiscard]] std::vector<StoreProblem>& problems() noexcept { return problems_; }

private:
    struct OwnPair {
        const StoredChain* chain;
        const StoredKey* key;
        std::vector<Certificate> leafFirst;
    };

    void planCrls(StoreList list);
    void planCertificates(StoreList list);
    void planOwn(const OwnMaterial& source, const OwnMaterial& target);
    void planPair(const OwnPair& pair, const OwnMaterial& target);
    void leaveOutOwn(const OwnMaterial& source, const std::string& reason);
    [[nodiscard]] std::string ownNameFor(const StoredChain& chain) const;
    [[nodiscard]] std::vector<OwnPair> pairsOf(const OwnMaterial& source) const;

    /// Why a certificate cannot go to a list although that has a folder; empty when it can.
    [[nodiscard]] std::string denied(StoreList list, const Certificate& certificate) const;
    /// The name that the file of the source has, if the target's product takes it; empty otherwise.
    [[nodiscard]] std::string keptName(const std::string& source, const std::string& generated, bool crl) const;
    [[nodiscard]] bool isTaken(const std::string& below) const;
    void place(ConversionItem item, const std::string& folder, const std::string& kept, const std::string& generated,
               std::string_view pemLabel, ByteView der);
    void leaveOut(ConversionItem item, std::string reason);
    void alreadyThere(ConversionItem item);
    void copy(ConversionItem item, std::string below, SecretBytes content);

    std::filesystem::path to_;
    const LayoutPreset* fromPreset_;
    const LayoutPreset* toPreset_;
    PassphraseSource passphrase_;
    std::string ownName_;
    DirectoryStoreOptions targetOptions_;
    DirectoryStore from_;
    DirectoryStore target_;
    std::shared_ptr<const TrustSnapshot> has_{};    ///< of the source
    std::shared_ptr<const TrustSnapshot> there_{};  ///< of the target
    std::map<std::string, int, std::less<>> perFile_{};
    std::set<std::string, std::less<>> names_{};  ///< planned ones
    std::vector<ConversionStep> steps_{};
    std::vector<StoreProblem> problems_{};
};

}  // namespace uatrust::detail
