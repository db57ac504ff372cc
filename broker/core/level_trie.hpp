#pragma once

#include "broker/core/level_children.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <new>
#include <string>
#include <string_view>
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

/// Topics or filters by level: one node a level in one block with its text, a Value at each node.
/// Nodes stay where they are until they are pruned. `Value` has `empty()`; `Index` is one of
/// level_children.hpp.
template <class Value, class Index = HashedChildren>
class LevelTrie {
 public:
    /// Owned by its parent. There may be millions, so every byte counts.
    class Node : public Index::Hook {
     public:
        Node* parent = nullptr;
        typename Index::template Of<Node> children;
        Value value;

        Node() = default;
        Node(const Node&) = delete;
        Node& operator=(const Node&) = delete;
        ~Node() {
            children.clear([](Node* child) { destroy(child); });
        }

        [[nodiscard]] std::string_view label() const {
            return {reinterpret_cast<const char*>(this) + label_at, label_size_};
        }
        [[nodiscard]] Node* child(std::string_view text) const { return children.find(text); }
        /// The children `+` and `#`, without a search where there is none.
        [[nodiscard]] Node* any() const { return has_any_ ? children.find("+") : nullptr; }
        [[nodiscard]] Node* rest() const { return has_rest_ ? children.find("#") : nullptr; }

     private:
        friend class LevelTrie;
        static constexpr std::size_t label_room = 4;
        static const std::size_t label_at;

        static Node* create(std::string_view label) {
            const std::size_t outside = label.size() > label_room ? label.size() - label_room : 0;
            Node* node = new (::operator new(sizeof(Node) + outside)) Node();
            node->label_size_ = static_cast<std::uint16_t>(label.size());
            std::memcpy(reinterpret_cast<char*>(node) + label_at, label.data(), label.size());
            return node;
        }
        static void destroy(Node* node) {
            node->~Node();
            ::operator delete(node);
        }
        void mark(std::string_view label, bool present) {
            has_any_ = label == "+" ? present : has_any_;
            has_rest_ = label == "#" ? present : has_rest_;
        }

        std::uint16_t label_size_ = 0;
        bool has_any_ = false;
        bool has_rest_ = false;
        std::array<char, label_room> label_start_{};  ///< last, goes on behind the struct
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
        while (node->parent != nullptr && node->value.empty() && node->children.empty()) {
            Node& parent = *node->parent;
            parent.mark(node->label(), false);
            parent.children.erase(*node);
            Node::destroy(node);
            node = &parent;
        }
    }

    /// The topic or filter that leads to a node.
    static std::string path(const Node& leaf) {
        std::string text(leaf.label());
        for (const Node* node = leaf.parent; node->parent != nullptr; node = node->parent) {
            text.insert(0, std::string(node->label()) + '/');
        }
        return text;
    }

 private:
    static Node& add_child(Node& parent, std::string_view text) {
        Node* node = Node::create(text);
        node->parent = &parent;
        parent.children.insert(*node);
        parent.mark(text, true);
        return *node;
    }

    Node root_;
};

/// The struct's last bytes are the label's first, so that a short one costs nothing.
template <class Value, class Index>
const std::size_t LevelTrie<Value, Index>::Node::label_at = sizeof(Node) - label_room;

}  // namespace mq::broker
