#include "base/runtime.hpp"

#include <openssl/crypto.h>

#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <initializer_list>
#include <nss.h>
#include <unistd.h>

namespace mq {
namespace {

void open_standard_descriptors() {
    for (int standard = STDIN_FILENO; standard <= STDERR_FILENO; ++standard) {
        if (::fcntl(standard, F_GETFD) < 0 && errno == EBADF) {
            ::open("/dev/null", O_RDWR);  // takes the lowest number that is free, this one
        }
    }
}

}  // namespace

void runtime_init() {
    open_standard_descriptors();
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
