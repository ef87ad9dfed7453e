"""Outputs of a process that is killed, and on disks that are full or read-only."""

import errno
import json
import os
import subprocess
import sys
import textwrap
from pathlib import Path

PROLOGUE = """
import json, os, sys
from pathlib import Path
from bdsigner.errors import StorageError
from bdsigner.storage.outputs import FileOutputs
folder = Path(sys.argv[1])
source, target = folder / "source.pdf", folder / "target.pdf"
"""


def run_script(folder: Path, script: str, *, prefix: tuple[str, ...] = ()) -> dict[str, object]:
    argv = [*prefix, sys.executable, "-c", PROLOGUE + textwrap.dedent(script), str(folder)]
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    answer: dict[str, object] = json.loads(done.stdout)
    return answer


def test_killed_at_any_line_it_leaves_no_half_file(tmp_path: Path) -> None:
    """One process for each line executed from ``new_file`` to the end, each killed at its line (SIGKILL)."""
    answer = run_script(
        tmp_path,
        """
        import signal
        from bdsigner.storage.partials import sweep_partials

        content, result = b"original" * 1000, b"signed" * 100_000
        source.write_bytes(content)
        watched = {"outputs.py", "partials.py"}

        def sign(kill_at):
            count = 0
            def watch(frame, event, arg):
                nonlocal count
                if os.path.basename(frame.f_code.co_filename) not in watched:
                    return None
                if event == "line":
                    count += 1
                    if count == kill_at:
                        os.kill(os.getpid(), signal.SIGKILL)
                return watch
            outputs = FileOutputs()
            sys.settrace(watch)
            with outputs.new_file(target, source=source) as new:
                new.partial.write_bytes(result)
                new.commit()
            sys.settrace(None)

        killed, published, partials, wrong = 0, 0, 0, []
        for point in range(1, 1000):
            pid = os.fork()
            if pid == 0:
                sign(point)
                os._exit(0)
            _, status = os.waitpid(pid, 0)
            killed += os.WIFSIGNALED(status)
            if source.read_bytes() != content:
                wrong.append((point, "source"))
            if target.exists():
                published += 1
                if target.read_bytes() != result:
                    wrong.append((point, "half"))
                target.unlink()
            partials += sweep_partials(folder, older_than_seconds=-5)
            if os.listdir(folder) != ["source.pdf"]:
                wrong.append((point, os.listdir(folder)))
            if not os.WIFSIGNALED(status):
                break
        print(json.dumps({"killed": killed, "published": published, "partials": partials, "wrong": wrong}))
        """,
    )
    assert answer["wrong"] == []
    assert int(str(answer["killed"])) > 40
    assert int(str(answer["published"])) > 5
    assert int(str(answer["partials"])) > 20


def test_a_full_and_a_read_only_disk(tmp_path: Path) -> None:
    """A tmpfs of 256 KiB in a mount namespace of its own."""
    namespace = ("unshare", "--mount") if os.geteuid() == 0 else ("unshare", "--map-root-user", "--mount")
    answer = run_script(
        tmp_path,
        """
        import subprocess
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k,nr_inodes=6", "tmpfs", str(folder)], check=True)
        outputs, codes = FileOutputs(), {}
        def attempt(name, size=10):
            try:
                with outputs.new_file(target, source=source) as new:
                    new.partial.write_bytes(bytes(size))
                    new.commit()
                codes[name] = "written"
            except StorageError as error:
                codes[name] = error.code.value
            except OSError as error:
                codes[name] = error.errno
            codes[name + " leaves"] = sorted(os.listdir(folder))
        source.write_bytes(bytes(200 * 1024))
        attempt("less room than the source takes")
        source.write_bytes(b"x")
        attempt("full while writing", 1 << 20)
        others = [folder / str(number) for number in range(4)]
        for other in others:
            other.touch()
        attempt("no room for a name")
        for other in others:
            other.unlink()
        subprocess.run(["mount", "-o", "remount,ro", str(folder)], check=True)
        attempt("read-only")
        codes["source"] = source.read_bytes().decode()
        print(json.dumps(codes))
        """,
        prefix=namespace,
    )
    left = ["source.pdf"]
    assert answer == {
        "less room than the source takes": "storage.full",
        "less room than the source takes leaves": left,
        "full while writing": errno.ENOSPC,
        "full while writing leaves": left,
        "no room for a name": "storage.full",
        "no room for a name leaves": ["0", "1", "2", "3", *left],
        "read-only": "storage.read_only",
        "read-only leaves": left,
        "source": "x",
    }
