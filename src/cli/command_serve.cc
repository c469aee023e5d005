// `vitrine serve`: the gallery and the boards, in a browser on this machine.
#include <cstdio>

#include "base/lockdown.h"
#include "base/utf8.h"
#include "cli/commands.h"
#include "cli/json_output.h"
#include "server/server.h"

namespace vitrine {
namespace {

// The one socket is made here; from then on there is no way to another.
Result<std::unique_ptr<server::Server>> BindAndLock(const ServeArguments& arguments) {
  if (!server::IsLoopback(arguments.address) && !arguments.allow_other_machines) {
    return Error(
        Code::kInvalidArgument,
        "others could reach " + Quoted(arguments.address) +
            ": whoever sees the traffic could see your pictures. The gallery is for this machine; to "
            "do it all the same, add --allow-other-machines");
  }
  auto bound = server::Server::Bind({.address = arguments.address, .port = arguments.port});
  if (const Status locked = DenyInternetSockets(); !locked) {
    Say("the network could not be locked: " + locked.error().message());
  }
  return bound;
}

}  // namespace

ExitCode RunServe(const GlobalOptions& global, const ServeArguments& arguments, const StopSignal& stop) {
  auto server = BindAndLock(arguments);
  if (!server) return Fail(server.error());
  auto library = OpenLibrary(global);
  if (!library) return Fail(library.error());
  const auto models = Models::Open(OptionsOf(global));
  if (!models) return Fail(models.error());
  if (!server::IsLoopback(arguments.address)) {
    Say("WARNING: other machines can reach this gallery, and nothing between them and it is encrypted");
  }
  if (arguments.json) {
    Print(ServeJson((*server)->url(), (*server)->launch_url()) + "\n");
  } else {
    Print((*server)->launch_url() + "\n");
  }
  std::fflush(stdout);  // Whoever waits for the address through a pipe waits for it now.
  if (!global.quiet) Say("open the address above in a browser; it works once. Ctrl-C ends the gallery");
  if (const Status served = (*server)->Serve(**library, **models, stop); !served) return Fail(served.error());
  return ExitCode::kInterrupted;
}

}  // namespace vitrine
