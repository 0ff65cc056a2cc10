# uatrust_httplib_fits(<target> <result>): whether this cpp-httplib has what the page's server takes of it. A part of that is no promised
# interface of cpp-httplib and has changed between versions: what does not fit is told when configuring, not when compiling.
include(CheckCXXSourceCompiles)

function(uatrust_httplib_fits target result)
    set(CMAKE_REQUIRED_LIBRARIES ${target} Threads::Threads)
    set(CMAKE_REQUIRED_FLAGS ${CMAKE_CXX20_STANDARD_COMPILE_OPTION})
    set(CMAKE_REQUIRED_QUIET ON)
    check_cxx_source_compiles([[
        #include <httplib.h>
        struct Connection final : httplib::Stream {
            bool is_readable() const override { return true; }
            bool is_writable() const override { return true; }
            ssize_t read(char*, size_t) override { return 0; }
            ssize_t write(const char*, size_t) override { return 0; }
            void get_remote_ip_and_port(std::string&, int&) const override {}
            void get_local_ip_and_port(std::string&, int&) const override {}
            socket_t socket() const override { return INVALID_SOCKET; }
        };
        struct Server final : httplib::Server {
            bool process_and_close_socket(socket_t) override {
                Connection connection;
                bool closed = false;
                return process_request(connection, true, closed, [](httplib::Request&) {});
            }
        };
        struct Queue final : httplib::TaskQueue {
            void enqueue(std::function<void()>) override {}
            void shutdown() override {}
        };
        int main() {
            Server server;
            Queue queue;
            return 0;
        }
    ]] ${result})
endfunction()
