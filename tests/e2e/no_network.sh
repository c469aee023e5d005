# No command but `serve` ever asks for an internet socket (what serve holds: server_security.py), and everything works where
# there is no network at all.
source "$(dirname "$0")/common.sh"
mkdir photos && cp "$STAMPS"/food/fruit/*.png photos 2>/dev/null || skip "the package tuxpaint-stamps-default is not here"
story() {
  "$VITRINE" -q index photos && "$VITRINE" search a banana && "$VITRINE" similar photos/pear.png && "$VITRINE" doctor
}
export -f story

# In a network namespace without interfaces.
if unshare -rn true 2>/dev/null; then
  unshare -rn bash -ec story >out
  expect_in "banana" out
  rm -rf library
fi

# By what is linked: no library that asks other machines, of the server's library nothing but the server, and not even
# the system call that would reach somebody. (A sanitizer brings calls of its own.)
if [[ -z ${SANITIZED:-} ]]; then
  ! ldd "$VITRINE" | grep -E 'libcurl|libssl|libnghttp|libssh' || fail "a client library is linked"
  nm -C "$VITRINE" >symbols
  ! grep -iE '\bcurl_|httplib::(Client|SSLClient)' symbols || fail "client code is linked"
  expect_in "httplib::Server" symbols
  ! nm -D --undefined-only "$VITRINE" | grep -w connect || fail "connect() is called somewhere"
fi

# By the system calls: no socket but local ones. (doctor tries one on purpose, to show that it is refused.)
command -v strace >/dev/null || skip "strace is not here"
[[ -z ${SANITIZED:-} ]] || exit 0
strace -f -qq -e trace=socket,connect,bind,sendto -o trace bash -ec \
  '"$VITRINE" -q index photos && "$VITRINE" search a banana && "$VITRINE" similar photos/pear.png' >out
! grep -E 'AF_INET|AF_INET6|AF_NETLINK' trace || fail "an internet socket was asked for"
expect_in "banana" out
strace -f -qq -e trace=socket -o trace "$VITRINE" doctor >out
! grep -E 'AF_INET' trace | grep -v EPERM || fail "an internet socket was not refused"
