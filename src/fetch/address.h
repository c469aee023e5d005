// Web addresses: which ones may be asked, and how a file's is made.
#pragma once

#include <string>
#include <string_view>

#include "vitrine/result.h"

namespace vitrine::fetch {

/// True for plain http from this machine itself (localhost, 127.0.0.1, [::1]): mirrors of one's own.
bool IsLoopbackHttp(std::string_view address);

/// Whether an address may be asked at all: https, or http from this machine; a host, no user name in front of
/// it, nothing but printable ASCII. Errors: kInvalidArgument, naming the address.
Status CheckAddress(std::string_view address);

/// Whether an answer of `from` may send us on to `to`. Never from the web to plain http: neither to somebody
/// who listens in, nor to a service of this machine. Errors: kModel.
Status CheckRedirect(std::string_view from, std::string_view to);

/// The address of a file below `base`, which ends with '/'. Bytes of `path` that mean something in an address
/// are percent-encoded; '/' stays.
std::string AddressOf(std::string_view base, std::string_view path);

}  // namespace vitrine::fetch
