#include "cli/context.h"

#include <cerrno>
#include <cstdio>
#include <cstdlib>

#include "base/utf8.h"

namespace vitrine {

void Say(std::string_view message) {
  const std::string line = "vitrine: " + std::string(message) + "\n";
  std::fwrite(line.data(), 1, line.size(), stderr);
}

ExitCode Fail(const Error& error) {
  Say(error.message());
  return ExitCodeFor(error.code());
}

LibraryOptions OptionsOf(const GlobalOptions& options) {
  LibraryOptions library;
  library.folder = options.library.empty() ? DefaultLibraryFolder() : options.library;
  library.model = options.model;
  library.device = options.device;
  library.precision = options.precision;
  library.threads = options.threads;
  library.allow_svg = options.allow_svg;
  return library;
}

Result<std::unique_ptr<Library>> OpenLibrary(const GlobalOptions& options) {
  if (options.cluster) return OpenCluster(OptionsOf(options), options.cluster);
  return Library::Open(OptionsOf(options));
}

std::string Joined(const std::vector<std::string>& texts, std::string_view between) {
  std::string joined;
  for (const std::string& text : texts) {
    if (!joined.empty()) joined += between;
    joined += text;
  }
  return joined;
}

void Print(std::string_view bytes) {
  if (std::fwrite(bytes.data(), 1, bytes.size(), stdout) == bytes.size()) return;
  // Nobody reads any more, or the disk is full: there is nowhere to go on to.
  if (errno != EPIPE) Say("cannot write the output");
  std::_Exit(static_cast<int>(errno == EPIPE ? ExitCode::kDone : ExitCode::kNoSpace));
}

}  // namespace vitrine
