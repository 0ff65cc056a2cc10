#pragma once

#include <uatrust/crypto/asymmetric.hpp>

namespace uatrust {

/// The protection of an OpenSecureChannel chunk (OPC 10000-6, 6.7.2 to 6.7.7): sign everything with the sender's
/// private key, then encrypt all behind the security header with the receiver's public key, block by block.
/// It is done for SecurityMode Sign and SignAndEncrypt alike; ECC policies sign only and have no padding.
///
///     headers                                    | behind the headers, encrypted
///     MessageHeader 12 | AsymmetricSecurityHeader | SequenceHeader 8, Body | PaddingSize, Padding, Extra | Signature
///
/// The signature is as long as the sender's key, blocks and extra padding follow the receiver's: the two may differ.

/// protectOpenSecureChannel() makes the chunk. `headers` are the message header and the asymmetric security header
/// as they go on the wire; the MessageSize at offset 4 is filled in here. `payload` is the sequence header and the
/// body. BadInvalidArgument when `headers` is shorter than a message header, BadNotSupported when a key does not
/// fit the policy, BadRequestTooLarge when the size does not fit the header.
[[nodiscard]] UATRUST_API Result<Bytes> protectOpenSecureChannel(const SecurityPolicy& policy, const PrivateKey& sender,
                                                                 const PublicKey& receiver, ByteView headers, ByteView payload);

/// unprotectOpenSecureChannel() decrypts, verifies and removes the padding: the payload as it was handed to
/// protectOpenSecureChannel(). `headerSize` is the length of both headers in `chunk`. Whatever is wrong with the
/// chunk, the answer is the same BadSecurityChecksFailed with the same text, so that a peer learns nothing from it;
/// the padding is read only after the signature has been verified. That includes a chunk with more than 64 KiB behind
/// the headers (see decrypt()). BadNotSupported is for the caller only: his own key does not fit the policy.
[[nodiscard]] UATRUST_API Result<SecretBytes> unprotectOpenSecureChannel(const SecurityPolicy& policy, const PrivateKey& receiver,
                                                                         const PublicKey& sender, ByteView chunk, std::size_t headerSize);

}  // namespace uatrust
