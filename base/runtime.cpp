#include "base/runtime.hpp"

#include <openssl/crypto.h>

#include <csignal>
#include <initializer_list>
#include <nss.h>

namespace mq {

void runtime_init() {
    for (const char* database :
         {"passwd", "group", "shadow", "services", "protocols", "networks", "initgroups"}) {
        __nss_configure_lookup(database, "files");
    }
    __nss_configure_lookup("hosts", "files dns");
    OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, nullptr);
    std::signal(SIGPIPE, SIG_IGN);
    std::signal(SIGXFSZ, SIG_IGN);
}

}  // namespace mq
