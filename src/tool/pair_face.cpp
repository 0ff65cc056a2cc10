#include "tool/pair_face.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "tool/text.hpp"

namespace uatrust::tool {
namespace {

using Kind = PairingEvent::Kind;
using Timer = std::chrono::steady_clock;

constexpr std::chrono::seconds kReading{1};

Instant now() { return systemClock().now(); }

std::string clockText(std::chrono::seconds left) {
    constexpr long minute = 60;
    constexpr long hour = 60 * minute;
    const long all = left.count();
    if (all >= hour) return fmt::format("{}:{:02}:{:02}", all / hour, all / minute % minute, all % minute);
    return fmt::format("{}:{:02}", all / minute, all % minute);
}

std::size_t count(const Pairing& pairing, PairingState state) {
    const auto& entries = pairing.entries();
    return static_cast<std::size_t>(std::count_if(entries.begin(), entries.end(), [&](const auto& each) { return each.state == state; }));
}

class ForPrograms final : public PairFace {
public:
    explicit ForPrograms(Console& console) : console_{&console} {}

    void begin(const Pairing& pairing) override {
        Json json{{"event", "open"}, {"at", formatInstant(now())}};
        json.update(pairingJson(pairing, now()));
        console_->printJsonLine(json);
    }
    void tell(const PairingEvent& event, const Pairing& pairing) override {
        if (event.kind == Kind::Closed) closedBecause_ = event.text;
        if (event.kind == Kind::Closed) return;
        Json json{{"event", pairingEventName(event.kind)}, {"at", formatInstant(now())}, {"left", pairing.left(now()).count()}};
        if (event.certificate) {
            const auto& certificate = *event.certificate;
            json["id"] = certificate.id().text();
            json["subject"] = certificate.subject().text();
            json["thumbprint"] = certificate.thumbprint().text();
            json["phone"] = inFours(certificate.id().text());
            json["applicationUri"] = printable(certificate.applicationUri());
        }
        if (event.kind == Kind::LetIn || event.kind == Kind::PassedOver) {
            json["peerAddress"] = event.refusal.peerAddress;
            json["endpointUrl"] = event.refusal.endpointUrl;
        }
        if (!event.text.empty()) json["text"] = event.text;
        console_->printJsonLine(json);
    }
    void complain(const Error& error) override {
        console_->printJsonLine({{"event", "error"}, {"at", formatInstant(now())}, {"error", errorJson(error)}});
    }
    std::string commandFor(std::string line, const Pairing&) override { return line; }
    void idle(const Pairing&) override {}
    void end(const Pairing& pairing) override {
        Json json{{"event", "closed"}, {"at", formatInstant(now())}, {"text", closedBecause_}};
        json.update(pairingJson(pairing, now()));
        json["confirmed"] = count(pairing, PairingState::Confirmed);
        console_->printJsonLine(json);
    }

private:
    Console* console_;
    std::string closedBecause_{};
};

class ForPeople final : public PairFace {
public:
    explicit ForPeople(Console& console) : console_{&console} {}

    void begin(const Pairing& pairing) override {
        const auto& options = pairing.options();
        say(
            fmt::format("Pairing is open for {}, until {}{}, for at most {}.\n"
                        "Who tries to connect now, and lacks nothing but trust, is let in until you confirm or drop it. What you do not "
                        "confirm is rejected again.\n"
                        "c confirms, d drops, Enter decides later; close ends it, and so does Ctrl+C.",
                        formatDuration(options.duration), formatInstant(pairing.until()),
                        options.endpointUrl.empty() ? "" : fmt::format(", at {}", printable(options.endpointUrl)), options.max));
    }

    void tell(const PairingEvent& event, const Pairing&) override {
        const auto name = event.certificate ? event.certificate->describe() : std::string{};
        switch (event.kind) {
            case Kind::LetIn:
                return say(fmt::format("Let in  {}", name));
            case Kind::Confirmed:
                return say(fmt::format("Confirmed  {}{}", name, event.text.empty() ? "" : "\n  " + event.text));
            case Kind::Dropped:
                return say(fmt::format("Dropped  {}{}", name, event.text.empty() ? "" : "\n  " + event.text));
            case Kind::TakenBack:
                return say(fmt::format("Rejected again  {}", name));
            case Kind::PassedOver:
                return say(fmt::format("Not let in  {}{}\n  {}", name, whence(event.refusal), event.text));
            case Kind::Trouble:
                return say(fmt::format("Trouble  {}{}", name.empty() ? "" : name + ": ", event.text));
            case Kind::Closed:
                return say(fmt::format("Closed. {}", event.text));
        }
    }

    void complain(const Error& error) override { say(fmt::format("{} {}", error.message, error.remedy)); }

    std::string commandFor(std::string line, const Pairing&) override {
        newLine_ = true;  // the user's Enter has ended it
        const auto question = std::exchange(question_, {});
        asked_ = false;
        if (line.empty() && question) later_.insert(*question);
        if (line.empty() && !question) later_.clear();
        if (line != "c" && line != "d") return line;
        if (!question) {
            say("Nothing is asked.");
        } else if (Timer::now() < readBy_) {
            say("That is another one than before: look at it first.");
        } else {
            return (line == "c" ? "confirm " : "drop ") + question->text();
        }
        return {};
    }

    void idle(const Pairing& pairing) override {
        const auto* next = question_ ? entry(pairing, *question_) : nullptr;
        if (next == nullptr || next->state != PairingState::Provisional) next = firstUndecided(pairing);
        if (next == nullptr) {
            question_.reset();
            countDown(pairing);
        } else if (!asked_ || question_ != next->certificate.id()) {
            ask(*next, pairing);
        }
    }

    void end(const Pairing& pairing) override {
        const auto confirmed = count(pairing, PairingState::Confirmed);
        say(fmt::format("Let in: {}. Confirmed: {}. Rejected again: {}.", pairing.entries().size(), confirmed,
                        pairing.entries().size() - confirmed));
    }

private:
    static const PairingEntry* entry(const Pairing& pairing, const CertificateId& id) {
        const auto& all = pairing.entries();
        const auto at = std::find_if(all.begin(), all.end(), [&](const PairingEntry& each) { return each.certificate.id() == id; });
        return at == all.end() ? nullptr : &*at;
    }

    const PairingEntry* firstUndecided(const Pairing& pairing) const {
        const auto& all = pairing.entries();
        const auto at = std::find_if(all.begin(), all.end(), [&](const PairingEntry& each) {
            return each.state == PairingState::Provisional && !later_.contains(each.certificate.id());
        });
        return at == all.end() ? nullptr : &*at;
    }

    static std::string whence(const Refusal& refusal) {
        if (refusal.peerAddress.empty() && refusal.endpointUrl.empty()) return {};
        return fmt::format(" (from {}, at {})", refusal.peerAddress.empty() ? "an unknown address" : refusal.peerAddress,
                           refusal.endpointUrl.empty() ? "an unknown endpoint" : refusal.endpointUrl);
    }

    void ask(const PairingEntry& each, const Pairing& pairing) {
        const auto& certificate = each.certificate;
        say(fmt::format("\n{}{}\n  ApplicationUri  {}\n  thumbprint  {}\n  SHA-256     {}", printable(certificate.subject().text(), 1000),
                        whence(each.refusal), printable(certificate.applicationUri()),
                        fmt::join(inFours(certificate.thumbprint().text()), " "), fmt::join(inFours(certificate.id().text()), " ")));
        console_->printNow(fmt::format("Is it what the device says of itself? c confirms, d drops, Enter: later ({} left) ",
                                       clockText(pairing.left(now()))));
        newLine_ = false;
        // An answer that is on its way may be meant for the one that was asked about before.
        if (question_ && question_ != certificate.id()) readBy_ = Timer::now() + kReading;
        question_ = certificate.id();
        asked_ = true;
    }

    // The line is written over, so that it counts down in its place.
    void countDown(const Pairing& pairing) {
        const auto undecided = count(pairing, PairingState::Provisional);
        auto text = fmt::format("{} left, {} let in, {} confirmed", clockText(pairing.left(now())), pairing.entries().size(),
                                count(pairing, PairingState::Confirmed));
        if (undecided != 0) text += fmt::format(", {} to decide: press Enter", undecided);
        text += "  ";
        if (text == counted_ && !newLine_) return;
        const auto width = std::max(counted_.size(), text.size());
        console_->printNow(fmt::format("\r{:<{}}", text, width));
        counted_ = text;
        newLine_ = false;
    }

    void say(const std::string& text) {
        if (!newLine_) console_->printNow("\n");
        console_->print(text);
        console_->printNow({});
        newLine_ = true;
        asked_ = false;  // a question that was pushed up is asked again
        counted_.clear();
    }

    Console* console_;
    std::optional<CertificateId> question_{};  // whom an answer is about
    bool asked_ = false;                       // the question is the last thing on the screen
    Timer::time_point readBy_{};               // before, nobody can have read it
    std::set<CertificateId> later_{};
    std::string counted_{};
    bool newLine_ = true;
};

}  // namespace

std::unique_ptr<PairFace> pairFaceForPeople(Console& console) { return std::make_unique<ForPeople>(console); }
std::unique_ptr<PairFace> pairFaceForPrograms(Console& console) { return std::make_unique<ForPrograms>(console); }

}  // namespace uatrust::tool
