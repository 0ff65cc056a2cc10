#pragma once

#include "downstream.hpp"

#include <map>

namespace uatrust::examples {

/// Mirror shows the nodes of the server below in our own server: same names, same place below Objects, same identifiers, the
/// namespace under its own URI. A value is read and written below at the moment a client asks for it.
/// Belongs to the server's thread, and has to outlive the server.
class Mirror {
public:
    Mirror(UA_Server& server, Downstream& downstream) : server_{&server}, downstream_{&downstream} {}

    /// Adds what is new. What is there already stays, also when the server below no longer has it: reading it then says so.
    /// Returns how many nodes our server did not take.
    std::size_t add(const DiscoveredNodes& found);

private:
    /// Target is what one of our variables stands for; its address is the variable's context in the server.
    struct Target {
        const Mirror* mirror;
        StackValue<UA_NodeId> id;
    };

    [[nodiscard]] StackValue<UA_NodeId> ownId(const DiscoveredNode& node, const DiscoveredNodes& found) const;
    UA_StatusCode addObject(const UA_NodeId& id, const UA_NodeId& parent, const DiscoveredNode& node);
    UA_StatusCode addVariable(const UA_NodeId& id, const UA_NodeId& parent, const DiscoveredNode& node);

    static UA_StatusCode readBelow(UA_Server*, const UA_NodeId*, void*, const UA_NodeId*, void* target, UA_Boolean,
                                   const UA_NumericRange* range, UA_DataValue* answer) noexcept;
    static UA_StatusCode writeBelow(UA_Server*, const UA_NodeId*, void*, const UA_NodeId*, void* target, const UA_NumericRange* range,
                                    const UA_DataValue* value) noexcept;

    UA_Server* server_;
    Downstream* downstream_;
    std::map<std::string, Target> targets_{};  ///< by our own NodeId as text
    bool adding_ = false;                      ///< the server reads a new variable once, to check its type
};

}  // namespace uatrust::examples
