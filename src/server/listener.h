// The sockets: takes requests from the network and gives them to an App.
#pragma once

#include <memory>
#include <string>

#include "server/app.h"
#include "vitrine/result.h"
#include "vitrine/stop.h"

namespace vitrine::server {

/// A bound port. It takes connections only within Serve().
class Listener {
 public:
  /// @param port  0 for one that is free. Errors: kInvalidArgument (no such address here), kLocked (the port
  /// is taken), kIo.
  static Result<std::unique_ptr<Listener>> Bind(const std::string& address, int port);
  ~Listener();

  int port() const;
  /// Answers requests until `stop`, then ends what is under way. Errors: kIo.
  Status Serve(App& app, const StopSignal& stop);

 private:
  struct Impl;
  explicit Listener(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace vitrine::server
