#include "broker/core/retained.hpp"

#include "broker/core/reserved_topic.hpp"

#include <cstdint>
#include <utility>

namespace mq::broker {
namespace {

template <class Node, class Visit>
void visit_all(const Node& node, const Visit& visit) {
    if (!node.value.empty()) {
        visit(node.value.message);
    }
    if (!node.children.empty()) {
        for (const Node& child : node.children) {
            visit_all(child, visit);
        }
    }
}

}  // namespace

/// One bit of a search. It goes down from the root again to where the last one stopped, and on from
/// there: nodes above that place are passed without a look, since they were looked at.
class RetainedStore::Walk {
 public:
    Walk(Search& search, std::size_t& nodes, std::vector<MessageRef>& found)
        : position_(std::exchange(search.position, {})),
          search_(search),
          nodes_(nodes),
          found_(found) {}

    /// True when all below this node was looked at. `all`: whatever is there matches.
    bool visit(const Trie::Node& node, LevelCursor cursor, std::size_t depth, bool all) {
        const bool passed = depth < position_.size();
        if (!passed && !spend(node, depth)) {
            return false;
        }
        if (!passed && (all || cursor.last)) {
            take(node);
        }
        if (!all && cursor.last) {
            return true;
        }
        const std::string_view text = all ? "#" : cursor.next();
        if (text != "#" && text != "+") {
            const Trie::Node* child = node.child(text);
            return child == nullptr || visit(*child, cursor, depth + 1, false);
        }
        if (text == "#" && !all && !passed && depth > 0) {
            take(node);
        }
        return visit_children(node, cursor, depth, text == "#");
    }

 private:
    bool visit_children(const Trie::Node& node, LevelCursor cursor, std::size_t depth, bool all) {
        if (node.children.empty()) {
            return true;
        }
        const bool passed = depth < position_.size();
        auto child = passed ? node.children.from(position_[depth]) : node.children.begin();
        if (passed && (child == node.children.end() || child->label() != position_[depth])) {
            position_.clear();  // it is gone; what comes behind it is new
        }
        for (; child != node.children.end(); ++child) {
            if (depth == 0 && child->label().starts_with('$')) {  // [MQTT-4.7.2-1]
                continue;
            }
            if (!visit(*child, cursor, depth + 1, all)) {
                return false;
            }
            position_.clear();
        }
        return true;
    }

    bool spend(const Trie::Node& node, std::size_t depth) {
        if (nodes_ > 0) {
            --nodes_;
            return true;
        }
        search_.position.resize(depth);
        const Trie::Node* step = &node;
        for (std::size_t level = depth; level > 0; --level, step = step->parent) {
            search_.position[level - 1] = step->label();
        }
        return false;
    }

    void take(const Trie::Node& node) {
        if (!node.value.empty()) {
            found_.push_back(node.value.message);
        }
    }

    std::vector<std::string> position_;
    Search& search_;
    std::size_t& nodes_;
    std::vector<MessageRef>& found_;
};

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

void RetainedStore::find(std::string_view filter, std::vector<MessageRef>& found) const {
    Search search{std::string(filter), {}};
    std::size_t nodes = SIZE_MAX;
    find(search, nodes, found);
}

bool RetainedStore::find(Search& search, std::size_t& nodes, std::vector<MessageRef>& found) const {
    return Walk(search, nodes, found).visit(trie_.root(), LevelCursor(search.filter), 0, false);
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
