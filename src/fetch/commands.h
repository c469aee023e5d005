// One function a command of vitrine-fetch.
#pragma once

#include <string>

#include "fetch/get.h"
#include "fetch/words.h"
#include "vitrine/stop.h"

namespace vitrine::fetch {

struct ListArguments {
  std::string name;  ///< All of one model; empty: a line for each.
  bool json = false;
};

struct VerifyArguments {
  std::string folder;
  bool quiet = false;  ///< Name only what is wrong.
};

/// @param catalogue  path of the catalogue.
ExitCode RunList(const std::string& catalogue, const ListArguments& arguments);
ExitCode RunGet(const std::string& catalogue, const std::string& name, const GetOptions& options,
                const StopSignal& stop);
ExitCode RunVerify(const VerifyArguments& arguments, const StopSignal& stop);

}  // namespace vitrine::fetch
