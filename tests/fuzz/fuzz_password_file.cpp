// Any bytes as a password file: nothing is lost, and edits do what they say.
#include "broker/auth/password_file.hpp"

#include <cstdint>
#include <cstdlib>
#include <string_view>

namespace {

void require(bool holds) {
    if (!holds) {
        std::abort();
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace mq::broker;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    auto file = PasswordFile::parse(text);
    require(file.text() == text);
    for (const auto& finding : file.findings()) {
        require(finding.line > 0 && !finding.text.empty());
    }
    for (const auto& entry : file.list()) {
        if (const auto hash = PasswordHash::parse(entry.hash)) {
            require(PasswordHash::parse(hash->text()).value() == *hash);
        }
    }

    static const PasswordHash hash = PasswordHash::make("x", {HashKind::sha512, 1, 12}).value();
    const bool known = file.find("user").has_value();
    auto changed = PasswordFile::parse(text);
    require(changed.set("user", hash).value() ==
            (known ? PasswordFile::Change::replaced : PasswordFile::Change::added));
    const auto again = PasswordFile::parse(changed.text());
    require(again.find("user")->hash == hash.text());
    require(changed.remove("user") && !changed.find("user"));
    require(file.remove("user") == known);
    require(file.list() == changed.list());
    return 0;
}
