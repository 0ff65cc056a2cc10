#include "tool/web/answer.hpp"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>

namespace uatrust::tool::web {
namespace {

int httpStatusOf(StatusCode status) noexcept {
    switch (status) {
        case StatusCode::BadNotFound:
            return 404;
        case StatusCode::BadInvalidArgument:
        case StatusCode::BadOutOfRange:
            return 400;
        case StatusCode::BadInvalidState:
        case StatusCode::BadNothingToDo:
            return 409;
        case StatusCode::BadUserAccessDenied:
        case StatusCode::BadNotWritable:
            return 403;
        case StatusCode::BadEncodingLimitsExceeded:
        case StatusCode::BadRequestTooLarge:
            return 413;
        case StatusCode::BadServerTooBusy:
            return 429;
        case StatusCode::BadTooManySessions:
        case StatusCode::BadResourceUnavailable:
            return 503;
        case StatusCode::BadNotSupported:
        case StatusCode::BadSecurityChecksFailed:
        case StatusCode::BadCertificateInvalid:
        case StatusCode::BadCertificateUriInvalid:
            return 422;
        default:
            return 500;
    }
}

}  // namespace

std::string jsonText(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

Answer jsonAnswer(const Json& json, int status) { return {.status = status, .contentType = "application/json", .body = jsonText(json)}; }

Answer jsonAnswer(std::string text) { return {.contentType = "application/json", .body = std::move(text)}; }

Answer emptyAnswer() { return {.status = 204}; }

Answer fileAnswer(std::string content, std::string contentType, std::string_view name) {
    std::string plain{name.substr(0, 100)};
    std::replace_if(
        plain.begin(), plain.end(), [](unsigned char c) { return std::isalnum(c) == 0 && c != '-' && c != '_' && c != '.'; }, '_');
    return {.contentType = std::move(contentType),
            .body = std::move(content),
            .headers = {{"Content-Disposition", fmt::format("attachment; filename=\"{}\"", plain)}}};
}

Answer errorAnswer(const Error& error) { return errorAnswer(httpStatusOf(error.status), error); }

Answer errorAnswer(int status, const Error& error) { return jsonAnswer(Json{{"error", errorJson(error)}}, status); }

}  // namespace uatrust::tool::web
