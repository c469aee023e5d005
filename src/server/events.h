// Telling open pages what happened: server-sent events (HTML standard, section 9.2).
#pragma once

#include <condition_variable>
#include <deque>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

namespace vitrine::server {

/// Hands every event to every page that listens. A page that does not keep up loses the oldest events, and is
/// told to look anew. Thread-safe.
class EventHub {
 public:
  class Listener;

  /// @param name  "job", "library", "board". @param data  JSON on one line.
  void Publish(const std::string& name, const std::string& data);
  /// From here on. The hub outlives it.
  std::shared_ptr<Listener> Listen();
  /// Ends every listener, and those to come.
  void Close();

 private:
  friend class Listener;

  std::mutex mutex_;
  std::list<std::weak_ptr<Listener>> listeners_;
  bool closed_ = false;
};

class EventHub::Listener {
 public:
  /// The next text for the page, waiting for one up to a second: events, or an empty text when there was
  /// none, or a comment line that keeps the connection alive. Nothing after Close().
  std::optional<std::string> Next();

 private:
  friend class EventHub;

  explicit Listener(EventHub& hub) : hub_(hub) {}

  EventHub& hub_;
  std::condition_variable arrived_;
  std::deque<std::string> waiting_;
  int quiet_seconds_ = 0;
};

}  // namespace vitrine::server
