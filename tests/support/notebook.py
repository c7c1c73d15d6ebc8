"""A Jupyter of the tests' own: runs code in a kernel through jupyter_client, as a server does, and prints what it printed.

python -m tests.support.notebook KERNELS-DIRECTORY NAME CODE
"""

from __future__ import annotations

import sys
from typing import Any

from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import KernelManager


def main(directory: str, name: str, code: str) -> int:
    specs = KernelSpecManager()
    specs.kernel_dirs = [directory]
    manager = KernelManager(kernel_name=name, kernel_spec_manager=specs)
    manager.start_kernel()
    client: Any = manager.client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=60)
        reply = client.execute_interactive(code, timeout=120, output_hook=_print, stop_on_error=True)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    return 0 if reply["content"]["status"] == "ok" else 1


def _print(message: dict[str, Any]) -> None:
    content = message["content"]
    if message["msg_type"] == "stream":
        sys.stdout.write(content["text"])
    elif message["msg_type"] == "error":
        sys.stderr.write("\n".join(content["traceback"]))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
