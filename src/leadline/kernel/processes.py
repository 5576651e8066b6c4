"""Child processes that must not outlive the one that started them."""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def die_with_parent(parent: int = 0) -> None:
    """Have the kernel kill this process when its parent dies, however it dies (Linux; elsewhere nothing happens).

    Without it a supervisor that is killed leaves its children behind, with their ports and locks.

    Args:
        parent: the process id that the parent gave when it started this process; when it is not the parent any more,
            it died meanwhile. 0 takes the present parent.
    """
    if sys.platform != "linux":
        return
    parent = parent or os.getppid()
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it died before the call
        os.kill(os.getpid(), signal.SIGKILL)
