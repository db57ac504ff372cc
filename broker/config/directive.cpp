#include "broker/config/directive.hpp"

#include <array>

namespace mq::broker::config {
namespace {

std::array<std::span<const Directive>, 3> parts() {
    return {global_directives(), listener_directives(), bridge_directives()};
}

bool matches(const Directive& directive, std::string_view name) {
    if (!directive.name.ends_with('*')) {
        return directive.name == name;
    }
    const auto stem = directive.name.substr(0, directive.name.size() - 1);
    return name.starts_with(stem) && name.size() > stem.size();
}

std::vector<std::string_view> all_names() {
    std::vector<std::string_view> names;
    for (const auto part : parts()) {
        for (const Directive& each : part) {
            names.push_back(each.name);
        }
    }
    return names;
}

}  // namespace

const Directive* find_directive(std::string_view name) {
    for (const auto part : parts()) {
        for (const Directive& each : part) {
            if (matches(each, name)) {
                return &each;
            }
        }
    }
    return nullptr;
}

std::span<const std::string_view> directive_names() {
    static const std::vector<std::string_view> names = all_names();
    return names;
}

}  // namespace mq::broker::config
