#pragma once

#include <string>
#include <string_view>

// Just enough JSON (RFC 8259) to write a report with; nothing here reads any. Output is UTF-8 whatever comes in: text is
// made printable() first, so that a control character or a broken octet is as visible as in any other message, and
// nothing a peer wrote reaches the terminal of whoever prints the values.
namespace uatrust::detail {

/// jsonString() is a JSON string in its quotation marks, cut after 4096 characters.
[[nodiscard]] std::string jsonString(std::string_view text);

/// JsonArray collects values that are JSON already.
class JsonArray {
public:
    JsonArray& add(std::string_view json);
    [[nodiscard]] std::string json() const { return '[' + items_ + ']'; }

private:
    std::string items_{};
};

/// JsonObject collects members in order. Keys are literals of ours and are not escaped.
class JsonObject {
public:
    JsonObject& json(std::string_view key, std::string_view value);
    JsonObject& text(std::string_view key, std::string_view value) { return json(key, jsonString(value)); }
    JsonObject& flag(std::string_view key, bool value) { return json(key, value ? "true" : "false"); }
    JsonObject& number(std::string_view key, std::size_t value) { return json(key, std::to_string(value)); }
    /// Nothing at all when there is no text.
    JsonObject& textIfAny(std::string_view key, std::string_view value) { return value.empty() ? *this : text(key, value); }
    [[nodiscard]] std::string json() const { return '{' + members_ + '}'; }

private:
    std::string members_{};
};

}  // namespace uatrust::detail
