#pragma once

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

namespace mq::broker {

/// A set of objects that others own, found by a key that stands in the object: one block of
/// pointers, nothing per object but its slot, and no block at all for a single one. Most tables of
/// a broker are many and tiny, which is what this is for.
///
/// `Keys` has `key(const T&)` and `hash(key)`; a key can be compared and does not change while its
/// object is in the table. Open addressing with linear probing, at most three of four slots in use.
template <class T, class Keys>
class PointerTable {
 public:
    using Key = decltype(Keys::key(std::declval<const T&>()));

    class Iterator {
     public:
        Iterator(T* const* at, T* const* end) : at_(at), end_(end) { skip(); }
        T* operator*() const { return *at_; }
        Iterator& operator++() {
            ++at_;
            skip();
            return *this;
        }
        bool operator==(const Iterator& other) const { return at_ == other.at_; }

     private:
        void skip() {
            while (at_ != end_ && *at_ == nullptr) {
                ++at_;
            }
        }
        T* const* at_;
        T* const* end_;
    };

    PointerTable() = default;
    PointerTable(const PointerTable&) = delete;
    PointerTable& operator=(const PointerTable&) = delete;
    ~PointerTable() { clear(); }

    [[nodiscard]] std::size_t size() const { return size_; }
    [[nodiscard]] bool empty() const { return size_ == 0; }
    /// In no order; not while the table changes.
    [[nodiscard]] Iterator begin() const { return {first(), last()}; }
    [[nodiscard]] Iterator end() const { return {last(), last()}; }

    [[nodiscard]] T* find(const Key& key) const {
        if (capacity_ == 0) {
            return size_ == 1 && Keys::key(*one_) == key ? one_ : nullptr;
        }
        for (std::size_t i = home(key);; i = next(i)) {
            if (slots_[i] == nullptr || Keys::key(*slots_[i]) == key) {
                return slots_[i];
            }
        }
    }

    /// A walk over the table while it changes between its steps.
    struct Walk {
        std::uint32_t capacity = 0;
        std::uint32_t next = 0;
        bool begun = false;
    };
    /// Goes on with it for about `slots` slots, from which it counts down. True when it is over.
    /// What stays in the table is visited at least once, and twice only where it stood across the
    /// table's end; what comes or goes meanwhile is visited or not. When the table was made anew
    /// since the last step, all begins anew, with a call of `restart`.
    template <class Visit, class Restart>
    bool walk(Walk& walk, std::size_t& slots, Visit visit, Restart restart) const {
        if (walk.begun && walk.capacity != capacity_) {
            restart();
            walk.next = 0;
        }
        walk.begun = true;
        walk.capacity = capacity_;
        const auto end = static_cast<std::uint32_t>(last() - first());
        for (; walk.next < end; ++walk.next) {
            T* object = first()[walk.next];
            // Across an empty slot nothing moves up when something is taken out.
            if (slots == 0 && object == nullptr) {
                return false;
            }
            slots -= slots > 0 ? 1 : 0;
            if (object != nullptr) {
                visit(*object);
            }
        }
        return true;
    }

    /// None with this key is in the table.
    void insert(T& object) {
        if (size_ == 0) {
            one_ = &object;
        } else {
            if ((size_ + 1) * 4 > capacity_ * 3) {
                resize(capacity_ == 0 ? 4 : capacity_ * 2);
            }
            put(object);
        }
        ++size_;
    }

    /// This one is in the table.
    void erase(const T& object) {
        --size_;
        if (capacity_ == 0) {
            one_ = nullptr;
            return;
        }
        take_out(object);
        if (size_ <= 1) {
            T* left = size_ == 1 ? *begin() : nullptr;
            delete[] slots_;
            capacity_ = 0;
            one_ = left;
        } else if (size_ * 8 < capacity_) {
            resize(capacity_ / 2);
        }
    }

    void clear() {
        if (capacity_ > 0) {
            delete[] slots_;
        }
        one_ = nullptr;
        size_ = 0;
        capacity_ = 0;
    }

 private:
    [[nodiscard]] T* const* first() const { return capacity_ == 0 ? &one_ : slots_; }
    [[nodiscard]] T* const* last() const {
        return capacity_ == 0 ? &one_ + size_ : slots_ + capacity_;
    }
    [[nodiscard]] std::size_t home(const Key& key) const {
        return Keys::hash(key) & (capacity_ - 1);
    }
    [[nodiscard]] std::size_t next(std::size_t i) const { return (i + 1) & (capacity_ - 1); }

    void put(T& object) {
        std::size_t i = home(Keys::key(object));
        while (slots_[i] != nullptr) {
            i = next(i);
        }
        slots_[i] = &object;
    }

    /// Those behind it that stand there only because it was in their way move up.
    void take_out(const T& object) {
        std::size_t gap = home(Keys::key(object));
        while (slots_[gap] != &object) {
            assert(slots_[gap] != nullptr);
            gap = next(gap);
        }
        for (std::size_t i = next(gap); slots_[i] != nullptr; i = next(i)) {
            const std::size_t wanted = home(Keys::key(*slots_[i]));
            if (((i - wanted) & (capacity_ - 1)) >= ((i - gap) & (capacity_ - 1))) {
                slots_[gap] = slots_[i];
                gap = i;
            }
        }
        slots_[gap] = nullptr;
    }

    void resize(std::uint32_t capacity) {
        T** const wider = new T* [capacity] {};
        T* const only = capacity_ == 0 ? one_ : nullptr;
        T** const old = capacity_ == 0 ? nullptr : slots_;
        const std::uint32_t old_capacity = capacity_;
        slots_ = wider;
        capacity_ = capacity;
        if (only != nullptr) {
            put(*only);
        }
        for (std::uint32_t i = 0; i < old_capacity; ++i) {
            if (old[i] != nullptr) {
                put(*old[i]);
            }
        }
        delete[] old;
    }

    union {
        T* one_ = nullptr;  ///< while `capacity_` is 0
        T** slots_;         ///< owned
    };
    std::uint32_t size_ = 0;
    std::uint32_t capacity_ = 0;  ///< a power of two, or 0
};

}  // namespace mq::broker
