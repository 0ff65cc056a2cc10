#include <uatrust/crypto/digest.hpp>

#include <set>

#include "support/catch.hpp"

using namespace uatrust;

namespace {

template <std::size_t Size>
std::string hex(const std::array<std::uint8_t, Size>& digest) {
    return toHex(digest);
}

}  // namespace

TEST_CASE("SHA-256 has the values of FIPS 180-4") {
    CHECK(hex(sha256(asBytes("abc"))) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    CHECK(hex(sha256({})) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    CHECK(hex(sha256(Bytes(1'000'000, 'a'))) == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST_CASE("SHA-1 has the values of FIPS 180-4") {
    CHECK(hex(sha1(asBytes("abc"))) == "a9993e364706816aba3e25717850c26c9cd0d89d");
    CHECK(hex(sha1({})) == "da39a3ee5e6b4b0d3255bfef95601890afd80709");
}

TEST_CASE("hash functions have names for people") {
    CHECK(hashName(HashAlgorithm::Md5) == "MD5");
    CHECK(hashName(HashAlgorithm::Sha1) == "SHA-1");
    CHECK(hashName(HashAlgorithm::Sha224) == "SHA-224");
    CHECK(hashName(HashAlgorithm::Sha256) == "SHA-256");
    CHECK(hashName(HashAlgorithm::Sha384) == "SHA-384");
    CHECK(hashName(HashAlgorithm::Sha512) == "SHA-512");
    CHECK(hashName(HashAlgorithm::None) == "built-in hash");
    CHECK(hashName(HashAlgorithm::Other) == "another hash");
    CHECK(hashName(static_cast<HashAlgorithm>(99)) == "another hash");
}

TEST_CASE("random octets are as many as were asked for and never the same") {
    CHECK(randomBytes(0).value().empty());
    CHECK(randomBytes(1).value().size() == 1);
    std::set<Bytes> seen;
    for (int i = 0; i < 100; ++i) seen.insert(randomBytes(32).value());
    CHECK(seen.size() == 100);
    CHECK(seen.begin()->size() == 32);
}

TEST_CASE("an absurd number of random octets is refused without taking the memory") {
    CHECK(randomBytes(1024 * 1024).ok());
    CHECK(randomBytes(1024 * 1024 + 1).status() == StatusCode::BadResourceUnavailable);
    CHECK(randomBytes(SIZE_MAX).status() == StatusCode::BadResourceUnavailable);
}
