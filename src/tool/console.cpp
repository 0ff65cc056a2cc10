#include "tool/console.hpp"

#include <istream>
#include <ostream>
#include <string>

#include "tool/text.hpp"

namespace uatrust::tool {
namespace {

constexpr int kIndent = 2;

// What is shown of a peer has been made printable; should an octet slip through that is no UTF-8, it must not end the program.
std::string textOf(const Json& json) { return json.dump(kIndent, ' ', false, Json::error_handler_t::replace); }

}  // namespace

Json errorJson(const Error& error) { return {{"status", statusName(error.status)}, {"message", error.message}, {"remedy", error.remedy}}; }

void Console::print(std::string_view text) {
    *output_ << wrap(text, widths_.output);
    if (!text.ends_with('\n')) *output_ << '\n';
}

void Console::printAsIs(std::string_view text) { *output_ << text; }

void Console::printJson(const Json& json) { *output_ << textOf(json) << '\n'; }

void Console::printNow(std::string_view text) { *output_ << text << std::flush; }

void Console::printJsonLine(const Json& json) { printNow(json.dump(-1, ' ', false, Json::error_handler_t::replace) + '\n'); }

bool Console::isHeard() const { return static_cast<bool>(*output_); }

void Console::say(std::string_view text) { *error_ << wrap(text, widths_.error) << '\n'; }

void Console::note(std::string_view text) { say("uatrust: " + std::string{text}); }

std::optional<bool> Console::ask(std::string_view question) {
    if (person_ == nullptr || json_) return {};
    asked_ = true;
    output_->flush();
    *error_ << wrap(std::string{question} + " [y/N] ", widths_.error) << std::flush;
    std::string answer;
    if (!std::getline(*person_, answer)) *error_ << '\n';
    while (!answer.empty() && (answer.back() == '\r' || answer.back() == ' ')) answer.pop_back();
    return answer == "y" || answer == "Y" || answer == "yes" || answer == "Yes" || answer == "YES";
}

void Console::complain(const Error& error) {
    say("uatrust: " + error.message);
    if (!error.remedy.empty()) say("What to do: " + error.remedy);
}

void Console::showProgress(std::string_view text) {
    if (json_ || widths_.error == 0) return;
    text = text.substr(0, widths_.error - 1);
    *error_ << '\r' << text << std::string(shown_ > text.size() ? shown_ - text.size() : 0, ' ') << (text.empty() ? "\r" : "")
            << std::flush;
    shown_ = text.size();
}

ExitCode Console::fail(const Error& error) {
    complain(error);
    if (json_) printJson(Json{{"error", errorJson(error)}});
    return ExitCode::Failed;
}

ExitCode Console::finish(ExitCode code) {
    output_->flush();
    if (*output_) return code;
    say("uatrust: The result could not be written.\nWhat to do: Check where standard output goes to.");
    return ExitCode::Failed;
}

}  // namespace uatrust::tool
