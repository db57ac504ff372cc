// Any bytes as a file of pre-shared keys: every key that is found is one that TLS can use.
#include "broker/auth/psk_file.hpp"

#include <algorithm>
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
    const auto file = PskFile::parse(text);
    const auto lines = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')) + 1;
    for (const auto* found : {&file.findings.errors(), &file.findings.warnings()}) {
        for (const auto& finding : *found) {
            require(finding.line > 0 && finding.line <= lines && !finding.text.empty());
        }
    }
    require(file.table.size() <= lines);
    for (const auto& identity : PskTable::changed_identities(file.table, PskTable())) {
        require(!identity.empty() && identity.size() <= psk_identity_bytes_max);
        const auto* key = file.table.find(identity);
        require(key != nullptr && !key->empty() && key->size() <= psk_key_bytes_max);
    }
    return 0;
}
