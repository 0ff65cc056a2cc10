#include <uatrust/store/layout_conversion.hpp>

#include <algorithm>

#include <fmt/format.h>

#include "detail/folder_lock.hpp"
#include "detail/platform.hpp"
#include "store/conversion_plan.hpp"
#include "store/folder_listing.hpp"

namespace uatrust {
namespace {

Error invalid(std::string message, std::string remedy) { return {StatusCode::BadInvalidArgument, std::move(message), std::move(remedy)}; }

// As the file system sees it, with links resolved.
std::filesystem::path placed(const std::filesystem::path& path) {
    std::error_code error;
    auto real = std::filesystem::weakly_canonical(detail::absolutePath(path), error);
    if (error) real = detail::absolutePath(path).lexically_normal();
    return real.has_filename() ? real : real.parent_path();
}

bool liesIn(const std::filesystem::path& inner, const std::filesystem::path& outer) {
    const auto [end, rest] = std::mismatch(outer.begin(), outer.end(), inner.begin(), inner.end());
    return end == outer.end();
}

Result<void> check(const std::filesystem::path& from, const std::filesystem::path& to, const ConversionOptions& options) {
    if (options.from == nullptr || options.to == nullptr) {
        return invalid("How the two folders are laid out has not been said.", "Give both presets (ConversionOptions).");
    }
    if (from.empty() || to.empty()) return invalid("A folder to convert has no name.", "Give the source and the target.");
    constexpr std::size_t bound = 1'000'000;
    if (const auto there = detail::listDirectory(from, bound); !there) return there.error();
    if (liesIn(placed(to), placed(from)) || liesIn(placed(from), placed(to))) {
        return invalid(
            fmt::format("{} and {} are the same folder, or one lies in the other.", detail::sourceText(from), detail::sourceText(to)),
            "Give another target; exchange the folders when it is done.");
    }
    return {};
}

}  // namespace

std::string_view conversionOutcomeName(ConversionOutcome outcome) noexcept {
    switch (outcome) {
        case ConversionOutcome::Copied:
            return "copied";
        case ConversionOutcome::AlreadyThere:
            return "already there";
        case ConversionOutcome::LeftOut:
            return "left out";
        case ConversionOutcome::Failed:
            return "failed";
        default:
            return "copy";
    }
}

struct LayoutConversion::Plan {
    std::filesystem::path target;
    DirectoryStoreOptions options;
    std::vector<ConversionItem> items{};
    std::vector<SecretBytes> contents{};  // of each item; empty for what is not copied
    std::vector<StoreProblem> problems{};

    [[nodiscard]] Result<void> write(std::size_t index) const {
        const auto& item = items[index];
        const bool key = item.kind == ConversionKind::OwnKey;
        const auto access = key ? detail::FileAccess::OwnerOnly : detail::FileAccess::Shared;
        const auto file = target / detail::pathFromText(item.target);
        if (auto made = detail::createDirectories(file.parent_path(), access); !made) return made;
        return detail::writeFile(file, contents[index].view(), access, false);
    }
};

LayoutConversion::LayoutConversion(std::unique_ptr<Plan> plan) noexcept : plan_{std::move(plan)} {}
LayoutConversion::LayoutConversion(LayoutConversion&&) noexcept = default;
LayoutConversion& LayoutConversion::operator=(LayoutConversion&&) noexcept = default;
LayoutConversion::~LayoutConversion() = default;

Result<LayoutConversion> LayoutConversion::plan(const std::filesystem::path& from, const std::filesystem::path& to,
                                                const ConversionOptions& options) {
    if (const auto checked = check(from, to, options); !checked) return checked.error();
    detail::ConversionPlanner planner{from, to, options};
    if (auto planned = planner.run(); !planned) return planned.error();
    auto plan = std::make_unique<Plan>(Plan{.target = detail::absolutePath(to), .options = planner.targetOptions()});
    for (auto& step : planner.steps()) {
        plan->items.push_back(std::move(step.item));
        plan->contents.push_back(std::move(step.content));
    }
    plan->problems = std::move(planner.problems());
    return LayoutConversion{std::move(plan)};
}

std::span<const ConversionItem> LayoutConversion::items() const noexcept { return plan_->items; }

std::span<const StoreProblem> LayoutConversion::problems() const noexcept { return plan_->problems; }

bool LayoutConversion::complete() const noexcept {
    const auto missing = [](const ConversionItem& item) {
        return item.outcome == ConversionOutcome::LeftOut || item.outcome == ConversionOutcome::Failed;
    };
    return plan_->problems.empty() && std::none_of(plan_->items.begin(), plan_->items.end(), missing);
}

Result<void> LayoutConversion::carryOut() {
    DirectoryStore store{plan_->target, plan_->options};
    auto result = store.create();
    if (!result) return result;
    const auto lock = detail::lockStore(store);
    if (!lock) return lock.error();
    bool stopped = false;
    bool keyLacks = false;
    for (std::size_t i = 0; i < plan_->items.size(); ++i) {
        auto& item = plan_->items[i];
        if (item.outcome != ConversionOutcome::Copy) continue;
        auto written = stopped
                           ? Result<void>{Error{StatusCode::BadInvalidState, "It was not begun: a revocation list could not be written.",
                                                "Mend that and convert again."}}
                       : keyLacks && item.kind == ConversionKind::OwnCertificate
                           ? Result<void>{Error{StatusCode::BadInvalidState, "It was not begun: a key could not be written.",
                                                "Mend that and convert again."}}
                           : plan_->write(i);
        item.outcome = written ? ConversionOutcome::Copied : ConversionOutcome::Failed;
        plan_->contents[i] = {};
        if (written) continue;
        item.reason = fmt::format("{} {}", written.error().message, written.error().remedy);
        stopped = stopped || item.kind == ConversionKind::Crl;
        keyLacks = keyLacks || item.kind == ConversionKind::OwnKey;
        if (result) result = std::move(written);
    }
    return result;
}

}  // namespace uatrust
