// The program `vitrine-cluster`, seen from `vitrine`: the only one of the two that can open a connection.
//
//   auto link = Link::Start(program, address);   // before DenyInternetSockets()
//   Answer answer = (*link)->Ask({.method = Method::kGet, .path = "/"});
#pragma once

#include <sys/types.h>

#include <memory>
#include <mutex>
#include <string>

#include "base/file.h"
#include "cluster/address.h"
#include "cluster/wire.h"
#include "vitrine/result.h"

namespace vitrine::cluster {

/// Thread-safe: one question at a time.
class Link {
 public:
  /// Starts the program for one cluster. It reads the settings itself (link/settings.h): what is secret never
  /// passes through this process. Errors: kIo (the program is not there or does not start).
  static Result<std::unique_ptr<Link>> Start(const std::string& program, const Address& address);
  /// Over a socket that somebody else serves: for tests.
  explicit Link(UniqueFd socket) : socket_(std::move(socket)) {}
  Link(const Link&) = delete;
  Link& operator=(const Link&) = delete;
  /// Ends the program.
  ~Link();

  /// Blocks until the answer is there or its time has run out. A program that has ended answers as a cluster
  /// that cannot be reached.
  Answer Ask(const Request& request);

 private:
  UniqueFd socket_;
  pid_t pid_ = -1;
  std::mutex mutex_;
};

}  // namespace vitrine::cluster
