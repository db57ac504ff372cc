#include "broker/core/topic_tree.hpp"

#include "broker/core/shared_groups.hpp"

#include <algorithm>

namespace mq::broker {
namespace {

using Node = TopicTree::Node;

auto find_subscriber(TopicTree::Level& level, const Session& session) {
    return std::find_if(level.subscribers.begin(), level.subscribers.end(),
                        [&](const Subscriber& s) { return s.session == &session; });
}

void collect(const Node& node, Route& route) {
    const auto& level = node.value;
    route.subscribers.insert(route.subscribers.end(), level.subscribers.begin(),
                             level.subscribers.end());
    route.groups.insert(route.groups.end(), level.groups.begin(), level.groups.end());
}

/// `wildcards` is false on the first level of a topic that begins with `$` [MQTT-4.7.2-1].
void match_below(const Node& node, LevelCursor cursor, bool wildcards, Route& route) {
    if (wildcards) {
        if (const Node* rest = node.child("#"); rest != nullptr) {
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
        if (const Node* any = node.child("+"); any != nullptr) {
            match_below(*any, cursor, true, route);
        }
    }
}

void visit_below(const Node& node, const std::function<void(const Node&)>& visit) {
    if (!node.value.empty()) {
        visit(node);
    }
    if (node.children) {
        for (const auto& child : *node.children) {
            visit_below(*child.second, visit);
        }
    }
}

}  // namespace

Node& TopicTree::subscribe(std::string_view filter, const Subscriber& subscriber, bool& existed) {
    Node& node = trie_.insert(filter);
    const auto found = find_subscriber(node.value, *subscriber.session);
    existed = found != node.value.subscribers.end();
    if (existed) {
        *found = subscriber;
    } else {
        node.value.subscribers.push_back(subscriber);
    }
    ++epoch_;
    return node;
}

bool TopicTree::contains(std::string_view filter, const Session& session) {
    Node* node = trie_.find(filter);
    return node != nullptr &&
           find_subscriber(node->value, session) != node->value.subscribers.end();
}

bool TopicTree::unsubscribe(std::string_view filter, const Session& session, Node*& node) {
    node = trie_.find(filter);
    if (node == nullptr || find_subscriber(node->value, session) == node->value.subscribers.end()) {
        return false;
    }
    remove(*node, session);
    return true;
}

void TopicTree::remove(Node& node, const Session& session) {
    node.value.subscribers.erase(find_subscriber(node.value, session));
    if (node.value.subscribers.empty()) {
        node.value.subscribers.shrink_to_fit();
    }
    trie_.prune(node);
    ++epoch_;
}

void TopicTree::add_group(std::string_view filter, SharedGroup& group) {
    auto& groups = trie_.insert(filter).value.groups;
    group.place = groups.size();
    groups.push_back(&group);
    ++epoch_;
}

void TopicTree::remove_group(std::string_view filter, const SharedGroup& group) {
    Node* node = trie_.find(filter);
    if (node == nullptr) {
        return;
    }
    auto& groups = node->value.groups;
    groups[group.place] = groups.back();
    groups[group.place]->place = group.place;
    groups.pop_back();
    if (groups.empty()) {
        groups.shrink_to_fit();
    }
    trie_.prune(*node);
    ++epoch_;
}

void TopicTree::match(std::string_view topic, Route& route) const {
    match_below(trie_.root(), LevelCursor(topic), topic.empty() || topic.front() != '$', route);
    std::stable_sort(route.subscribers.begin(), route.subscribers.end(),
                     [](const Subscriber& a, const Subscriber& b) {
                         return std::less<>{}(a.session, b.session);
                     });
}

void TopicTree::for_each(const std::function<void(const Node&)>& visit) const {
    visit_below(trie_.root(), visit);
}

const Route& RouteCache::find(std::string_view topic, const TopicTree& tree) {
    if (epoch_ != tree.epoch() || routes_.size() >= topics_max) {
        routes_.clear();
        epoch_ = tree.epoch();
    }
    if (const auto found = routes_.find(topic); found != routes_.end()) {
        return found->second;
    }
    if (topic.size() > topic_bytes_max) {
        uncached_.subscribers.clear();
        uncached_.groups.clear();
        tree.match(topic, uncached_);
        return uncached_;
    }
    Route& route = routes_[std::string(topic)];
    tree.match(topic, route);
    return route;
}

}  // namespace mq::broker
