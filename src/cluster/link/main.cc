// vitrine-cluster: speaks to the nodes of one cluster, for a `vitrine` that cannot open a connection itself.
// Started by it with a socket and the cluster's name; what it may ask, and with which password, it reads from
// its owner's settings. It ends when `vitrine` does.
#include <signal.h>
#include <stdlib.h>

#include <exception>

#include "cluster/link/node_caller.h"
#include "cluster/link/settings.h"

namespace vitrine::cluster {
namespace {

// Answers everything with why nothing can be asked.
int Refuse(const Error& error) {
  while (ReceiveRequest(kLinkFd)) {
    if (!Send(kLinkFd, Answer{.status = 0, .trouble = Trouble::kSettings, .body = error.message()})) break;
  }
  return 1;
}

int Serve(const char* cluster) {
  const auto settings = ReadSettings(cluster, [](const char* name) { return getenv(name); });
  if (!settings) return Refuse(settings.error());
  const auto caller = MakeCurlCaller(*settings);
  if (!caller) return Refuse(caller.error());
  Tries tries(settings->nodes, **caller, RealPace());
  while (const auto request = ReceiveRequest(kLinkFd)) {
    if (!Send(kLinkFd, tries.Ask(*request))) break;
  }
  return 0;
}

}  // namespace
}  // namespace vitrine::cluster

int main(int count, char** words) {
  signal(SIGPIPE, SIG_IGN);
  if (count != 2) return 2;
  try {
    return vitrine::cluster::Serve(words[1]);
  } catch (const std::exception&) {
    return 70;
  }
}
