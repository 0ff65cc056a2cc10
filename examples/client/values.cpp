#include "values.hpp"

#include <charconv>
#include <type_traits>

#include <fmt/format.h>

#include <open62541/types_generated_handling.h>

#include <uatrust/core/bytes.hpp>
#include <uatrust/open62541.hpp>
#include <uatrust/x509/distinguished_name.hpp>

namespace uatrust::examples {

namespace {

constexpr std::size_t kMaxShown = 100;

using Show = std::string (*)(const void* value);
/// Puts the value into `out`; false when the text is none.
using Parse = bool (*)(const std::string& text, UA_Variant& out);

template <class Number>
std::string showNumber(const void* value) {
    return fmt::format("{}", *static_cast<const Number*>(value));
}

template <class Number, unsigned Type>
bool parseNumber(const std::string& text, UA_Variant& out) {
    Number number{};
    const auto* const end = text.data() + text.size();
    const auto [stopped, error] = std::from_chars(text.data(), end, number);
    if (error != std::errc{} || stopped != end) return false;
    return UA_Variant_setScalarCopy(&out, &number, &UA_TYPES[Type]) == UA_STATUSCODE_GOOD;
}

std::string showBoolean(const void* value) { return *static_cast<const UA_Boolean*>(value) ? "true" : "false"; }

bool parseBoolean(const std::string& text, UA_Variant& out) {
    const UA_Boolean value = text == "true" || text == "1";
    if (!value && text != "false" && text != "0") return false;
    return UA_Variant_setScalarCopy(&out, &value, &UA_TYPES[UA_TYPES_BOOLEAN]) == UA_STATUSCODE_GOOD;
}

std::string showString(const void* value) { return printable(open62541::text(*static_cast<const UA_String*>(value)), 4000); }

bool parseString(const std::string& text, UA_Variant& out) {
    const auto value = UA_STRING_ALLOC(text.c_str());
    const auto copied = UA_Variant_setScalarCopy(&out, &value, &UA_TYPES[UA_TYPES_STRING]);
    UA_String owned = value;
    UA_String_clear(&owned);
    return copied == UA_STATUSCODE_GOOD;
}

std::string showBytes(const void* value) { return toHex(open62541::view(*static_cast<const UA_ByteString*>(value))); }

bool parseBytes(const std::string& text, UA_Variant& out) {
    auto bytes = fromHex(text);
    if (!bytes) return false;
    const UA_ByteString value{bytes->size(), bytes->data()};
    return UA_Variant_setScalarCopy(&out, &value, &UA_TYPES[UA_TYPES_BYTESTRING]) == UA_STATUSCODE_GOOD;
}

std::string showText(const void* value) { return showString(&static_cast<const UA_LocalizedText*>(value)->text); }

bool parseText(const std::string& text, UA_Variant& out) {
    auto value = UA_LOCALIZEDTEXT_ALLOC("", text.c_str());
    const auto copied = UA_Variant_setScalarCopy(&out, &value, &UA_TYPES[UA_TYPES_LOCALIZEDTEXT]);
    UA_LocalizedText_clear(&value);
    return copied == UA_STATUSCODE_GOOD;
}

std::string showNodeId(const void* value) {
    UA_String shown = UA_STRING_NULL;
    if (UA_NodeId_print(static_cast<const UA_NodeId*>(value), &shown) != UA_STATUSCODE_GOOD) return "(node id)";
    auto text = showString(&shown);
    UA_String_clear(&shown);
    return text;
}

std::string showTime(const void* value) {
    const auto seconds = UA_DateTime_toUnixTime(*static_cast<const UA_DateTime*>(value));
    return formatInstant(Instant{std::chrono::seconds{seconds}});
}

std::string showStatus(const void* value) { return UA_StatusCode_name(*static_cast<const UA_StatusCode*>(value)); }

struct TypeRow {
    unsigned type;  ///< index into UA_TYPES
    Show show;
    Parse parse;  ///< null: not from text
};

constexpr TypeRow kTypes[] = {
    {UA_TYPES_BOOLEAN, showBoolean, parseBoolean},
    {UA_TYPES_SBYTE, showNumber<UA_SByte>, parseNumber<UA_SByte, UA_TYPES_SBYTE>},
    {UA_TYPES_BYTE, showNumber<UA_Byte>, parseNumber<UA_Byte, UA_TYPES_BYTE>},
    {UA_TYPES_INT16, showNumber<UA_Int16>, parseNumber<UA_Int16, UA_TYPES_INT16>},
    {UA_TYPES_UINT16, showNumber<UA_UInt16>, parseNumber<UA_UInt16, UA_TYPES_UINT16>},
    {UA_TYPES_INT32, showNumber<UA_Int32>, parseNumber<UA_Int32, UA_TYPES_INT32>},
    {UA_TYPES_UINT32, showNumber<UA_UInt32>, parseNumber<UA_UInt32, UA_TYPES_UINT32>},
    {UA_TYPES_INT64, showNumber<UA_Int64>, parseNumber<UA_Int64, UA_TYPES_INT64>},
    {UA_TYPES_UINT64, showNumber<UA_UInt64>, parseNumber<UA_UInt64, UA_TYPES_UINT64>},
    {UA_TYPES_FLOAT, showNumber<UA_Float>, parseNumber<UA_Float, UA_TYPES_FLOAT>},
    {UA_TYPES_DOUBLE, showNumber<UA_Double>, parseNumber<UA_Double, UA_TYPES_DOUBLE>},
    {UA_TYPES_STRING, showString, parseString},
    {UA_TYPES_BYTESTRING, showBytes, parseBytes},
    {UA_TYPES_LOCALIZEDTEXT, showText, parseText},
    {UA_TYPES_DATETIME, showTime, nullptr},
    {UA_TYPES_NODEID, showNodeId, nullptr},
    {UA_TYPES_STATUSCODE, showStatus, nullptr},
};

/// Types with another name and the same encoding (UtcTime, enumerations) are shown as what they are made of.
const TypeRow* findRow(const UA_DataType& type) {
    for (const auto& row : kTypes) {
        if (UA_TYPES[row.type].typeKind == type.typeKind) return &row;
    }
    return nullptr;
}

}  // namespace

std::string valueText(const UA_Variant& value) {
    if (value.type == nullptr) return "(no value)";
    const auto* row = findRow(*value.type);
    if (row == nullptr) return fmt::format("({})", value.type->typeName);
    if (UA_Variant_isScalar(&value)) return row->show(value.data);
    std::string list = "[";
    const auto* element = static_cast<const std::uint8_t*>(value.data);
    for (std::size_t i = 0; i < value.arrayLength; ++i, element += value.type->memSize) {
        if (i != 0) list += ", ";
        if (i == kMaxShown) {
            list += fmt::format("... {} in all", value.arrayLength);
            break;
        }
        list += row->show(element);
    }
    return list + "]";
}

Result<UA_Variant> parseValue(const UA_DataType& type, const std::string& text) {
    const auto* row = findRow(type);
    if (row == nullptr || row->parse == nullptr) {
        return Error{StatusCode::BadNotSupported, fmt::format("Values of type {} cannot be given as text.", type.typeName), ""};
    }
    UA_Variant value;
    UA_Variant_init(&value);
    if (!row->parse(text, value)) {
        return Error{StatusCode::BadInvalidArgument, fmt::format("\"{}\" is no {}.", printable(text), type.typeName), ""};
    }
    value.type = &type;
    return value;
}

}  // namespace uatrust::examples
