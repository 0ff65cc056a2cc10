#include "der_mutator.hpp"

#include <algorithm>
#include <array>
#include <random>

namespace uatrust::fuzz {
namespace {

constexpr std::size_t noParent = ~std::size_t{0};
constexpr std::size_t maxNodes = 2000;

/// Node is one element: where its tag, its content and what follows it begin.
struct Node {
    std::size_t begin = 0;
    std::size_t content = 0;
    std::size_t end = 0;
    std::size_t parent = noParent;
};

// The element at `at`, its lengths as generous as possible.
bool readNode(const Bytes& der, std::size_t at, std::size_t end, Node& node) {
    if (end - at < 2) return false;
    std::size_t size = der[at + 1];
    std::size_t header = 2;
    if (size >= 0x80) {
        const std::size_t count = size & 0x7FU;
        if (count == 0 || count > 3 || end - at < 2 + count) return false;
        header += count;
        size = 0;
        for (std::size_t i = 2; i < header; ++i) size = size << 8U | der[at + i];
    }
    if (size > end - at - header) return false;
    node = {at, at + header, at + header + size, node.parent};
    return true;
}

bool readNodes(const Bytes& der, std::size_t begin, std::size_t end, std::size_t parent, std::vector<Node>& nodes);

void readInner(const Bytes& der, std::size_t index, std::vector<Node>& nodes) {
    const Node node = nodes[index];
    const std::uint8_t tag = der[node.begin];
    const auto count = nodes.size();
    const std::size_t skipped = tag == 0x03 ? 1 : 0;
    const bool mayHold = (tag & 0x20U) != 0 || tag == 0x04 || tag == 0x03;
    if (!mayHold || node.end - node.content <= skipped) return;
    // What looks like a structure but is none has no elements.
    if (!readNodes(der, node.content + skipped, node.end, index, nodes)) nodes.resize(count);
}

bool readNodes(const Bytes& der, std::size_t begin, std::size_t end, std::size_t parent, std::vector<Node>& nodes) {
    while (begin < end) {
        Node node{0, 0, 0, parent};
        if (nodes.size() == maxNodes || !readNode(der, begin, end, node)) return false;
        nodes.push_back(node);
        readInner(der, nodes.size() - 1, nodes);
        begin = node.end;
    }
    return true;
}

Bytes part(const Bytes& der, std::size_t begin, std::size_t end) {
    return {der.begin() + static_cast<std::ptrdiff_t>(begin), der.begin() + static_cast<std::ptrdiff_t>(end)};
}

Bytes operator+(Bytes left, const Bytes& right) {
    left.insert(left.end(), right.begin(), right.end());
    return left;
}

Bytes element(std::uint8_t tag, const Bytes& content) {
    const auto size = content.size();
    const auto octet = [&](unsigned shift) { return static_cast<std::uint8_t>(size >> shift & 0xFFU); };
    Bytes header{tag};
    if (size < 0x80) {
        header.push_back(octet(0));
    } else if (size < 0x100) {
        header.insert(header.end(), {std::uint8_t{0x81}, octet(0)});
    } else if (size < 0x10000) {
        header.insert(header.end(), {std::uint8_t{0x82}, octet(8), octet(0)});
    } else {
        header.insert(header.end(), {std::uint8_t{0x83}, octet(16), octet(8), octet(0)});
    }
    return header + content;
}

// The whole with `instead` in the place of a node, and the lengths of all that it lies in mended.
Bytes replaced(const Bytes& der, const std::vector<Node>& nodes, std::size_t index, Bytes instead) {
    Node inner = nodes[index];
    while (inner.parent != noParent) {
        const Node outer = nodes[inner.parent];
        instead = element(der[outer.begin], part(der, outer.content, inner.begin) + instead + part(der, inner.end, outer.end));
        inner = outer;
    }
    return part(der, 0, inner.begin) + instead + part(der, inner.end, der.size());
}

class Mutation {
public:
    Mutation(const Bytes& der, std::size_t maxSize, unsigned seed) : der_{der}, maxSize_{maxSize}, random_{seed} {
        readNodes(der, 0, der.size(), noParent, nodes_);
    }

    Bytes make() {
        if (nodes_.empty() || pick(8) == 0) return mutate(der_, maxSize_);
        const auto index = pick(nodes_.size());
        auto changed = replaced(der_, nodes_, index, changedElement(nodes_[index]));
        return changed.size() <= maxSize_ ? changed : mutate(der_, maxSize_);
    }

private:
    std::size_t pick(std::size_t count) { return std::uniform_int_distribution<std::size_t>{0, count - 1}(random_); }

    Bytes whole(const Node& node) const { return part(der_, node.begin, node.end); }

    Bytes changedElement(const Node& node) {
        constexpr std::array<std::uint8_t, 24> tags{0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x0A, 0x0C, 0x13, 0x16, 0x17, 0x18,
                                                    0x1E, 0x30, 0x31, 0x80, 0x81, 0x82, 0x86, 0x87, 0xA0, 0xA1, 0xA3, 0xA4};
        const auto content = part(der_, node.content, node.end);
        const std::uint8_t tag = der_[node.begin];
        switch (pick(8)) {
            case 0:
                return {};
            case 1:
                return whole(node) + whole(node);
            case 2:
                return element(tags[pick(tags.size())], content);
            case 3:
                return whole(nodes_[pick(nodes_.size())]);
            case 4:
                return whole(node) + whole(nodes_[pick(nodes_.size())]);
            case 5:
                return element(tag, whole(nodes_[pick(nodes_.size())]));
            default:
                return element(tag, mutate(content, content.size() + 16));
        }
    }

    const Bytes& der_;
    std::size_t maxSize_;
    std::minstd_rand random_;
    std::vector<Node> nodes_{};
};

}  // namespace

Bytes mutate(Bytes octets, std::size_t maxSize) {
    const auto size = std::min(octets.size(), maxSize);
    octets.resize(std::max<std::size_t>(maxSize, 1));
    octets.resize(LLVMFuzzerMutate(octets.data(), size, octets.size()));
    return octets;
}

Bytes mutateDer(const Bytes& der, std::size_t maxSize, unsigned seed) { return Mutation{der, maxSize, seed}.make(); }

}  // namespace uatrust::fuzz
