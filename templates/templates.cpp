#include "templates/templates.hpp"

#include "templates/embedded.hpp"

#include <algorithm>
#include <cassert>
#include <set>

namespace mq::templates {
namespace {

std::string_view find(std::string_view name) {
    const auto& all = embedded();
    const auto found =
        std::find_if(all.begin(), all.end(), [&](const Embedded& e) { return e.name == name; });
    assert(found != all.end() && "unknown template");
    return found->text;
}

}  // namespace

std::string render(std::string_view name, const std::map<std::string, std::string>& values) {
    std::string_view rest = find(name);
    std::string out;
    std::set<std::string> used;
    for (;;) {
        const auto open = rest.find("{{");
        if (open == std::string_view::npos) {
            break;
        }
        const auto close = rest.find("}}", open);
        assert(close != std::string_view::npos && "placeholder without an end");
        const std::string key(rest.substr(open + 2, close - open - 2));
        const auto value = values.find(key);
        assert(value != values.end() && "placeholder without a value");
        out += rest.substr(0, open);
        out += value->second;
        used.insert(key);
        rest.remove_prefix(close + 2);
    }
    assert(used.size() == values.size() && "value without a placeholder");
    return out.append(rest);
}

}  // namespace mq::templates
