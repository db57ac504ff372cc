#pragma once

#include "broker/core/pointer_table.hpp"

#include <boost/intrusive/set.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <string_view>

namespace mq::broker {

/// The children of a node of a LevelTrie by their labels; they belong to the trie. Two ways to keep
/// them, each with what a child inherits for it.

/// In no order, for the fastest search.
struct HashedChildren {
    struct Hook {};

    template <class Node>
    class Of {
     public:
        [[nodiscard]] bool empty() const { return table_.empty(); }
        [[nodiscard]] Node* find(std::string_view label) const { return table_.find(label); }
        void insert(Node& child) { table_.insert(child); }
        void erase(Node& child) { table_.erase(child); }

        template <class Dispose>
        void clear(Dispose dispose) {
            for (Node* child : table_) {
                dispose(child);
            }
            table_.clear();
        }

        [[nodiscard]] auto begin() const { return table_.begin(); }
        [[nodiscard]] auto end() const { return table_.end(); }

     private:
        struct ByLabel {
            static std::string_view key(const Node& node) { return node.label(); }
            static std::size_t hash(std::string_view label) {
                return std::hash<std::string_view>{}(label);
            }
        };
        PointerTable<Node, ByLabel> table_;
    };
};

/// In the order of their labels, so that a walk can go on where it has stopped.
struct OrderedChildren {
    using Hook =
        boost::intrusive::set_base_hook<boost::intrusive::optimize_size<true>,
                                        boost::intrusive::link_mode<boost::intrusive::normal_link>>;

    template <class Node>
    class Of {
     public:
        [[nodiscard]] bool empty() const { return set_ == nullptr; }
        [[nodiscard]] Node* find(std::string_view label) const {
            if (set_ == nullptr) {
                return nullptr;
            }
            const auto found = set_->children.find(label);
            return found == set_->children.end() ? nullptr : &*found;
        }
        void insert(Node& child) {
            if (set_ == nullptr) {
                set_ = std::make_unique<Set>();
            }
            set_->children.insert(child);
        }
        void erase(Node& child) {
            set_->children.erase(set_->children.iterator_to(child));
            if (set_->children.empty()) {
                set_.reset();
            }
        }

        template <class Dispose>
        void clear(Dispose dispose) {
            if (set_ != nullptr) {
                set_->children.clear_and_dispose(dispose);
                set_.reset();
            }
        }

        // Not when it is empty.
        [[nodiscard]] auto begin() const { return set_->children.begin(); }
        [[nodiscard]] auto end() const { return set_->children.end(); }
        /// The first one that does not come before this label.
        [[nodiscard]] auto from(std::string_view label) const {
            return set_->children.lower_bound(label);
        }

     private:
        struct Label {
            using type = std::string_view;
            type operator()(const Node& node) const { return node.label(); }
        };
        /// Of its own, since Node is complete only when it is used.
        struct Set {
            boost::intrusive::set<Node, boost::intrusive::key_of_value<Label>,
                                  boost::intrusive::constant_time_size<false>>
                children;
        };
        std::unique_ptr<Set> set_;
    };
};

}  // namespace mq::broker
