"""Feed mutated bytes to the readers: python Testing/Fuzz/fuzz.py TARGET... [--runs N] [--seconds S]

Needs atheris (`pip install atheris`, Linux), which mutates the seeds by what the code did with them. A fault does not
end the run: its input is kept in found/TARGET, once for each place where it was raised. What ends the process (a crash
in a native library, more memory or time than allowed) leaves its input there too. Without TARGET every one is run in
turn, each in a process of its own.
"""

from __future__ import annotations

import argparse
import collections
import hashlib
import json
import logging
import subprocess
import sys
import tempfile
import time
import traceback
import warnings
from pathlib import Path

HERE = Path(__file__).parent
_LIBRARY = HERE.parents[1] / "CrossSegmentationExplorer"
_LARGEST_INPUT = 2**14
_MOST_SECONDS_EACH = 20
_MOST_MB = 2500


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("targets", nargs="*", metavar="TARGET")
    parser.add_argument("--runs", type=int, default=10_000, help="executions of each target")
    parser.add_argument("--seconds", type=int, default=600, help="at most so long for each target")
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.one:
        return _fuzz(args.targets[0], args.runs, args.seconds)
    sys.path.insert(0, str(_LIBRARY))
    from targets import TARGETS

    failed = 0
    for name in args.targets or TARGETS:
        command = [sys.executable, __file__, name, "--one", "--runs", str(args.runs), "--seconds", str(args.seconds)]
        failed += subprocess.call(command) != 0
    return int(failed > 0)


def _fuzz(name: str, runs: int, seconds: int) -> int:
    import atheris

    sys.path.insert(0, str(_LIBRARY))
    warnings.simplefilter("ignore")
    logging.disable()
    with atheris.instrument_imports(include=["SegmentationConcordanceLib", "pydicom"], enable_loader_override=False):
        from targets import TARGETS
    target, kept = TARGETS[name], HERE / "found" / name
    kept.mkdir(parents=True, exist_ok=True)
    counts: collections.Counter[str] = collections.Counter()
    folder = Path(tempfile.mkdtemp(dir="/dev/shm" if Path("/dev/shm").is_dir() else None))
    begin = time.monotonic()

    def once(data: bytes) -> None:
        counts["executions"] += 1
        try:
            counts["taken" if target.run(data, folder) else "refused"] += 1
        except Exception as error:  # noqa: BLE001  a fault: it is kept, and the run goes on
            place = traceback.extract_tb(error.__traceback__)[-1]
            what = f"{type(error).__name__} in {Path(place.filename).name}, line {place.lineno}"
            if counts[what] == 0:
                (kept / hashlib.sha256(what.encode()).hexdigest()[:12]).write_bytes(data)
            counts[what] += 1
        if counts["executions"] % 500 == 0 or counts["executions"] == runs:
            _note(name, counts, time.monotonic() - begin)

    corpus = folder.parent / f"corpus-{name}"
    corpus.mkdir(exist_ok=True)
    atheris.Setup(
        [
            *(sys.argv[0], str(corpus), str(HERE / "seeds" / name), f"-runs={runs}", f"-max_total_time={seconds}"),
            *(f"-max_len={_LARGEST_INPUT}", f"-timeout={_MOST_SECONDS_EACH}", f"-rss_limit_mb={_MOST_MB}"),
            *(f"-artifact_prefix={kept}/", "-print_final_stats=0", "-verbosity=0", "-detect_leaks=0"),
        ],
        once,
    )
    atheris.Fuzz()
    return 0


def _note(name: str, counts: collections.Counter[str], seconds: float) -> None:
    """Keep the figures where a run that ends early leaves them too."""
    path = HERE / "figures.json"
    figures = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    figures[name] = {**counts, "seconds": round(seconds)}
    path.write_text(json.dumps(figures, indent=1, sort_keys=True), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
