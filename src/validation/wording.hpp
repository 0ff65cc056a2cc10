#pragma once

#include <uatrust/store/trust_snapshot.hpp>

// The turns of phrase that findings share. Whatever a peer wrote is made printable and bounded here.
namespace uatrust::detail {

/// quoted() is peer-supplied text in quotation marks, safe to print.
[[nodiscard]] std::string quoted(std::string_view text);

/// place() is where something lies, long enough for any path: an operator has to find it.
[[nodiscard]] std::string place(std::string_view source);

/// listed() joins texts that are safe already with commas; after some of them it says how many more there are.
[[nodiscard]] std::string listed(const std::vector<std::string>& texts, std::string_view separator = ", ");

/// located() names a certificate and where it lies: "CN=Line CA [3F2A0B11] (issuers/certs/line.der)".
[[nodiscard]] std::string located(const StoredCertificate& stored);

/// moveTo() tells an operator to move a stored certificate: "move CN=plc-7 [...] (its file) from rejected to trusted".
[[nodiscard]] std::string moveTo(StoreList to, StoreList from, const StoredCertificate& stored);

/// withProblems() adds what could not be read in a store, so that nobody takes "not found" for "not there".
[[nodiscard]] std::string withProblems(std::string text, const TrustSnapshot& lists);

}  // namespace uatrust::detail
