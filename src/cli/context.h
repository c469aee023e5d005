// What every command of `vitrine` shares: the global options, the streams, and opening the library.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "cli/exit_code.h"
#include "vitrine/cluster.h"
#include "vitrine/library.h"

namespace vitrine {

enum class ColorMode : std::uint8_t { kAuto, kAlways, kNever };

/// Options that stand before or after any command.
struct GlobalOptions {
  std::string library;  ///< Empty: the default.
  std::string model;    ///< A model's name, or the folder of one. Empty: the one in use.
  Device device = Device::kAuto;
  Precision precision = Precision::kAuto;
  ColorMode color = ColorMode::kAuto;
  std::size_t threads = 0;
  bool allow_svg = false;
  bool quiet = false;
  int verbose = 0;
  std::shared_ptr<ClusterLink> cluster;  ///< Where the library is on a cluster: started by main().
};

/// Words for people go to standard error: "vitrine: <message>".
void Say(std::string_view message);

/// Says the error and returns its exit code.
ExitCode Fail(const Error& error);

/// Where things are, as the options say.
LibraryOptions OptionsOf(const GlobalOptions& options);

/// Opens the library that the options name, on this machine or on a cluster. Errors: as Library::Open and
/// OpenCluster.
Result<std::unique_ptr<Library>> OpenLibrary(const GlobalOptions& options);

/// The texts one behind the other, `between` between them.
std::string Joined(const std::vector<std::string>& texts, std::string_view between);

/// Writes to standard output. A reader that went away (EPIPE) ends the program quietly, as `head` expects.
void Print(std::string_view bytes);

}  // namespace vitrine
