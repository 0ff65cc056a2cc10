#pragma once

#include <uatrust/store/folder_layouts.hpp>

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace uatrust::tool {

/// PkiFolder is a folder, and how it is laid out.
struct PkiFolder {
    std::filesystem::path root{};
    const LayoutPreset* layout = nullptr;  ///< null: no known one; it is read as this library's own
    bool detected = false;                 ///< the layout was not named by the user

    /// For looking only. The lists are read where the product reads them, and nowhere else.
    [[nodiscard]] DirectoryStoreOptions options() const;
    /// For messages; says the certificate group where several share a folder.
    [[nodiscard]] std::string name() const;
};

/// addLayout() adds --layout, the key of a preset. `target` has to live as long as `app`.
void addLayout(CLI::App& app, std::string& target);

/// presetNamed() finds a preset by its key; the error lists them.
[[nodiscard]] Result<const LayoutPreset*> presetNamed(const std::string& key);

/// openPki() is a folder that the user has named, by an option or variable `from`. `layout` is the key of a preset; when it is
/// empty, the one whose layout fits best, whether or not it makes a difference for reading.
[[nodiscard]] Result<PkiFolder> openPki(const std::string& given, std::string_view from, const std::string& layout);

/// Whether a folder that is not there yet will do.
enum class Absent : std::uint8_t { Refused, Accepted };

/// choosePki() is the folder that a command works on: the one that is given, else $UATRUST_PKI, else the current one if it
/// looks like a PKI folder, else accountPki(). `layout` is the key of a preset; when it is empty the folder is looked at. The error says
/// what to give.
[[nodiscard]] Result<PkiFolder> choosePki(const std::string& given, const std::string& layout, Absent absent = Absent::Refused);

/// accountPki() is the PKI folder of this account, "uatrust/pki" where programs of this system keep their data; nothing when the account
/// has no such place.
[[nodiscard]] std::optional<std::filesystem::path> accountPki();

/// otherPkis() are the folders of other certificate groups of the same application: those that are given, else the ones beside
/// `folder` that look like PKI folders, at most ten, and other groups in the same folder.
[[nodiscard]] Result<std::vector<PkiFolder>> otherPkis(const PkiFolder& folder, const std::vector<std::string>& given);

/// noticeAboutPki() is what to tell about a folder that is there and has no list in it, or is laid out otherwise than this
/// library's own ones; empty when there is nothing to tell.
[[nodiscard]] std::string noticeAboutPki(const PkiFolder& folder);

}  // namespace uatrust::tool
