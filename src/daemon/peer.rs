//! Who is at the other end of the control socket, as the kernel says: kept with what was approved.

use crate::operations::Caller;
use axum::extract::connect_info::Connected;
use axum::serve::IncomingStream;
use tokio::net::UnixListener;

/// The user at the other end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Peer {
    user: Option<u32>,
}

impl Connected<IncomingStream<'_, UnixListener>> for Peer {
    fn connect_info(stream: IncomingStream<'_, UnixListener>) -> Peer {
        Peer { user: stream.io().peer_cred().ok().map(|peer| peer.uid()) }
    }
}

impl Peer {
    /// `name (uid 1000)`.
    pub(super) fn caller(self) -> Caller {
        let Some(user) = self.user else { return Caller { who: "an unknown user".to_owned() } };
        let users = fs_err::read_to_string("/etc/passwd").unwrap_or_default();
        Caller { who: described(user, &users) }
    }
}

/// Who runs this process, for requests that do not come over the socket (proc(5): `/proc/self` is owned by the effective user).
pub fn this_user() -> Caller {
    use std::os::unix::fs::MetadataExt;
    Peer { user: fs_err::metadata("/proc/self").ok().map(|about| about.uid()) }.caller()
}

/// Looks a user up in the text of `/etc/passwd` (passwd(5): name, password, uid, ...).
fn described(user: u32, users: &str) -> String {
    let line =
        users.lines().map(|line| line.split(':').collect::<Vec<_>>()).find(|fields| fields.get(2) == Some(&user.to_string().as_str()));
    match line.and_then(|fields| fields.first().copied().filter(|name| !name.is_empty())) {
        Some(name) => format!("{name} (uid {user})"),
        None => format!("uid {user}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_has_a_name_or_at_least_a_number() {
        let users = "root:x:0:0:root:/root:/bin/bash\njo:x:1000:1000::/home/jo:/bin/sh\n";
        assert_eq!(described(1000, users), "jo (uid 1000)");
        assert_eq!(described(0, users), "root (uid 0)");
        assert_eq!(described(7, users), "uid 7");
    }
}
