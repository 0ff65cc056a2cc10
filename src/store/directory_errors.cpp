#include "store/directory_errors.hpp"

#include <fmt/format.h>

#include "store/folder_listing.hpp"

namespace uatrust::detail {

Error stillThere(const Error& error, StoreList from, StoreList to) {
    return {error.status,
            fmt::format("The certificate is in the {} list now, but still in the {} list as well: {}", storeListName(to),
                        storeListName(from), error.message),
            error.remedy};
}

Error notWritable(const std::filesystem::path& root) {
    return {StatusCode::BadNotWritable, fmt::format("The store in {} is open for reading only: nothing was changed.", sourceText(root)),
            "Open it without readOnly to change it."};
}

Error noSuchFolder(std::string_view what, StoreList list) {
    return {StatusCode::BadNotSupported,
            fmt::format("The layout of this store has no folder for {}s of the {} list: nothing was changed.", what, storeListName(list)),
            "Use a layout that has one (DirectoryLayout); the product whose layout this is would not look for it."};
}

Error comesBack(std::string_view what, StoreList list, const std::filesystem::path& file) {
    return {StatusCode::BadResourceUnavailable,
            fmt::format("The {} was removed from the {} list and is there again: {}.", what, storeListName(list), sourceText(file)),
            "Find out what puts it there, such as a program that copies folders."};
}

Error noRoomForRejected(const std::filesystem::path& folder, std::size_t bound) {
    return {StatusCode::BadResourceUnavailable,
            fmt::format("The refused certificate is not recorded: {} holds {} files or more, and not enough of them are records that "
                        "may make room.",
                        sourceText(folder), bound),
            "Remove files from the folder, or raise the bound (maxRejected)."};
}

}  // namespace uatrust::detail
