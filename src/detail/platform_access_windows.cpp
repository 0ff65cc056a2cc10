#include "detail/platform_windows.hpp"

#include <array>

#include <aclapi.h>
#include <sddl.h>

#ifdef _MSC_VER
#pragma comment(lib, "advapi32.lib")
#endif

namespace uatrust::detail {
namespace {

namespace fs = std::filesystem;

constexpr DWORD kReadMask = FILE_READ_DATA | GENERIC_READ | GENERIC_ALL;

std::wstring sidText(PSID sid) {
    LPWSTR text = nullptr;
    if (!::ConvertSidToStringSidW(sid, &text)) return {};
    const LocalMemory owned{text};
    return text;
}

std::vector<std::uint8_t> currentUser() {
    HANDLE raw = nullptr;
    if (!::OpenProcessToken(::GetCurrentProcess(), TOKEN_QUERY, &raw)) return {};
    const Handle token{raw};
    DWORD size = 0;
    ::GetTokenInformation(token.get(), TokenUser, nullptr, 0, &size);
    std::vector<std::uint8_t> buffer(size);
    if (buffer.empty() || !::GetTokenInformation(token.get(), TokenUser, buffer.data(), size, &size)) return {};
    return buffer;
}

PSID sidOf(const std::vector<std::uint8_t>& user) {
    const void* raw = user.data();
    return static_cast<const TOKEN_USER*>(raw)->User.Sid;
}

// Full access for this account, SYSTEM and Administrators, nothing inherited; null when the system refuses.
LocalMemory ownerOnlyDescriptor() {
    const auto user = currentUser();
    if (user.empty()) return {};
    const auto sid = sidText(sidOf(user));
    const auto text = L"D:P(A;OICI;FA;;;" + sid + L")(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)";
    PSECURITY_DESCRIPTOR descriptor = nullptr;
    if (sid.empty() || !::ConvertStringSecurityDescriptorToSecurityDescriptorW(text.c_str(), SDDL_REVISION_1, &descriptor, nullptr)) {
        return {};
    }
    return LocalMemory{descriptor};
}

bool isWellKnown(PSID sid, WELL_KNOWN_SID_TYPE type) { return ::IsWellKnownSid(sid, type) != 0; }

bool isHarmless(PSID sid, PSID owner) {
    const auto user = currentUser();
    return ::EqualSid(sid, owner) || (!user.empty() && ::EqualSid(sid, sidOf(user))) || isWellKnown(sid, WinLocalSystemSid) ||
           isWellKnown(sid, WinBuiltinAdministratorsSid) || isWellKnown(sid, WinCreatorOwnerRightsSid);
}

std::string accountName(PSID sid) {
    std::array<WCHAR, 256> name{};
    std::array<WCHAR, 256> domain{};
    auto nameSize = static_cast<DWORD>(name.size());
    auto domainSize = static_cast<DWORD>(domain.size());
    SID_NAME_USE use{};
    if (!::LookupAccountSidW(nullptr, sid, name.data(), &nameSize, domain.data(), &domainSize, &use)) return utf8(sidText(sid));
    return utf8(name.data());
}

// The first account of an access list that may read and has no business to.
std::optional<std::string> strangerIn(ACL& list, PSID owner) {
    for (DWORD i = 0; i < list.AceCount; ++i) {
        void* raw = nullptr;
        if (!::GetAce(&list, i, &raw)) continue;
        auto* ace = static_cast<ACCESS_ALLOWED_ACE*>(raw);
        const bool applies = ace->Header.AceType == ACCESS_ALLOWED_ACE_TYPE && (ace->Header.AceFlags & INHERIT_ONLY_ACE) == 0;
        if (!applies || (ace->Mask & kReadMask) == 0) continue;
        void* sid = &ace->SidStart;
        if (!isHarmless(sid, owner)) return accountName(sid);
    }
    return {};
}

}  // namespace

CreationAccess::CreationAccess(FileAccess access) : restricted_{access == FileAccess::OwnerOnly} {
    if (restricted_) descriptor_ = ownerOnlyDescriptor();
    attributes_.nLength = sizeof(attributes_);
    attributes_.lpSecurityDescriptor = descriptor_.get();
}

std::optional<std::string> widerThanOwner(const fs::path& file) {
    auto name = nativeName(file);
    PSID owner = nullptr;
    PACL list = nullptr;
    PSECURITY_DESCRIPTOR descriptor = nullptr;
    const auto code = ::GetNamedSecurityInfoW(name.data(), SE_FILE_OBJECT, OWNER_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION, &owner,
                                              nullptr, &list, nullptr, &descriptor);
    if (code != ERROR_SUCCESS) return {};
    const LocalMemory owned{descriptor};
    if (list == nullptr) return "Everyone";
    return strangerIn(*list, owner);
}

}  // namespace uatrust::detail
