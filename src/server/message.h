// A request and a response as the routes see them: plain values, so that a test needs no socket.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace vitrine::server {

/// Values of one name, in the order in which they came.
using Headers = std::vector<std::pair<std::string, std::string>>;

struct Request {
  std::string method;                        ///< "GET", ...
  std::string path;                          ///< As sent, still percent-encoded, without the query.
  std::map<std::string, std::string> query;  ///< Decoded; of a name that came twice the last.
  Headers headers;
  std::map<std::string, std::string> parts;  ///< What the route's pattern named, decoded.
  std::string body;                          ///< Of routes that take it in memory.
  std::string body_file;                     ///< Of routes that take it as a file, which is theirs to move.

  /// The header's only value; empty where there is none or more than one. `name` in lower case.
  std::string_view Header(std::string_view name) const;
  /// How often it came.
  std::size_t HeaderCount(std::string_view name) const;
  /// A parameter of the query; empty where it is not there.
  std::string Query(const std::string& name) const;
};

/// A part of a file for the body.
struct FileBody {
  std::string path;
  std::uint64_t size_bytes = 0;
};

/// Gives the next piece of an endless body, waiting at most a second for it; nothing at the end.
using Pieces = std::function<std::optional<std::string>()>;

struct Response {
  int status = 200;
  std::string content_type = "application/json";
  Headers headers;
  std::string body;
  std::string_view page;         ///< In place of `body`: bytes that outlive the program's answers.
  std::optional<FileBody> file;  ///< In place of `body`: sent from the disk, in ranges where asked for.
  Pieces pieces;                 ///< In place of `body`: as long as it gives.

  void Set(std::string name, std::string value) { headers.emplace_back(std::move(name), std::move(value)); }
};

/// "a%20b" as "a b". Nothing for a broken escape, a NUL, or what is no UTF-8.
std::optional<std::string> DecodePercent(std::string_view text);

/// A file name as the value of Content-Disposition: attachment, in both spellings of RFC 6266.
std::string Attachment(std::string_view name);

}  // namespace vitrine::server
