#include "client/cli/tls_key_log.hpp"

#include "base/unique_fd.hpp"

#include <openssl/ssl.h>

#include <cerrno>
#include <fcntl.h>
#include <memory>
#include <unistd.h>

namespace mq::cli {
namespace {

UniqueFd log_file;

void append_line(const SSL*, const char* line) {
    const std::string whole = std::string(line) + "\n";
    if (::write(log_file.get(), whole.data(), whole.size()) < 0) {
        // The connection goes on without its secrets.
    }
}

}  // namespace

Outcome<void> set_key_log(const std::string& path, mosquitto* client) {
    log_file.reset(::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600));
    if (!log_file) {
        return system_problem("--tls-keylog: " + path, errno);
    }
    const std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> context(SSL_CTX_new(TLS_client_method()),
                                                               SSL_CTX_free);
    if (context == nullptr) {
        return Problem{"--tls-keylog: out of memory", ""};
    }
    SSL_CTX_set_keylog_callback(context.get(), append_line);
    if (mosquitto_void_option(client, MOSQ_OPT_SSL_CTX, context.get()) != MOSQ_ERR_SUCCESS ||
        mosquitto_int_option(client, MOSQ_OPT_SSL_CTX_WITH_DEFAULTS, 1) != MOSQ_ERR_SUCCESS) {
        return Problem{"--tls-keylog: the library refuses it", ""};
    }
    return {};
}

}  // namespace mq::cli
