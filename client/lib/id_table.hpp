#pragma once

#include "mqtt/packet.hpp"

#include <cstddef>
#include <vector>

namespace mq::client {

/// Finds what has a packet id, in one step: a table whose size is a power of two, with a place for
/// each `id % size`. Ids are given in sequence, so a few in flight seldom meet in one place; when
/// they do, the table doubles, at most to one place an id. Owns nothing. `Node` has a `mid`.
template <class Node>
class IdTable {
 public:
    [[nodiscard]] Node* find(mqtt::PacketId id) const {
        if (places_.empty()) {
            return nullptr;
        }
        Node* const node = places_[place(id)];
        return node != nullptr && node->mid == id ? node : nullptr;
    }
    /// There is none with this id yet. Throws std::bad_alloc.
    void insert(Node* node) {
        while (places_.empty() || places_[place(node->mid)] != nullptr) {
            grow();
        }
        places_[place(node->mid)] = node;
        ++size_;
    }
    void erase(mqtt::PacketId id) {
        places_[place(id)] = nullptr;
        --size_;
    }
    /// Gives the memory back, too.
    void clear() {
        places_ = {};
        size_ = 0;
    }
    [[nodiscard]] std::size_t size() const { return size_; }
    template <class Do>
    void for_each(const Do& act) const {
        for (Node* node : places_) {
            if (node != nullptr) {
                act(node);
            }
        }
    }

 private:
    [[nodiscard]] std::size_t place(mqtt::PacketId id) const { return id & (places_.size() - 1); }

    void grow() {
        constexpr std::size_t smallest = 8;
        std::vector<Node*> old(places_.empty() ? smallest : places_.size() * 2);
        old.swap(places_);
        for (Node* node : old) {
            if (node != nullptr) {
                places_[place(node->mid)] = node;
            }
        }
    }

    std::vector<Node*> places_;
    std::size_t size_ = 0;
};

}  // namespace mq::client
