#include <uatrust/core/secret.hpp>

#include <algorithm>
#include <cstdlib>
#include <new>
#include <type_traits>

#include "support/catch.hpp"

// The release of one watched block is observed, so that the test sees what the memory held at its last moment.
namespace {

thread_local const void* watchedBlock = nullptr;
thread_local std::size_t watchedSize = 0;
thread_local bool wasReleased = false;
thread_local bool wasZero = false;

void observe(const void* block) noexcept {
    if (block == nullptr || block != watchedBlock) return;
    const auto* octets = static_cast<const unsigned char*>(block);
    wasReleased = true;
    wasZero = std::all_of(octets, octets + watchedSize, [](unsigned char octet) { return octet == 0; });
    watchedBlock = nullptr;
}

void watch(const uatrust::SecretBytes& secret) noexcept {
    watchedBlock = secret.data();
    watchedSize = secret.size();
    wasReleased = false;
    wasZero = false;
}

void* tryAllocate(std::size_t size) noexcept { return std::malloc(size == 0 ? 1 : size); }

void* allocate(std::size_t size) {
    if (void* block = tryAllocate(size)) return block;
    throw std::bad_alloc{};
}

void release(void* block) noexcept {
    observe(block);
    std::free(block);
}

}  // namespace

void* operator new(std::size_t size) { return allocate(size); }
void* operator new[](std::size_t size) { return allocate(size); }
void* operator new(std::size_t size, const std::nothrow_t&) noexcept { return tryAllocate(size); }
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept { return tryAllocate(size); }
void operator delete(void* block) noexcept { release(block); }
void operator delete[](void* block) noexcept { release(block); }
void operator delete(void* block, std::size_t) noexcept { release(block); }
void operator delete[](void* block, std::size_t) noexcept { release(block); }
void operator delete(void* block, const std::nothrow_t&) noexcept { release(block); }
void operator delete[](void* block, const std::nothrow_t&) noexcept { release(block); }

using namespace uatrust;

static_assert(!std::is_copy_constructible_v<SecretBytes> && !std::is_copy_assignable_v<SecretBytes>);
static_assert(std::is_nothrow_move_constructible_v<SecretBytes> && std::is_nothrow_move_assignable_v<SecretBytes>);

TEST_CASE("wiping overwrites all octets") {
    Bytes octets(1000, 0x5A);
    wipe(octets);
    CHECK(octets == Bytes(1000, 0));
    wipe({});
}

TEST_CASE("a secret takes the octets over and leaves the caller's vector empty") {
    Bytes octets{1, 2, 3};
    const auto* memory = octets.data();
    const SecretBytes secret{std::move(octets)};
    CHECK(octets.empty());  // NOLINT(bugprone-use-after-move): the contract says so
    CHECK(secret.data() == memory);
    CHECK(equalBytes(secret.view(), Bytes{1, 2, 3}));
}

TEST_CASE("a secret of a size is zero at first and can be written") {
    SecretBytes secret{std::size_t{4}};
    CHECK(equalBytes(secret.view(), Bytes(4, 0)));
    secret.data()[3] = 9;
    CHECK(equalBytes(secret.view(), Bytes{0, 0, 0, 9}));
}

TEST_CASE("a default secret is empty") {
    const SecretBytes secret;
    CHECK(secret.empty());
    CHECK(secret.size() == 0);
}

TEST_CASE("a moved secret leaves nothing behind") {
    SecretBytes first{Bytes{1, 2, 3}};
    SecretBytes second{std::move(first)};
    CHECK(first.empty());  // NOLINT(bugprone-use-after-move): the contract says so
    CHECK(equalBytes(second.view(), Bytes{1, 2, 3}));

    SecretBytes third{Bytes{7}};
    third = std::move(second);
    CHECK(second.empty());  // NOLINT(bugprone-use-after-move)
    CHECK(equalBytes(third.view(), Bytes{1, 2, 3}));
}

TEST_CASE("a secret that is assigned to itself keeps its octets") {
    SecretBytes secret{Bytes{1, 2, 3}};
    auto& same = secret;
    secret = std::move(same);
    CHECK(equalBytes(secret.view(), Bytes{1, 2, 3}));
}

TEST_CASE("truncating wipes what falls off") {
    SecretBytes secret{Bytes{1, 2, 3, 4, 5}};
    const std::uint8_t* memory = secret.data();
    secret.truncate(2);
    CHECK(equalBytes(secret.view(), Bytes{1, 2}));
    // The block is still five octets long: shrinking a vector does not release it.
    CHECK(secret.data() == memory);
    CHECK((memory[2] == 0 && memory[3] == 0 && memory[4] == 0));

    secret.truncate(2);
    CHECK(secret.size() == 2);
    secret.truncate(0);
    CHECK(secret.empty());
}

TEST_CASE("the memory of a secret is wiped before it is released") {
    {
        const SecretBytes secret{Bytes(64, 0xEE)};
        watch(secret);
    }
    CHECK(wasReleased);
    CHECK(wasZero);
}

TEST_CASE("a secret that is overwritten by another one is wiped before its memory is released") {
    SecretBytes secret{Bytes(64, 0xEE)};
    watch(secret);
    secret = SecretBytes{Bytes(8, 0x11)};
    CHECK(wasReleased);
    CHECK(wasZero);
}
