#include <uatrust/crypto/message_protection.hpp>

#include <algorithm>
#include <limits>

#include <fmt/format.h>

namespace uatrust {
namespace {

constexpr std::size_t messageHeaderSize = 12;
constexpr std::size_t messageSizeOffset = 4;

// One value for everything that can be wrong with a chunk (OPC 10000-6, 6.7.7): a difference would be an oracle.
Error chunkRefused() {
    return {StatusCode::BadSecurityChecksFailed, "The message failed its security checks.",
            "check that both sides use the certificates and the SecurityPolicy that the other side expects"};
}

Error keyDoesNotFit(const SecurityPolicy& policy, std::string_view role, const PublicKey& key) {
    return {StatusCode::BadNotSupported,
            fmt::format("The {}'s key {} cannot protect an OpenSecureChannel message under the SecurityPolicy {}.", role, key.describe(),
                        policy.name),
            "use a certificate whose key fits the SecurityPolicy"};
}

// A key of a product's own backend may do so.
Error wrongSignatureSize(const PublicKey& key, std::size_t size) {
    return {StatusCode::BadInternalError, fmt::format("The private key {} made a signature of {} octets.", key.describe(), size),
            "mend the PrivateKeyBackend that this key is behind"};
}

/// How a chunk is cut (OPC 10000-6, 6.7.2.5): the signature follows the sender's key, all else the receiver's.
struct Layout {
    std::size_t signature = 0;
    std::size_t plainBlock = 0;  ///< 0 when the policy does not encrypt
    std::size_t cipherBlock = 0;
    std::size_t paddingFields = 0;  ///< PaddingSize, and ExtraPaddingSize for receivers' keys above 2048 bits

    [[nodiscard]] bool encrypts() const noexcept { return plainBlock != 0; }
    [[nodiscard]] std::size_t padding(std::size_t payload) const noexcept {
        if (!encrypts()) return 0;
        const std::size_t rest = (payload + paddingFields + signature) % plainBlock;
        return rest == 0 ? 0 : plainBlock - rest;
    }
    [[nodiscard]] std::size_t onWire(std::size_t plain) const noexcept { return encrypts() ? plain / plainBlock * cipherBlock : plain; }
};

Layout layoutFor(const SecurityPolicy& policy, const PublicKey& sender, const PublicKey& receiver) noexcept {
    Layout layout;
    layout.signature = sender.signatureSize(policy.asymmetricSignature);
    if (policy.asymmetricEncryption == EncryptionScheme::None) return layout;
    layout.plainBlock = receiver.maxPlainBlock(policy.asymmetricEncryption);
    layout.cipherBlock = receiver.cipherBlock();
    layout.paddingFields = receiver.bits() > 2048 ? 2 : 1;
    return layout;
}

bool receiverFits(const SecurityPolicy& policy, const Layout& layout) noexcept {
    return layout.encrypts() || policy.asymmetricEncryption == EncryptionScheme::None;
}

std::uint8_t* write(ByteView octets, std::uint8_t* to) noexcept { return std::copy(octets.begin(), octets.end(), to); }

std::uint8_t* writePadding(const Layout& layout, std::size_t padding, std::uint8_t* to) noexcept {
    if (layout.paddingFields == 0) return to;
    // PaddingSize and each octet of the padding have the same value, the low octet of the length.
    to = std::fill_n(to, padding + 1, static_cast<std::uint8_t>(padding & 0xFFU));
    if (layout.paddingFields == 2) *to++ = static_cast<std::uint8_t>(padding >> 8U);
    return to;
}

void storeMessageSize(std::size_t size, std::uint8_t* message) noexcept {
    for (std::size_t i = 0; i < 4; ++i) message[messageSizeOffset + i] = static_cast<std::uint8_t>(size >> (8 * i));
}

std::size_t loadMessageSize(ByteView message) noexcept {
    std::size_t size = 0;
    for (std::size_t i = 0; i < 4; ++i) size |= std::size_t{message[messageSizeOffset + i]} << (8 * i);
    return size;
}

/// The padding's length with its length fields, or nothing when it is not what a sender can have written.
std::optional<std::size_t> paddingAtEnd(ByteView content, const Layout& layout) noexcept {
    if (content.size() < layout.paddingFields) return std::nullopt;
    const bool hasExtra = layout.paddingFields == 2;
    const std::uint8_t low = content[content.size() - layout.paddingFields];
    const std::size_t length = hasExtra ? std::size_t{content.back()} << 8U | low : low;
    // The formula of the specification pads an aligned message with one more block; the stacks do not. Both are fine.
    if (length > layout.plainBlock || length + layout.paddingFields > content.size()) return std::nullopt;
    const ByteView padding = content.subspan(content.size() - length - layout.paddingFields, length + 1);
    if (!std::all_of(padding.begin(), padding.end(), [low](std::uint8_t octet) { return octet == low; })) return std::nullopt;
    return length + layout.paddingFields;
}

/// Everything behind the headers in clear: as it came, or decrypted.
std::optional<SecretBytes> contentOf(const SecurityPolicy& policy, const PrivateKey& receiver, ByteView protectedPart) {
    if (policy.asymmetricEncryption == EncryptionScheme::None) return SecretBytes{Bytes{protectedPart.begin(), protectedPart.end()}};
    auto plain = decrypt(policy, receiver, protectedPart);
    if (!plain) return std::nullopt;
    return *std::move(plain);
}

Result<Bytes> encrypted(const SecurityPolicy& policy, const PublicKey& receiver, ByteView clear, std::size_t headerSize) {
    const auto cipher = encrypt(policy, receiver, clear.subspan(headerSize));
    if (!cipher) return cipher.error();
    Bytes chunk(headerSize + cipher->size());
    write(*cipher, write(clear.first(headerSize), chunk.data()));
    return chunk;
}

bool signatureIsGood(const SecurityPolicy& policy, const PublicKey& sender, ByteView headers, ByteView content, ByteView signature) {
    SecretBytes signedPart{headers.size() + content.size()};
    write(content, write(headers, signedPart.data()));
    return verify(policy, sender, signedPart.view(), signature).ok();
}

}  // namespace

Result<Bytes> protectOpenSecureChannel(const SecurityPolicy& policy, const PrivateKey& sender, const PublicKey& receiver, ByteView headers,
                                       ByteView payload) {
    if (headers.size() < messageHeaderSize) {
        return Error{StatusCode::BadInvalidArgument,
                     fmt::format("A message header has {} octets, not {}.", messageHeaderSize, headers.size()),
                     "hand in the message header and the asymmetric security header"};
    }
    const Layout layout = layoutFor(policy, sender.publicKey(), receiver);
    if (layout.signature == 0) return keyDoesNotFit(policy, "sender", sender.publicKey());
    if (!receiverFits(policy, layout)) return keyDoesNotFit(policy, "receiver", receiver);

    const std::size_t padding = layout.padding(payload.size());
    const std::size_t plainSize = payload.size() + layout.paddingFields + padding + layout.signature;
    const std::size_t messageSize = headers.size() + layout.onWire(plainSize);
    if (messageSize > std::numeric_limits<std::uint32_t>::max()) {
        return Error{StatusCode::BadRequestTooLarge, "The message is longer than its header can say.", "send less in one message"};
    }

    SecretBytes clear{headers.size() + plainSize};
    std::uint8_t* end = write(payload, write(headers, clear.data()));
    end = writePadding(layout, padding, end);
    storeMessageSize(messageSize, clear.data());
    const auto signature = sign(policy, sender, {clear.data(), end});
    if (!signature) return signature.error();
    if (signature->size() != layout.signature) return wrongSignatureSize(sender.publicKey(), signature->size());
    write(*signature, end);
    return layout.encrypts() ? encrypted(policy, receiver, clear.view(), headers.size())
                             : Result<Bytes>{Bytes{clear.view().begin(), clear.view().end()}};
}

Result<SecretBytes> unprotectOpenSecureChannel(const SecurityPolicy& policy, const PrivateKey& receiver, const PublicKey& sender,
                                               ByteView chunk, std::size_t headerSize) {
    const Layout layout = layoutFor(policy, sender, receiver.publicKey());
    const bool receiverCan = policy.asymmetricSignature != SignatureScheme::None && keyFits(policy, receiver.publicKey());
    if (!receiverCan || !receiverFits(policy, layout)) return keyDoesNotFit(policy, "receiver", receiver.publicKey());
    if (layout.signature == 0 || headerSize < messageHeaderSize || headerSize > chunk.size()) return chunkRefused();
    if (loadMessageSize(chunk) != chunk.size()) return chunkRefused();

    auto plain = contentOf(policy, receiver, chunk.subspan(headerSize));
    if (!plain || plain->size() < layout.signature) return chunkRefused();
    const ByteView content = plain->view().first(plain->size() - layout.signature);
    const ByteView signature = plain->view().last(layout.signature);
    if (!signatureIsGood(policy, sender, chunk.first(headerSize), content, signature)) return chunkRefused();

    const auto padding = layout.encrypts() ? paddingAtEnd(content, layout) : std::optional<std::size_t>{0};
    if (!padding) return chunkRefused();
    plain->truncate(content.size() - *padding);
    return *std::move(plain);
}

}  // namespace uatrust
