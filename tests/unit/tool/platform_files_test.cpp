#include "tool/platform_files.hpp"

#include "support/catch.hpp"
#include "support/temp_folder.hpp"

using namespace uatrust;
using namespace uatrust::tool;
using namespace uatrust::test;

namespace fs = std::filesystem;

TEST_CASE("A file is replaced as a whole, with the folders above it, and nothing is left beside it") {
    const TempFolder folder;
    const auto file = folder / "a/b/record";
    REQUIRE(replaceFile(file, asBytes("one")));
    REQUIRE(replaceFile(file, asBytes("two"), Readers::OwnerOnly));
    CHECK(*readOwnFile(file, 100).value() == "two");
    CHECK(std::distance(fs::directory_iterator{folder / "a/b"}, fs::directory_iterator{}) == 1);
#ifndef _WIN32
    CHECK((fs::status(file).permissions() & (fs::perms::group_all | fs::perms::others_all)) == fs::perms::none);
#endif
    REQUIRE(removeOwnFile(file));
    REQUIRE(removeOwnFile(file));
    CHECK_FALSE(readOwnFile(file, 100).value());
}

TEST_CASE("What is too large, no file or a link is not read") {
    const TempFolder folder;
    writeFile(folder / "large", std::string(101, 'x'));
    CHECK_FALSE(readOwnFile(folder / "large", 100));
    fs::create_directory(folder / "folder");
    CHECK_FALSE(readOwnFile(folder / "folder", 100));
    CHECK_FALSE(replaceFile(folder / "folder", asBytes("x")));
    CHECK_FALSE(replaceFile(folder / "large/below", asBytes("x")));
#ifndef _WIN32
    fs::create_symlink(folder / "large", folder / "link");
    CHECK_FALSE(readOwnFile(folder / "link", 1000));
#endif
}

TEST_CASE("A file is held by one at a time") {
    const TempFolder folder;
    auto first = HeldFile::tryHold(folder / "new/lock");
    REQUIRE(first);
    REQUIRE(*first);
    CHECK_FALSE(HeldFile::tryHold(folder / "new/lock").value());
    first->reset();
    CHECK(HeldFile::tryHold(folder / "new/lock").value());
}
