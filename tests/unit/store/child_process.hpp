#pragma once

// Only where there are processes to fork: tests that need an account without privileges, or limits of a process.

#include <csignal>
#include <functional>
#include <stdexcept>
#include <string>

#include <grp.h>
#include <sys/wait.h>
#include <unistd.h>

namespace uatrust::test {

enum class Account : std::uint8_t { Same, Ordinary };

/// ChildProcess runs `work` in a process of its own. Account::Ordinary gives up the privileges of root, to whom
/// permissions mean nothing.
class ChildProcess {
public:
    ChildProcess(Account account, const std::function<std::string()>& work) {
        int ends[2];
        if (::pipe(ends) != 0) throw std::runtime_error{"no pipe"};
        child_ = ::fork();
        if (child_ < 0) throw std::runtime_error{"no process"};
        if (child_ == 0) run(account, work, ends[1]);
        ::close(ends[1]);
        from_ = ends[0];
    }

    /// wait() is the text that `work` has returned, or of the exception that it has thrown.
    [[nodiscard]] std::string wait() {
        if (const int status = finish(); !WIFEXITED(status) || WEXITSTATUS(status) != 0) {
            throw std::runtime_error{"the child process has failed"};
        }
        return text_;
    }

    /// waitKilled() says whether the process was killed; text() is what `work` has returned if not.
    [[nodiscard]] bool waitKilled() {
        const int status = finish();
        if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) return true;
        if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) throw std::runtime_error{"the child process has failed"};
        return false;
    }
    [[nodiscard]] const std::string& text() const { return text_; }

private:
    [[noreturn]] static void run(Account account, const std::function<std::string()>& work, int to) {
        std::string text = "cannot give up privileges";
        if (account == Account::Same || becomeOrdinary()) {
            try {
                text = work();
            } catch (const std::exception& error) {
                text = error.what();
            }
        }
        // Nothing of the parent's is flushed, checked for leaks or taken down a second time.
        ::_exit(::write(to, text.data(), text.size()) == static_cast<ssize_t>(text.size()) ? 0 : 1);
    }

    int finish() {
        char buffer[4096];
        for (ssize_t count = 0; (count = ::read(from_, buffer, sizeof(buffer))) > 0;) text_.append(buffer, static_cast<std::size_t>(count));
        ::close(from_);
        int status = 0;
        if (::waitpid(child_, &status, 0) != child_) throw std::runtime_error{"the child process is gone"};
        return status;
    }

    static bool becomeOrdinary() {
        constexpr unsigned nobody = 65534;
        return ::geteuid() != 0 || (::setgroups(0, nullptr) == 0 && ::setgid(nobody) == 0 && ::setuid(nobody) == 0);
    }

    pid_t child_ = -1;
    int from_ = -1;
    std::string text_{};
};

[[nodiscard]] inline std::string inChild(Account account, const std::function<std::string()>& work) {
    return ChildProcess{account, work}.wait();
}

}  // namespace uatrust::test
