#include "store/folder_view.hpp"

#include <algorithm>

namespace uatrust::detail {
namespace {

constexpr std::size_t kMaxNames = 100'000;

}  // namespace

Result<void> FolderView::open() {
    auto listed = listDirectory(root_, kMaxNames);
    if (!listed) return listed.error();
    listings_.insert_or_assign(std::string{}, std::move(*listed));
    return {};
}

const std::vector<DirectoryEntry>& FolderView::entries(std::string_view below) {
    const auto known = listings_.find(below);
    if (known != listings_.end()) return known->second;
    auto& listing = listings_[std::string{below}];
    if (!hasFolder(below)) return listing;
    const auto folder = root_ / pathFromText(below);
    auto listed = listDirectory(folder, kMaxNames);
    if (listed) {
        listing = std::move(*listed);
    } else if (listed.status() != StatusCode::BadNotFound) {
        problems_->push_back(problemOf(folder, listed.error()));
    }
    return listing;
}

bool FolderView::has(std::string_view below, FileKind kind) {
    const auto cut = below.rfind('/');
    const auto parent = cut == std::string_view::npos ? std::string_view{} : below.substr(0, cut);
    const auto name = pathFromText(cut == std::string_view::npos ? below : below.substr(cut + 1));
    const auto& names = entries(parent);
    const auto at = std::find_if(names.begin(), names.end(), [&](const DirectoryEntry& entry) { return entry.name == name; });
    if (at == names.end()) return false;
    if (at->kind == kind) return true;
    if (kind == FileKind::Directory) passedOver(below, at->kind);
    return false;
}

void FolderView::passedOver(std::string_view below, FileKind kind) {
    if (kind != FileKind::SymbolicLink && kind != FileKind::Unreadable) return;
    if (!told_.emplace(below).second) return;
    const auto source = sourceText(root_ / pathFromText(below));
    if (kind == FileKind::SymbolicLink) {
        problems_->push_back({source, "It is a link, and links are not followed here: what it leads to was not looked at.",
                              "Give the folder that holds the lists themselves."});
    } else {
        problems_->push_back({source, "The operating system does not say what it is.", "Check its permissions and the disk."});
    }
}

std::string FolderView::name() const {
    const auto plain = absolutePath(root_).lexically_normal();
    return pathText(plain.has_filename() ? plain.filename() : plain.parent_path().filename());
}

}  // namespace uatrust::detail
