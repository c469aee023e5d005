#include "server/server.h"

#include <filesystem>
#include <thread>

#include "base/scratch_folder.h"
#include "base/try.h"
#include "server/app.h"
#include "server/auth.h"
#include "server/listener.h"
#include "server/names_job.h"

namespace vitrine::server {
namespace {

// Asks what the first page will ask, before it does: every picture's place in time is read, and the model
// opened. What goes wrong is told to whoever asks next.
void WarmUp(Library& library) {
  (void)library.gallery().List({});
  (void)library.gallery().List({.query = "picture", .limit = 1});
}

class LocalServer final : public Server {
 public:
  LocalServer(std::unique_ptr<Listener> listener, Auth auth)
      : listener_(std::move(listener)), auth_(std::move(auth)) {}

  std::string url() const override { return auth_.url(); }
  std::string launch_url() const override { return auth_.launch_url(); }

  Status Serve(Library& library, Models& models, const StopSignal& stop) override {
    std::error_code error;
    const std::filesystem::path parent = std::filesystem::temp_directory_path(error);
    if (error) return Error(Code::kIo, "there is no folder for temporary files: " + error.message());
    VITRINE_TRY_ASSIGN(const ScratchFolder scratch, ScratchFolder::Make(parent.string()));
    const std::jthread warming([&library] { WarmUp(library); });
    App app(auth_, library, models, scratch.path());
    StartLearningNames(app);
    return listener_->Serve(app, stop);
  }

 private:
  std::unique_ptr<Listener> listener_;
  Auth auth_;
};

}  // namespace

bool IsLoopback(const std::string& address) { return address == "127.0.0.1" || address == "::1"; }

Result<std::unique_ptr<Server>> Server::Bind(const ServerOptions& options) {
  VITRINE_TRY_ASSIGN(std::unique_ptr<Listener> listener, Listener::Bind(options.address, options.port));
  VITRINE_TRY_ASSIGN(Auth auth, Auth::Make(options.address, listener->port()));
  return std::unique_ptr<Server>(std::make_unique<LocalServer>(std::move(listener), std::move(auth)));
}

}  // namespace vitrine::server
