#pragma once

#include <string>
#include <string_view>

struct x509_st;

namespace mq::broker {

/// Names out of client certificates, as MQTT user names. An empty one means that there is none that
/// could be a user name: it is missing, not UTF-8, too long, or has control characters.

/// The common name of the subject, the first where there are several.
std::string common_name_of(const x509_st* certificate);

/// The whole subject in the text form of RFC 2253.
std::string subject_of(const x509_st* certificate);

/// The same of any text, as a PSK identity.
std::string user_name_of(std::string_view text);

}  // namespace mq::broker
