// Bringing one model to this machine, from the network or from a folder.
#pragma once

#include <cstdint>
#include <string>

#include "fetch/catalogue.h"
#include "vitrine/result.h"
#include "vitrine/stop.h"

namespace vitrine::fetch {

struct GetOptions {
  std::string to;     ///< Folder to put the model's folder into; empty: the current one.
  std::string from;   ///< Folder to copy from instead of asking the network; empty: none.
  std::string proxy;  ///< Empty: as the environment says.
  std::uint32_t stall_s = 30;
  std::uint32_t retries = 5;
  bool repair = false;  ///< Fetch damaged files of a folder that is there anew.
  bool quiet = false;
};

struct GetReport {
  std::string folder;
  bool was_there = false;   ///< Whole already, and every hash right.
  std::uint64_t bytes = 0;  ///< Of all its files.
  std::size_t files = 0;
  std::size_t pinned_before = 0;  ///< Hashes that were known before this fetch.
  bool is_restricted = true;      ///< The process could give up its right to other files.
};

/// Steps: look what is there, take the part folder, give up rights, check what is left of an earlier run,
/// plan, check room, fetch or copy each file, rename. A failure leaves the part folder for the next call.
/// Errors: kInvalidArgument (something else is in the way), kLocked, kNoSpace, kModel, kIo, kCancelled.
Result<GetReport> Get(const CatalogueModel& model, const GetOptions& options, const StopSignal& stop);

}  // namespace vitrine::fetch
