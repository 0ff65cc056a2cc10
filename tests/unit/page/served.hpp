#pragma once

#include <httplib.h>

#include "support/tool_process.hpp"
#include "unit/tool/pki.hpp"

namespace uatrust::test {

/// Served is "uatrust serve" at work on a free port, and a browser that knows its address.
class Served {
public:
    explicit Served(const std::filesystem::path& folder, std::vector<std::string> arguments = {"--pki", "pki"})
        : process_{folder, with("serve", std::move(arguments))} {
        const auto line = process_.waitFor("\n");
        url_ = line.substr(0, line.size() - 1);
        const auto colon = url_.find(':', url_.find("//"));
        port_ = std::stoi(url_.substr(colon + 1));
        token_ = url_.substr(url_.find("token=") + 6);
    }

    [[nodiscard]] ToolProcess& process() { return process_; }
    [[nodiscard]] int port() const { return port_; }
    [[nodiscard]] const std::string& url() const { return url_; }
    [[nodiscard]] const std::string& token() const { return token_; }
    [[nodiscard]] std::string origin() const { return "http://127.0.0.1:" + std::to_string(port_); }
    [[nodiscard]] httplib::Client client() const {
        httplib::Client client{"127.0.0.1", port_};
        client.set_read_timeout(std::chrono::seconds{60});
        return client;
    }

    /// Opens the address that was printed, as a browser does, and waits as the page does until the folders have been read.
    Served& signIn() {
        enter();
        const auto groups = json("/api/groups")["groups"];
        for (const auto& each : groups) (void)get("/api/groups/" + each["id"].get<std::string>() + "/entries");
        return *this;
    }
    /// The same without waiting.
    Served& enter() {
        auto answer = client().Get("/?token=" + token_);
        if (!answer || answer->status != 303) throw std::runtime_error{"not signed in: " + process_.said()};
        const auto cookie = answer->get_header_value("Set-Cookie");
        cookie_ = cookie.substr(0, cookie.find(';'));
        csrf_ = json("/api/session")["csrf"];
        return *this;
    }
    [[nodiscard]] const std::string& cookie() const { return cookie_; }
    [[nodiscard]] const std::string& csrf() const { return csrf_; }
    /// Of somebody who is signed in, with what the page sends along.
    [[nodiscard]] httplib::Headers headers() const {
        return {{"Cookie", cookie_}, {"X-Uatrust-CSRF", csrf_}, {"Origin", origin()}, {"Sec-Fetch-Site", "same-origin"}};
    }

    struct Told {
        int status = 0;
        nlohmann::json json{};
        std::string text{};
        httplib::Headers headers{};
        [[nodiscard]] std::string header(const std::string& name) const {
            const auto at = headers.find(name);
            return at == headers.end() ? std::string{} : at->second;
        }
        [[nodiscard]] std::string error() const {
            return json.is_object() && json.contains("error") ? json["error"].value("status", "") : "";
        }
    };
    [[nodiscard]] Told get(const std::string& path) const { return told(client().Get(path, headers())); }
    [[nodiscard]] nlohmann::json json(const std::string& path) const { return get(path).json; }
    [[nodiscard]] Told post(const std::string& path, const nlohmann::json& body) const {
        return told(client().Post(path, headers(), body.dump(), "application/json"));
    }
    [[nodiscard]] Told post(const std::string& path, const std::string& octets) const {
        return told(client().Post(path, headers(), octets, "application/octet-stream"));
    }
    [[nodiscard]] Told act(const std::string& action, const std::string& id, const std::string& list,
                           const std::string& group = "pki") const {
        return post("/api/groups/" + group + "/actions",
                    nlohmann::json{{"action", action}, {"items", {{{"id", id}, {"list", list}}}}, {"withIssuers", false}});
    }

    /// The entry of a name in a list; null when there is none.
    [[nodiscard]] nlohmann::json entry(const std::string& list, const std::string& name, const std::string& group = "pki") const {
        const auto told = json("/api/groups/" + group + "/entries");
        for (const auto& each : told["entries"]) {
            if (each["list"] == list && each["name"] == name) return each;
        }
        return {};
    }

    static Told told(const httplib::Result& result) {
        if (!result) throw std::runtime_error{"no answer: " + httplib::to_string(result.error())};
        return {result->status, nlohmann::json::parse(result->body, nullptr, false), result->body, result->headers};
    }

private:
    static std::vector<std::string> with(const std::string& first, std::vector<std::string> rest) {
        rest.insert(rest.begin(), first);
        return rest;
    }

    ToolProcess process_;
    std::string url_{};
    int port_ = 0;
    std::string token_{};
    std::string cookie_{};
    std::string csrf_{};
};

/// until() asks again and again until something holds, for half a minute at most.
template <class Holds>
[[nodiscard]] bool until(Holds holds) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{30};
    while (std::chrono::steady_clock::now() < deadline) {
        if (holds()) return true;
        ::poll(nullptr, 0, 20);
    }
    return false;
}

}  // namespace uatrust::test
