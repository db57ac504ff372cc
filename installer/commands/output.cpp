#include "installer/commands/output.hpp"

#include <boost/json.hpp>

#include <cstdio>

namespace mq::installer {
namespace {

void print(std::FILE* stream, std::string_view line) {
    std::fwrite(line.data(), 1, line.size(), stream);
    std::fputc('\n', stream);
    std::fflush(stream);
}

boost::json::array& list_of(boost::json::object& object, std::string_view key) {
    auto& value = object[key];
    return value.is_array() ? value.get_array() : value.emplace_array();
}

}  // namespace

Output::Output(bool json) : object_(json ? std::make_unique<boost::json::object>() : nullptr) {}
Output::~Output() = default;

void Output::say(std::string_view line) {
    if (!json()) {
        print(stdout, line);
    }
}

void Output::warn(std::string_view line) {
    print(stderr, line);
}

void Output::set(std::string_view key, std::string_view value) {
    if (json()) {
        (*object_)[key] = value;
    }
}

void Output::set(std::string_view key, std::int64_t value) {
    if (json()) {
        (*object_)[key] = value;
    }
}

void Output::set(std::string_view key, bool value) {
    if (json()) {
        (*object_)[key] = value;
    }
}

void Output::append(std::string_view key, std::string_view value) {
    if (json()) {
        list_of(*object_, key).emplace_back(value);
    }
}

void Output::append(std::string_view key, const std::map<std::string, std::string>& row) {
    if (json()) {
        boost::json::object object;
        for (const auto& [name, value] : row) {
            object[name] = value;
        }
        list_of(*object_, key).emplace_back(std::move(object));
    }
}

void Output::finish(int exit_code) {
    if (json()) {
        (*object_)["exit_code"] = exit_code;
        print(stdout, boost::json::serialize(*object_));
    }
}

}  // namespace mq::installer
