#include "broker/core/topic_tree.hpp"

#include <algorithm>

namespace mq::broker {
namespace {

using Node = TopicTree::Node;

void collect(const Node& node, Route& route) {
    const auto subscribers = node.value.subscribers();
    route.subscribers.insert(route.subscribers.end(), subscribers.begin(), subscribers.end());
    const auto groups = node.value.groups();
    route.groups.insert(route.groups.end(), groups.begin(), groups.end());
}

/// `wildcards` is false on the first level of a topic that begins with `$` [MQTT-4.7.2-1].
void match_below(const Node& node, LevelCursor cursor, bool wildcards, Route& route) {
    if (wildcards) {
        if (const Node* rest = node.rest(); rest != nullptr) {
            collect(*rest, route);
        }
    }
    if (cursor.last) {
        collect(node, route);
        return;
    }
    const std::string_view text = cursor.next();
    if (const Node* child = node.child(text); child != nullptr) {
        match_below(*child, cursor, true, route);
    }
    if (wildcards) {
        if (const Node* any = node.any(); any != nullptr) {
            match_below(*any, cursor, true, route);
        }
    }
}

void visit_below(const Node& node, const std::function<void(const Node&)>& visit) {
    if (!node.value.empty()) {
        visit(node);
    }
    for (const Node* child : node.children) {
        visit_below(*child, visit);
    }
}

}  // namespace

Node& TopicTree::subscribe(std::string_view filter, const Subscriber& subscriber, bool& existed) {
    Node& node = trie_.insert(filter);
    existed = node.value.set(subscriber);
    ++epoch_;
    return node;
}

Node* TopicTree::find(std::string_view filter, const Session& session) {
    Node* node = trie_.find(filter);
    return node != nullptr && node->value.contains(session) ? node : nullptr;
}

void TopicTree::remove(Node& node, const Session& session) {
    node.value.remove(session);
    trie_.prune(node);
    ++epoch_;
}

void TopicTree::add_group(std::string_view filter, SharedGroup& group) {
    trie_.insert(filter).value.add(group);
    ++epoch_;
}

void TopicTree::remove_group(std::string_view filter, const SharedGroup& group) {
    Node* node = trie_.find(filter);
    if (node == nullptr) {
        return;
    }
    node->value.remove(group);
    trie_.prune(*node);
    ++epoch_;
}

void TopicTree::match(std::string_view topic, Route& route) const {
    match_below(trie_.root(), LevelCursor(topic), topic.empty() || topic.front() != '$', route);
    if (route.subscribers.size() < 2) {
        return;
    }
    std::stable_sort(route.subscribers.begin(), route.subscribers.end(),
                     [](const Subscriber& a, const Subscriber& b) {
                         return std::less<>{}(a.session, b.session);
                     });
}

void TopicTree::for_each(const std::function<void(const Node&)>& visit) const {
    visit_below(trie_.root(), visit);
}

const Route& RouteCache::find(std::string_view topic, const TopicTree& tree,
                              const Interest& interest) {
    // Both only grow.
    if (const std::uint64_t epoch = tree.epoch() + interest.epoch(); epoch_ != epoch) {
        routes_.clear();
        hits_ = 0;
        epoch_ = epoch;
    }
    if (const auto found = routes_.find(topic); found != routes_.end()) {
        ++hits_;
        return found->second;
    }
    if (routes_.size() >= topics_max) {
        make_room();
    }
    if (pause_ > 0 || topic.size() > topic_bytes_max) {
        pause_ -= pause_ > 0 ? 1 : 0;
        uncached_.subscribers.clear();
        uncached_.groups.clear();
        tree.match(topic, uncached_);
        uncached_.shards = interest.wanting(topic);
        return uncached_;
    }
    Route& route = routes_[std::string(topic)];
    tree.match(topic, route);
    route.shards = interest.wanting(topic);
    return route;
}

void RouteCache::make_room() {
    if (hits_ < topics_max) {
        TextMap<Route>().swap(routes_);
        pause_ = pause_max;
    } else {
        routes_.clear();
    }
    hits_ = 0;
}

}  // namespace mq::broker
