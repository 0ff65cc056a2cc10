#pragma once

#include <uatrust/core/status_code.hpp>

#include <optional>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>

namespace uatrust {

/// Error is why a call could not do its work: a status for machines, one sentence that names the thing it
/// happened to (the file, the key, the certificate), and one that says what to do about it.
/// A refused certificate is not an Error: it is a Report (uatrust/validation/report.hpp).
struct Error {
    StatusCode status = StatusCode::BadInternalError;
    std::string message{};
    std::string remedy{};

    /// "message (remedy) [StatusName]", for logs.
    [[nodiscard]] UATRUST_API std::string text() const;
};

/// BadResultAccess is thrown when the value of a failed Result is taken: a broken precondition of the caller.
class UATRUST_API BadResultAccess : public std::logic_error {
public:
    explicit BadResultAccess(const Error& error);
};

/// Result holds either the value that a call promised or the Error that kept it from doing so.
template <class T>
class [[nodiscard]] Result {
public:
    using value_type = T;

    // NOLINTBEGIN(google-explicit-constructor): `return value;` and `return Error{...};` are the point of it
    Result(T value) : content_{std::in_place_index<0>, std::move(value)} {}
    Result(Error error) : content_{std::in_place_index<1>, std::move(error)} {}
    // NOLINTEND(google-explicit-constructor)

    [[nodiscard]] bool ok() const noexcept { return content_.index() == 0; }
    explicit operator bool() const noexcept { return ok(); }

    /// The value. Throws BadResultAccess when there is none.
    [[nodiscard]] T& value() & { return *present(std::get_if<0>(&content_)); }
    [[nodiscard]] const T& value() const& { return *present(std::get_if<0>(&content_)); }
    [[nodiscard]] T&& value() && { return std::move(*present(std::get_if<0>(&content_))); }

    [[nodiscard]] T& operator*() & { return value(); }
    [[nodiscard]] const T& operator*() const& { return value(); }
    [[nodiscard]] T&& operator*() && { return std::move(*this).value(); }
    [[nodiscard]] T* operator->() { return &value(); }
    [[nodiscard]] const T* operator->() const { return &value(); }

    /// The error. Precondition: !ok().
    [[nodiscard]] const Error& error() const { return std::get<1>(content_); }
    [[nodiscard]] StatusCode status() const noexcept {
        const auto* error = std::get_if<1>(&content_);
        return error == nullptr ? StatusCode::Good : error->status;
    }

private:
    template <class Pointer>
    Pointer present(Pointer value) const {
        if (value == nullptr) throw BadResultAccess{error()};
        return value;
    }

    std::variant<T, Error> content_;
};

/// Result<void> says whether a call did its work.
template <>
class [[nodiscard]] Result<void> {
public:
    using value_type = void;

    Result() noexcept = default;
    // NOLINTNEXTLINE(google-explicit-constructor)
    Result(Error error) : error_{std::move(error)} {}

    [[nodiscard]] bool ok() const noexcept { return !error_.has_value(); }
    explicit operator bool() const noexcept { return ok(); }
    /// Throws BadResultAccess on failure.
    void value() const {
        if (error_) throw BadResultAccess{*error_};
    }
    /// The error. Precondition: !ok().
    [[nodiscard]] const Error& error() const { return error_.value(); }
    [[nodiscard]] StatusCode status() const noexcept { return ok() ? StatusCode::Good : error_->status; }

private:
    std::optional<Error> error_{};
};

}  // namespace uatrust
