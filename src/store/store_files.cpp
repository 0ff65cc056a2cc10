#include "store/store_files.hpp"

#include <fmt/format.h>

#include "store/file_names.hpp"
#include "store/list_folder.hpp"

namespace uatrust::detail {
namespace {

constexpr unsigned kMaxNumber = 99;

bool hasContent(const std::filesystem::path& file, ByteView content) {
    const auto there = readFile(file, content.size());
    return there && equalBytes(there->bytes.view(), content);
}

}  // namespace

Result<void> removeIfThere(const std::filesystem::path& file) {
    auto removed = removeFile(file);
    return removed.status() == StatusCode::BadNotFound ? Result<void>{} : removed;
}

void removeAbandoned(const std::filesystem::path& folder, const std::vector<std::filesystem::path>& names) {
    for (const auto& name : names) (void)removeFile(folder / name);
}

Result<bool> addFile(const std::filesystem::path& folder, const std::filesystem::path& name, ByteView content, bool ownerOnly) {
    const auto access = ownerOnly ? FileAccess::OwnerOnly : FileAccess::Shared;
    for (unsigned number = 1; number <= kMaxNumber; ++number) {
        const auto file = folder / numberedName(name, number);
        const auto written = writeFile(file, content, access, false);
        if (written) return true;
        if (written.status() != StatusCode::BadInvalidState) return written.error();
        if (hasContent(file, content)) return false;
    }
    return Error{StatusCode::BadInvalidState,
                 fmt::format("Cannot write {}: that name and {} numbered ones are taken.", sourceText(folder / name), kMaxNumber - 1),
                 "Remove the files of that name which are not needed."};
}

Result<void> takeOut(const std::filesystem::path& file, const std::filesystem::path& root, Wanted wanted, const CertificateId& id) {
    const auto read = readThrough(file, root, maxFileSize(wanted));
    if (read.status() == StatusCode::BadNotFound) return {};
    if (!read) return read.error();
    const auto rest = withoutElement(read->bytes.view(), id);
    if (!rest) return {};
    if (rest->elements == 0) return removeIfThere(file);
    const bool secret = !widerThanOwner(file) || inspectFile(rest->content, wanted).privateKey;
    const auto access = secret ? FileAccess::OwnerOnly : FileAccess::Shared;
    return writeFile(file, rest->content, access, true);
}

}  // namespace uatrust::detail
