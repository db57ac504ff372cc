#pragma once

#include "mqtt/properties.hpp"
#include "mqtt/reader.hpp"

#include <cstdint>
#include <initializer_list>

/// Private to this room: how decoders read the property list of a packet of MQTT 5.0.
namespace mq::mqtt {

/// Some of the property identifiers, one bit each.
class PropertySet {
 public:
    constexpr PropertySet() = default;
    constexpr PropertySet(std::initializer_list<PropertyId> ids) {
        for (const PropertyId id : ids) {
            insert(id);
        }
    }
    constexpr void insert(PropertyId id) { bits_ |= std::uint64_t{1} << number(id); }
    [[nodiscard]] constexpr bool contains(PropertyId id) const {
        return number(id) < 64 && (bits_ >> number(id) & 1U) != 0;
    }

 private:
    static constexpr unsigned number(PropertyId id) { return static_cast<unsigned>(id); }
    std::uint64_t bits_ = 0;
};

/// Walks the property list at the front of a Reader:
///
///     for (PropertyReader list(reader, allowed); list.next();) {
///         switch (list.id()) { case PropertyId::topic_alias: alias = list.u16(); break; ... }
///     }
///
/// `next` checks that the property is allowed (else malformed, §2.2.2.2) and given once (else a
/// protocol error), and takes user properties by itself. The Reader has failed after the loop when
/// anything was wrong.
class PropertyReader {
 public:
    PropertyReader(Reader& reader, PropertySet allowed, PropertySet repeatable = {})
        : reader_(reader),
          list_(reader.take(reader.variable_byte_integer())),
          whole_(list_.rest()),
          allowed_(allowed),
          repeatable_(repeatable) {}

    bool next();
    [[nodiscard]] PropertyId id() const { return id_; }
    /// All of the list.
    [[nodiscard]] Bytes whole() const { return whole_; }
    /// The list from the current property's identifier on.
    [[nodiscard]] Bytes from_here() const { return from_here_; }
    /// All user properties; complete after the walk.
    [[nodiscard]] UserProperties user_properties() const { return UserProperties(user_); }

    /// Values of the current property; ranges are checked, a wrong value is a protocol error.
    bool flag() { return u8_up_to(1) != 0; }
    std::uint8_t u8_up_to(std::uint8_t highest);
    std::uint16_t u16() { return list_.u16(); }
    std::uint32_t u32() { return list_.u32(); }
    std::uint16_t u16_above_0(ReasonCode otherwise = ReasonCode::protocol_error);
    std::uint32_t u32_above_0();
    std::uint32_t subscription_identifier();
    std::string_view string() { return list_.string(); }
    std::string_view topic_name();
    Bytes binary() { return list_.binary(); }

    /// The property is not for this sender.
    void refuse() { list_.fail(ReasonCode::protocol_error); }

 private:
    bool take_id();
    void take_user_property();

    Reader& reader_;
    Reader list_;
    Bytes whole_;
    PropertySet allowed_;
    PropertySet repeatable_;
    PropertySet seen_;
    PropertyId id_{};
    Bytes from_here_;
    Bytes user_;
};

/// The properties that a will and a PUBLISH share. False when the current one is not among them.
bool read_message_property(PropertyReader& list, MessageProperties& properties);

}  // namespace mq::mqtt
