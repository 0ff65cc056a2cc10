#pragma once

#include <uatrust/core/bytes.hpp>
#include <uatrust/core/result.hpp>

#include <string>

namespace uatrust::tool {

/// peerBytes() makes what a file holds into what a peer would send: DER certificates side by side. PEM blocks are decoded and
/// joined in their order; anything else stays as it is, broken or not, because judging it is the validator's business.
/// BadNotFound when it is PEM, but of something else than certificates; `name` is for the message.
[[nodiscard]] Result<Bytes> peerBytes(ByteView content, const std::string& name);

}  // namespace uatrust::tool
