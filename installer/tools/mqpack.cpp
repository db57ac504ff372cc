/// Packs a self-unpacking mqinstall at build time: `mqpack --stub ELF --version V --root DIR --out
/// FILE`. Not shipped.
#include "base/runtime.hpp"
#include "installer/archive/payload.hpp"

#include <cstdio>
#include <map>
#include <string>

int main(int argc, char** argv) {
    mq::runtime_init();
    std::map<std::string, std::string> options{
        {"--stub", ""}, {"--version", ""}, {"--root", ""}, {"--out", ""}};
    for (int i = 1; i + 1 < argc; i += 2) {
        if (options.contains(argv[i])) {
            options[argv[i]] = argv[i + 1];
        }
    }
    for (const auto& [name, value] : options) {
        if (value.empty()) {
            std::fprintf(stderr, "mqpack --stub ELF --version V --root DIR --out FILE\n");
            return 2;
        }
    }
    const auto written = mq::installer::write_payload(options["--stub"], options["--root"],
                                                      options["--version"], options["--out"]);
    if (!written) {
        std::fprintf(stderr, "mqpack: %s\n", written.error().text().c_str());
        return 1;
    }
    return 0;
}
