#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "tool/console.hpp"

namespace uatrust::tool::web {

/// Answer is what a browser gets for a request.
struct Answer {
    int status = 200;
    std::string contentType{};
    std::string body{};
    std::vector<std::pair<std::string, std::string>> headers{};
    /// Instead of a body: called again and again for the next part until it is false; an empty part is passed over.
    std::function<bool(std::string& part)> stream{};
};

/// jsonText() writes JSON, whatever octets have got into its texts.
[[nodiscard]] std::string jsonText(const Json& json);

[[nodiscard]] Answer jsonAnswer(const Json& json, int status = 200);
/// For a body that is JSON already.
[[nodiscard]] Answer jsonAnswer(std::string text);
/// Done, and there is nothing to say (204).
[[nodiscard]] Answer emptyAnswer();
/// A file for the browser to save. `name` is made harmless.
[[nodiscard]] Answer fileAnswer(std::string content, std::string contentType, std::string_view name);

/// {"error": {...}} with the HTTP status that fits the error, or the one that is given.
[[nodiscard]] Answer errorAnswer(const Error& error);
[[nodiscard]] Answer errorAnswer(int status, const Error& error);

/// answerOf() is jsonAnswer() of what `toJson` makes of the value, or errorAnswer().
template <class T, class ToJson>
[[nodiscard]] Answer answerOf(const Result<T>& result, ToJson toJson) {
    return result ? jsonAnswer(toJson(*result)) : errorAnswer(result.error());
}

}  // namespace uatrust::tool::web
