// The routes: one table, from which requests are served and against which openapi.json is tested.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "server/message.h"

namespace vitrine::server {

class App;

/// What a route takes as its body.
enum class BodyKind : std::uint8_t {
  kNone,
  kJson,     ///< An object, in Request::body; at most kMaxJsonBytes.
  kPicture,  ///< The bytes of a picture file, in Request::body; at most kMaxPictureBytes.
  kFile,     ///< Written to Request::body_file; at most kMaxImportBytes.
};

struct Route {
  std::string_view method;
  std::string_view pattern;  ///< "/api/v1/pictures/{id}/thumbnail": each {name} is one segment.
  BodyKind body = BodyKind::kNone;
  Response (*handler)(App& app, const Request& request) = nullptr;
  /// What the library must answer for it (Library::Lacks()); empty for what every library does.
  std::string_view part = {};
};

/// Every route below /api/v1, in order.
std::span<const Route> Routes();

/// A route and what its pattern named; or why there is none.
struct Routed {
  const Route* route = nullptr;
  int status = 404;   ///< Without a route: 404; 405 (another method would do); 400 (a broken escape).
  std::string allow;  ///< With 405: the methods.
  std::map<std::string, std::string> parts;
};

Routed FindRoute(std::string_view method, std::string_view path);

}  // namespace vitrine::server
