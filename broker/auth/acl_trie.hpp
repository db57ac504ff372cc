#pragma once

#include "broker/auth/acl_file.hpp"
#include "broker/core/level_trie.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mq::broker {

/// Who asks: what stands for %c and %u.
struct AclNames {
    std::string_view client_id;
    std::string_view user_name;
    bool has_user_name = false;
};

/// The rules of one user, or the patterns, by topic level. Compiled once, then never changed, so
/// any number of threads may ask.
///
/// A question visits the nodes on the topic's path only, not each rule: the literal child of a
/// level is found by bisection, beside it there is at most one for `+`. A level with %c or %u is a
/// child of its own kind, compared to the names of who asks; so all sessions share one trie, and a
/// session needs no memory for its patterns. Such a child takes more than one level where the name
/// contains a slash.
///
/// Nodes and edges lie in three arrays: about 40 bytes for each level of a rule.
class AclTrie {
 public:
    /// What the rules that match a topic say.
    struct Answer {
        AclAccess access = 0;         ///< all of them together
        std::size_t node_visits = 0;  ///< what it cost

        [[nodiscard]] bool denies() const { return (access & acl_deny) != 0; }
        [[nodiscard]] bool allows(AclAccess wanted) const {
            return !denies() && (access & wanted) != 0;
        }
    };

    enum class Kind { topics, patterns };
    using Levels = std::span<const std::string_view>;

    AclTrie() = default;
    /// Filters are valid. In patterns, %c and %u are placeholders wherever they stand.
    AclTrie(std::span<const AclRule> rules, Kind kind);

    /// What holds for a topic; once a rule denies it, the others do not matter any more.
    [[nodiscard]] Answer ask(std::string_view topic, const AclNames& names) const;

    /// Whether there is a topic that matches the valid filter, may be read by these rules, and lies
    /// within no deny rule of this trie or of `stronger`. May be true by mistake where only several
    /// deny rules together cover all such topics.
    [[nodiscard]] bool may_read_any(std::string_view filter, const AclNames& names,
                                    const AclTrie* stronger) const;

    /// Whether one deny rule covers all topics that match the filter, given as its levels.
    [[nodiscard]] bool denies_all(Levels filter, const AclNames& names) const;

    [[nodiscard]] bool empty() const { return nodes_.empty(); }
    [[nodiscard]] std::size_t nodes() const { return nodes_.size(); }

 private:
    struct Node {
        std::uint32_t edges = 0;      ///< index of the first: literal levels, sorted
        std::uint32_t templates = 0;  ///< index of the first with a placeholder
        std::uint32_t end = 0;        ///< index behind the last
        std::uint32_t plus = 0;       ///< child for `+`; 0: none
        AclAccess here = 0;           ///< rules that end at this node
        AclAccess below = 0;          ///< rules that end in `#` behind it
        AclAccess within = 0;         ///< both, and those of all nodes below
    };
    struct Edge {
        std::uint32_t label = 0;  ///< index in labels_
        std::uint16_t size = 0;
        std::uint32_t child = 0;
    };
    class Builder;
    class Reach;

    [[nodiscard]] std::string_view label(const Edge& edge) const {
        return std::string_view(labels_).substr(edge.label, edge.size);
    }
    [[nodiscard]] std::span<const Edge> edges(const Node& node) const {
        return {edges_.data() + node.edges, node.templates - node.edges};
    }
    [[nodiscard]] std::span<const Edge> templates(const Node& node) const {
        return {edges_.data() + node.templates, node.end - node.templates};
    }
    [[nodiscard]] bool is_root(const Node& node) const { return &node == nodes_.data(); }
    [[nodiscard]] const Node* literal_child(const Node& node, std::string_view level) const;
    void visit(const Node& node, const LevelCursor& topic, const AclNames& names,
               Answer& answer) const;
    [[nodiscard]] bool covers(const Node& node, Levels filter, const AclNames& names) const;
    [[nodiscard]] bool templates_cover(const Node& node, Levels filter,
                                       const AclNames& names) const;

    std::vector<Node> nodes_;  ///< the root first; none where there are no rules
    std::vector<Edge> edges_;
    std::string labels_;
};

/// `text` with every %c and %u replaced; nothing that comes in by that is replaced again.
std::string acl_substitute(std::string_view text, const AclNames& names);

}  // namespace mq::broker
