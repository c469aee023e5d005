// The program `vitrine-cluster`, seen from `vitrine`: the only one of the two that can open a connection.
//
//   auto link = Link::Start(program, address);   // before DenyInternetSockets()
//   Answer answer = (*link)->Ask({.method = Method::kGet, .path = "/"});
#pragma once

#include <sys/types.h>

#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/file.h"
#include "cluster/address.h"
#include "cluster/wire.h"
#include "vitrine/result.h"

namespace vitrine::cluster {

/// Thread-safe: as many questions at a time as there are programs; who comes when all are busy waits.
class Link {
 public:
  /// Starts the program for one cluster, `programs` >= 1 times. It reads the settings itself
  /// (link/settings.h): what is secret never passes through this process. Errors: kIo (the program is not
  /// there or does not start).
  static Result<std::unique_ptr<Link>> Start(const std::string& program, const Address& address,
                                             std::size_t programs = 1);
  /// Over a socket that somebody else serves: for tests.
  explicit Link(UniqueFd socket);
  Link(const Link&) = delete;
  Link& operator=(const Link&) = delete;
  /// Ends the programs.
  ~Link();

  /// Blocks until the answer is there or its time has run out. A program that has ended answers as a cluster
  /// that cannot be reached.
  Answer Ask(const Request& request);

 private:
  struct Line {
    UniqueFd socket;
    pid_t pid = -1;
  };
  Link() = default;

  std::vector<Line> lines_;
  std::mutex mutex_;  // Of what follows.
  std::condition_variable freed_;
  std::vector<Line*> free_;  // The one that was used last is used next: its connections are open.
};

}  // namespace vitrine::cluster
