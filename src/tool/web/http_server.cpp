#include "tool/web/http_server.hpp"

#include <algorithm>
#include <cerrno>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <system_error>
#include <thread>

#include <fmt/format.h>

#include "tool/web/connection.hpp"

namespace uatrust::tool::web {
namespace {

constexpr auto kAnyPath = R"([\s\S]*)";
constexpr int kBacklog = 64;

// A queue with bounds: who accepts connections waits when too many have no thread yet.
class BoundedQueue final : public httplib::TaskQueue {
public:
    BoundedQueue() {
        for (std::size_t i = 0; i < HttpServer::kThreads; ++i) threads_.emplace_back([this] { work(); });
    }

    void enqueue(std::function<void()> task) override {
        std::unique_lock lock{mutex_};
        changed_.wait(lock, [&] { return tasks_.size() < HttpServer::kWaiting || ended_; });
        tasks_.push_back(std::move(task));
        changed_.notify_all();
    }

    void shutdown() override {
        {
            const std::lock_guard guard{mutex_};
            ended_ = true;
        }
        changed_.notify_all();
        for (auto& each : threads_) each.join();
    }

private:
    void work() {
        for (;;) {
            std::function<void()> task;
            {
                std::unique_lock lock{mutex_};
                changed_.wait(lock, [&] { return !tasks_.empty() || ended_; });
                if (tasks_.empty()) return;
                task = std::move(tasks_.front());
                tasks_.pop_front();
                changed_.notify_all();
            }
            task();
        }
    }

    std::mutex mutex_{};
    std::condition_variable changed_{};
    std::deque<std::function<void()>> tasks_{};
    std::vector<std::thread> threads_{};
    bool ended_ = false;
};

httplib::Headers headersOfEveryAnswer() {
    return {{"Content-Security-Policy",
             "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; "
             "base-uri 'none'; frame-ancestors 'none'"},
            {"X-Content-Type-Options", "nosniff"},
            {"X-Frame-Options", "DENY"},
            {"Referrer-Policy", "no-referrer"},
            {"Cross-Origin-Resource-Policy", "same-origin"},
            {"Cross-Origin-Opener-Policy", "same-origin"},
            {"Cache-Control", "no-store"}};
}

void replaceHeader(httplib::Response& response, const std::string& name, const std::string& value) {
    response.headers.erase(name);
    response.set_header(name, value);
}

void write(Answer answer, httplib::Response& response) {
    response.status = answer.status;
    for (const auto& [name, value] : answer.headers) {
        // There may be several of these alone.
        if (name == "Set-Cookie") {
            response.set_header(name, value);
        } else {
            replaceHeader(response, name, value);
        }
    }
    if (!answer.stream) {
        if (!answer.contentType.empty()) response.set_content(answer.body, answer.contentType);
        return;
    }
    response.set_chunked_content_provider(answer.contentType, [stream = std::move(answer.stream)](std::size_t, httplib::DataSink& sink) {
        std::string part;
        if (!sink.is_writable()) return false;
        if (!stream(part)) {
            sink.done();
            return true;
        }
        return part.empty() || sink.write(part.data(), part.size());
    });
}

Answer internalFailure(std::string_view what) {
    return errorAnswer(500, {StatusCode::BadInternalError, fmt::format("Something went wrong inside: {}", what),
                             "Try again; report it when it happens again."});
}

bool nobody(const std::function<bool(ByteView)>&) { return false; }

Error notOpened(const std::string& address, int port) {
    const auto why = errno == 0 ? std::string{"there is no such address on this machine"} : std::generic_category().message(errno);
    return {StatusCode::BadResourceUnavailable, fmt::format("Nobody can be served at {}:{}: {}.", address, port, why),
            errno == EADDRINUSE ? "Another program has this port: give another one with --listen, or port 0 for any free one."
                                : "Give an address of this machine with --listen, like 127.0.0.1:0."};
}

}  // namespace

HttpServer::HttpServer(std::optional<TlsServer> tls, std::string endlessPath, Handler handler)
    : tls_{std::move(tls)}, endlessPath_{std::move(endlessPath)}, handler_{std::move(handler)} {
    new_task_queue = [] { return new BoundedQueue; };
    set_default_headers(headersOfEveryAnswer());
    // Without SO_REUSEPORT, by which another program of this user could take a part of the connections.
    set_socket_options([](socket_t socket) {
        const int yes = 1;
        (void)setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, reinterpret_cast<const char*>(&yes), sizeof yes);
    });
    set_pre_routing_handler([this](const httplib::Request& request, httplib::Response& response) {
        auto refusal = gate_ ? gate_->refusalOf(request) : std::optional{internalFailure("there is no gate")};
        if (!refusal) return HandlerResponse::Unhandled;
        write(std::move(*refusal), response);
        return HandlerResponse::Handled;
    });
    Get(kAnyPath, [this](const httplib::Request& request, httplib::Response& response) { answer(request, response, nobody); });
    const auto withBody = [this](const httplib::Request& request, httplib::Response& response, const httplib::ContentReader& content) {
        answer(request, response, [&](const std::function<bool(ByteView)>& take) {
            return content([&](const char* octets, std::size_t size) { return take(asBytes({octets, size})); });
        });
    };
    Post(kAnyPath, withBody);
    Delete(kAnyPath, withBody);
    // What httplib refuses by itself.
    set_error_handler([](const httplib::Request&, httplib::Response& response) {
        if (!response.body.empty()) return;
        write(errorAnswer(response.status, {StatusCode::BadInvalidArgument, "The request is none that is understood here.",
                                            "Use the page, or send what its documentation says."}),
              response);
    });
    set_exception_handler(
        [](const httplib::Request&, httplib::Response& response, std::exception_ptr) { write(internalFailure("a request"), response); });
}

Result<int> HttpServer::bind(const std::string& address, int port) {
    errno = 0;
    if (port == 0) {
        port = bind_to_any_port(address);
        if (port <= 0) return notOpened(address, 0);
    } else if (!bind_to_port(address, port)) {
        return notOpened(address, port);
    }
    // A browser opens several connections at once.
    (void)::listen(svr_sock_, kBacklog);
    return port;
}

void HttpServer::run() {
    running_ = true;
    if (!stopping_) (void)listen_after_bind();
    running_ = false;
}

void HttpServer::stop() noexcept {
    stopping_ = true;
    // httplib passes over a stop that comes before it has begun.
    do {
        httplib::Server::stop();
        std::this_thread::sleep_for(std::chrono::milliseconds{5});
    } while (running_);
}

bool HttpServer::process_and_close_socket(socket_t socket) {
    Connection connection{socket, tls_ ? &*tls_ : nullptr, stopping_};
    if (!connection.open()) return false;
    bool closed = false;
    const bool done = process_request(connection, true, closed, [&](httplib::Request& request) {
        connection.expectBody(contentLength(request).value_or(0));
        if (request.path == endlessPath_) connection.answerIsEndless();
        // Compressing would cost more than it saves on one machine, and tell secrets by their length elsewhere.
        request.headers.erase("Accept-Encoding");
        request.headers.erase("Range");
        request.ranges.clear();
    });
    connection.finish();
    return done;
}

void HttpServer::answer(const httplib::Request& request, httplib::Response& response, const BodyReader& body) const {
    try {
        write(handler_(request, body), response);
    } catch (const std::exception& error) {
        write(internalFailure(error.what()), response);
    }
}

}  // namespace uatrust::tool::web
