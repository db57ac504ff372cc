#include "broker/auth/acl_trie.hpp"

#include "mqtt/topic.hpp"

#include <algorithm>
#include <cassert>
#include <optional>

namespace mq::broker {
namespace {

/// The order in which rules with the same first levels stand together.
bool by_levels(std::string_view a, std::string_view b) {
    const auto rank = [](char c) {
        return c == '/' ? 0U : static_cast<unsigned>(static_cast<unsigned char>(c));
    };
    return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end(),
                                        [&](char x, char y) { return rank(x) < rank(y); });
}

std::size_t next_placeholder(std::string_view text, std::size_t from = 0) {
    for (std::size_t at = text.find('%', from); at != std::string_view::npos;
         at = text.find('%', at + 1)) {
        if (at + 1 < text.size() && (text[at + 1] == 'c' || text[at + 1] == 'u')) {
            return at;
        }
    }
    return std::string_view::npos;
}

/// Takes the next part off a template: a name for a placeholder, or the text up to the next one.
std::string_view take_part(std::string_view& text, const AclNames& names) {
    const std::size_t at = next_placeholder(text);
    if (at != 0) {
        const std::string_view literal = text.substr(0, at);
        text.remove_prefix(literal.size());
        return literal;
    }
    const bool client = text[1] == 'c';
    text.remove_prefix(2);
    return client ? names.client_id : names.user_name;
}

/// A pattern with %u holds for nobody without a user name.
bool concerns(std::string_view text, const AclNames& names) {
    return names.has_user_name || text.find("%u") == std::string_view::npos;
}

/// Takes the levels of a template off the topic, if they stand there.
bool take_template(std::string_view text, const AclNames& names, LevelCursor& topic) {
    if (!concerns(text, names)) {
        return false;
    }
    std::string_view rest = topic.rest;
    while (!text.empty()) {
        const std::string_view part = take_part(text, names);
        if (!rest.starts_with(part)) {
            return false;
        }
        rest.remove_prefix(part.size());
    }
    if (!rest.empty() && !rest.starts_with('/')) {
        return false;
    }
    topic.last = rest.empty();
    topic.rest = topic.last ? rest : rest.substr(1);
    return true;
}

}  // namespace

std::string acl_substitute(std::string_view text, const AclNames& names) {
    std::string all;
    while (!text.empty()) {
        all += take_part(text, names);
    }
    return all;
}

/// Makes the arrays from sorted rules: a node's edges first, so that they lie together, then what
/// hangs on each.
class AclTrie::Builder {
 public:
    Builder(AclTrie& trie, std::span<const AclRule> rules, Kind kind) : trie_(trie), kind_(kind) {
        sorted_.reserve(rules.size());
        for (const AclRule& rule : rules) {
            sorted_.push_back(&rule);
        }
        std::sort(sorted_.begin(), sorted_.end(), [](const AclRule* a, const AclRule* b) {
            return by_levels(a->filter, b->filter);
        });
    }

    void build() {
        if (!sorted_.empty()) {
            trie_.nodes_.emplace_back();
            fill(0, {sorted_.data(), sorted_.size()}, 0);
        }
    }

 private:
    using Rules = std::span<const AclRule* const>;

    /// Rules with the same text at one level.
    struct Group {
        std::string_view level;
        Rules rules;
    };

    /// All rules have the text in front of `at` in common; the level at this node begins there.
    void fill(std::size_t index, Rules rules, std::size_t at) {
        Node node;
        for (; !rules.empty() && rules.front()->filter.size() < at; rules = rules.subspan(1)) {
            node.here |= rules.front()->access;
        }
        std::vector<Group> literals;
        std::vector<Group> templates;
        std::optional<Group> plus;
        while (!rules.empty()) {
            const Group group = take_group(rules, at);
            if (group.level == "#") {
                node.below |= access_of(group.rules);
            } else if (group.level == "+") {
                plus = group;
            } else {
                const bool literal = kind_ == Kind::topics ||
                                     next_placeholder(group.level) == std::string_view::npos;
                (literal ? literals : templates).push_back(group);
            }
        }
        node.within = node.here | node.below;
        node.edges = edge_count();
        node.templates = node.edges + static_cast<std::uint32_t>(literals.size());
        node.end = node.templates + static_cast<std::uint32_t>(templates.size());
        trie_.edges_.resize(node.end);
        std::uint32_t edge = node.edges;
        for (const auto* groups : {&literals, &templates}) {
            for (const Group& group : *groups) {
                const Edge made{add_label(group.level),
                                static_cast<std::uint16_t>(group.level.size()),
                                add_child(group, at, node.within)};
                trie_.edges_[edge++] = made;
            }
        }
        if (plus) {
            node.plus = add_child(*plus, at, node.within);
        }
        trie_.nodes_[index] = node;
    }

    static Group take_group(Rules& rules, std::size_t at) {
        const auto level_of = [at](const AclRule* rule) {
            const std::string_view rest = std::string_view(rule->filter).substr(at);
            return rest.substr(0, rest.find('/'));
        };
        const std::string_view level = level_of(rules.front());
        std::size_t count = 1;
        while (count < rules.size() && level_of(rules[count]) == level) {
            ++count;
        }
        const Group group{level, rules.first(count)};
        rules = rules.subspan(count);
        return group;
    }

    static AclAccess access_of(Rules rules) {
        AclAccess all = 0;
        for (const AclRule* rule : rules) {
            all |= rule->access;
        }
        return all;
    }

    [[nodiscard]] std::uint32_t edge_count() const {
        return static_cast<std::uint32_t>(trie_.edges_.size());
    }

    std::uint32_t add_label(std::string_view level) {
        const auto at = static_cast<std::uint32_t>(trie_.labels_.size());
        trie_.labels_ += level;
        return at;
    }

    std::uint32_t add_child(const Group& group, std::size_t at, AclAccess& within) {
        const std::size_t child = trie_.nodes_.size();
        trie_.nodes_.emplace_back();
        fill(child, group.rules, at + group.level.size() + 1);
        within |= trie_.nodes_[child].within;
        return static_cast<std::uint32_t>(child);
    }

    AclTrie& trie_;
    const Kind kind_;
    std::vector<const AclRule*> sorted_;
};

AclTrie::AclTrie(std::span<const AclRule> rules, Kind kind) {
    Builder(*this, rules, kind).build();
    nodes_.shrink_to_fit();
    edges_.shrink_to_fit();
    labels_.shrink_to_fit();
}

const AclTrie::Node* AclTrie::literal_child(const Node& node, std::string_view level) const {
    const auto children = edges(node);
    const auto found = std::lower_bound(
        children.begin(), children.end(), level,
        [this](const Edge& edge, std::string_view wanted) { return label(edge) < wanted; });
    return found != children.end() && label(*found) == level ? &nodes_[found->child] : nullptr;
}

AclTrie::Answer AclTrie::ask(std::string_view topic, const AclNames& names) const {
    Answer answer;
    if (!nodes_.empty()) {
        visit(nodes_.front(), LevelCursor(topic), names, answer);
    }
    return answer;
}

void AclTrie::visit(const Node& node, const LevelCursor& topic, const AclNames& names,
                    Answer& answer) const {
    ++answer.node_visits;
    // Only a rule that itself begins with `$` matches such a topic.
    const bool wild = !(is_root(node) && topic.rest.starts_with('$'));
    if (wild) {
        answer.access |= node.below;
    }
    if (topic.last) {
        answer.access |= node.here;
        return;
    }
    LevelCursor after = topic;
    const std::string_view level = after.next();
    if (const Node* child = literal_child(node, level)) {
        visit(*child, after, names, answer);
    }
    if (node.plus != 0 && wild && !answer.denies()) {
        visit(nodes_[node.plus], after, names, answer);
    }
    for (const Edge& edge : templates(node)) {
        LevelCursor behind = topic;
        if (!answer.denies() && (wild || label(edge).starts_with('$')) &&
            take_template(label(edge), names, behind)) {
            visit(nodes_[edge.child], behind, names, answer);
        }
    }
}

bool AclTrie::denies_all(Levels filter, const AclNames& names) const {
    return !nodes_.empty() && covers(nodes_.front(), filter, names);
}

bool AclTrie::covers(const Node& node, Levels filter, const AclNames& names) const {
    if ((node.within & acl_deny) == 0) {
        return false;
    }
    const bool wild = !(is_root(node) && !filter.empty() && filter.front().starts_with('$'));
    if (wild && (node.below & acl_deny) != 0) {
        return true;
    }
    if (filter.empty()) {
        return (node.here & acl_deny) != 0;
    }
    const std::string_view level = filter.front();
    if (level == "#") {
        return false;
    }
    const Levels rest = filter.subspan(1);
    if (node.plus != 0 && wild && covers(nodes_[node.plus], rest, names)) {
        return true;
    }
    if (level == "+") {
        return false;
    }
    const Node* child = literal_child(node, level);
    return (child != nullptr && covers(*child, rest, names)) ||
           templates_cover(node, filter, names);
}

bool AclTrie::templates_cover(const Node& node, Levels filter, const AclNames& names) const {
    const auto covered_by = [&](const Edge& edge) {
        const std::string_view text = label(edge);
        if (!concerns(text, names) ||
            (is_root(node) && filter.front().starts_with('$') && !text.starts_with('$'))) {
            return false;
        }
        const std::string names_in = acl_substitute(text, names);
        std::size_t taken = 0;
        for (LevelCursor level(names_in); !level.last; ++taken) {
            if (taken == filter.size() || filter[taken] != level.next()) {
                return false;
            }
        }
        return covers(nodes_[edge.child], filter.subspan(taken), names);
    };
    const auto all = templates(node);
    return std::any_of(all.begin(), all.end(), covered_by);
}

/// Walks over all rules for reading that have topics in common with a filter. What they have in
/// common is a filter again: at each level the narrower of both.
class AclTrie::Reach {
 public:
    Reach(const AclTrie& trie, const AclNames& names, const AclTrie* stronger)
        : trie_(trie), names_(names), stronger_(stronger) {}

    bool visit(const Node& node, const LevelCursor& filter) {
        if ((node.within & acl_read) == 0) {
            return false;
        }
        const bool at_root = trie_.is_root(node);
        const bool wild = !(at_root && filter.rest.starts_with('$'));
        if ((node.below & acl_read) != 0 && wild && readable_with(filter)) {
            return true;
        }
        if (filter.last) {
            return (node.here & acl_read) != 0 && readable();
        }
        LevelCursor next = filter;
        const std::string_view level = next.next();
        if (level == "#") {
            if ((node.here & acl_read) != 0 && readable()) {
                return true;
            }
            next = filter;  // it holds for whatever comes below
        }
        return visit_literals(node, level, next) ||
               (node.plus != 0 && wild &&
                step(is_wildcard(level) ? "+" : level, trie_.nodes_[node.plus], next)) ||
               visit_templates(node, filter);
    }

 private:
    static bool is_wildcard(std::string_view level) { return level == "+" || level == "#"; }

    bool visit_literals(const Node& node, std::string_view level, const LevelCursor& next) {
        if (!is_wildcard(level)) {
            const Node* child = trie_.literal_child(node, level);
            return child != nullptr && step(level, *child, next);
        }
        const auto edges = trie_.edges(node);
        return std::any_of(edges.begin(), edges.end(), [&](const Edge& edge) {
            const std::string_view text = trie_.label(edge);
            return !(trie_.is_root(node) && text.starts_with('$')) &&
                   step(text, trie_.nodes_[edge.child], next);
        });
    }

    bool visit_templates(const Node& node, const LevelCursor& filter) {
        const auto edges = trie_.templates(node);
        return std::any_of(edges.begin(), edges.end(), [&](const Edge& edge) {
            const std::string_view text = trie_.label(edge);
            if (!concerns(text, names_)) {
                return false;
            }
            const std::string levels = acl_substitute(text, names_);
            if (trie_.is_root(node) && levels.starts_with('$') &&
                !(text.starts_with('$') && filter.rest.starts_with('$'))) {
                return false;
            }
            const std::size_t depth = common_.size();
            LevelCursor behind = filter;
            const bool reached = take(levels, behind) && visit(trie_.nodes_[edge.child], behind);
            common_.resize(depth);
            return reached;
        });
    }

    /// Takes literal levels off the filter, if they match it.
    bool take(std::string_view levels, LevelCursor& filter) {
        for (LevelCursor level(levels); !level.last;) {
            const std::string_view text = level.next();
            if (filter.last || common_.size() == mqtt::topic_levels_max) {
                return false;
            }
            LevelCursor next = filter;
            const std::string_view wanted = next.next();
            if (wanted != "#") {
                filter = next;
                if (wanted != "+" && wanted != text) {
                    return false;
                }
            }
            common_.push_back(text);
        }
        return true;
    }

    bool step(std::string_view level, const Node& child, const LevelCursor& next) {
        if (common_.size() == mqtt::topic_levels_max) {
            return false;
        }
        common_.push_back(level);
        const bool reached = visit(child, next);
        common_.pop_back();
        return reached;
    }

    /// Whether not all topics that match the common levels are denied.
    [[nodiscard]] bool readable() const {
        return !trie_.denies_all(common_, names_) &&
               (stronger_ == nullptr || !stronger_->denies_all(common_, names_));
    }

    /// The same for the common levels and what is left of the filter.
    bool readable_with(LevelCursor filter) {
        const std::size_t depth = common_.size();
        while (!filter.last && common_.size() <= mqtt::topic_levels_max) {
            common_.push_back(filter.next());
        }
        const bool found = filter.last && readable();
        common_.resize(depth);
        return found;
    }

    const AclTrie& trie_;
    const AclNames& names_;
    const AclTrie* stronger_;
    std::vector<std::string_view> common_;
};

bool AclTrie::may_read_any(std::string_view filter, const AclNames& names,
                           const AclTrie* stronger) const {
    return !nodes_.empty() &&
           Reach(*this, names, stronger).visit(nodes_.front(), LevelCursor(filter));
}

}  // namespace mq::broker
