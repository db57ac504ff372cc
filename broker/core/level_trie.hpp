#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace mq::broker {

/// Takes the first level off a topic or filter. `rest` is what stands behind the slash; `last`
/// tells that there was none.
struct LevelCursor {
    std::string_view rest;
    bool last = false;

    explicit LevelCursor(std::string_view path) : rest(path) {}
    std::string_view next() {
        const std::size_t slash = rest.find('/');
        if (slash == std::string_view::npos) {
            last = true;
            return std::exchange(rest, {});
        }
        const std::string_view level = rest.substr(0, slash);
        rest.remove_prefix(slash + 1);
        return level;
    }
};

/// Topics or filters by level: one node a level, children by their text, a Value at each node.
/// Nodes stay where they are until they are pruned. `Value` has `empty()`; `Map` is a map of the
/// standard library.
template <class Value, template <class...> class Map = std::unordered_map>
class LevelTrie {
 public:
    struct Node;
    using Children = Map<std::string_view, std::unique_ptr<Node>>;

    struct Node {
        Node* parent = nullptr;
        std::string label;
        std::unique_ptr<Children> children;
        Value value;

        [[nodiscard]] Node* child(std::string_view text) const {
            if (!children) {
                return nullptr;
            }
            const auto found = children->find(text);
            return found == children->end() ? nullptr : found->second.get();
        }
    };

    [[nodiscard]] const Node& root() const { return root_; }

    Node& insert(std::string_view path) {
        Node* node = &root_;
        for (LevelCursor cursor(path); !cursor.last;) {
            const std::string_view text = cursor.next();
            Node* next = node->child(text);
            node = next != nullptr ? next : &add_child(*node, text);
        }
        return *node;
    }

    [[nodiscard]] Node* find(std::string_view path) {
        Node* node = &root_;
        for (LevelCursor cursor(path); node != nullptr && !cursor.last;) {
            node = node->child(cursor.next());
        }
        return node;
    }

    /// Removes the node and those above it that hold nothing any more.
    void prune(Node& leaf) {
        Node* node = &leaf;
        while (node->parent != nullptr && node->value.empty() && !node->children) {
            Node& parent = *node->parent;
            parent.children->erase(parent.children->find(std::string_view(node->label)));
            if (parent.children->empty()) {
                parent.children.reset();
            }
            node = &parent;
        }
    }

    /// The topic or filter that leads to a node.
    static std::string path(const Node& leaf) {
        std::string text = leaf.label;
        for (const Node* node = leaf.parent; node->parent != nullptr; node = node->parent) {
            text.insert(0, node->label + '/');
        }
        return text;
    }

 private:
    static Node& add_child(Node& parent, std::string_view text) {
        if (!parent.children) {
            parent.children = std::make_unique<Children>();
        }
        auto node = std::make_unique<Node>();
        node->parent = &parent;
        node->label = text;
        const std::string_view key = node->label;
        return *parent.children->emplace(key, std::move(node)).first->second;
    }

    Node root_;
};

}  // namespace mq::broker
