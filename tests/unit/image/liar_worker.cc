// A worker that speaks the protocol and lies. The first byte of the file it is handed chooses the lie.
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstring>

#include "image/protocol.h"

namespace protocol = vitrine::protocol;

namespace {

bool Receive(protocol::Request& request, std::array<int, 2>& descriptors) {
  iovec part = {&request, sizeof request};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof descriptors)> control = {};
  msghdr message = {};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  if (recvmsg(protocol::kChannelFd, &message, 0) <= 0) return false;
  std::memcpy(descriptors.data(), CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof descriptors);
  return true;
}

protocol::Reply Truth(const protocol::Request& request) {
  protocol::Reply reply;
  reply.kind = protocol::Kind::kPicture;
  reply.id = request.id;
  reply.width_px = reply.height_px = reply.original_width_px = reply.original_height_px = 16;
  reply.format = protocol::Format::kPng;
  return reply;
}

}  // namespace

int main() {
  protocol::Reply ready;
  ready.kind = protocol::Kind::kReady;
  send(protocol::kChannelFd, &ready, sizeof ready, 0);
  protocol::Request request;
  std::array<int, 2> descriptors = {};
  while (Receive(request, descriptors)) {
    char lie = 0;
    if (pread(descriptors[0], &lie, 1, 0) != 1) return 1;
    protocol::Reply reply = Truth(request);
    std::size_t bytes = sizeof reply;
    if (lie == 'W') reply.width_px = 1 << 30;
    if (lie == 'N') reply.note_bytes = ~std::uint64_t{0};
    if (lie == 'T') reply.thumbnail_bytes = ~std::uint64_t{0};
    if (lie == 'I') reply.id += 1;
    if (lie == 'S') bytes = 20;
    // The arena is sealed: nobody can take it away from under the reader.
    if (lie == 'A' && ftruncate(descriptors[1], 0) == 0) reply.width_px = -1;
    send(protocol::kChannelFd, &reply, bytes, 0);
    for (const int fd : descriptors) close(fd);
  }
  return 0;
}
