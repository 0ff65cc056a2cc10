#pragma once

#include <uatrust/core/bytes.hpp>
#include <uatrust/core/result.hpp>

#include <atomic>
#include <functional>
#include <optional>

#include <httplib.h>

#include "tool/web/gate.hpp"
#include "tool/web/tls.hpp"

namespace uatrust::tool::web {

/// BodyReader hands the octets of a body over as they come, until `take` is false. False when the body did not come whole.
using BodyReader = std::function<bool(const std::function<bool(ByteView)>& take)>;

/// HttpServer is httplib's server with bounds on everything: threads, connections, time, octets (Connection). One request for each
/// connection, so that nothing that was left unread can be taken for another request.
class HttpServer final : private httplib::Server {
public:
    static constexpr std::size_t kThreads = 24;  ///< more than EventHub::kMaxListeners, each of which keeps one
    static constexpr std::size_t kWaiting = 64;  ///< connections that wait for a thread; others wait in the system

    using Handler = std::function<Answer(const httplib::Request& request, const BodyReader& body)>;

    /// `tls` may be absent. `endlessPath` is the path whose answer may take as long as somebody listens.
    HttpServer(std::optional<TlsServer> tls, std::string endlessPath, Handler handler);

    /// Opens the port, 0 for any free one, and says which. BadResourceUnavailable with the reason.
    [[nodiscard]] Result<int> bind(const std::string& address, int port);
    /// To be set before run().
    void guardBy(Gate gate) { gate_.emplace(std::move(gate)); }
    /// Serves until stop().
    void run();
    /// From any other thread. Comes back when run() has ended, or never begins.
    void stop() noexcept;

private:
    bool process_and_close_socket(socket_t socket) override;
    void answer(const httplib::Request& request, httplib::Response& response, const BodyReader& body) const;

    std::optional<TlsServer> tls_;
    std::string endlessPath_;
    Handler handler_;
    std::optional<Gate> gate_{};
    std::atomic<bool> stopping_{false};
    std::atomic<bool> running_{false};
};

}  // namespace uatrust::tool::web
