// cpp-httplib carries the bytes. Each connection has a thread and serves one request: with nothing read
// ahead, a body that was refused unread can never be taken for a next request.
#include "server/listener.h"

#include <fcntl.h>
#include <httplib.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <condition_variable>
#include <cstdio>
#include <list>
#include <thread>

#include "base/file.h"
#include "server/limits.h"
#include "server/reply.h"

namespace vitrine::server {
namespace {

constexpr std::size_t kFilePiece = 256 * 1024;
constexpr std::chrono::seconds kIdleThread{10};

// Threads as connections need them, at most kMaxConnections; idle ones wait a while for more work. So many
// slow connections leave room for others.
class ElasticThreads final : public httplib::TaskQueue {
 public:
  bool enqueue(std::function<void()> work) override {
    const std::lock_guard lock(mutex_);
    if (idle_ <= waiting_.size()) {
      if (threads_ >= kMaxConnections) return false;
      ++threads_;
      std::thread([this] { Work(); }).detach();
    }
    waiting_.push_back(std::move(work));
    arrived_.notify_one();
    return true;
  }

  void shutdown() override {
    std::unique_lock lock(mutex_);
    ending_ = true;
    arrived_.notify_all();
    ended_.wait(lock, [&] { return threads_ == 0; });
  }

 private:
  void Work() {
    std::unique_lock lock(mutex_);
    while (true) {
      ++idle_;
      arrived_.wait_for(lock, kIdleThread, [&] { return ending_ || !waiting_.empty(); });
      --idle_;
      if (waiting_.empty()) break;
      const std::function<void()> work = std::move(waiting_.front());
      waiting_.pop_front();
      lock.unlock();
      work();
      lock.lock();
    }
    --threads_;
    ended_.notify_all();
  }

  std::mutex mutex_;
  std::condition_variable arrived_, ended_;
  std::list<std::function<void()>> waiting_;
  std::size_t threads_ = 0, idle_ = 0;
  bool ending_ = false;
};

std::string Lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char letter) { return static_cast<char>(std::tolower(letter)); });
  return text;
}

Request FromHttplib(const httplib::Request& from) {
  Request request;
  request.method = from.method;
  request.path = from.target.substr(0, from.target.find('?'));
  for (const auto& [name, value] : from.params) request.query[name] = value;
  for (const auto& [name, value] : from.headers) {
    // httplib adds four headers of its own.
    if (name == "REMOTE_ADDR" || name == "REMOTE_PORT" || name == "LOCAL_ADDR" || name == "LOCAL_PORT")
      continue;
    request.headers.emplace_back(Lower(name), value);
  }
  return request;
}

void SendFile(const FileBody& file, const std::string& content_type, httplib::Response& to) {
  Result<UniqueFd> fd = OpenRegularFile(file.path);
  if (!fd) {
    const Response problem = Problem(fd.error());
    to.status = problem.status;
    to.set_content(problem.body, problem.content_type);
    return;
  }
  auto shared = std::make_shared<UniqueFd>(*std::move(fd));
  to.set_content_provider(static_cast<std::size_t>(file.size_bytes), content_type,
                          [shared](std::size_t offset, std::size_t length, httplib::DataSink& sink) {
                            std::string piece(std::min(length, kFilePiece), '\0');
                            const ssize_t got =
                                pread(shared->get(), piece.data(), piece.size(), static_cast<off_t>(offset));
                            return got > 0 && sink.write(piece.data(), static_cast<std::size_t>(got));
                          });
}

void ToHttplib(Response response, httplib::Response& to) {
  AddSafetyHeaders(response);
  // Without a status httplib says 200, or 206 where a range was asked for.
  if (response.status != 200) to.status = response.status;
  for (const auto& [name, value] : response.headers) to.set_header(name, value);
  if (response.pieces) {
    to.set_chunked_content_provider(
        response.content_type, [pieces = std::move(response.pieces)](std::size_t, httplib::DataSink& sink) {
          if (!sink.is_writable()) return false;
          const std::optional<std::string> piece = pieces();
          if (!piece) {
            sink.done();
            return true;
          }
          return piece->empty() || sink.write(piece->data(), piece->size());
        });
  } else if (response.file) {
    SendFile(*response.file, response.content_type, to);
  } else if (!response.page.empty()) {
    to.set_content(response.page.data(), response.page.size(), response.content_type);
  } else if (response.status != 304) {
    to.set_content(std::move(response.body), response.content_type);
  }
}

std::uint64_t MostBytes(BodyKind kind) {
  switch (kind) {
    case BodyKind::kNone:
    case BodyKind::kJson:
      return kMaxJsonBytes;
    case BodyKind::kPicture:
      return kMaxPictureBytes;
    case BodyKind::kFile:
      return kMaxImportBytes;
  }
  return 0;
}

Response TooLarge(std::uint64_t most) {
  return Problem(413, "too_large", "this takes at most " + std::to_string(most >> 20) + " MiB");
}

// Reads a body into memory or into a file of the app's, at most `most` bytes. Empty when all went well.
std::optional<Response> ReadBody(App& app, const Route* route, const httplib::ContentReader& reader,
                                 Request& request) {
  const BodyKind kind = route == nullptr ? BodyKind::kNone : route->body;
  const std::uint64_t most = MostBytes(kind);
  UniqueFd file;
  if (kind == BodyKind::kFile) {
    request.body_file = app.ScratchFile(".upload");
    file = UniqueFd(open(request.body_file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (!file) return Problem(ErrnoError("cannot write", request.body_file, errno));
  }
  std::uint64_t got = 0;
  std::optional<Response> problem;
  const bool whole = reader([&](const char* bytes, std::size_t count) {
    got += count;
    if (got > most) {
      problem = TooLarge(most);
      return false;
    }
    if (kind != BodyKind::kFile) {
      request.body.append(bytes, count);
      return true;
    }
    const Status written = WriteAll(file.get(), std::string_view(bytes, count), request.body_file);
    if (!written) problem = Problem(written.error());
    return written.has_value();
  });
  if (!whole && !problem) problem = Problem(400, "invalid_argument", "the body ended early");
  if (problem && !request.body_file.empty()) std::remove(request.body_file.c_str());
  return problem;
}

}  // namespace

struct Listener::Impl {
  httplib::Server server;
  int port = 0;
};

Listener::Listener(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Listener::~Listener() = default;

int Listener::port() const { return impl_->port; }

Result<std::unique_ptr<Listener>> Listener::Bind(const std::string& address, int port) {
  auto impl = std::make_unique<Impl>();
  httplib::Server& server = impl->server;
  // Two servers on one port would share its requests by chance.
  server.set_socket_options([](socket_t socket) {
    int yes = 1;
    setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
  });
  server.new_task_queue = [] { return new ElasticThreads; };
  server.set_keep_alive_max_count(1);
  server.set_read_timeout(kReadTimeoutSeconds);
  server.set_write_timeout(kReadTimeoutSeconds);
  server.set_payload_max_length(kMaxImportBytes);
  server.set_tcp_nodelay(true);
  if (port == 0) {
    impl->port = server.bind_to_any_port(address);
  } else {
    impl->port = server.bind_to_port(address, port) ? port : -1;
  }
  if (impl->port < 0) {
    return Error(Code::kLocked, "cannot listen on " + address +
                                    (port == 0 ? "" : " port " + std::to_string(port)) +
                                    ": it is taken, or not an address of this machine");
  }
  return std::unique_ptr<Listener>(new Listener(std::move(impl)));
}

Status Listener::Serve(App& app, const StopSignal& stop) {
  httplib::Server& server = impl_->server;
  server.set_pre_routing_handler([&app](const httplib::Request& from, httplib::Response& to) {
    std::optional<Response> answer = app.AtTheDoor(FromHttplib(from));
    if (!answer) return httplib::Server::HandlerResponse::Unhandled;
    ToHttplib(*std::move(answer), to);
    return httplib::Server::HandlerResponse::Handled;
  });
  server.set_exception_handler([](const httplib::Request&, httplib::Response& to, std::exception_ptr) {
    ToHttplib(Problem(500, "internal", "a bug in Vitrine; nothing was changed"), to);
  });
  // What httplib refuses by itself: a request that it cannot read.
  server.set_error_handler([](const httplib::Request&, httplib::Response& to) {
    if (to.body.empty() && !to.content_provider_) {
      ToHttplib(Problem(to.status, to.status == 413 ? "too_large" : "invalid_argument",
                        "the request cannot be read"),
                to);
    }
    return httplib::Server::HandlerResponse::Handled;
  });
  const auto without_body = [&app](const httplib::Request& from, httplib::Response& to) {
    ToHttplib(app.Handle(FromHttplib(from)), to);
  };
  const auto with_body = [&app](const httplib::Request& from, httplib::Response& to,
                                const httplib::ContentReader& reader) {
    Request request = FromHttplib(from);
    std::optional<Response> problem = ReadBody(app, App::RouteOf(request), reader, request);
    ToHttplib(problem ? *std::move(problem) : app.Handle(std::move(request)), to);
  };
  server.Get(".*", without_body);
  server.Post(".*", with_body);
  server.Put(".*", with_body);
  server.Patch(".*", with_body);
  server.Delete(".*", with_body);

  std::jthread watching([&](const std::stop_token& over) {
    while (!stop.requested() && !over.stop_requested())
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    app.Stop();
    server.stop();
  });
  const bool fine = server.listen_after_bind();
  watching.request_stop();
  if (!fine && !stop.requested()) return Error(Code::kIo, "the listening socket broke");
  return {};
}

}  // namespace vitrine::server
