#include "base/hash.h"

#include <openssl/evp.h>
#include <unistd.h>
#include <xxhash.h>

#include <cerrno>
#include <cstring>
#include <vector>

namespace vitrine {
namespace {

using DigestContext = std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)>;

DigestContext StartSha256() {
  DigestContext context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr);
  return context;
}

Sha256Digest Finish(EVP_MD_CTX* context) {
  Sha256Digest digest{};
  unsigned size = 0;
  EVP_DigestFinal_ex(context, digest.data(), &size);
  return digest;
}

Status Feed(EVP_MD_CTX* context, int fd, off_t offset) {
  std::vector<char> buffer(1 << 18);
  while (true) {
    const ssize_t got = pread(fd, buffer.data(), buffer.size(), offset);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return Error(Code::kIo, std::string("cannot read: ") + std::strerror(errno));
    if (got == 0) return {};
    EVP_DigestUpdate(context, buffer.data(), static_cast<std::size_t>(got));
    offset += got;
  }
}

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

Sha256Digest Sha256(std::span<const std::byte> bytes) {
  const DigestContext context = StartSha256();
  EVP_DigestUpdate(context.get(), bytes.data(), bytes.size());
  return Finish(context.get());
}

Sha256Digest Sha256(std::string_view bytes) {
  return Sha256(std::as_bytes(std::span<const char>(bytes.data(), bytes.size())));
}

Result<Sha256Digest> Sha256OfFile(int fd) {
  const DigestContext context = StartSha256();
  if (Status fed = Feed(context.get(), fd, 0); !fed) return std::move(fed).error();
  return Finish(context.get());
}

Result<std::string> Md5OfFile(int fd, std::uint64_t offset) {
  const DigestContext context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  EVP_DigestInit_ex(context.get(), EVP_md5(), nullptr);
  if (Status fed = Feed(context.get(), fd, static_cast<off_t>(offset)); !fed) return std::move(fed).error();
  std::array<std::uint8_t, 16> digest{};
  unsigned size = 0;
  EVP_DigestFinal_ex(context.get(), digest.data(), &size);
  return Hex(digest);
}

std::string Hex(std::span<const std::uint8_t> bytes) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const std::uint8_t byte : bytes) {
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
  return text;
}

std::optional<Sha256Digest> DigestFromHex(std::string_view text) {
  Sha256Digest digest{};
  if (text.size() != 2 * digest.size()) return std::nullopt;
  for (std::size_t i = 0; i < digest.size(); ++i) {
    const int high = HexDigit(text[2 * i]);
    const int low = HexDigit(text[2 * i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    digest[i] = static_cast<std::uint8_t>(high << 4 | low);
  }
  return digest;
}

std::uint64_t Checksum64(std::span<const std::byte> bytes) { return XXH3_64bits(bytes.data(), bytes.size()); }

}  // namespace vitrine
