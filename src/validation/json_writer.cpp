#include "validation/json_writer.hpp"

#include <uatrust/x509/distinguished_name.hpp>

namespace uatrust::detail {
namespace {

constexpr std::size_t maxText = 4096;

}  // namespace

// printable() leaves no control character and no invalid UTF-8: these two are all that is left to escape.
std::string jsonString(std::string_view text) {
    std::string out{'"'};
    for (const char c : printable(text, maxText)) {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    return out + '"';
}

JsonArray& JsonArray::add(std::string_view json) {
    if (!items_.empty()) items_ += ',';
    items_ += json;
    return *this;
}

JsonObject& JsonObject::json(std::string_view key, std::string_view value) {
    if (!members_.empty()) members_ += ',';
    members_ += '"';
    members_ += key;
    members_ += "\":";
    members_ += value;
    return *this;
}

}  // namespace uatrust::detail
