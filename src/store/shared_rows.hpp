#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <vector>

namespace uatrust::detail {

/// SharedRows is an ordered sequence whose copies share what they have in common: to copy a long one and change a row of the
/// copy costs little. Before{}(a, b) is the order; no two rows are equal in it.
template <class Row, class Before>
class SharedRows {
public:
    SharedRows() = default;
    explicit SharedRows(const std::vector<Row>& ordered) {
        for (std::size_t at = 0; at < ordered.size(); at += kHalf) {
            const auto end = std::min(at + kHalf, ordered.size());
            const auto from = ordered.begin();
            place(parts_.size(), Rows(from + static_cast<std::ptrdiff_t>(at), from + static_cast<std::ptrdiff_t>(end)));
        }
        number();
    }

    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] const Row& operator[](std::size_t at) const noexcept {
        const auto part =
            std::upper_bound(parts_.begin(), parts_.end(), at, [](auto wanted, const Part& each) { return wanted < each.start; }) - 1;
        return (*part->rows)[at - part->start];
    }

    /// Where the first row is of which `isBefore` does not hold; it has to hold of all rows up to some place.
    template <class IsBefore>
    [[nodiscard]] std::size_t lowerBound(IsBefore isBefore) const {
        const auto next = std::partition_point(parts_.begin(), parts_.end(), [&](const Part& part) { return isBefore(part.first); });
        if (next == parts_.begin()) return 0;
        const auto& part = *(next - 1);
        const auto at = std::partition_point(part.rows->begin(), part.rows->end(), isBefore);
        return part.start + static_cast<std::size_t>(at - part.rows->begin());
    }
    [[nodiscard]] std::size_t positionOf(const Row& row) const {
        return lowerBound([&](const Row& each) { return Before{}(each, row); });
    }

    void insert(const Row& row) {
        if (parts_.empty()) {
            place(0, {row});
        } else {
            const auto number = partOf(row);
            auto rows = *parts_[number].rows;
            rows.insert(std::lower_bound(rows.begin(), rows.end(), row, Before{}), row);
            replace(number, std::move(rows));
        }
        this->number();
    }

    /// Takes out the row that is equal to this one in the order; there has to be one.
    void erase(const Row& row) {
        const auto number = partOf(row);
        auto rows = *parts_[number].rows;
        rows.erase(std::lower_bound(rows.begin(), rows.end(), row, Before{}));
        // What has become small is joined to the next one, so that no part stays small for long.
        if (rows.size() < kHalf / 4 && number + 1 < parts_.size()) {
            const auto& next = *parts_[number + 1].rows;
            rows.insert(rows.end(), next.begin(), next.end());
            remove(number + 1);
        }
        replace(number, std::move(rows));
        this->number();
    }

    /// compare() tells of the rows that one sequence has and the other one has not, as far as that can be seen: of rows that are
    /// equal in `order`, a three-way comparison that agrees with Before, one is told. What both have in common is not gone
    /// through, so that a row may be told of whose equal is in there.
    template <class Order, class Gone, class Come>
    static void compare(const SharedRows& before, const SharedRows& after, Order order, Gone gone, Come come) {
        const auto pass = [&](Cursor& at, const Row& row) {
            while (!at.isAtEnd() && order(at.row(), row) == 0) at.next();
        };
        Cursor a{before.parts_};
        Cursor b{after.parts_};
        while (!a.isAtEnd() || !b.isAtEnd()) {
            if (a.passShared(b)) continue;
            const bool onlyA = b.isAtEnd() || (!a.isAtEnd() && order(a.row(), b.row()) < 0);
            const bool onlyB = !onlyA && (a.isAtEnd() || order(a.row(), b.row()) > 0);
            const auto& row = onlyB ? b.row() : a.row();
            if (onlyA) gone(row);
            if (onlyB) come(row);
            pass(a, row);
            pass(b, row);
        }
    }

private:
    using Rows = std::vector<Row>;
    struct Part {
        Row first;  ///< a copy, so that a search does not go astray in memory
        std::size_t start;
        std::shared_ptr<const Rows> rows;
    };
    static constexpr std::size_t kHalf = 256;

    class Cursor {
    public:
        explicit Cursor(const std::vector<Part>& parts) : parts_{&parts} {}
        [[nodiscard]] bool isAtEnd() const noexcept { return part_ == parts_->size(); }
        [[nodiscard]] const Row& row() const noexcept { return (*(*parts_)[part_].rows)[at_]; }
        void next() noexcept {
            if (++at_ < (*parts_)[part_].rows->size()) return;
            ++part_;
            at_ = 0;
        }
        // Both pass a part that is the same one. Sorted as they are, they come to its beginning at the same time.
        [[nodiscard]] bool passShared(Cursor& other) noexcept {
            if (at_ != 0 || other.at_ != 0 || isAtEnd() || other.isAtEnd()) return false;
            if ((*parts_)[part_].rows != (*other.parts_)[other.part_].rows) return false;
            ++part_;
            ++other.part_;
            return true;
        }

    private:
        const std::vector<Part>* parts_;
        std::size_t part_ = 0;
        std::size_t at_ = 0;
    };

    [[nodiscard]] std::size_t partOf(const Row& row) const {
        const auto next = std::partition_point(parts_.begin(), parts_.end(), [&](const Part& part) { return !Before{}(row, part.first); });
        return next == parts_.begin() ? 0 : static_cast<std::size_t>(next - parts_.begin()) - 1;
    }
    void place(std::size_t number, Rows rows) {
        auto first = rows.front();
        parts_.insert(parts_.begin() + static_cast<std::ptrdiff_t>(number),
                      Part{std::move(first), 0, std::make_shared<const Rows>(std::move(rows))});
    }
    void remove(std::size_t number) { parts_.erase(parts_.begin() + static_cast<std::ptrdiff_t>(number)); }
    void replace(std::size_t number, Rows rows) {
        remove(number);
        if (rows.empty()) return;
        if (rows.size() > 2 * kHalf) {
            const auto half = rows.begin() + static_cast<std::ptrdiff_t>(rows.size() / 2);
            place(number, Rows(half, rows.end()));
            rows.erase(half, rows.end());
        }
        place(number, std::move(rows));
    }
    void number() noexcept {
        size_ = 0;
        for (auto& part : parts_) {
            part.start = size_;
            size_ += part.rows->size();
        }
    }

    std::vector<Part> parts_{};
    std::size_t size_ = 0;
};

}  // namespace uatrust::detail
