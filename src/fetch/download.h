// One file over an unreliable line from a server that may lie: asks, goes on where it broke off, tries again
// with growing pauses, and believes the bytes only by their hash.
//
// What the server says is held against what is known: never more bytes than the catalogue allows, the
// announced size against the catalogue's exact one, a part only where it was asked for and of the same
// version. A server that ignores ranges, or whose file has changed, makes the file begin anew.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "fetch/catalogue.h"
#include "fetch/manifest.h"
#include "fetch/progress.h"
#include "fetch/transfer.h"
#include "vitrine/result.h"
#include "vitrine/stop.h"

namespace vitrine::fetch {

struct DownloadOptions {
  std::uint32_t retries = 5;  ///< Tries in a row that bring nothing, before it is given up.
  const StopSignal* stop = nullptr;
};

/// What a download needs of its surroundings.
struct DownloadContext {
  Transfer& transfer;
  Progress& progress;
  /// Writes the manifest down; called when an entry of it has changed.
  std::function<Status()> record;
  /// Waits, less when the stop signal comes.
  std::function<void(std::uint32_t milliseconds)> pause;
  DownloadOptions options;
};

/// Fetches one file to `path`, going on behind `offset` bytes that are there. On success the entry is whole,
/// with its hash. On failure the entry says what can be gone on from. Errors: kModel (not on the server, too
/// large, another size or hash than it must have; then it is removed), kIo (the line or the server, after all
/// tries), kNoSpace, kCancelled.
Status Download(const DownloadContext& context, const CatalogueFile& wanted, const std::string& address,
                const std::string& path, std::uint64_t offset, ManifestFile& entry);

}  // namespace vitrine::fetch
