// The gallery's server, whole: what `vitrine serve` runs.
//
//   auto server = Server::Bind({.port = 0});      // the one time that a socket is made
//   DenyInternetSockets();                        // from here on there is no other
//   (*server)->Serve(*library, *models, stop);
#pragma once

#include <memory>
#include <string>

#include "vitrine/library.h"
#include "vitrine/models.h"

namespace vitrine::server {

struct ServerOptions {
  std::string address = "127.0.0.1";
  int port = 0;  ///< 0: one that is free.
};

/// True for addresses that only this machine can reach: 127.0.0.1 and ::1.
bool IsLoopback(const std::string& address);

class Server {
 public:
  /// Errors: kInvalidArgument, kLocked (the port is taken), kInternal.
  static Result<std::unique_ptr<Server>> Bind(const ServerOptions& options);
  virtual ~Server() = default;

  virtual std::string url() const = 0;
  virtual std::string launch_url() const = 0;  ///< Opens the gallery, once.
  /// Answers until `stop`. @param models  those of the library.
  /// Errors: kIo, kNoSpace (no room for the scratch folder).
  virtual Status Serve(Library& library, Models& models, const StopSignal& stop) = 0;
};

}  // namespace vitrine::server
