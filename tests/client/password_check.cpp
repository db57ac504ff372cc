// password_check FILE USER PASSWORD: exit code 0 when the password is right, 1 when not, 2 when the
// user cannot log in at all. What the broker's reader makes of a file, for tests of other writers.
#include "broker/auth/password_store.hpp"

#include <cstdio>

int main(int argc, char** argv) {
    if (argc != 4) {
        return 2;
    }
    const auto file = mq::broker::load_password_file(argv[1]);
    if (!file) {
        std::fprintf(stderr, "%s\n", file.error().text().c_str());
        return 2;
    }
    const auto entry = file->find(argv[2]);
    const auto hash = mq::broker::PasswordHash::parse(entry ? entry->hash : "");
    if (!hash) {
        std::fprintf(stderr, "%s\n", hash.error().text().c_str());
        return 2;
    }
    return hash->matches(argv[3]).value() ? 0 : 1;
}
