#include "broker/net/tls_keylog.hpp"

#include <openssl/ssl.h>

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace mq::broker {
namespace {

int keylog_index() {
    static const int index = SSL_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
    return index;
}

void on_secret(const SSL* ssl, const char* line) {
    static_cast<TlsKeylog*>(SSL_CTX_get_ex_data(SSL_get_SSL_CTX(ssl), keylog_index()))->write(line);
}

/// A plain file that nobody else may read, or an errno.
int make_private(int fd) {
    struct stat status {};
    if (::fstat(fd, &status) != 0) {
        return errno;
    }
    if (!S_ISREG(status.st_mode)) {
        return EINVAL;
    }
    return ::fchmod(fd, 0600) == 0 ? 0 : errno;
}

}  // namespace

TlsKeylog::TlsKeylog(const std::string& path, UniqueFd fd, Log& log)
    : path_(path), fd_(std::move(fd)), log_(log) {}

Outcome<std::unique_ptr<TlsKeylog>> TlsKeylog::open(const std::string& path, Log& log) {
    constexpr int flags = O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK;
    UniqueFd fd(::open(path.c_str(), flags, 0600));
    const int error = fd ? make_private(fd.get()) : errno;
    if (error == EINVAL || error == ELOOP || error == ENXIO) {
        return Problem{"Error: --tls-keylog " + path + " is no plain file.", "", ""};
    }
    if (error != 0) {
        return system_problem("Error: cannot write --tls-keylog " + path, error);
    }
    log.line(LogType::warning,
             "TLS IS NOT PRIVATE: the secrets of all TLS connections are written "
             "to " +
                 path +
                 ", and who has them can read everything. Start "
                 "without --tls-keylog when you are done.");
    return std::unique_ptr<TlsKeylog>(new TlsKeylog(path, std::move(fd), log));
}

void TlsKeylog::attach(ssl_ctx_st* context) {
    SSL_CTX_set_ex_data(context, keylog_index(), this);
    SSL_CTX_set_keylog_callback(context, on_secret);
}

void TlsKeylog::write(const char* secret) {
    const std::string line = std::string(secret) + "\n";
    const ssize_t written = ::write(fd_.get(), line.data(), line.size());
    if (written == static_cast<ssize_t>(line.size()) || failed_.exchange(true)) {
        return;
    }
    log_.line(LogType::error, "Error: cannot write --tls-keylog " + path_ + ": " +
                                  (written < 0 ? ::strerrordesc_np(errno) : "no room") + ".");
}

}  // namespace mq::broker
