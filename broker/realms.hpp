#pragma once

#include "base/problem.hpp"
#include "broker/config/config.hpp"
#include "broker/net/login.hpp"

#include <cstddef>
#include <map>
#include <string>
#include <vector>

namespace mq::broker {

/// Numbers of realms by the listener's place.
using RealmNumbers = std::map<std::string, std::size_t>;

/// Which set of password, ACL and PSK files holds for which listener, over reloads. A listener has
/// the same number for as long as the program runs, also when it is gone for a while: sessions that
/// came by it keep the number. Owned by App, on its thread.
class Realms {
 public:
    /// All files of a configuration, read; nothing is in use yet.
    struct Loaded {
        RealmList list;
        RealmNumbers numbers;
        std::vector<std::string> warnings;
        std::vector<Problem> problems;  ///< with any, this must not be used
    };

    [[nodiscard]] Loaded load(const Config& config) const;
    void use(Loaded loaded);

    [[nodiscard]] const RealmList& list() const { return list_; }
    [[nodiscard]] const RealmNumbers& numbers() const { return numbers_; }

 private:
    RealmList list_;
    RealmNumbers numbers_;
};

}  // namespace mq::broker
