#pragma once

#include <uatrust/core/clock.hpp>
#include <uatrust/core/result.hpp>
#include <uatrust/crypto/key_pair_generator.hpp>
#include <uatrust/x509/certificate_builder.hpp>

#include <optional>
#include <utility>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

// Values of options that several commands have.

namespace uatrust::tool {

/// addChoice() adds an option that takes one of a few words. `target` holds the default and has to live as long as `app`.
template <class T>
CLI::Option* addChoice(CLI::App& app, const std::string& name, T& target, std::vector<std::pair<std::string, T>> choices,
                       const std::string& about) {
    std::vector<std::string> words;
    for (const auto& [word, value] : choices) words.push_back(word);
    const auto take = [&target, name, words, choices = std::move(choices)](const std::string& given) {
        for (const auto& [word, value] : choices) {
            if (word != given) continue;
            target = value;
            return;
        }
        throw CLI::ValidationError{fmt::format("{} is one of {}, not \"{}\"", name, fmt::join(words, ", "), given)};
    };
    return app.add_option_function<std::string>(name, take, about)->type_name(fmt::format("{}", fmt::join(words, "|")));
}

/// addList() adds an option that may be given several times, with one value each time.
inline CLI::Option* addList(CLI::App& app, const std::string& name, std::vector<std::string>& target, const std::string& about) {
    return app.add_option(name, target, about)->take_all()->allow_extra_args(false);
}

/// addRole() adds --role for the sides that an application takes part as; roleWord() is "server", "client" or "both" again.
CLI::Option* addRole(CLI::App& app, std::optional<ApplicationRole>& target, const std::string& about);
[[nodiscard]] std::string_view roleWord(ApplicationRole role) noexcept;

/// parseKeyType() reads a kind of key, "p256" or in full; the error lists them.
[[nodiscard]] Result<KeyType> parseKeyType(const std::string& text);

/// parseMoment() reads "2026-06-15T12:00:00Z" or a day, which is its first second.
[[nodiscard]] Result<Instant> parseMoment(const std::string& text);

/// parseSpan() reads a time like "90s", "10m", "2h" or "30d", which is not negative.
[[nodiscard]] Result<std::chrono::seconds> parseSpan(const std::string& text);

}  // namespace uatrust::tool
