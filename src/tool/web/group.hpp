#pragma once

#include <uatrust/store/trust_changes.hpp>

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>

#include "tool/desk.hpp"
#include "tool/web/pairing_window.hpp"
#include "tool/web/rows.hpp"

namespace uatrust::tool::web {

/// GroupView is what a group looked like at one moment. Immutable.
struct GroupView {
    std::string generation{};  ///< another one whenever anything in it is; empty before the first look
    std::vector<Row> rows{};
    std::vector<StoreProblem> problems{};
    bool readOnly = false;
};

/// GroupChanges is what differs between two views.
struct GroupChanges {
    Json changes = Json::array();  ///< [{"kind", "list", "id", "name"}], the first kMaxChanges of them
    bool lists = false;            ///< anything of the rows
    bool problems = false;
    static constexpr std::size_t kMaxChanges = 100;
};

/// Group is one PKI folder that is served. Looking never writes: a folder that vanishes is not made anew. Nothing is read before the
/// first look(), which takes its time for thousands of certificates. Thread-safe.
class Group {
public:
    /// `keyPassphrase` opens the application's own key; it may be null. `who` is the operator of the program.
    Group(std::string id, std::string name, PkiFolder folder, PassphraseSource keyPassphrase, std::string who);

    [[nodiscard]] const std::string& id() const noexcept { return id_; }
    [[nodiscard]] const std::string& name() const noexcept { return name_; }
    /// The side that the application takes: "server", "client", "user" or "other".
    [[nodiscard]] const std::string& role() const noexcept { return role_; }
    [[nodiscard]] const PkiFolder& folder() const noexcept { return looking_.folder; }

    /// Whether the folder is where it was: who changes something in one that has only gone for a while would make it anew.
    [[nodiscard]] bool isThere() const;

    /// look() takes a new view, and says how it differs from the one before.
    GroupChanges look();
    [[nodiscard]] bool hasLooked() const { return present() != nullptr; }
    /// The last view. Waits for the first look; throws when that will not come any more.
    [[nodiscard]] std::shared_ptr<const GroupView> view() const;
    /// giveUp() says that it will not: whoever waits for it goes on.
    void giveUp();

    /// As the page knows a group, whether or not somebody has looked, and its entries, which have to be waited for.
    [[nodiscard]] Json json() const;
    [[nodiscard]] std::string entriesText() const;

    /// For looking: nothing is created or changed.
    [[nodiscard]] const Desk& looking() const noexcept { return looking_; }
    /// For changing. BadNotFound when the folder is not there, BadNotWritable when nothing can be written to it.
    [[nodiscard]] Result<const Desk*> changing();

    [[nodiscard]] PairingWindow& pairing() noexcept { return pairing_; }

private:
    [[nodiscard]] std::shared_ptr<const GroupView> present() const;
    [[nodiscard]] std::string stampOfFiles() const;
    [[nodiscard]] std::shared_ptr<const GroupView> makeView();

    std::string id_;
    std::string name_;
    std::string role_;
    PassphraseSource keyPassphrase_;
    Desk looking_;

    mutable std::mutex viewMutex_{};
    mutable std::condition_variable viewed_{};
    std::shared_ptr<const GroupView> view_{};  // null before the first look
    bool givenUp_ = false;

    std::mutex lookMutex_{};                 // who looks, one at a time
    std::optional<TrustChangeFeed> feed_{};  // from the first look on
    RowMaker maker_{};
    std::uint64_t looks_ = 0;
    std::string stamp_{};

    std::mutex changingMutex_{};
    std::optional<Desk> changing_{};  // from the first change on
    PairingWindow pairing_;           // borrows changing_
};

}  // namespace uatrust::tool::web
