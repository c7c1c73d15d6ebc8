# Run by the Python of an env, from 2.7 on, by `roost kernel check`; never imported. Starts a kernel of the directory argv[1], asks it
# what a notebook would get, and prints that as one JSON document.
import ast
import json
import os
import sys
import time

from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import KernelManager

PROBE = """
def _roost_probe(env):
    import json, os, subprocess, sys
    shell = os.environ.get("SHELL", "")
    if os.path.basename(shell) not in ("bash", "dash", "fish", "ksh", "sh", "zsh"):
        shell = "/bin/sh"
    def ask(words):
        with open(os.devnull) as nothing:
            process = subprocess.Popen(words, stdin=nothing, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            return process.communicate()[0].decode("utf-8", "replace").strip()
    found = {}
    home = os.path.realpath(env)
    # A shim of pyenv's passes if it leads to the env.
    asks = {"python": "python -c 'import sys; print(sys.prefix)'", "pip": "pip --version"}
    for name in asks:
        path = ask([shell, "-c", "command -v " + name]).split("\\n")[-1]
        if not path.startswith("/"):
            found[name] = None
            continue
        inside = os.path.realpath(os.path.dirname(path)) == os.path.join(home, "bin")
        if not inside and os.path.basename(os.path.dirname(path)) == "shims":
            inside = home in ask([shell, "-c", asks[name]]).replace(env, home)
        found[name] = {"path": path, "inside": inside}
    return json.dumps({"prefix": sys.prefix, "programs": found})
"""


def ask(directory, name, timeout, env):
    specs = KernelSpecManager()
    specs.kernel_dirs = [directory]
    manager = KernelManager(kernel_name=name, kernel_spec_manager=specs)
    with open("kernel.stderr", "w+b") as stderr, open(os.devnull, "w") as nothing:
        try:
            manager.start_kernel(stdout=nothing, stderr=stderr)
            client = manager.client()
            client.start_channels()
            try:
                client.wait_for_ready(timeout=timeout)
                asked = client.execute(PROBE, store_history=False, user_expressions={"roost": "_roost_probe(%r)" % str(env)})
                end = time.time() + timeout
                while True:
                    reply = client.get_shell_msg(timeout=max(0.1, end - time.time()))
                    if reply["parent_header"].get("msg_id") == asked:
                        break
                value = reply["content"]["user_expressions"]["roost"]
                if value["status"] != "ok":
                    return {"error": "%s: %s" % (value["ename"], value["evalue"])}
                return json.loads(ast.literal_eval(value["data"]["text/plain"]))
            finally:
                client.stop_channels()
                manager.shutdown_kernel(now=True)
        except Exception as error:
            stderr.seek(0)
            lines = [line.strip() for line in stderr.read().decode("utf-8", "replace").splitlines() if line.strip()]
            return {"error": lines[-1] if lines else "%s: %s" % (type(error).__name__, error)}


print("\n" + json.dumps(ask(sys.argv[1], sys.argv[2], float(sys.argv[3]), sys.argv[4])))
