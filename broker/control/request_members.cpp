#include "broker/control/request_members.hpp"

#include "broker/auth/base64.hpp"
#include "broker/control/command_frame.hpp"

#include <boost/json/array.hpp>

namespace mq::broker {
namespace {

namespace json = boost::json;

std::string text_of(const json::value& value) {
    return {value.get_string().data(), value.get_string().size()};
}

std::string invalid(std::string_view name) {
    return "Invalid/missing " + std::string(name);
}

}  // namespace

void RequestMembers::refuse(std::string_view mistake) {
    if (mistake_.empty()) {
        mistake_ = mistake;
    }
}

std::string RequestMembers::text(std::string_view name) {
    std::string text = this->text(name, "");
    if (text.empty()) {
        refuse(invalid(name));
    }
    return text;
}

std::string RequestMembers::text(std::string_view name, std::string_view missing) {
    const json::value* value = find_member(request_, name);
    if (value == nullptr) {
        return std::string(missing);
    }
    if (!value->is_string()) {
        refuse(invalid(name));
        return {};
    }
    return text_of(*value);
}

std::size_t RequestMembers::number(std::string_view name, std::size_t missing, std::size_t least,
                                   std::size_t most) {
    const json::value* value = find_member(request_, name);
    if (value == nullptr) {
        return missing;
    }
    json::error_code error;
    const auto number = value->to_number<std::uint64_t>(error);
    if (error || number < least || number > most) {
        refuse("Invalid " + std::string(name) + ": it must be a number from " +
               std::to_string(least) + " to " + std::to_string(most));
        return missing;
    }
    return static_cast<std::size_t>(number);
}

bool RequestMembers::flag(std::string_view name, bool missing) {
    const json::value* value = find_member(request_, name);
    if (value != nullptr && !value->is_bool()) {
        refuse("Invalid " + std::string(name) + ": it must be true or false");
        return missing;
    }
    return value == nullptr ? missing : value->get_bool();
}

std::vector<std::string> RequestMembers::texts(std::string_view name) {
    std::vector<std::string> all;
    const json::value* value = find_member(request_, name);
    if (value == nullptr || !value->is_array()) {
        refuse(invalid(name));
        return all;
    }
    for (const json::value& element : value->get_array()) {
        if (!element.is_string()) {
            refuse(invalid(name));
            return all;
        }
        all.push_back(text_of(element));
    }
    return all;
}

std::string RequestMembers::bytes(std::string_view name) {
    auto decoded = base64_decode(text(name, ""), Padding::with);
    if (!decoded) {
        refuse("Invalid " + std::string(name) + ": it must be Base64");
        return {};
    }
    return std::move(*decoded);
}

}  // namespace mq::broker
