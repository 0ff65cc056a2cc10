#pragma once

#include <memory>

#include "tool/pairing.hpp"

namespace uatrust::tool {

/// PairFace is how the pair command talks: with a person at a terminal, or with a program in lines of JSON.
class PairFace {
public:
    virtual ~PairFace() = default;
    /// The window is open.
    virtual void begin(const Pairing& pairing) = 0;
    virtual void tell(const PairingEvent& event, const Pairing& pairing) = 0;
    /// Something that was asked for could not be done.
    virtual void complain(const Error& error) = 0;
    /// What an answer that is no complete command means, such as a single letter.
    virtual std::string commandFor(std::string line, const Pairing& pairing) = 0;
    /// Called some times a second: to ask the next question, to count down.
    virtual void idle(const Pairing& pairing) = 0;
    /// The window is closed.
    virtual void end(const Pairing& pairing) = 0;
};

[[nodiscard]] std::unique_ptr<PairFace> pairFaceForPeople(Console& console);
[[nodiscard]] std::unique_ptr<PairFace> pairFaceForPrograms(Console& console);

}  // namespace uatrust::tool
