#include "server/events.h"

#include <chrono>

namespace vitrine::server {
namespace {

constexpr std::size_t kMostWaiting = 256;
constexpr int kKeepAliveSeconds = 15;
constexpr char kLookAnew[] = "event: library\ndata: {\"missed\":true}\n\n";

}  // namespace

void EventHub::Publish(const std::string& name, const std::string& data) {
  const std::string text = "event: " + name + "\ndata: " + data + "\n\n";
  const std::lock_guard lock(mutex_);
  for (auto it = listeners_.begin(); it != listeners_.end();) {
    const std::shared_ptr<Listener> listener = it->lock();
    if (!listener) {
      it = listeners_.erase(it);
      continue;
    }
    if (listener->waiting_.size() >= kMostWaiting) {
      listener->waiting_.clear();
      listener->waiting_.emplace_back(kLookAnew);
    }
    listener->waiting_.push_back(text);
    listener->arrived_.notify_one();
    ++it;
  }
}

std::shared_ptr<EventHub::Listener> EventHub::Listen() {
  const std::shared_ptr<Listener> listener(new Listener(*this));
  listener->waiting_.emplace_back(": listening\n\n");
  const std::lock_guard lock(mutex_);
  listeners_.push_back(listener);
  return listener;
}

void EventHub::Close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
  for (const auto& weak : listeners_) {
    if (const auto listener = weak.lock()) listener->arrived_.notify_all();
  }
}

std::optional<std::string> EventHub::Listener::Next() {
  std::unique_lock lock(hub_.mutex_);
  arrived_.wait_for(lock, std::chrono::seconds(1), [&] { return hub_.closed_ || !waiting_.empty(); });
  if (hub_.closed_) return std::nullopt;
  std::string text;
  for (; !waiting_.empty(); waiting_.pop_front()) text += waiting_.front();
  if (!text.empty()) {
    quiet_seconds_ = 0;
  } else if (++quiet_seconds_ >= kKeepAliveSeconds) {
    quiet_seconds_ = 0;
    text = ": still here\n\n";
  }
  return text;
}

}  // namespace vitrine::server
