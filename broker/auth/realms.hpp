#pragma once

#include "base/problem.hpp"
#include "broker/auth/realm.hpp"
#include "broker/config/config.hpp"
#include "broker/core/realm_names.hpp"

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace mq::broker {

/// Numbers of realms by the listener's place.
using RealmNumbers = std::map<std::string, std::size_t, std::less<>>;

/// Which set of password, ACL and PSK files holds for which listener, over reloads. A listener has
/// the same number for as long as the program runs, also when it is gone for a while: sessions that
/// came by it keep the number. The name of a realm is the listener's place. Owned by App, on its
/// thread.
///
/// Sessions and retained messages of the store came by listeners of an earlier program (`keep`).
/// Each gets the realm of the listener at the same place, else of the only one on the same port
/// (Mosquitto notes ports alone). Where there is none, what holds for all listeners holds for them;
/// with `per_listener_settings` nothing does, so that they have no rights (a null realm) until the
/// listener or the client is back. Where it was not noted by what listener they came (an empty
/// place), that is so only if the listeners differ.
class Realms final : public RealmNames {
 public:
    /// All files of a configuration, read; nothing is in use yet.
    struct Loaded {
        RealmList list;
        RealmNumbers numbers;
        std::vector<std::size_t> listeners;  ///< numbers, in the order of the configuration, but
                                             ///< for the control socket
        bool per_listener = false;           ///< `per_listener_settings`
        std::vector<std::string> warnings;
        std::vector<Problem> problems;  ///< with any, this must not be used
    };
    /// Places that `keep` takes note of; a store has more only by damage.
    static constexpr std::size_t kept_max = 1000;

    [[nodiscard]] Loaded load(const Config& config) const;
    void use(Loaded loaded);
    /// Gives what came by this place a realm, after the first `use`.
    void keep(std::string_view place);

    /// By number. Null: with it, nobody may do anything.
    [[nodiscard]] const RealmList& list() const { return in_use_.list; }
    [[nodiscard]] const RealmNumbers& numbers() const { return in_use_.numbers; }
    [[nodiscard]] std::string_view name(std::size_t realm) const override;
    [[nodiscard]] std::size_t find(std::string_view place) const override;

 private:
    Loaded in_use_;  ///< without warnings and problems
    std::vector<std::string> names_;
    RealmNumbers aliases_;  ///< of kept places that have the realm of another one
};

}  // namespace mq::broker
