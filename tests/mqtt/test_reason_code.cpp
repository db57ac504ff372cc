#include "mqtt/reason_code.hpp"

#include <gtest/gtest.h>

#include <set>

namespace mq::mqtt {
namespace {

constexpr std::string_view unknown = "unknown reason";

TEST(ReasonCode, all_43_have_a_name_of_their_own) {
    std::set<std::string_view> names;
    for (unsigned value = 0; value < 256; ++value) {
        names.insert(name(static_cast<ReasonCode>(value)));
    }
    names.erase(unknown);
    EXPECT_EQ(names.size(), 43U);
}

TEST(ReasonCode, names_are_those_of_the_specification) {
    EXPECT_EQ(name(ReasonCode::success), "success");
    EXPECT_EQ(name(ReasonCode::packet_too_large), "packet too large");
    EXPECT_EQ(name(ReasonCode::wildcard_subscriptions_not_supported),
              "wildcard subscriptions not supported");
    EXPECT_EQ(name(static_cast<ReasonCode>(0x05)), unknown);
}

TEST(ReasonCode, failures_begin_at_0x80) {
    EXPECT_FALSE(is_error(static_cast<ReasonCode>(0x7F)));
    EXPECT_TRUE(is_error(ReasonCode::unspecified_error));
}

TEST(ReasonCode, packets_have_codes_of_their_own) {
    EXPECT_TRUE(fits_connack(ReasonCode::banned));
    EXPECT_FALSE(fits_disconnect(ReasonCode::banned));
    EXPECT_TRUE(fits_disconnect(ReasonCode::session_taken_over));
    EXPECT_FALSE(fits_connack(ReasonCode::session_taken_over));
    EXPECT_FALSE(fits_connack(static_cast<ReasonCode>(0xA3)));
    EXPECT_FALSE(fits_disconnect(static_cast<ReasonCode>(0xA3)));
}

TEST(ReasonCode, old_clients_get_the_nearest_return_code) {
    const std::map<ReasonCode, ConnectReturnCode> expected = {
        {ReasonCode::success, ConnectReturnCode::accepted},
        {ReasonCode::unsupported_protocol_version,
         ConnectReturnCode::unacceptable_protocol_version},
        {ReasonCode::client_identifier_not_valid, ConnectReturnCode::identifier_rejected},
        {ReasonCode::server_unavailable, ConnectReturnCode::server_unavailable},
        {ReasonCode::server_busy, ConnectReturnCode::server_unavailable},
        {ReasonCode::quota_exceeded, ConnectReturnCode::server_unavailable},
        {ReasonCode::bad_user_name_or_password, ConnectReturnCode::bad_user_name_or_password},
        {ReasonCode::bad_authentication_method, ConnectReturnCode::bad_user_name_or_password},
        {ReasonCode::not_authorized, ConnectReturnCode::not_authorized},
        {ReasonCode::banned, ConnectReturnCode::not_authorized},
    };
    for (const auto& [reason, return_code] : expected) {
        EXPECT_EQ(connect_return_code(reason), return_code) << name(reason);
    }
}

}  // namespace
}  // namespace mq::mqtt
