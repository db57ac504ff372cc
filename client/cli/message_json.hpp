#pragma once

#include "client/cli/received_message.hpp"

#include <string>

namespace mq::cli {

/// How the payload stands in the JSON of a message.
enum class JsonPayload {
    text,      ///< as a string
    embedded,  ///< as the JSON that it is
};

/// Appends a message as one JSON object, as `%j` and `%J` show it: tst, topic, qos, retain,
/// payloadlen, mid above QoS 0, properties with MQTT 5.0, payload (null when it is empty).
/// False, and nothing is appended, when the payload should be embedded and is not JSON.
bool write_message_json(const ReceivedMessage& message, JsonPayload payload, bool pretty,
                        std::string& out);

/// Appends a message as the one line of `--json`, without its end:
///
///     {"time":"2026-01-31T12:00:00.000000+0100","topic":"a/b","qos":1,"retain":false,"id":7,
///      "properties":{...},"payload_is":"text","payload":"..."}
///
/// `id` is there above QoS 0, `properties` if the message has any. `payload` is the JSON that came
/// (`payload_is` says "json"), else a string ("text"), else, where it is not UTF-8, missing, and
/// `payload_base64` in its place ("base64").
void write_json_line(const ReceivedMessage& message, std::string& out);

}  // namespace mq::cli
