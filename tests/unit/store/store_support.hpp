#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include <uatrust/store/directory_store.hpp>

#include "support/parsed.hpp"
#include "support/temp_folder.hpp"

namespace uatrust::test {

/// device() is a self-signed application certificate of that name, always the same one within a process.
[[nodiscard]] inline Certificate device(const std::string& name) {
    static std::map<std::string, Certificate> known;
    const auto at = known.find(name);
    if (at != known.end()) return at->second;
    return known.emplace(name, parsed(forgeCertificate({.cn = name, .keyName = "p256"}))).first->second;
}

/// authority() is a CA with a name; crlOf() makes its empty CRL.
[[nodiscard]] inline ForgedCert authority(const std::string& name) { return forgeRoot(name, {.keyName = "p256", .keyIndex = 1}); }
[[nodiscard]] inline Crl crlOf(const ForgedCert& issuer, long number = 1) {
    return parsedCrl(forgeCrl({.issuer = &issuer, .number = number}));
}

[[nodiscard]] inline bool holds(CertificateStore& store, StoreList list, const Certificate& certificate) {
    return store.snapshot()->find(list, certificate.id()) != nullptr;
}

/// namesIn() lists a folder, hidden and temporary files as well.
[[nodiscard]] inline std::vector<std::string> namesIn(const std::filesystem::path& folder) {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator{folder}) names.push_back(entry.path().filename().string());
    std::sort(names.begin(), names.end());
    return names;
}

/// problemIn() and problemAbout() find the problem whose source ends with `ending`; one without any text when there is none.
[[nodiscard]] inline StoreProblem problemIn(std::span<const StoreProblem> problems, std::string_view ending) {
    const auto at = std::find_if(problems.begin(), problems.end(), [&](const auto& problem) { return problem.source.ends_with(ending); });
    return at == problems.end() ? StoreProblem{} : *at;
}
[[nodiscard]] inline StoreProblem problemAbout(CertificateStore& store, std::string_view ending) {
    return problemIn(store.snapshot()->problems(), ending);
}

[[nodiscard]] inline bool contains(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

inline void drop(const std::filesystem::path& file, const Certificate& certificate) { writeFile(file, certificate.der()); }

/// GoodStore has one good certificate in its trusted list, and no other folder yet: nothing bad beside it may disable it.
struct GoodStore {
    TempFolder folder{};
    DirectoryStore directory{folder.path()};
    const std::filesystem::path certs = folder / "trusted/certs";
    GoodStore() { drop(certs / "good.der", device("good")); }
    [[nodiscard]] bool goodCounts() {
        return holds(directory, StoreList::Trusted, device("good")) && directory.snapshot()->certificates(StoreList::Trusted).size() == 1;
    }
    [[nodiscard]] StoreProblem problem(std::string_view ending) { return problemAbout(directory, ending); }
};

/// plantCa() and plantCrl() are the same ones within a process.
[[nodiscard]] inline const ForgedCert& plantCa() {
    static const auto made = authority("Plant CA");
    return made;
}
[[nodiscard]] inline const Crl& plantCrl() {
    static const auto made = crlOf(plantCa());
    return made;
}

}  // namespace uatrust::test
