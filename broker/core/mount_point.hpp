#pragma once

#include <string>
#include <string_view>

/// The mount point of a listener: a prefix of all topics of its clients, which they do not see.
/// Inside the core, in grants, the journal and the log, topics and filters are whole. Response
/// topics are left as they are.
namespace mq::broker {

/// The whole topic of what a client names; good until `scratch` changes. Without a mount point it
/// is the topic itself.
std::string_view mount_topic(std::string_view mount_point, std::string_view topic,
                             std::string& scratch);

/// The whole filter: the mount point stands before the filter proper, so inside
/// `$share/{ShareName}/`.
std::string mount_filter(std::string_view mount_point, std::string_view filter);

/// Takes the mount point off a topic. False when the topic does not lie below it, as of a session
/// that came by another listener before: such a topic has no name for the client.
bool unmount_topic(std::string_view mount_point, std::string_view& topic);

}  // namespace mq::broker
