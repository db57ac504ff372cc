#pragma once

#include "client/lib/log_lines.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

struct ssl_ctx_st;
struct ssl_st;

namespace mq::client {

struct FreeTls {
    void operator()(ssl_ctx_st* context) const;
    void operator()(ssl_st* connection) const;
};
using TlsContext = std::unique_ptr<ssl_ctx_st, FreeTls>;

/// Gives the pass phrase of a key, as the C interface says.
using PasswordCallback = int (*)(char* buffer, int size, int rwflag, void* userdata);

/// All that was said about TLS. Empty strings were not given.
struct TlsSettings {
    std::string ca_file;
    std::string ca_path;
    std::string certificate_file;
    std::string key_file;
    PasswordCallback password_callback = nullptr;
    std::string lowest_version;  ///< "tlsv1.2" or "tlsv1.3"
    std::string ciphers;
    std::string psk;  ///< hexadecimal
    std::string psk_identity;
    std::string alpn;
    TlsContext given_context;  ///< the application's, of which we hold a reference
    bool context_with_defaults = false;
    bool use_system_authorities = false;
    bool verify = true;
    bool any_name = false;  ///< the certificate may be for another host
    bool key_in_engine = false;
    bool ocsp_required = false;

    [[nodiscard]] bool enabled() const {
        return !ca_file.empty() || !ca_path.empty() || !psk.empty() || use_system_authorities ||
               given_context != nullptr;
    }
};

/// Hexadecimal digits as bytes; empty for what are none.
std::vector<std::uint8_t> bytes_of_hex(const std::string& text);

/// Makes the context of connections. `client` is what the password callback gets. Errors:
/// MOSQ_ERR_TLS, with lines in the log that say what is wrong; MOSQ_ERR_NOMEM.
int make_tls_context(const TlsSettings& settings, void* client, LogLines& log, TlsContext& context);

/// A line in the log for each error that OpenSSL has in its queue, which is empty then.
void log_tls_errors(LogLines& log);

}  // namespace mq::client
