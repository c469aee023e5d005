// The server without its sockets: a request goes in, a response comes out.
#pragma once

#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <string>

#include "server/auth.h"
#include "server/events.h"
#include "server/jobs.h"
#include "server/message.h"
#include "server/route.h"
#include "vitrine/library.h"
#include "vitrine/models.h"

namespace vitrine::server {

/// A file that somebody may fetch, by a name that cannot be guessed.
struct Download {
  std::string token, path, name, content_type;
  std::uint64_t size_bytes = 0;
};

/// Thread-safe.
class App {
 public:
  /// @param scratch_folder  a private folder for exports and imports; emptied by whoever made it.
  App(Auth& auth, Library& library, Models& models, std::string scratch_folder);

  /// What is to be decided before a body is read: who asks, and what for. A response ends the request.
  std::optional<Response> AtTheDoor(const Request& request) const;
  /// The route that the request names, for the kind of its body; null where AtTheDoor() answered, and for
  /// pages.
  static const Route* RouteOf(const Request& request);
  /// Answers a request that AtTheDoor() let pass. Never fails.
  Response Handle(Request request);
  /// Ends events and jobs.
  void Stop();

  Library& library() { return library_; }
  Models& models() { return models_; }
  EventHub& events() { return events_; }
  Jobs& jobs() { return jobs_; }

  /// Says to all pages that something in the library changed.
  void Changed();
  /// A new file name in the scratch folder.
  std::string ScratchFile(const std::string& suffix);
  /// Errors: kInternal. The oldest of more than kMaxDownloads goes, with its file.
  Result<Download> Offer(Download download);
  Result<Download> Fetch(const std::string& token) const;

  /// The last report on copies; null before the first.
  std::shared_ptr<const DuplicateReport> duplicates() const;
  void KeepDuplicates(DuplicateReport report);

 private:
  Auth& auth_;
  Library& library_;
  Models& models_;
  const std::string scratch_folder_;
  EventHub events_;
  Jobs jobs_{events_};
  mutable std::mutex mutex_;  // Guards what follows.
  std::deque<Download> downloads_;
  std::shared_ptr<const DuplicateReport> duplicates_;
  std::uint64_t changes_ = 0, scratch_files_ = 0;
};

/// Headers that every response carries.
void AddSafetyHeaders(Response& response);

}  // namespace vitrine::server
