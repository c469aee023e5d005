// cpp-httplib carries the bytes. Each connection has a thread. The head of a request is read here and not by
// httplib, which would decode percent signs in headers (and so take "%31" for "1" in a Host) and wait for a
// trickle of bytes for ever.
#include "server/listener.h"

#include <fcntl.h>
#include <httplib.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <list>
#include <optional>
#include <string_view>
#include <thread>
#include <vector>

#include "base/file.h"
#include "server/head.h"
#include "server/limits.h"
#include "server/reply.h"

namespace vitrine::server {
namespace {

constexpr std::size_t kFilePiece = 256 * 1024;
constexpr std::chrono::seconds kIdleThread{10}, kDrainTime{2};

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

Request FromHttplib(const httplib::Request& from) {
  Request request;
  request.method = from.method;
  request.path = from.target.substr(0, from.target.find('?'));
  for (const auto& [name, value] : from.params) request.query[name] = value;
  for (const auto& [name, value] : from.headers) request.headers.emplace_back(name, value);
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
  const std::string_view announced = request.Header("content-length");
  if (!announced.empty() && std::stoull(std::string(announced)) > most) return TooLarge(most);
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

bool WaitFor(int socket, short event, std::chrono::milliseconds most) {
  pollfd waiting{.fd = socket, .events = event, .revents = 0};
  return poll(&waiting, 1, static_cast<int>(std::max<std::int64_t>(0, most.count()))) > 0;
}

// A socket with what was already read from it. A body must come on, faster than a trickle.
class Connection final : public httplib::Stream {
 public:
  Connection(int socket, std::string read) : socket_(socket), read_(std::move(read)) {}

  bool is_readable() const override { return used_ < read_.size() || WaitFor(socket_, POLLIN, Patience()); }
  bool is_writable() const override {
    return WaitFor(socket_, POLLOUT, kPatience) && httplib::detail::is_socket_alive(socket_);
  }
  ssize_t read(char* to, size_t size) override {
    if (used_ < read_.size()) {
      const std::size_t count = read_.copy(to, size, used_);
      used_ += count;
      return static_cast<ssize_t>(count);
    }
    if (!WaitFor(socket_, POLLIN, Patience())) return -1;
    const ssize_t got = recv(socket_, to, size, 0);
    if (got > 0)
      until_ += std::chrono::microseconds(got * 1'000'000 / static_cast<ssize_t>(kMinBytesPerSecond));
    return got;
  }
  ssize_t write(const char* from, size_t size) override {
    if (!is_refusal_) is_refusal_ = std::string_view(from, size) >= "HTTP/1.1 4";
    return WaitFor(socket_, POLLOUT, kPatience) ? send(socket_, from, size, MSG_NOSIGNAL) : -1;
  }
  void get_remote_ip_and_port(std::string&, int&) const override {}
  void get_local_ip_and_port(std::string&, int&) const override {}
  socket_t socket() const override { return socket_; }

  /// Of what was answered; nothing but a status of 400 or more is.
  bool is_refusal() const { return is_refusal_.value_or(false); }

 private:
  using Clock = std::chrono::steady_clock;
  static constexpr std::chrono::seconds kPatience{kReadTimeoutSeconds};

  std::chrono::milliseconds Patience() const {
    return std::min(std::chrono::duration_cast<std::chrono::milliseconds>(until_ - Clock::now()),
                    std::chrono::milliseconds(kPatience));
  }

  const int socket_;
  const std::string read_;
  std::size_t used_ = 0;
  std::optional<bool> is_refusal_;
  Clock::time_point until_ = Clock::now() + kPatience;
};

// A refusal of what never became a request.
void Refuse(Connection& connection, int status) {
  Response response = status == 400 ? Problem(400, "invalid_argument", "this is no HTTP request")
                                    : Problem(status, "too_large", "the address or the headers are too long");
  AddSafetyHeaders(response);
  std::string text = "HTTP/1.1 " + std::to_string(status) +
                     " Refused\r\nConnection: close\r\nContent-Type: " + response.content_type +
                     "\r\nContent-Length: " + std::to_string(response.body.size()) + "\r\n";
  for (const auto& [name, value] : response.headers) text += name + ": " + value + "\r\n";
  text += "\r\n" + response.body;
  connection.write(text.data(), text.size());
}

class HttpServer final : public httplib::Server {
 private:
  bool IsEnding() const { return svr_sock_ == INVALID_SOCKET; }

  bool process_and_close_socket(socket_t socket) override {
    ++connections_;
    std::chrono::seconds patience{kHeadSeconds};
    while (AnswerOne(socket, patience)) patience = std::chrono::seconds(kIdleSeconds);
    close(socket);
    --connections_;
    return true;
  }

  // True when another request may come on this connection. What has a body, or bytes behind it, or was
  // refused, is the last: so nothing that was refused unread can ever be taken for a request. Among many
  // connections none waits idly.
  bool AnswerOne(socket_t socket, std::chrono::seconds patience) {
    Head head = ReadHead(socket, patience, [this] { return IsEnding(); });
    const bool alone =
        head.status == 0 && head.is_alone && !head.has_body() && connections_ <= kMaxKeptConnections;
    Connection connection(socket, std::move(head.bytes));
    bool closing = !alone;
    if (head.status > 0) {
      Refuse(connection, head.status);
    } else if (head.status == 0) {
      const bool written =
          process_request(connection, {}, 0, {}, 0, !alone, closing, [&head](httplib::Request& request) {
            request.headers.clear();
            for (const auto& [name, value] : head.headers) request.headers.emplace(name, value);
          });
      if (alone && written && !closing && !connection.is_refusal()) return true;
    }
    shutdown(socket, SHUT_WR);
    if (head.status > 0) Drain(socket, kMaxHeadBytes);
    if (head.has_body()) Drain(socket, kMaxPictureBytes);
    return false;
  }

  // A socket that is closed with bytes unread tells its peer so in place of the answer. Takes what still
  // comes, for a while.
  void Drain(socket_t socket, std::uint64_t most) const {
    const auto until = std::chrono::steady_clock::now() + kDrainTime;
    std::vector<char> piece(kFilePiece);
    std::uint64_t taken = 0;
    while (taken < most && std::chrono::steady_clock::now() < until && !IsEnding()) {
      if (!WaitFor(socket, POLLIN, std::chrono::milliseconds(100))) continue;
      const ssize_t got = recv(socket, piece.data(), piece.size(), 0);
      if (got <= 0) return;
      taken += static_cast<std::uint64_t>(got);
    }
  }

  std::atomic<std::size_t> connections_ = 0;
};

}  // namespace

struct Listener::Impl {
  HttpServer server;
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
  server.set_payload_max_length(kMaxImportBytes);
  server.set_keep_alive_timeout(kIdleSeconds);
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
