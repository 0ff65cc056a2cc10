#pragma once

// How the input of the validator target is taken apart: two octets of options, then pieces, each one octet of kind, two
// of length and as many of content. A length beyond the end means all that is left, so every input is one.

#include <algorithm>
#include <vector>

#include <uatrust/core/bytes.hpp>

namespace uatrust::fuzz {

enum class PieceKind : std::uint8_t { Sent, Trusted, Issuer, Rejected, TrustedCrl, IssuerCrl, ApplicationUri, HostName };

/// Piece is one of them. `signer` is the known key that signs it again (known_keys.hpp), 0 for none.
struct Piece {
    PieceKind kind = PieceKind::Sent;
    unsigned signer = 0;
    Bytes content{};
};

/// Judging is the validator's input, taken apart.
struct Judging {
    std::uint8_t options = 0;
    std::uint8_t policy = 0;
    std::vector<Piece> pieces{};
};

constexpr std::size_t maxPieces = 32;

[[nodiscard]] inline Judging readJudging(ByteView input) {
    Judging judging;
    if (input.size() < 2) return judging;
    judging.options = input[0];
    judging.policy = input[1];
    for (input = input.subspan(2); input.size() >= 3 && judging.pieces.size() < maxPieces;) {
        const unsigned kind = input[0];
        const std::size_t size = std::min<std::size_t>(input[1] * 256U + input[2], input.size() - 3);
        const auto content = input.subspan(3, size);
        judging.pieces.push_back({static_cast<PieceKind>(kind & 7U), kind >> 6U, Bytes(content.begin(), content.end())});
        input = input.subspan(3 + size);
    }
    return judging;
}

[[nodiscard]] inline Bytes writeJudging(const Judging& judging) {
    Bytes out{judging.options, judging.policy};
    for (const auto& piece : judging.pieces) {
        const auto size = std::min<std::size_t>(piece.content.size(), 0xFFFF);
        out.push_back(static_cast<std::uint8_t>(static_cast<unsigned>(piece.kind) | piece.signer << 6U));
        out.push_back(static_cast<std::uint8_t>(size >> 8U));
        out.push_back(static_cast<std::uint8_t>(size & 0xFFU));
        out.insert(out.end(), piece.content.begin(), piece.content.begin() + static_cast<std::ptrdiff_t>(size));
    }
    return out;
}

}  // namespace uatrust::fuzz
