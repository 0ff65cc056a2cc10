#pragma once

#include <uatrust/core/result.hpp>

#include <open62541/types.h>

#include <string>

namespace uatrust::examples {

/// valueText() shows a value: scalars and arrays of numbers, text, times and identifiers; anything else by the name of its type.
/// What came from the server is made safe for a terminal.
[[nodiscard]] std::string valueText(const UA_Variant& value);

/// parseValue() reads a scalar of a data type: "true", "-12", "1.5e3", text. The caller clears the variant.
/// BadInvalidArgument when the text is no such value, BadNotSupported for a type that is not read from text.
[[nodiscard]] Result<UA_Variant> parseValue(const UA_DataType& type, const std::string& text);

}  // namespace uatrust::examples
