#include "broker/core/retained.hpp"

#include "broker/core/reserved_topic.hpp"

namespace mq::broker {
namespace {

template <class Node, class Visit>
void visit_all(const Node& node, const Visit& visit) {
    if (!node.value.empty()) {
        visit(node.value.message);
    }
    if (node.children) {
        for (const auto& child : *node.children) {
            visit_all(*child.second, visit);
        }
    }
}

/// `first` is true on the first level, where wildcards pass over `$` topics [MQTT-4.7.2-1].
template <class Node, class Visit>
void visit_matching(const Node& node, LevelCursor cursor, bool first, const Visit& visit) {
    if (cursor.last) {
        if (!node.value.empty()) {
            visit(node.value.message);
        }
        return;
    }
    const std::string_view text = cursor.next();
    if (text == "#") {
        if (!first && !node.value.empty()) {
            visit(node.value.message);
        }
    } else if (text != "+") {
        if (const Node* child = node.child(text); child != nullptr) {
            visit_matching(*child, cursor, false, visit);
        }
        return;
    }
    if (!node.children) {
        return;
    }
    for (const auto& [label, child] : *node.children) {
        if (first && !label.empty() && label.front() == '$') {
            continue;
        }
        if (text == "#") {
            visit_all(*child, visit);
        } else {
            visit_matching(*child, cursor, false, visit);
        }
    }
}

}  // namespace

void RetainedStore::set(const MessageRef& message) {
    auto& level = trie_.insert(message->topic()).value;
    if (level.message) {
        count(*level.message, false);
    }
    count(*message, true);
    level.message = message;
}

void RetainedStore::count(const Message& message, bool added) {
    const std::size_t bytes = message.payload().size();
    for (Sum* sum : {&sum_, &sum_of_clients_}) {
        if (sum == &sum_of_clients_ && is_reserved_topic(message.topic())) {
            continue;
        }
        added ? ++sum->messages : --sum->messages;
        added ? sum->payload_bytes += bytes : sum->payload_bytes -= bytes;
    }
}

bool RetainedStore::remove(std::string_view topic) {
    Trie::Node* node = trie_.find(topic);
    if (node == nullptr || node->value.empty()) {
        return false;
    }
    count(*node->value.message, false);
    node->value.message = {};
    trie_.prune(*node);
    return true;
}

std::optional<std::size_t> RetainedStore::payload_bytes_of(std::string_view topic) {
    const Trie::Node* node = trie_.find(topic);
    return node == nullptr || node->value.empty()
               ? std::nullopt
               : std::optional(node->value.message->payload().size());
}

void RetainedStore::find(std::string_view filter, Time now, std::vector<MessageRef>& found) const {
    visit_matching(trie_.root(), LevelCursor(filter), true, [&](const MessageRef& message) {
        if (!message->expired(now)) {
            found.push_back(message);
        }
    });
}

std::vector<std::string> RetainedStore::expired(Time now) const {
    std::vector<std::string> topics;
    visit_all(trie_.root(), [&](const MessageRef& message) {
        if (message->expired(now)) {
            topics.emplace_back(message->topic());
        }
    });
    return topics;
}

}  // namespace mq::broker
