#pragma once

#include "broker/config/draft.hpp"
#include "broker/config/values.hpp"

#include <span>
#include <string>
#include <string_view>

namespace mq::broker::config {

/// To what a directive applies, and so where it may stand.
enum class Scope {
    global,             ///< anywhere
    security,           ///< anywhere; with `per_listener_settings` as `listener`
    default_listener,   ///< anywhere; the listener without a `listener` line
    listener,           ///< the `listener` line above, else the default listener
    explicit_listener,  ///< the `listener` line above, which must be there
    bridge,             ///< the `connection` line above, which must be there
    plugin,             ///< the plugin line above, which must be there
};

/// What else a line does besides setting a value.
enum class Opens { nothing, bridge, plugin, directory };

/// Writes a value into the draft. Returns why it cannot be taken, or an empty string.
using Apply = std::string (*)(Draft& draft, const Value& value);

/// Does this value ask for nothing, so that a function which is not there is not missed?
using MeansOff = bool (*)(const Value& value);

/// One row of the table of directives. A name that ends in `*` stands for all names that begin so.
/// Without `apply` the function is not there yet: the value is checked, then refused unless it
/// means `off`.
struct Directive {
    std::string_view name;
    Scope scope = Scope::global;
    Argument argument;
    Apply apply = nullptr;
    MeansOff means_off = nullptr;
    Opens opens = Opens::nothing;
};

/// Every directive that there is, in three parts.
std::span<const Directive> global_directives();
std::span<const Directive> listener_directives();
std::span<const Directive> bridge_directives();

/// The row for a name as it stands in the file; null if there is none.
const Directive* find_directive(std::string_view name);

/// All names of the table.
std::span<const std::string_view> directive_names();

/// Parts of the table that its rows share.
inline constexpr Apply not_available = nullptr;
inline bool when_false(const Value& value) {
    return !value.flag;
}
inline bool when_true(const Value& value) {
    return value.flag;
}
inline bool when_zero(const Value& value) {
    return value.number == 0;
}

template <class>
struct MemberTraits;
template <class ObjectType, class MemberType>
struct MemberTraits<MemberType ObjectType::*> {
    using Object = ObjectType;
    using Type = MemberType;
};

inline void target_of(Draft& draft, Draft*& target) {
    target = &draft;
}
inline void target_of(Draft& draft, Config*& target) {
    target = &draft.config;
}
inline void target_of(Draft& draft, LogSettings*& target) {
    target = &draft.config.log;
}
inline void target_of(Draft& draft, SecurityDraft*& target) {
    target = &draft.security_options();
}
inline void target_of(Draft& draft, SecurityConfig*& target) {
    target = &draft.security_options().files;
}
inline void target_of(Draft& draft, LoginThrottleConfig*& target) {
    target = &draft.config.login_throttle;
}
inline void target_of(Draft& draft, ListenerDraft*& target) {
    target = &draft.listener();
}
inline void target_of(Draft& draft, ListenerConfig*& target) {
    target = &draft.listener().config;
}

inline void assign(bool& target, const Value& value) {
    target = value.flag;
}
inline void assign(std::optional<bool>& target, const Value& value) {
    target = value.flag;
}
inline void assign(std::string& target, const Value& value) {
    target = value.text;
}
inline void assign(std::optional<std::string>& target, const Value& value) {
    target = value.text;
}
inline void assign(std::vector<std::string>& target, const Value& value) {
    target.push_back(value.text);
}
template <class Number>
void assign(Number& target, const Value& value) {
    target = static_cast<Number>(value.number);  // the row's range fits the member
}

/// The usual apply function: stores the value in a member of the object that the scope names.
template <auto Member>
std::string set(Draft& draft, const Value& value) {
    typename MemberTraits<decltype(Member)>::Object* target = nullptr;
    target_of(draft, target);
    assign(target->*Member, value);
    return {};
}

}  // namespace mq::broker::config
