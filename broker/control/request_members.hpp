#pragma once

#include <boost/json/object.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mq::broker {

/// Reads the members of a request. The first mistake is kept, for the client; what is read after it
/// means nothing.
class RequestMembers {
 public:
    explicit RequestMembers(const boost::json::object& request) : request_(request) {}

    /// A text that must be there.
    std::string text(std::string_view name);
    /// One that may be missing.
    std::string text(std::string_view name, std::string_view missing);
    /// A number from `least` to `most`, or what stands for a missing one.
    std::size_t number(std::string_view name, std::size_t missing, std::size_t least,
                       std::size_t most);
    bool flag(std::string_view name, bool missing);
    /// A list of texts that must be there.
    std::vector<std::string> texts(std::string_view name);
    /// Bytes in Base64; nothing where the member is missing.
    std::string bytes(std::string_view name);

    void refuse(std::string_view mistake);
    /// Empty: there is none.
    [[nodiscard]] const std::string& mistake() const { return mistake_; }

 private:
    const boost::json::object& request_;
    std::string mistake_;
};

}  // namespace mq::broker
