#pragma once

#include <uatrust/store/folder_layouts.hpp>

#include <memory>

namespace uatrust {

/// ConversionKind is what is carried over from one PKI folder to another.
enum class ConversionKind : std::uint8_t { Certificate, Crl, OwnCertificate, OwnKey };

/// ConversionOutcome is what is going to become of an item or, once the plan was carried out, what has become of it.
enum class ConversionOutcome : std::uint8_t {
    Copy,          ///< it is to be copied
    Copied,        ///< it was
    AlreadyThere,  ///< the target has it, under whatever name
    LeftOut,       ///< it has no place in the target; the reason says why
    Failed         ///< it could not be written; the reason says why
};

/// conversionOutcomeName() is "copy", "copied", "already there", "left out" or "failed".
[[nodiscard]] UATRUST_API std::string_view conversionOutcomeName(ConversionOutcome outcome) noexcept;

/// ConversionItem is one certificate, CRL or key of the source.
struct ConversionItem {
    ConversionKind kind = ConversionKind::Certificate;
    StoreList list = StoreList::Trusted;  ///< of a certificate or CRL; means nothing for own ones
    std::string subject{};                ///< for people: whose it is
    std::string source{};                 ///< for people: the file it lies in
    std::string target{};                 ///< the file it is or was copied to, below the target, with '/'; empty otherwise
    ConversionOutcome outcome = ConversionOutcome::Copy;
    std::string reason{};  ///< of what is left out or has failed, or is to be known of what is copied: a sentence, and what to do
};

/// ConversionOptions says how the two folders are laid out. Both presets live as long as the process (layoutPresets()).
struct ConversionOptions {
    const LayoutPreset* from = nullptr;
    const LayoutPreset* to = nullptr;
    PassphraseSource keyPassphrase{};  ///< opens encrypted keys of the source; with it, keys are written encrypted
    std::string ownName{};             ///< as in DirectoryStoreOptions; empty: the product's, or the source's where it has none
};

/// LayoutConversion copies the certificates, CRLs and own material of one product's PKI folder to another product's. The source is
/// never changed and nothing in the target is replaced, so that it may be repeated: what is there already is left as it is.
/// Names that operators gave to files are kept where the target's product takes any; content is written as DER, or as PEM
/// where the name or the product asks for it. Not thread-safe.
class UATRUST_API LayoutConversion {
public:
    /// plan() looks into both folders and writes nothing; the passphrase is asked for here. The source has to exist, the target
    /// need not. BadNotFound when the source does not; BadInvalidArgument without presets, or when one folder lies in the other.
    [[nodiscard]] static Result<LayoutConversion> plan(const std::filesystem::path& from, const std::filesystem::path& to,
                                                       const ConversionOptions& options);
    LayoutConversion(LayoutConversion&&) noexcept;
    LayoutConversion& operator=(LayoutConversion&&) noexcept;
    ~LayoutConversion();

    /// CRLs come first and trusted certificates after them: nobody is trusted before it can be known that he is revoked.
    [[nodiscard]] std::span<const ConversionItem> items() const noexcept;
    /// What in the source could not be read, and is therefore no item.
    [[nodiscard]] std::span<const StoreProblem> problems() const noexcept;
    /// Whether the target has, or is going to have, everything that the source has.
    [[nodiscard]] bool complete() const noexcept;

    /// carryOut() creates the target's folders and writes what is planned, keys readable by their owner only from the first octet.
    /// The error is the first one; each item says what has become of it. After a CRL that could not be written nothing else is.
    Result<void> carryOut();

private:
    struct Plan;
    explicit LayoutConversion(std::unique_ptr<Plan> plan) noexcept;
    std::unique_ptr<Plan> plan_;
};

}  // namespace uatrust
