// The built web pages, inside the program: what web/ was compiled to. tools/embed_pages.py writes the other
// half, pages.cc, into the build folder.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace vitrine {

/// One file of the built pages. All views live as long as the program.
struct Page {
  /// Where the browser asks for it: "/index.html", "/assets/index-DPdNs5Q-.js". Starts with a slash, plain
  /// ASCII.
  std::string_view path;
  /// For the header Content-Type; text carries "; charset=utf-8".
  std::string_view content_type;
  /// For the header ETag, quotes included: of the SHA-256 of the plain bytes.
  std::string_view etag;
  /// What to send. Compressed where `gzipped`: such a page is sent with "Content-Encoding: gzip", which every
  /// browser that runs these pages takes.
  std::span<const std::byte> body;
  /// Bytes before compression.
  std::size_t plain_size = 0;
  bool gzipped = false;
  /// The name holds a hash of the content, so a browser may keep it for ever.
  bool immutable = false;
};

/// All pages, ascending by path. Thread-safe.
std::span<const Page> Pages();

/// The page at `path` exactly as it stands in Page::path, or null. It compares and never decodes: a path with
/// "..", "%2e" or a NUL is simply not there. Which paths are answered with index.html is the router's matter.
/// O(log pages).
const Page* FindPage(std::string_view path);

}  // namespace vitrine
