// The mutator of the validator target: changes one piece and mends its length, or changes the order of things.

#include <random>

#include "der_mutator.hpp"
#include "pieces.hpp"

using namespace uatrust;
using namespace uatrust::fuzz;

namespace {

bool isDer(PieceKind kind) { return kind != PieceKind::ApplicationUri && kind != PieceKind::HostName; }

Bytes changed(Judging judging, std::size_t maxSize, unsigned seed) {
    std::minstd_rand random{seed};
    const auto pick = [&](std::size_t count) { return std::uniform_int_distribution<std::size_t>{0, count - 1}(random); };
    if (judging.pieces.empty() || pick(16) == 0) return mutate(writeJudging(judging), maxSize);
    auto& piece = judging.pieces[pick(judging.pieces.size())];
    const auto roomy = piece.content.size() + 64;
    switch (pick(10)) {
        case 0:
            judging.options = static_cast<std::uint8_t>(pick(256));
            judging.policy = static_cast<std::uint8_t>(pick(256));
            break;
        case 1:
            piece.kind = static_cast<PieceKind>(pick(8));
            break;
        case 2:
            piece.signer = static_cast<unsigned>(pick(4));
            break;
        case 3:
            std::swap(piece, judging.pieces[pick(judging.pieces.size())]);
            break;
        case 4:
            piece.content = judging.pieces[pick(judging.pieces.size())].content;
            break;
        default:
            piece.content = isDer(piece.kind) ? mutateDer(piece.content, roomy, seed) : mutate(piece.content, roomy);
            break;
    }
    return writeJudging(judging);
}

}  // namespace

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t maxSize, unsigned seed) {
    auto input = changed(readJudging({data, size}), maxSize, seed);
    if (input.size() > maxSize) input.resize(maxSize);
    std::copy(input.begin(), input.end(), data);
    return input.size();
}
