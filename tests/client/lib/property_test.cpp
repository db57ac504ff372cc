#include "client/lib/property.hpp"

#include <gtest/gtest.h>

namespace mq::client {
namespace {

struct Case {
    const char* name;
    unsigned command;
    mqtt::Buffer bytes;  ///< without the length before them
    int result;
};

int decode(unsigned command, const mqtt::Buffer& bytes, PropertyList& list) {
    return decode_properties(static_cast<int>(command), bytes, list);
}

mqtt::Buffer with_length(const mqtt::Buffer& bytes) {
    mqtt::Buffer all{static_cast<std::uint8_t>(bytes.size())};
    all.insert(all.end(), bytes.begin(), bytes.end());
    return all;
}

const std::vector<Case>& cases() {
    static const std::vector<Case> all{
        {"nothing", CMD_PUBLISH, {}, MOSQ_ERR_SUCCESS},
        {"byte", CMD_PUBLISH, {1, 1}, MOSQ_ERR_SUCCESS},
        {"byte above 1", CMD_PUBLISH, {1, 2}, MOSQ_ERR_PROTOCOL},
        {"int16", CMD_CONNACK, {33, 0, 1}, MOSQ_ERR_SUCCESS},
        {"int16 that must not be 0", CMD_CONNACK, {33, 0, 0}, MOSQ_ERR_PROTOCOL},
        {"int32", CMD_PUBLISH, {2, 1, 2, 3, 4}, MOSQ_ERR_SUCCESS},
        {"varint", CMD_PUBLISH, {11, 0x80, 0x01}, MOSQ_ERR_SUCCESS},
        {"varint of five bytes",
         CMD_PUBLISH,
         {11, 0x80, 0x80, 0x80, 0x80, 1},
         MOSQ_ERR_MALFORMED_PACKET},
        {"varint 0", CMD_PUBLISH, {11, 0}, MOSQ_ERR_PROTOCOL},
        {"binary", CMD_PUBLISH, {9, 0, 3, 0, 255, 1}, MOSQ_ERR_SUCCESS},
        {"string", CMD_PUBLISH, {3, 0, 2, 'a', 'b'}, MOSQ_ERR_SUCCESS},
        {"string that is no text", CMD_PUBLISH, {3, 0, 1, 0xC3}, MOSQ_ERR_MALFORMED_PACKET},
        {"pair", CMD_PUBLISH, {38, 0, 1, 'a', 0, 0}, MOSQ_ERR_SUCCESS},
        {"pairs", CMD_PUBLISH, {38, 0, 1, 'a', 0, 0, 38, 0, 1, 'a', 0, 0}, MOSQ_ERR_SUCCESS},
        {"duplicate", CMD_PUBLISH, {1, 1, 1, 1}, MOSQ_ERR_DUPLICATE_PROPERTY},
        {"several subscriptions", CMD_PUBLISH, {11, 1, 11, 2}, MOSQ_ERR_SUCCESS},
        {"other packet", CMD_CONNACK, {1, 1}, MOSQ_ERR_PROTOCOL},
        {"unknown", CMD_PUBLISH, {4, 1}, MOSQ_ERR_MALFORMED_PACKET},
        {"topic with wildcard", CMD_PUBLISH, {8, 0, 1, '+'}, MOSQ_ERR_PROTOCOL},
        {"reason", CMD_DISCONNECT, {31, 0, 1, 'a'}, MOSQ_ERR_SUCCESS},
    };
    return all;
}

TEST(Property, DecodesWhatThePeerSends) {
    for (const Case& one : cases()) {
        PropertyList list;
        EXPECT_EQ(decode(one.command, one.bytes, list), one.result) << one.name;
        EXPECT_EQ(list != nullptr, one.result == MOSQ_ERR_SUCCESS && !one.bytes.empty())
            << one.name;
    }
}

TEST(Property, EncodesWhatItDecoded) {
    for (const Case& one : cases()) {
        PropertyList list;
        if (decode(one.command, one.bytes, list) != MOSQ_ERR_SUCCESS) {
            continue;
        }
        mqtt::Buffer again;
        encode_properties(list.get(), again);
        EXPECT_EQ(again, with_length(one.bytes)) << one.name;
        EXPECT_EQ(encoded_size_of_list(list.get()), one.bytes.size()) << one.name;
        mqtt::Buffer copied;
        encode_properties(copy_properties(list.get()).get(), copied);
        EXPECT_EQ(copied, again) << one.name;
    }
}

TEST(Property, NoListIsCutWithoutNotice) {
    for (const Case& one : cases()) {
        for (std::size_t size = 1; size < one.bytes.size(); ++size) {
            PropertyList list;
            const mqtt::Buffer part(one.bytes.begin(), one.bytes.begin() + static_cast<long>(size));
            const int result = decode(one.command, part, list);
            if (result == MOSQ_ERR_SUCCESS) {
                EXPECT_EQ(encoded_size_of_list(list.get()), size) << one.name << " at " << size;
            }
        }
    }
}

TEST(Property, LongListsAreFreedWithoutRecursion) {
    mqtt::Buffer bytes;
    for (int i = 0; i < 200'000; ++i) {
        bytes.insert(bytes.end(), {38, 0, 0, 0, 0});
    }
    PropertyList list;
    EXPECT_EQ(decode(CMD_PUBLISH, bytes, list), MOSQ_ERR_SUCCESS);
    EXPECT_EQ(encoded_size_of_list(list.get()), bytes.size());
}

TEST(Property, TheTableNamesEachOnce) {
    for (const PropertyInfo& info : property_table()) {
        EXPECT_EQ(find_property(static_cast<int>(info.id)), &info);
        EXPECT_EQ(find_property(std::string_view(info.name)), &info);
    }
    EXPECT_EQ(find_property(0), nullptr);
    EXPECT_EQ(find_property(std::string_view("user_property")), nullptr);
}

}  // namespace
}  // namespace mq::client
