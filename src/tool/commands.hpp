#pragma once

#include "tool/command.hpp"

namespace uatrust::tool {

extern const Command kBlock;
extern const Command kCa;
extern const Command kCompletion;
extern const Command kDelete;
extern const Command kDistrust;
extern const Command kDoctor;
extern const Command kExport;
extern const Command kHistory;
extern const Command kImport;
extern const Command kInit;
extern const Command kInstall;
extern const Command kLayouts;
extern const Command kList;
extern const Command kPair;
extern const Command kPin;
extern const Command kReject;
extern const Command kRenew;
extern const Command kRequest;
extern const Command kServe;  ///< where cpp-httplib is (UATRUST_TOOL_SERVE)
extern const Command kShow;
extern const Command kStatus;
extern const Command kTrust;
extern const Command kUnblock;
extern const Command kUndo;
extern const Command kUnpin;
extern const Command kVerify;
extern const Command kWatch;

}  // namespace uatrust::tool
