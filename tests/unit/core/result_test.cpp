#include <uatrust/core/result.hpp>

#include <memory>
#include <utility>

#include "support/catch.hpp"

using namespace uatrust;

namespace {

const Error missing{StatusCode::BadNotFound, "The file own.der is missing.", "create it"};

}  // namespace

TEST_CASE("an error is written with its cure and its status") {
    CHECK(missing.text() == "The file own.der is missing. (create it) [BadNotFound]");
    CHECK(Error{StatusCode::BadNotFound, "Nothing there.", ""}.text() == "Nothing there. [BadNotFound]");
    CHECK(Error{}.text() == " [BadInternalError]");
    CHECK(Error{static_cast<StatusCode>(0x80FE0000U), "Odd.", ""}.text() == "Odd. [Unknown]");
}

TEST_CASE("a result with a value gives the value") {
    Result<std::string> result{std::string{"key"}};
    CHECK(result.ok());
    CHECK(static_cast<bool>(result));
    CHECK(result.status() == StatusCode::Good);
    CHECK(result.value() == "key");
    CHECK(*result == "key");
    CHECK(result->size() == 3);
    *result += 's';
    CHECK(std::as_const(result).value() == "keys");
    CHECK(*std::as_const(result) == "keys");
    CHECK(std::as_const(result)->size() == 4);
}

TEST_CASE("a value that can only be moved is moved out of its result") {
    Result<std::unique_ptr<int>> result{std::make_unique<int>(7)};
    const std::unique_ptr<int> taken = *std::move(result);
    REQUIRE(taken);
    CHECK(*taken == 7);
    CHECK(*Result<std::unique_ptr<int>>{std::make_unique<int>(8)}.value() == 8);
}

TEST_CASE("a failed result gives its error") {
    const Result<std::string> result{missing};
    CHECK_FALSE(result.ok());
    CHECK_FALSE(static_cast<bool>(result));
    CHECK(result.status() == StatusCode::BadNotFound);
    CHECK(result.error().message == missing.message);
    CHECK(result.error().remedy == missing.remedy);
}

TEST_CASE("taking the value of a failed result is a broken precondition and says what had failed") {
    Result<std::string> result{missing};
    CHECK_THROWS_AS(result.value(), BadResultAccess);
    CHECK_THROWS_AS(*std::as_const(result), BadResultAccess);
    CHECK_THROWS_AS(result->size(), BadResultAccess);
    CHECK_THROWS_AS(std::move(result).value(), BadResultAccess);
    try {
        static_cast<void>(result.value());
        FAIL("no exception");
    } catch (const BadResultAccess& exception) {
        CHECK(std::string{exception.what()}.find("own.der") != std::string::npos);
    }
}

TEST_CASE("a result without a value says whether the work was done") {
    const Result<void> done;
    CHECK(done.ok());
    CHECK(static_cast<bool>(done));
    CHECK(done.status() == StatusCode::Good);
    CHECK_NOTHROW(done.value());

    const Result<void> failed{missing};
    CHECK_FALSE(failed.ok());
    CHECK_FALSE(static_cast<bool>(failed));
    CHECK(failed.status() == StatusCode::BadNotFound);
    CHECK(failed.error().message == missing.message);
    CHECK_THROWS_AS(failed.value(), BadResultAccess);
}
