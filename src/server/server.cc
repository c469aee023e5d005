#include "server/server.h"

#include <stdlib.h>

#include <filesystem>

#include "base/file.h"
#include "base/try.h"
#include "server/app.h"
#include "server/auth.h"
#include "server/listener.h"

namespace vitrine::server {
namespace {

// A private folder that goes with everything in it.
class ScratchFolder {
 public:
  static Result<ScratchFolder> Make() {
    std::error_code error;
    std::string path = (std::filesystem::temp_directory_path(error) / "vitrine-XXXXXX").string();
    if (error || mkdtemp(path.data()) == nullptr) return ErrnoError("cannot make a folder", path, errno);
    return ScratchFolder(std::move(path));
  }
  ScratchFolder(ScratchFolder&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  ~ScratchFolder() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }

  const std::string& path() const { return path_; }

 private:
  explicit ScratchFolder(std::string path) : path_(std::move(path)) {}
  std::string path_;
};

class LocalServer final : public Server {
 public:
  LocalServer(std::unique_ptr<Listener> listener, Auth auth)
      : listener_(std::move(listener)), auth_(std::move(auth)) {}

  std::string url() const override { return auth_.url(); }
  std::string launch_url() const override { return auth_.launch_url(); }

  Status Serve(Library& library, const StopSignal& stop) override {
    VITRINE_TRY_ASSIGN(const ScratchFolder scratch, ScratchFolder::Make());
    App app(auth_, library, scratch.path());
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
