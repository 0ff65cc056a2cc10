#pragma once

#include <memory>

#include <uatrust/store/identity_store.hpp>

namespace uatrust::detail {

/// FirstStartTurn is the right to look what pair there is and to save another one in its place. One at a time has it: in this process for
/// any store, and for a DirectoryStore among all processes on its folder. A product's store that several processes share has to see to that
/// itself.
class FirstStartTurn {
public:
    /// Waits for the turn; an error when the folder cannot be made or stays locked.
    [[nodiscard]] static Result<FirstStartTurn> wait(IdentityStore& store);

    /// Completes a first start whose process died between the key and its certificate. False when there is none, or when it is not
    /// certain that there is one.
    [[nodiscard]] static Result<bool> finishInterrupted(IdentityStore& store);

private:
    explicit FirstStartTurn(std::shared_ptr<void> held) noexcept : held_{std::move(held)} {}
    std::shared_ptr<void> held_;
};

}  // namespace uatrust::detail
