// Between any two calls of the store somebody else may put something else in the place of a file.

#include <csignal>

#include <sys/stat.h>
#include <unistd.h>

#include "faults/system_calls.hpp"
#include "support/catch.hpp"
#include "unit/store/store_support.hpp"

using namespace uatrust;
using namespace uatrust::test;

namespace fs = std::filesystem;

namespace {

void put(const fs::path& file, const std::string& kind, const fs::path& outside) {
    fs::remove_all(file);
    if (kind == "FIFO" && ::mkfifo(file.c_str(), 0600) != 0) throw std::runtime_error{"no FIFO"};
    if (kind == "link") fs::create_symlink(outside, file);
    if (kind == "folder") fs::create_directory(file);
    if (kind == "other certificate") drop(file, device("other"));
}

}  // namespace

TEST_CASE("A file that becomes something else at any moment is not waited for, not followed, and hinders nothing else") {
    const TempFolder work;
    const TempFolder elsewhere;
    const auto outside = elsewhere / "outside.der";
    drop(outside, device("outside"));
    (void)device("other");
    for (const std::string kind : {"FIFO", "link", "folder", "other certificate"}) {
        for (long at = 1;; ++at) {
            const auto root = work / "pki";
            fs::remove_all(root);
            drop(root / "trusted/certs/good.der", device("good"));
            drop(root / "trusted/certs/plc.der", device("plc"));
            DirectoryStore store{root};
            REQUIRE(store.create());
            Script script;
            long call = 0;
            script.before = [&] {
                if (++call == at) put(root / "trusted/certs/plc.der", kind, outside);
            };
            ::alarm(60);  // it is not waited for: a test that hangs dies of it
            std::shared_ptr<const TrustSnapshot> snapshot;
            {
                const Injection injection{script};
                snapshot = store.snapshot();
            }
            ::alarm(0);
            if (call < at) break;
            INFO(kind << " at call " << at);
            REQUIRE(snapshot->find(StoreList::Trusted, device("good").id()) != nullptr);
            REQUIRE(snapshot->find(StoreList::Trusted, device("outside").id()) == nullptr);
            // What is there now counts at the next look at the latest.
            REQUIRE(holds(store, StoreList::Trusted, device("good")));
            REQUIRE_FALSE(holds(store, StoreList::Trusted, device("outside")));
            REQUIRE_FALSE(holds(store, StoreList::Trusted, device("plc")));
            REQUIRE(holds(store, StoreList::Trusted, device("other")) == (kind == "other certificate"));
        }
    }
}
