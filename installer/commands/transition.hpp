#pragma once

#include "installer/commands/context.hpp"
#include "installer/steps/change.hpp"

namespace mq::installer {

/// What upgrade and rollback share: the lock, what an earlier run left, the facts of the account,
/// and the run from one version to another.
class Transition {
 public:
    /// Takes the lock and ends what an earlier run left (not for a dry run).
    static Outcome<Transition> begin(const Context& context);

    [[nodiscard]] const Manifest& manifest() const { return manifest_; }

    /// The change to version `to`, from the manifest, the configuration and the manager.
    Outcome<SharedWork> decide(const std::string& command, const std::string& to);

    /// Runs the plan, or shows it. A new version that was taken back gives exit code 8.
    Outcome<ExitCode> run(const SharedWork& work);

 private:
    explicit Transition(const Context& context) : context_(context) {}
    const Context& context_;
    std::optional<Lock> lock_;
    Manifest manifest_;
};

}  // namespace mq::installer
