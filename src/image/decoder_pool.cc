// The pool: slots with one worker each, a list of free slots, and one thread that starts workers.
//
// Workers die with the thread that started them (the kernel's parent-death signal is tied to it), so a single
// thread, as old as the pool, starts them all. A slot whose worker is lost goes back to the free list only
// when that thread has filled it again: decoding threads never wait for a start that is not theirs, and the
// file that was lost is answered at once.
#include <algorithm>
#include <condition_variable>
#include <functional>
#include <future>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/bounded_queue.h"
#include "base/try.h"
#include "image/decoder.h"
#include "image/protocol.h"
#include "image/worker_process.h"

namespace vitrine {
namespace {

// Memory that libraries leak or fragment goes back to the system with the process.
constexpr int kPicturesPerWorker = 2000;
constexpr std::size_t kMaxWorkers = 256;

}  // namespace

struct DecoderPool::Impl {
  struct Slot {
    std::unique_ptr<WorkerProcess> worker;
    int pictures = 0;
  };

  explicit Impl(const DecoderPoolOptions& pool_options)
      : options(pool_options), slots(options.workers), orders(options.workers * 2) {}

  ~Impl() {
    orders.Close();
    if (starter.joinable()) starter.join();
  }

  Slot& Acquire() {
    std::unique_lock lock(mutex);
    available.wait(lock, [&] { return !free.empty(); });
    Slot& slot = *free.back();
    free.pop_back();
    return slot;
  }

  void Release(Slot& slot) {
    const std::lock_guard lock(mutex);
    free.push_back(&slot);
    available.notify_one();
  }

  // On the starter's thread.
  Status Fill(Slot& slot) {
    slot.worker.reset();
    slot.pictures = 0;
    VITRINE_TRY_ASSIGN(std::unique_ptr<WorkerProcess> worker, WorkerProcess::Start(options));
    VITRINE_TRY(worker->Greet());
    slot.worker = std::move(worker);
    return {};
  }

  // All workers warm up side by side.
  Status FillAll() {
    for (Slot& slot : slots) {
      VITRINE_TRY_ASSIGN(slot.worker, WorkerProcess::Start(options));
    }
    for (const Slot& slot : slots) VITRINE_TRY(slot.worker->Greet());
    return {};
  }

  // Waits until the slot has a fresh worker.
  Status Refill(Slot& slot) {
    std::promise<Status> filled;
    std::future<Status> result = filled.get_future();
    orders.Push([&] { filled.set_value(Fill(slot)); });
    return result.get();
  }

  // Gives the slot back, with a fresh worker first if it needs one. A start that fails is tried again by the
  // next decode, which has somebody to tell.
  void Return(Slot& slot, const Exchange& exchange) {
    if (!exchange.demise && !exchange.retiring && ++slot.pictures < kPicturesPerWorker) return Release(slot);
    slot.worker.reset();
    orders.Push([this, &slot] {
      static_cast<void>(Fill(slot));
      Release(slot);
    });
  }

  Exchange Attempt(Slot& slot, int file, const DecodeRequest& request) {
    if (!slot.worker) {
      if (Status filled = Refill(slot); !filled) return {.result = std::move(filled).error()};
    }
    Exchange exchange = slot.worker->Decode(file, request, options);
    if (exchange.demise) slot.worker.reset();
    return exchange;
  }

  const DecoderPoolOptions options;
  std::mutex mutex;
  std::condition_variable available;
  std::vector<Slot> slots;
  std::vector<Slot*> free;
  BoundedQueue<std::function<void()>> orders;
  std::thread starter;
};

DecoderPool::DecoderPool(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
DecoderPool::~DecoderPool() = default;

Result<std::unique_ptr<DecoderPool>> DecoderPool::Start(const DecoderPoolOptions& options) {
  if (options.workers < 1 || options.workers > kMaxWorkers) {
    return Error(Code::kInvalidArgument, "a decoder pool has 1 to 256 workers");
  }
  auto impl = std::make_unique<Impl>(options);
  impl->starter = std::thread([pool = impl.get()] {
    while (const std::optional<std::function<void()>> order = pool->orders.Pop()) (*order)();
    for (Impl::Slot& slot : pool->slots) slot.worker.reset();
  });
  std::promise<Status> started;
  impl->orders.Push([&started, pool = impl.get()] { started.set_value(pool->FillAll()); });
  VITRINE_TRY(started.get_future().get());
  for (Impl::Slot& slot : impl->slots) impl->free.push_back(&slot);
  return std::unique_ptr<DecoderPool>(new DecoderPool(std::move(impl)));
}

Result<DecodedPicture> DecoderPool::Decode(UniqueFd file, const DecodeRequest& request) {
  const bool sound = request.min_edge_px >= 1 && request.min_edge_px <= protocol::kMaxEdgePx &&
                     request.thumbnail_edge_px >= 0 && request.thumbnail_edge_px <= protocol::kMaxEdgePx;
  if (!sound) return Error(Code::kInvalidArgument, "edges of a decode request are 1 to 8192 pixels");
  Impl::Slot& slot = impl_->Acquire();
  Exchange exchange = impl_->Attempt(slot, file.get(), request);
  // Once more: a worker may have carried damage from the picture before.
  if (exchange.demise == Demise::kCrashed) exchange = impl_->Attempt(slot, file.get(), request);
  impl_->Return(slot, exchange);
  return std::move(exchange.result);
}

}  // namespace vitrine
